"""Types of arrays by their numbers: `Floats` are 32 bits wide, as networks read them."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]
"""Numbers of rows, to take them from an array."""


_BLOCK = 1 << 22


def mean_and_std(integers: Array) -> tuple[float, float]:
    """Return mean and standard deviation of integers of 16 bits or fewer, by exact sums and in little memory."""
    total, squares = 0, 0
    for start in range(0, len(integers), _BLOCK):
        block = integers[start : start + _BLOCK].astype(np.int64)
        total, squares = total + int(block.sum()), squares + int((block * block).sum())
    count = integers.size
    mean = total / count
    return mean, math.sqrt(max(0, squares * count - total * total)) / count
