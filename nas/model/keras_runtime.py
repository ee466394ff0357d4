"""Keras on TensorFlow, imported after TensorFlow is configured; the other modules import it from here."""

from typing import Any

import numpy as np

from nas.arrays import Array, Floats
from nas.errors import InputError
from nas.model.runtime import quiet, tf

with quiet():
    import keras

__all__ = ["keras", "numbers", "outputs", "require_tensorflow", "tf"]

_BATCH = 256


def require_tensorflow() -> None:
    """Raise an InputError if Keras was told to compute with another library than TensorFlow."""
    if keras.backend.backend() != "tensorflow":
        hint = "unset KERAS_BACKEND, since the model is converted by TensorFlow"
        raise InputError("KERAS_BACKEND", "must be tensorflow", got=keras.backend.backend(), hint=hint)


def numbers(variable: Any) -> Array:
    """Return the value of a variable or a tensor of Keras."""
    value: Array = keras.ops.convert_to_tensor(variable).numpy()
    return value


def outputs(model: Any, x: Floats) -> Floats:
    """Return a model's outputs [n, outputs] in inference for scaled rows `x` [n, ...]."""
    parts = [np.asarray(model(x[start : start + _BATCH], training=False)) for start in range(0, len(x), _BATCH)]
    return np.concatenate([part.reshape(len(part), -1) for part in parts]).astype(np.float32)
