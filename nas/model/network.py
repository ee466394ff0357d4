"""A graph as a network that TensorFlow trains: the walk over its operators, and their weights.

Plain TensorFlow in place of Keras layers, since building and tracing them took as long as two epochs of such a
network (benchmarks/training.md). The walk restores what the graph keeps for training only: batch normalization
before the activation, dropout, L2. Outside training, normalization is folded into the weights, as it is on the device.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from nas.data.dataset import Array
from nas.graph import Graph, Op
from nas.model import layers
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
        weights, numbers = iter(self._layers), itertools.count()
        channels_last = True  # as rows are; behind a convolution they come first, see nas.model.layers
        for op, pooling in _with_poolings(self.graph.ops):
            if op.kind == "FULLY_CONNECTED":
                x = _train_dense(_flatten(x, channels_last), next(weights), op)
                x = self._drop(x, op, next(numbers), step)
            elif op.kind in LINEAR:
                x = _train_maps(x, next(weights), op, pooling, channels_last)
                x, channels_last = self._drop(x, op, next(numbers), step), False
            elif op.kind != "SOFTMAX":
                x = _train_pooling(x, op, channels_last)
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


def _with_poolings(ops: Sequence[Op]) -> Iterator[tuple[Op, Op | None]]:
    """Yield the operators in order, a convolution with the pooling right behind it if nothing is dropped between."""
    waiting: Op | None = None
    for op in ops:
        if waiting is not None:
            yield waiting, (op if op.kind in POOLINGS else None)
        if waiting is None or op.kind not in POOLINGS:
            opens = op.kind in SLIDING and not op.training.get("dropout")
            if not opens:
                yield op, None
            waiting = op if opens else None
        else:
            waiting = None
    if waiting is not None:
        yield waiting, None


def _train_maps(x: Any, weights: Weights, op: Op, pooling: Op | None, channels_last: bool) -> Any:
    """Return maps [n, channels, h, w] of a convolution, and of the pooling behind it."""
    norm = weights.norm
    y, mean, variance = layers.layer(
        x,
        weights.kernel,
        tf.ones_like(weights.bias) if norm is None else norm.scale,
        weights.bias,
        stride=op.options["stride"],
        pool=pooling.options["filter"] if pooling else (1, 1),
        depthwise=op.kind == "DEPTHWISE_CONV_2D",
        channels_last=channels_last,
        normalize=norm is not None,
        relu=op.options["activation"] == "RELU",
        average=pooling is not None and pooling.kind == "AVERAGE_POOL_2D",
        epsilon=_EPSILON,
    )
    _follow(norm, mean, variance)
    return y


def _train_pooling(x: Any, op: Op, channels_last: bool) -> Any:
    """Return pooled maps in the layout that they came in."""
    if channels_last:
        return FIXED[op.kind](x, op)
    if op.kind == "AVERAGE_POOL_2D" and op.options["filter"] == tuple(x.shape[2:]):
        return tf.reduce_mean(x, (2, 3), keepdims=True)
    return tf.transpose(FIXED[op.kind](tf.transpose(x, (0, 2, 3, 1)), op), (0, 3, 1, 2))


def _flatten(x: Any, channels_last: bool) -> Any:
    """Return rows [n, values] of maps, in the order of height, width and channels."""
    if len(x.shape) == 2:
        return x
    if not channels_last and tuple(x.shape[2:]) != (1, 1):
        x = tf.transpose(x, (0, 2, 3, 1))
    return tf.reshape(x, (-1, math.prod(x.shape[1:])))


def _train_dense(x: Any, weights: Weights, op: Op) -> Any:
    """Return the outputs [n, units] of a dense layer."""
    x, norm = tf.matmul(x, weights.kernel), weights.norm
    if norm is None:
        return activate(tf.nn.bias_add(x, weights.bias), op)
    y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=x[:, None, None, :],  # the kernel wants a map; this is one of a single position
        scale=norm.scale,
        offset=weights.bias,
        mean=[],
        variance=[],
        epsilon=_EPSILON,
        is_training=True,
    )
    _follow(norm, mean, variance)
    return activate(y[:, 0, 0, :], op)


def _follow(norm: Norm | None, mean: Any, variance: Any) -> None:
    """Let the moving statistics follow a batch's own."""
    for moving, value in ((norm.mean, mean), (norm.variance, variance)) if norm else ():
        moving.assign_add((value - moving) * (1 - _MOMENTUM))


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
SLIDING = frozenset(LINEAR) - {"FULLY_CONNECTED"}
POOLINGS = frozenset(("MAX_POOL_2D", "AVERAGE_POOL_2D"))
FIXED: Mapping[str, Callable[[Any, Op], Any]] = {
    "MAX_POOL_2D": _max_pool,
    "AVERAGE_POOL_2D": _average_pool,
    "SOFTMAX": _softmax,
}
