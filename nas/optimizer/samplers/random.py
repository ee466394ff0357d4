"""Random sampling."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution
from optuna.trial import FrozenTrial

from nas.optimizer.samplers.grid import grid
from nas.optimizer.samplers.sampler import SAMPLERS, Suggest
from nas.study.objectives import Direction


@SAMPLERS.register("random")
class RandomSampler:
    """Draw every value with equal probability."""

    def __init__(self, seed: int, directions: Sequence[Direction] = ()) -> None:
        self._rng = np.random.default_rng(seed)

    def begin(self, number: int) -> Suggest:
        return self.draw

    def learn(self, trial: FrozenTrial) -> None:
        """Take no note of it."""

    def draw(self, name: str, dim: BaseDistribution) -> Any:
        """Return any value of a dimension."""
        values = grid(dim).values
        return values[int(self._rng.integers(len(values)))]
