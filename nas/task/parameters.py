"""Numbers among the parameters that a `.tflite` carries in its metadata."""

import math
from collections.abc import Mapping
from typing import Any


def finite_numbers(parameters: Mapping[str, Any], key: str, count: int) -> tuple[float, ...] | None:
    """Return a list of this many finite numbers; None if there is none."""
    values = parameters.get(key)
    if not isinstance(values, tuple) or len(values) != count or not all(map(_is_finite, values)):
        return None
    return tuple(map(float, values))


def finite_number(parameters: Mapping[str, Any], key: str) -> float | None:
    """Return a finite number; None if there is none."""
    value: Any = parameters.get(key)
    return float(value) if _is_finite(value) else None


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
