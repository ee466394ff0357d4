"""A graph as a network that TensorFlow trains: the walk over its operators, and their weights.

Plain TensorFlow in place of Keras layers, since building and tracing them took as long as two epochs of such a
network (benchmarks/training.md). The walk restores what the graph keeps for training only: batch normalization
before the activation, dropout, L2. Outside training, normalization is folded into the weights, as it is on the device.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from nas.data.dataset import Array
from nas.graph import Graph, Op
from nas.model.runtime import tf

Folded: TypeAlias = Sequence[tuple[Any, Any]]

# A usual 0.99 forgets in a hundred steps; an epoch of a small data set has hardly more.
_MOMENTUM = 0.95
_EPSILON = 1e-3


@dataclass(frozen=True, slots=True)
class Norm:
    """Variables of a batch normalization, [channels] each; its offset is the layer's bias."""

    scale: Any
    mean: Any
    variance: Any


@dataclass(frozen=True, slots=True)
class Weights:
    """Variables of one operator: kernel [h, w, in, out] (depthwise [h, w, in, 1], dense [in, out]) and bias [out]."""

    kernel: Any
    bias: Any
    norm: Norm | None
    l2: float

    def fold(self) -> tuple[Any, Any]:
        """Return the kernel and the bias that compute what the layer does outside training."""
        if self.norm is None:
            return tf.identity(self.kernel), tf.identity(self.bias)
        factor = self.norm.scale * tf.math.rsqrt(self.norm.variance + _EPSILON)
        bias = self.bias - self.norm.mean * factor
        # A depthwise kernel has its channels on the last axis but one, and 1 on the last.
        across = factor[:, None] if self.kernel.shape[-1] == 1 else factor
        return self.kernel * across, bias


class Network:
    """The logits of a graph, and the variables that they depend on.

    Life cycle: made with random weights; trained by `Loop`, through `train`; `fold` gives the
    weights that are deployed.

    Args:
        graph: what to compute; its input without the batch is the network's.
        seed: of the first weights and of dropout.

    Attributes:
        weights: trainable variables, in the graph's order; `moving` those that batch normalization averages.
    """

    def __init__(self, graph: Graph, seed: int = 0) -> None:
        self.graph = graph
        self.input_shape = graph.tensors[graph.inputs[0]].shape[1:]
        self.classes = graph.tensors[graph.outputs[0]].shape[-1]
        self._seed = seed
        rng = np.random.default_rng(seed)
        self._layers = [_weights(graph, op, rng) for op in graph.ops if op.kind in LINEAR]
        self.weights = [
            variable
            for layer in self._layers
            for variable in (layer.kernel, layer.bias, *([layer.norm.scale] if layer.norm else []))
        ]
        self.moving = [v for layer in self._layers if layer.norm for v in (layer.norm.mean, layer.norm.variance)]

    def __call__(self, x: Any, folded: Folded | None = None, *, softmax: bool = False) -> Any:
        """Return logits [n, classes] of rows [n, ...], or probabilities, with layers as they are on the device.

        Args:
            x: rows in the input's shape.
            folded: the weights, if `fold` has been called for them already.
            softmax: compute the graph's SOFTMAX as well.
        """
        layers = iter(folded or self.fold())
        for op in self.graph.ops:
            if op.kind in LINEAR:
                kernel, bias = next(layers)
                x = activate(tf.nn.bias_add(LINEAR[op.kind](x, kernel, op), bias), op)
            elif op.kind != "SOFTMAX" or softmax:
                x = FIXED[op.kind](x, op)
        return x

    def train(self, x: Any, step: Any) -> Any:
        """Return logits as in training: normalized by the batch's own statistics, with dropout.

        Args:
            x: rows in the input's shape.
            step: int32, number of the step; dropout depends on it and on the network's seed alone.
        """
        layers, numbers = iter(self._layers), itertools.count()
        for op in self.graph.ops:
            if op.kind in LINEAR:
                layer = next(layers)
                x = LINEAR[op.kind](x, layer.kernel, op)
                x = tf.nn.bias_add(x, layer.bias) if layer.norm is None else _normalize(x, layer.bias, layer.norm)
                x = self._drop(activate(x, op), op, next(numbers), step)
            elif op.kind != "SOFTMAX":
                x = FIXED[op.kind](x, op)
        return x

    def fold(self) -> Folded:
        """Return kernel and bias of each operator that has weights, as they are deployed."""
        return [layer.fold() for layer in self._layers]

    def penalty(self) -> Any:
        """Return the sum of the kernels' squared norms, each times its L2 rate."""
        terms = [layer.l2 * tf.reduce_sum(tf.square(layer.kernel)) for layer in self._layers if layer.l2]
        return tf.add_n(terms) if terms else tf.constant(0.0)

    def get_weights(self) -> list[Array]:
        """Return copies of all variables, the trainable ones first."""
        return [variable.numpy() for variable in self._variables()]

    def set_weights(self, arrays: Sequence[Array]) -> None:
        """Set all variables to what `get_weights` of a network of the same graph returned."""
        for variable, array in zip(self._variables(), arrays, strict=True):
            variable.assign(array)

    def _variables(self) -> Iterator[Any]:
        yield from self.weights
        yield from self.moving

    def _drop(self, x: Any, op: Op, number: int, step: Any) -> Any:
        rate = op.training.get("dropout", 0.0)
        if not rate:
            return x
        seed = tf.stack([tf.constant(self._seed % 2**31 + number), step])
        return tf.nn.experimental.stateless_dropout(x, rate, seed)


