"""Dimensions of a search space: finite sets of values, so that its members can be counted."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeAlias, TypeGuard

from nas.errors import InputError

Value: TypeAlias = int | float | str | bool

# More values than anyone intends: a typing error such as high = 1e9 would fill the memory.
MOST_VALUES = 100_000


@dataclass(frozen=True, slots=True)
class Range:
    """Evenly spaced numbers: `low`, `low + step`, ..., none above `high`."""

    low: int | float
    high: int | float
    step: int | float = 1

    @property
    def values(self) -> tuple[Value, ...]:
        return _evenly(self.low, self.high, self.step)


@lru_cache(typed=True)
def _evenly(low: int | float, high: int | float, step: int | float) -> tuple[Value, ...]:
    steps = math.floor((high - low) / step + 1e-9)
    # Rounded to 12 digits, 0.1 + 2 * 0.1 is 0.3.
    return tuple(low + i * step if isinstance(step, int) else round(low + i * step, 12) for i in range(steps + 1))


@dataclass(frozen=True, slots=True)
class Choice:
    """Any one of the listed values."""

    choices: tuple[Value, ...]

    @property
    def values(self) -> tuple[Value, ...]:
        return self.choices


Dim: TypeAlias = Range | Choice


class Chooser(Protocol):
    """Picks a value for each dimension: at random, as a sampler proposes, or from a user's file of parameters."""

    def choose(self, name: str, dim: Dim) -> Value:
        """Return one of `dim.values` for the dimension called `name`, such as `conv.0.filters`."""


class RandomChooser:
    """Chooses each value with equal probability."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def choose(self, name: str, dim: Dim) -> Value:
        return self._random.choice(dim.values)


class GivenChooser:
    """Takes values from a mapping; InputError at `place` for a missing name, or for a value outside its dimension."""

    def __init__(self, params: Mapping[str, Value], place: str = "params") -> None:
        self._params = params
        self._place = place

    def choose(self, name: str, dim: Dim) -> Value:
        if name not in self._params:
            raise InputError(f"{self._place}: {name}", "must be given", hint=f"one of {show(dim)}")
        value = self._params[name]
        if value not in dim.values or isinstance(value, bool) is not isinstance(dim.values[0], bool):
            raise InputError(f"{self._place}: {name}", f"must be one of {show(dim)}", got=repr(value))
        # JSON may have 3.0 where the dimension has 3.
        return dim.values[dim.values.index(value)]


def show(dim: Dim) -> str:
    """Return the dimension as text: `4..32 step 4`, or `3, 5, 7`."""
    if isinstance(dim, Range):
        return f"{dim.low}..{dim.high}" + (f" step {dim.step}" if dim.step != 1 else "")
    return ", ".join(str(value) for value in dim.choices)


def parse_dim(spec: object, place: str) -> Dim:
    """Read a dimension from TOML: a range `{low, high, step}`, a list of choices, or a single fixed value."""
    if isinstance(spec, Mapping):
        return _parse_range(spec, place)
    if isinstance(spec, list):
        return _parse_choice(spec, place)
    if _is_value(spec):
        return Choice((spec,))
    raise InputError(place, "must be a range {low, high}, a list of choices or one value", got=repr(spec))


def _parse_range(spec: Mapping[str, object], place: str) -> Range:
    unknown_keys = set(spec) - {"low", "high", "step"}
    if unknown_keys or not {"low", "high"} <= set(spec):
        raise InputError(place, "a range must have the keys low and high, and may have step", got=dict(spec))
    for key, number in spec.items():
        if isinstance(number, bool | str) or not _is_value(number):
            raise InputError(place, f"{key} must be a number", got=repr(number))
    dim = Range(**spec)  # type: ignore[arg-type]  # the loop above has checked the values
    if dim.low > dim.high:
        raise InputError(place, "low <= high must hold", got=f"low={dim.low}, high={dim.high}")
    if dim.step <= 0:
        raise InputError(place, "step must be above 0", got=dim.step)
    if (dim.high - dim.low) / dim.step >= MOST_VALUES:
        raise InputError(place, f"a range must have at most {MOST_VALUES} values", got=show(dim))
    return dim


def _parse_choice(spec: Sequence[object], place: str) -> Choice:
    values = tuple(value for value in spec if _is_value(value))
    if not values or len(values) < len(spec):
        raise InputError(place, "choices must be numbers, strings or booleans, at least one", got=spec)
    if len(set(map(repr, values))) < len(values):
        raise InputError(place, "choices must differ", got=spec)
    return Choice(values)


def _is_value(value: object) -> TypeGuard[Value]:
    """Return whether `value` may be in a dimension; TOML allows inf and nan, dimensions do not."""
    return isinstance(value, Value) and not (isinstance(value, float) and not math.isfinite(value))
