"""The float weights of a Keras model as bytes, for archives and for other processes."""

import io
from typing import Any

import numpy as np


def dump_weights(model: Any) -> bytes:
    """Return the weights, in the model's order, as an `.npz`."""
    file = io.BytesIO()
    np.savez_compressed(file, *model.get_weights())
    return file.getvalue()


def load_weights(model: Any, data: bytes) -> None:
    """Set the weights of `model` to those of a model built of the same graph."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        model.set_weights([arrays[f"arr_{i}"] for i in range(len(arrays.files))])
