"""Keras on TensorFlow, imported after TensorFlow is configured; the other modules import it from here."""

import math
from typing import Any

import numpy as np

from nas.arrays import Array, Floats
from nas.errors import InputError
from nas.model.runtime import quiet, tf

with quiet():
    import keras

__all__ = ["gives_probabilities", "keras", "keras_outputs", "noise", "numbers", "require_tensorflow", "tf"]

_BATCH = 256
# Rows of noise by which a model is tried, and a factor at which logits leave the range of probabilities.
_TRIED = 16
_LOUD = 8


def require_tensorflow() -> None:
    """Raise an InputError if Keras was told to compute with another library than TensorFlow."""
    if keras.backend.backend() != "tensorflow":
        hint = "unset KERAS_BACKEND, since the model is converted by TensorFlow"
        raise InputError("KERAS_BACKEND", "must be tensorflow", got=keras.backend.backend(), hint=hint)


def numbers(variable: Any) -> Array:
    """Return the value of a variable or a tensor of Keras."""
    value: Array = keras.ops.convert_to_tensor(variable).numpy()
    return value


def keras_outputs(model: Any, x: Floats) -> Floats:
    """Return a Keras model's outputs [n, outputs] in inference for scaled rows `x` [n, ...]."""
    if model.inputs:  # a model that is a class of its own has none
        x = x.reshape(len(x), *model.inputs[0].shape[1:])
    # Without rows, one of zeros tells the number of outputs; on some processors, TensorFlow refuses a batch of none.
    given = x if len(x) else np.zeros((1, *x.shape[1:]), np.float32)
    parts = [np.asarray(model(given[at : at + _BATCH], training=False)) for at in range(0, len(given), _BATCH)]
    outputs = np.concatenate([part.reshape(len(part), math.prod(part.shape[1:])) for part in parts])
    return outputs[: len(x)].astype(np.float32)


def noise(input_shape: tuple[int, ...]) -> Floats:
    """Return some rows of unit noise [n, *input_shape], the same at every call."""
    return np.random.default_rng(0).standard_normal((_TRIED, *input_shape)).astype(np.float32)


def gives_probabilities(model: Any, input_shape: tuple[int, ...]) -> bool:
    """Return whether a classifier ends in a softmax or a sigmoid, judged by its outputs for rows of loud noise."""
    outputs = keras_outputs(model, _LOUD * noise(input_shape))
    return bool((outputs >= 0).all() and (outputs <= 1).all())