def _weights(graph: Graph, op: Op, rng: np.random.Generator) -> Weights:
    """Make the variables of an operator: Glorot's uniform kernel (Glorot & Bengio, 2010), no bias yet."""
    shape = _kernel_shape(op.kind, graph.tensors[op.inputs[1]].shape)
    *window, inputs, outputs = shape
    limit = np.sqrt(6 / (np.prod(window) * (inputs + outputs)))
    kernel = tf.Variable(rng.uniform(-limit, limit, shape).astype(np.float32))
    channels = graph.tensors[op.outputs[0]].shape[-1]
    norm = None
    if op.training.get("batch_norm"):
        norm = Norm(*(tf.Variable(start([channels])) for start in (tf.ones, tf.zeros, tf.ones)))
    return Weights(kernel, tf.Variable(tf.zeros([channels])), norm, op.training.get("l2", 0.0))


def _kernel_shape(kind: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Turn a shape from TFLite's order of axes to TensorFlow's."""
    if kind == "FULLY_CONNECTED":
        return shape[::-1]
    if kind == "DEPTHWISE_CONV_2D":
        _, height, width, channels = shape
        return height, width, channels, 1
    filters, height, width, channels = shape
    return height, width, channels, filters


def _normalize(x: Any, offset: Any, norm: Norm) -> Any:
    """Normalize by the batch, and let the moving statistics follow."""
    # The kernel wants a map; a dense layer's outputs are one of a single position.
    maps = x if len(x.shape) == 4 else x[:, None, None, :]
    y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=maps, scale=norm.scale, offset=offset, mean=[], variance=[], epsilon=_EPSILON, is_training=True
    )
    for moving, value in ((norm.mean, mean), (norm.variance, variance)):
        moving.assign_add((value - moving) * (1 - _MOMENTUM))
    return y if maps is x else y[:, 0, 0, :]


def activate(x: Any, op: Op) -> Any:
    """Apply the activation that an operator has fused."""
    return tf.nn.relu(x) if op.options["activation"] == "RELU" else x


def _conv(x: Any, kernel: Any, op: Op) -> Any:
    o = op.options
    return tf.nn.conv2d(x, kernel, o["stride"], o["padding"], dilations=o["dilation"])


def _depthwise(x: Any, kernel: Any, op: Op) -> Any:
    o = op.options
    return tf.nn.depthwise_conv2d(x, kernel, (1, *o["stride"], 1), o["padding"], dilations=o["dilation"])


def _dense(x: Any, kernel: Any, op: Op) -> Any:
    # The operator flattens by itself; `slim` drops the reshape that the converter may keep.
    return tf.matmul(tf.reshape(x, (-1, kernel.shape[0])) if len(x.shape) > 2 else x, kernel)


def _max_pool(x: Any, op: Op) -> Any:
    return tf.nn.max_pool2d(x, op.options["filter"], op.options["stride"], op.options["padding"])


def _average_pool(x: Any, op: Op) -> Any:
    return tf.nn.avg_pool2d(x, op.options["filter"], op.options["stride"], op.options["padding"])


def _softmax(x: Any, op: Op) -> Any:
    return tf.nn.softmax(x)


LINEAR: Mapping[str, Callable[[Any, Any, Op], Any]] = {
    "CONV_2D": _conv,
    "DEPTHWISE_CONV_2D": _depthwise,
    "FULLY_CONNECTED": _dense,
}
FIXED: Mapping[str, Callable[[Any, Op], Any]] = {
    "MAX_POOL_2D": _max_pool,
    "AVERAGE_POOL_2D": _average_pool,
    "SOFTMAX": _softmax,
}
