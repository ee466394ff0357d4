"""Types of arrays."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


Floats = npt.NDArray[np.float32]


Ints = npt.NDArray[np.int64]
