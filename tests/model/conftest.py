"""Networks that together have every operator, with and without the options of training."""

from collections.abc import Callable, Iterator
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from nas.graph.builder import GraphBuilder
from nas.graph.graph import LSTM, Graph
from nas.model import runtime
from nas.model.deploy.convert import convert
from nas.model.deploy.fake_quantized import fake_quantize
from nas.model.deploy.slim import slim
from nas.model.network import layers
from nas.model.network.network import Network
from nas.model.training import graphs

runtime.use_one_thread()

CLASSES = 4


def _closed(g: GraphBuilder) -> Graph:
    g.fully_connected(CLASSES, activation="NONE")
    g.softmax()
    return g.graph()


def _normalized_windows() -> Graph:
    g = GraphBuilder((1, 37, 3))  # odd lengths: poolings leave a row out
    g.conv2d(6, 7, batch_norm=True)
    g.pool2d("max")
    g.conv2d(5, 5, batch_norm=True)
    g.pool2d("max")
    g.pool2d("average")
    g.mean()
    return _closed(g)


def _flat_windows() -> Graph:
    g = GraphBuilder((1, 20, 2))
    g.conv2d(4, 3, stride=2, batch_norm=False)
    g.pool2d("average")
    g.flatten()
    g.fully_connected(9, dropout=0.3)
    g.fully_connected(7, l2=1e-3)
    return _closed(g)


def _separable_windows() -> Graph:
    g = GraphBuilder((1, 32, 6))
    for filters in (8, 6):
        g.depthwise_conv2d(5, stride=2, batch_norm=True)
        g.conv2d(filters, 1, batch_norm=True)
        g.pool2d("max")
    g.mean()
    return _closed(g)


def _image() -> Graph:
    g = GraphBuilder((9, 11, 2))
    g.conv2d(5, 3, stride=2, batch_norm=True)
    g.depthwise_conv2d(3, batch_norm=False)
    g.pool2d("max")
    g.flatten()
    return _closed(g)


def _table() -> Graph:
    g = GraphBuilder((11,))
    g.fully_connected(8, batch_norm=True, dropout=0.1)
    return _closed(g)


def _one_position() -> Graph:
    """A dense layer that reads a feature map with a single position, without a reshape."""
    g = GraphBuilder((1, 3, 2))
    g.pool2d("max")
    return _closed(g)


def _residual_windows() -> Graph:
    """Sums of branches: with the input of the block, and with a projection of it."""
    g = GraphBuilder((1, 21, 3))
    g.conv2d(4, 3, batch_norm=True)
    start = g.tensor
    g.conv2d(4, 3, batch_norm=True)
    g.conv2d(4, 3, activation="NONE", batch_norm=True)
    g.add(start, activation="RELU")
    start = g.tensor
    g.conv2d(6, 5, stride=2, activation="NONE", batch_norm=True)
    main = g.tensor
    g.continue_from(start)
    g.conv2d(6, 1, stride=2, activation="NONE")
    g.add(main)
    g.pool2d("average")
    g.flatten()
    return _closed(g)


def _gated_image() -> Graph:
    """Channels that are weighted by a function of their means, as in squeeze-and-excite, after a ReLU6."""
    g = GraphBuilder((8, 7, 2))
    g.conv2d(6, 3, activation="RELU6", batch_norm=True)
    maps = g.tensor
    g.mean()
    g.conv2d(2, 1)
    g.conv2d(6, 1, activation="NONE")
    g.logistic()
    g.multiply(maps)
    g.mean()
    return _closed(g)


def _parallel_image() -> Graph:
    """Branches of the input that are concatenated, one of them pooled as well."""
    g = GraphBuilder((6, 6, 3))
    start = g.tensor
    g.pool2d("max")
    pooled = g.tensor
    g.continue_from(start)
    g.conv2d(3, 3, stride=2, batch_norm=True)
    first = g.tensor
    g.continue_from(start)
    g.conv2d(4, 5, activation="NONE")
    g.pool2d("average")
    g.concatenate(pooled, first)
    g.depthwise_conv2d(3, multiplier=2, activation="RELU6")
    g.pool2d("max")
    return _closed(g)


