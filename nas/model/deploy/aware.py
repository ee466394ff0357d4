"""Quantization-aware training of any Keras model: it is trained on with the rounding of int8, towards itself.

Kernels pass through fake-quantization operators, and so do the outputs of layers, within the ranges that were measured
before (Jacob et al., arXiv:1712.05877). What is learned are the float model's own outputs, so that no labels are needed
and nothing of the original training has to be known. The model is then converted like any other: its weights have
settled where rounding hurts less.

Batch normalization keeps its statistics. It scales each output channel of the layer before it, as the converter does
when it folds it into that layer's kernel; a kernel that is rounded channel by channel is the same before and after.
"""

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from nas.arrays import Floats
from nas.model.deploy.keras_layers import hooked, leaves
from nas.model.keras_runtime import keras, keras_outputs
from nas.model.runtime import quiet, tf
from nas.study.quantization import Quantization

Ranges: TypeAlias = Mapping[str, tuple[float, float]]
"""Of a layer's output, by the layer's path."""

_BATCH = 64
_WARM_UP = 0.1
# What these give has the scale of what they read, or is not there on the device.
_PASSING = (
    "InputLayer", "Flatten", "Reshape", "Permute", "RepeatVector", "Identity", "Dropout", "SpatialDropout1D",
    "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "MaxPooling1D", "MaxPooling2D", "GlobalMaxPooling1D",
    "GlobalMaxPooling2D", "ZeroPadding1D", "ZeroPadding2D", "UpSampling1D", "UpSampling2D", "Cropping1D", "Cropping2D",
)  # fmt: skip
# The converter merges these into the layer before them, whose output is then not rounded.
_MERGED = ("BatchNormalization", "ReLU", "Activation")


def train_aware(model: Any, rows: Floats, settings: Quantization) -> None:
    """Train a Keras model on, in place, with the rounding of int8.

    Args:
        model: a built model with one input and one output.
        rows: scaled training rows [n, ...], without labels.
        settings: `qat_epochs`, `qat_learning_rate`, `seed`, and whether channels have scales of their own.
    """
    x = rows.reshape(len(rows), *model.inputs[0].shape[1:])
    targets = keras_outputs(model, x)
    shares = bool((targets >= 0).all() and np.allclose(targets.sum(axis=1), 1, atol=1e-3))
    with quiet():
        rounding = _Rounding(model, x[: 8 * _BATCH], settings)
        step = _step(model, rounding, "categorical_crossentropy" if shares else "mean_squared_error")
        rng, done = np.random.default_rng(settings.seed), 0
        steps = settings.qat_epochs * math.ceil(len(x) / _BATCH)
        for _ in range(settings.qat_epochs):
            order = rng.permutation(len(x))
            for start in range(0, len(x), _BATCH):
                picked = order[start : start + _BATCH]
                rate = settings.qat_learning_rate * _share(done / steps)
                step(tf.constant(x[picked]), tf.constant(targets[picked]), tf.constant(rate, tf.float32))
                done += 1


def _share(progress: float) -> float:
    """Return the share of the peak learning rate: a linear warm-up, then a cosine down to zero."""
    if progress < _WARM_UP:
        return progress / _WARM_UP
    return 0.5 * (1 + math.cos(math.pi * (progress - _WARM_UP) / (1 - _WARM_UP)))


def _step(model: Any, rounding: "_Rounding", loss: str) -> Any:
    optimizer, measure = keras.optimizers.Adam(), keras.losses.get(loss)
    optimizer.build(model.trainable_variables)

    @tf.function(reduce_retracing=True, autograph=False)
    def step(x: Any, targets: Any, rate: Any) -> None:
        with tf.GradientTape() as tape:
            with rounding():
                outputs = model(x, training=False)
            outputs = tf.reshape(outputs, tf.shape(targets))
            value = tf.reduce_mean(measure(targets, outputs))
        gradients = tape.gradient(value, [variable.value for variable in model.trainable_variables])
        optimizer.learning_rate.assign(rate)
        pairs = zip(gradients, model.trainable_variables, strict=True)
        optimizer.apply_gradients([(gradient, variable) for gradient, variable in pairs if gradient is not None])

    return step


class _Rounding:
    """A context in which a model computes with rounded kernels and rounded outputs of its layers.

    Args:
        model: the model.
        x: rows [n, ...] on which the ranges of outputs are measured.
        settings: whether channels have scales of their own.
    """

    def __init__(self, model: Any, x: Floats, settings: Quantization) -> None:
        self._settings = settings
        self._layers = [layer for layer in leaves(model) if _is_rounded(layer)]
        self._kernels = [(layer, variable) for layer in leaves(model) for variable in _kernels(layer)]
        self._ranges = self._measure(model, x)

    @contextlib.contextmanager
    def __call__(self) -> Iterator[None]:
        kernels = [(variable, self._round_kernel(layer, variable)) for layer, variable in self._kernels]
        with keras.StatelessScope(state_mapping=kernels), hooked(self._layers, self._round_output):
            yield

    def _measure(self, model: Any, x: Floats) -> Ranges:
        ranges: dict[str, tuple[float, float]] = {}

        def observe(layer: Any, call: Callable[[], Any]) -> Any:
            output = call()
            low, high = ranges.get(layer.path, (0.0, 1e-6))
            values = np.asarray(output)
            ranges[layer.path] = min(low, float(values.min())), max(high, float(values.max()))
            return output

        with hooked(self._layers, observe):
            keras_outputs(model, x)
        return ranges

    def _round_output(self, layer: Any, call: Callable[[], Any]) -> Any:
        return tf.quantization.fake_quant_with_min_max_args(call(), *self._ranges[layer.path])

    def _round_kernel(self, layer: Any, variable: Any) -> Any:
        """Round a kernel to 255 steps symmetric around 0, each output channel by itself if the settings want it."""
        kernel = tf.convert_to_tensor(variable.value)
        depthwise = "depthwise" in variable.name or "Depthwise" in type(layer).__name__
        channels = kernel.shape[-1] * (kernel.shape[-2] if depthwise else 1)
        flat = tf.reshape(kernel, (-1, channels))
        most = tf.reduce_max(tf.abs(flat), axis=0)
        if not self._settings.per_channel or (type(layer).__name__ == "Dense" and not self._settings.per_channel_dense):
            most = tf.fill((channels,), tf.reduce_max(most))
        most = tf.stop_gradient(tf.maximum(most, 1e-6))
        rounded = tf.quantization.fake_quant_with_min_max_vars_per_channel(flat, -most, most, narrow_range=True)
        return tf.reshape(rounded, kernel.shape)


def _kernels(layer: Any) -> Iterator[Any]:
    return (variable for variable in layer.trainable_variables if "kernel" in variable.name and len(variable.shape) > 1)


def _is_rounded(layer: Any) -> bool:
    """Say whether the output of a layer is rounded on the device."""
    if type(layer).__name__ in _PASSING:
        return False
    readers = [node.operation for node in layer._outbound_nodes]
    return not (len(readers) == 1 and type(readers[0]).__name__ in _MERGED)
