"""The variables of an operator with weights: kernel and bias, and those of the normalization in training."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nas.graph import Graph, Op
from nas.model.runtime import tf

EPSILON = 1e-3
"""What batch normalization adds to a variance."""


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
        factor = self.norm.scale * tf.math.rsqrt(self.norm.variance + EPSILON)
        bias = self.bias - self.norm.mean * factor
        # A depthwise kernel has its channels on the last axis but one, and 1 on the last.
        across = factor[:, None] if self.kernel.shape[-1] == 1 else factor
        return self.kernel * across, bias


def make_weights(graph: Graph, op: Op, rng: np.random.Generator) -> Weights:
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