def _dilated_windows() -> Graph:
    """Kernels whose taps lie apart, beside a shortcut, one of them with zeros before its input only."""
    g = GraphBuilder((1, 30, 2))
    g.conv2d(5, 3, dilation=4, batch_norm=True)
    start = g.tensor
    g.conv2d(5, 5, dilation=2, padding="CAUSAL", activation="NONE", batch_norm=True)
    g.add(start, activation="RELU")
    g.pool2d("max")
    g.flatten()
    return _closed(g)


def _swished_image() -> Graph:
    """Hard swish after convolutions, before poolings, beside another reader, and after a sum."""
    g = GraphBuilder((9, 8, 2))
    g.conv2d(5, 3, activation="HARD_SWISH", batch_norm=True)
    g.pool2d("max")
    g.depthwise_conv2d(3, activation="HARD_SWISH", batch_norm=True)
    g.conv2d(4, 1, activation="NONE")
    start = g.tensor
    g.hard_swish()
    g.add(start, activation="HARD_SWISH")
    g.mean()
    return _closed(g)


def _recurrent_windows() -> Graph:
    """LSTMs behind a convolution, and the state after the last step."""
    g = GraphBuilder((1, 23, 3))
    g.conv2d(5, 3, batch_norm=True)
    g.pool2d("max")
    g.lstm(6)
    g.lstm(7)
    g.last()
    g.flatten()
    return _closed(g)


def _recurrent_mean() -> Graph:
    """An LSTM on the window as it is, whose states are pooled, and the last map of them."""
    g = GraphBuilder((1, 9, 4))
    g.lstm(5)
    g.pool2d("average")
    g.last()
    return _closed(g)


NETWORKS: dict[str, Callable[[], Graph]] = {
    "normalized_windows": _normalized_windows,
    "flat_windows": _flat_windows,
    "separable_windows": _separable_windows,
    "image": _image,
    "table": _table,
    "one_position": _one_position,
    "residual_windows": _residual_windows,
    "gated_image": _gated_image,
    "parallel_image": _parallel_image,
    "dilated_windows": _dilated_windows,
    "swished_image": _swished_image,
    "recurrent_windows": _recurrent_windows,
    "recurrent_mean": _recurrent_mean,
}


def _randomize(network: Network) -> None:
    """Give a network biases, means and variances as after training."""
    rng = np.random.default_rng(3)
    for variable in (*network.weights, *network.moving):
        value = variable.numpy()
        if value.ndim == 1:
            variable.assign(value + 0.2 * np.abs(rng.normal(size=value.shape)).astype(np.float32))


@cache
def _made(name: str) -> SimpleNamespace:
    graph = NETWORKS[name]()
    model = Network(graph, seed=1)
    _randomize(model)
    x = np.random.default_rng(0).normal(size=(48, *model.input_shape)).astype(np.float32)
    converted = convert(fake_quantize(model, x))
    joins = any(op.kind in ("ADD", "MUL", "CONCATENATION") for op in graph.ops)
    # What differs between runtimes by a step goes through several operators, or through the state of an LSTM.
    mixes = joins or any(op.kind == LSTM for op in graph.ops)
    tflite = slim(converted, graph=graph)
    return SimpleNamespace(graph=graph, model=model, x=x, converted=converted, tflite=tflite, mixes=mixes)


@pytest.fixture(params=NETWORKS)
def network(request: pytest.FixtureRequest) -> SimpleNamespace:
    """For each network: `graph`, float `model`, rows `x`, file as `converted`, slimmed `tflite`, and `mixes`."""
    return _made(request.param)


@pytest.fixture(params=["ours", "tensorflow's"])
def operators(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Convolutional layers by our own library, and by the fallback where it cannot be loaded."""
    graphs.forget()
    if request.param != "ours":
        monkeypatch.setattr(layers, "_OPERATORS", None)
        monkeypatch.setattr(layers, "OPEN", False)
    yield
    graphs.forget()
