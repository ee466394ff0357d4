"""The variables of an operator with weights: kernel and bias, and those of the normalization in training."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from nas.arrays import Array, Floats
from nas.graph.graph import Graph, Op
from nas.model.runtime import tf

EPSILON = 1e-3
"""What batch normalization adds to a variance."""


class Norm(NamedTuple):
    """Variables of a batch normalization, [channels] each; its offset is the layer's bias."""

    scale: Any
    mean: Any
    variance: Any


class Weights(NamedTuple):
    """Variables of one operator: kernel [h, w, in, out] (depthwise [h, w, in, 1], dense [in, out]) and bias [out]."""

    kernel: Any
    bias: Any
    norm: Norm | None

    def fold(self) -> tuple[Any, Any]:
        """Return the kernel and the bias that compute what the layer does outside training."""
        kernel, bias = tf.identity(self.kernel), tf.identity(self.bias)
        if self.norm is None:
            return kernel, bias
        factor = self.norm.scale * tf.math.rsqrt(self.norm.variance + EPSILON)
        # A depthwise kernel has its channels on the last axis but one, and 1 on the last. A graph may not know.
        across = tf.reshape(factor, tf.where(tf.shape(kernel)[-1] == 1, [-1, 1], [1, -1]))
        return kernel * across, bias - self.norm.mean * factor


def trained(layers: Sequence[Weights]) -> list[Any]:
    """Return the variables that training steps change."""
    return [v for layer in layers for v in (layer.kernel, layer.bias, *([layer.norm.scale] if layer.norm else []))]


def followed(layers: Sequence[Weights]) -> list[Any]:
    """Return the variables that follow the batches' statistics."""
    return [v for layer in layers if layer.norm for v in (layer.norm.mean, layer.norm.variance)]


def make_weights(graph: Graph, op: Op, rng: np.random.Generator) -> Weights:
    """Make the variables of an operator: Glorot's uniform kernel (Glorot & Bengio, 2010), no bias yet."""
    shape = _kernel_shape(op.kind, graph.tensors[op.inputs[1]].shape)
    *window, inputs, outputs = shape
    limit = np.sqrt(6 / (np.prod(window) * (inputs + outputs)))
    kernel = open_variable(rng.uniform(-limit, limit, shape).astype(np.float32))
    channels = graph.tensors[op.outputs[0]].shape[-1]
    zeros, ones = np.zeros(channels, np.float32), np.ones(channels, np.float32)
    norm = Norm(*map(open_variable, (ones, zeros, ones))) if op.training.get("batch_norm") else None
    return Weights(kernel, open_variable(zeros), norm)


def open_variable(value: Floats) -> Any:
    """Return a variable that to a graph is one of any shape of as many axes."""
    return tf.Variable(value, shape=tf.TensorShape([None] * value.ndim))


def assign(variable: Any, array: Array) -> None:
    """Set a variable to an array of the same shape; ValueError for another, which an open variable would take."""
    if (shape := tuple(variable.read_value().shape)) != array.shape:
        raise ValueError(f"Shape mismatch: a variable of {shape} was given {array.shape}")
    variable.assign(array)


def _kernel_shape(kind: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Turn a shape from TFLite's order of axes to TensorFlow's."""
    if kind == "FULLY_CONNECTED":
        return shape[::-1]
    if kind == "DEPTHWISE_CONV_2D":
        _, height, width, channels = shape
        return height, width, channels, 1
    filters, height, width, channels = shape
    return height, width, channels, filters
