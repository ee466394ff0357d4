"""Features as int8: by a fixed range, or by the loudest feature of a row."""

import numpy as np
import numpy.typing as npt

from nas.arrays import Array

FIXED_SPAN = 666
"""Counts of features that the 256 values of int8 stand for: 25.6 * 26, as in TensorFlow's micro_speech."""

# ln(10) / 20: the natural logarithm of a decibel.
_OF_DECIBEL = 0.11512925465

Int8 = npt.NDArray[np.int8]


def fixed_range(features: Array) -> Int8:
    """Return features of any shape as int8: `FIXED_SPAN` counts are its 256 values."""
    values = (features.astype(np.int64) * 256 + FIXED_SPAN // 2) // FIXED_SPAN - 128
    return values.clip(-128, 127).astype(np.int8)


def dynamic_range(features: Array, range_db: float, log_shift: int) -> Int8:
    """Return features [n, ...] as int8: the loudest of each row is 127, and `range_db` below it is -128."""
    span = int(range_db * (1 << log_shift) * _OF_DECIBEL)
    values = features.astype(np.int64)
    top = values.reshape(len(values), -1).max(axis=1).reshape(-1, *[1] * (values.ndim - 1))
    least = np.maximum(top - span, 0)
    width = np.maximum(top - least, 1)
    # C divides toward zero.
    scaled: Array = np.sign(values - least) * (np.abs(values - least) * 255 // width) - 128
    return scaled.clip(-128, 127).astype(np.int8)
