"""The variables of an operator with weights: kernel, bias, and those of its batch normalization in training."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from nas.arrays import Array, Floats
from nas.graph.graph import LSTM, Graph, Op
from nas.model.network.recurrent import initial_lstm
from nas.model.runtime import tf

EPSILON = 1e-3
"""Constant that batch normalization adds to the variance."""
MOMENTUM = 0.95
"""Share of a moving average that stays at each step of training.

The usual 0.99 forgets its initial values over about a hundred steps; an epoch of a small data set has hardly more.
"""


class Norm(NamedTuple):
    """Variables of a batch normalization, [channels] each; its offset is the layer's bias.

    Within a graph of training, the scale is a tensor, and there are no averages.
    """

    scale: Any
    mean: Any
    variance: Any


class Weights(NamedTuple):
    """Variables of one operator: kernel [h, w, in, out] (depthwise [h, w, out, 1], dense [in, out]) and bias [out].

    An LSTM has a kernel [in + units, 4 units] and a bias [4 units], see `nas.model.network.recurrent`. Within a graph
    of training, they are tensors.
    """

    kernel: Any
    bias: Any
    norm: Norm | None

    def fold(self) -> tuple[Any, Any]:
        """Return kernel and bias with the normalization folded in, as they are on the device.

        Within a graph, there must be no normalization.
        """
        if self.norm is None:
            return tf.identity(self.kernel), tf.identity(self.bias)
        # In NumPy: on a few numbers, a call of TensorFlow takes longer than what it computes.
        kernel, bias, scale, mean, variance = map(np.asarray, (self.kernel, self.bias, *self.norm))
        factor = scale / np.sqrt(variance + np.float32(EPSILON))
        across = factor[:, None] if kernel.shape[-1] == 1 else factor  # a depthwise kernel is [h, w, channels, 1]
        return tf.constant(kernel * across), tf.constant(bias - mean * factor)


def trainable(layers: Sequence[Weights]) -> list[Any]:
    """Return the variables that the optimizer updates."""
    return [v for layer in layers for v in (layer.kernel, layer.bias, *([layer.norm.scale] if layer.norm else []))]


def moving(layers: Sequence[Weights]) -> list[Any]:
    """Return the moving averages of the batches' statistics."""
    return [v for layer in layers if layer.norm for v in (layer.norm.mean, layer.norm.variance)]


def shape_of(variable: Any) -> tuple[int, ...]:
    """Return the shape of what a variable holds now; its own may be open."""
    return tuple(variable.read_value().shape)


class Shapes(NamedTuple):
    """Shapes of the weights of layers, by which a vector of all of them is split: int32 tensors.

    Attributes:
        lengths: [weights], the number of values of each, in the order of `trainable`.
        convolutions: [convolutions, 4], the kernels' shapes.
        matrices: [others, 2], those of dense layers and LSTMs.
    """

    lengths: Any
    convolutions: Any
    matrices: Any


def shapes_of(layers: Sequence[Weights]) -> Shapes:
    """Return the shapes of the weights of layers, as tensors."""
    kernels = [shape_of(layer.kernel) for layer in layers]
    lengths = [math.prod(shape_of(weight)) for weight in trainable(layers)]
    tables = (
        np.array([shape for shape in kernels if len(shape) == axes], np.int32).reshape(-1, axes) for axes in (4, 2)
    )
    return Shapes(*map(tf.constant, (np.array(lengths, np.int32), *tables)))


@dataclass(frozen=True, slots=True)
class Form:
    """What a graph of training knows of the weights of a layer.

    Attributes:
        kernel: shape of the kernel; None for each axis that is open.
        normalized: whether the layer has a batch normalization.
    """

    kernel: tuple[int | None, ...]
    normalized: bool


def forms_of(layers: Sequence[Weights]) -> tuple[Form, ...]:
    """Return what a graph may know of layers: their variables' shapes, as far as these are fixed."""
    return tuple(Form(tuple(layer.kernel.shape), layer.norm is not None) for layer in layers)


def as_vector(arrays: Iterable[Array]) -> Floats:
    """Return the values of arrays one after the other."""
    return np.concatenate([np.zeros(0, np.float32), *(array.ravel() for array in arrays)])


def split(vector: Array, shapes: Sequence[tuple[int, ...]]) -> list[Array]:
    """Return the arrays of these shapes of which a vector consists."""
    ends = np.cumsum([math.prod(shape) for shape in shapes], dtype=int)
    return [part.reshape(shape) for part, shape in zip(np.split(vector, ends)[:-1], shapes, strict=True)]


def layers_of(vector: Any, forms: Sequence[Form], shapes: Shapes) -> list[Weights]:
    """Return the weights of layers within a graph, as tensors; they have no moving averages."""
    count = sum(2 + form.normalized for form in forms)
    parts = iter(tf.split(vector, shapes.lengths, num=count))
    kernels = {
        axes: iter(tf.unstack(known, sum(len(form.kernel) == axes for form in forms)))
        for axes, known in ((4, shapes.convolutions), (2, shapes.matrices))
    }
    layers = []
    for form in forms:
        kernel = tf.reshape(next(parts), next(kernels[len(form.kernel)]))
        kernel.set_shape(form.kernel)
        layers.append(Weights(kernel, next(parts), Norm(next(parts), None, None) if form.normalized else None))
    return layers


def make_weights(graph: Graph, op: Op, rng: np.random.Generator) -> Weights:
    """Make the variables of an operator: kernel by Glorot's uniform distribution (Glorot & Bengio, 2010), bias 0."""
    if op.kind == LSTM:
        units, inputs = graph.tensors[op.inputs[1]].shape
        kernel, bias = initial_lstm(units, inputs, rng)
        return Weights(open_variable(kernel), open_variable(bias), None)
    shape = _kernel_shape(op.kind, graph.tensors[op.inputs[1]].shape)
    *window, inputs, outputs = shape
    limit = np.sqrt(6 / (np.prod(window) * (inputs + outputs)))
    kernel = open_variable(rng.uniform(-limit, limit, shape).astype(np.float32))
    channels = graph.tensors[op.outputs[0]].shape[-1]
    zeros, ones = np.zeros(channels, np.float32), np.ones(channels, np.float32)
    norm = Norm(*map(open_variable, (ones, zeros, ones))) if op.training.get("batch_norm") else None
    return Weights(kernel, open_variable(zeros), norm)


def open_variable(value: Floats) -> Any:
    """Return a variable whose shape a graph does not know, except for the number of axes."""
    return tf.Variable(value, shape=tf.TensorShape([None] * value.ndim))


def assign(variable: Any, array: Array) -> None:
    """Set a variable to an array; ValueError for another shape, which TensorFlow would accept for an open variable."""
    if (shape := shape_of(variable)) != array.shape:
        raise ValueError(f"Shape mismatch: a variable of {shape} was given {array.shape}")
    variable.assign(array)


def _kernel_shape(kind: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Convert the shape of a kernel from TFLite's order of axes to TensorFlow's."""
    if kind == "FULLY_CONNECTED":
        return shape[::-1]
    if kind == "DEPTHWISE_CONV_2D":
        _, height, width, channels = shape
        return height, width, channels, 1
    filters, height, width, channels = shape
    return height, width, channels, filters
