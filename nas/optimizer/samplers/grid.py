"""The values of a dimension as indices 0, 1, 2, ..., which samplers compute with."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution


@dataclass(frozen=True, slots=True)
class Grid:
    """The values that a dimension has.

    Attributes:
        values: in order.
        is_ordered: whether near values are alike: they are numbers at equal distances, and not choices.
    """

    values: tuple[Any, ...]
    is_ordered: bool

    def index(self, value: Any) -> int:
        """Return the index of a value, or of the number that is nearest to it."""
        if not self.is_ordered:
            return self.values.index(value)
        low, high = self.values[0], self.values[-1]
        steps = (value - low) / (high - low) * (len(self.values) - 1) if high > low else 0
        return min(max(round(steps), 0), len(self.values) - 1)


@cache
def grid(dim: BaseDistribution) -> Grid:
    """Return the values of a dimension, which are finitely many in every space."""
    if isinstance(dim, CategoricalDistribution):
        return Grid(tuple(dim.choices), is_ordered=False)
    assert isinstance(dim, IntDistribution | FloatDistribution)
    assert dim.step is not None
    count = round((dim.high - dim.low) / dim.step) + 1
    return Grid(tuple(dim.low + i * dim.step for i in range(count)), is_ordered=True)
