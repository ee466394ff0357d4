"""From a front-end's features to a network's int8 input in the device's arithmetic, and a row with a known answer."""

from typing import TypeAlias

import numpy as np

from nas.arrays import Array
from nas.study.archive import Archive, Example

SHIFT = 32
"""Bits behind the point of the factors that turn features into the network's input."""

Factors: TypeAlias = tuple[Array, Array]
"""What a feature is multiplied by, and what is added to it: int64, for each feature or channel."""


def as_input(features: Array, factors: Factors) -> Array:
    """Return features [..., as many as the factors] as the network's input: (feature * mul + add) >> 32, in int8."""
    mul, add = factors
    found: Array = (features.astype(np.int64) * mul + add) >> SHIFT
    return found.clip(-128, 127).astype(np.int8)


def noise(samples: int) -> Array:
    """Return the samples of the self-test, which C makes by the same generator."""
    state, made = 1, np.empty(samples, np.int16)
    for i in range(samples):
        state = (state * 1664525 + 1013904223) % 2**32
        made[i] = (state >> 18) - 8192
    return made


def answered(archive: Archive, features: Array, factors: Factors) -> Example:
    """Return what a device makes of the features of one row: the network's input, and its answer."""
    # LiteRT takes longer to import than a model without a front-end to be written.
    from nas.model.deploy.tflite_model import TfliteModel

    model, given = TfliteModel(archive.tflite), as_input(features, factors)
    (answer,) = model.run(given.reshape(1, *model.row_shape))
    return Example(tuple(given.ravel().tolist()), tuple(answer.tolist()))
