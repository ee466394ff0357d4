"""Time of single calls, and numbers to put into a model that is timed."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nas.arrays import Array, Floats

_WARM_UP = 3
_MOST_SECONDS = 2.0
_FEWEST = 3


def time_calls(call: Callable[[], object], runs: int) -> tuple[float, ...]:
    """Return the microseconds of each of `runs` calls after some to warm up; fewer if they take over two seconds."""
    for _ in range(_WARM_UP):
        call()
    times: list[float] = []
    end = time.perf_counter() + _MOST_SECONDS
    while len(times) < runs and (len(times) < _FEWEST or time.perf_counter() < end):
        start = time.perf_counter_ns()
        call()
        times.append((time.perf_counter_ns() - start) / 1000)
    return tuple(times)


def some_input(detail: Mapping[str, Any], seed: int) -> Array:
    """Return numbers of the type and shape of a tensor, as an interpreter describes it."""
    rng, kind, shape = np.random.default_rng(seed), np.dtype(detail["dtype"]), tuple(detail["shape"])
    if kind.kind == "f":
        return rng.standard_normal(shape).astype(kind)
    if kind.kind == "b":
        return rng.integers(0, 2, shape).astype(kind)
    if kind.kind not in "iu":
        raise ValueError(f"an input of type {kind.name}")
    limits = np.iinfo(kind)
    # Whole numbers without a scale may be positions in a table.
    quantized = bool(len(detail["quantization_parameters"]["scales"]))
    low, high = (limits.min, limits.max) if quantized else (0, 1)
    return rng.integers(low, high, shape, endpoint=True).astype(kind)


def real(values: Array, detail: Mapping[str, Any]) -> Floats:
    """Return numbers of a tensor as real ones [1, outputs]."""
    scales, zeros = (detail["quantization_parameters"][key] for key in ("scales", "zero_points"))
    flat = np.asarray(values).reshape(1, -1).astype(np.float32)
    return np.asarray((flat - zeros[0]) * np.float32(scales[0]) if len(scales) else flat, np.float32)


def whole(row: Floats, detail: Mapping[str, Any]) -> Array:
    """Return a row as the numbers of an input tensor."""
    scales, zeros = (detail["quantization_parameters"][key] for key in ("scales", "zero_points"))
    values, kind = row.reshape(tuple(detail["shape"])), np.dtype(detail["dtype"])
    if not len(scales) or kind.kind == "f":
        return values.astype(kind)
    limits = np.iinfo(kind)
    return np.clip(np.round(values / np.float32(scales[0])) + zeros[0], limits.min, limits.max).astype(kind)
