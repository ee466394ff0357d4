"""The contract of a sampler, which proposes the next candidates, and the registry of all of them."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

from optuna.distributions import BaseDistribution
from optuna.trial import FrozenTrial

from nas.registry import Registry
from nas.study.objectives import Direction

# Number of candidates that are drawn at random, or given by the space, before a sampler learns from results.
STARTUP_TRIALS = 16

Suggest: TypeAlias = Callable[[str, BaseDistribution], Any]
"""Returns a value for a dimension of one candidate, by its name and Optuna's description of its values. A candidate's
dimensions are asked for one after the other, since which ones it has depends on the values of earlier ones."""


class Sampler(Protocol):
    """Proposes candidates, and learns from how their trials go on.

    A sampler holds a bounded number of trials, so that the thousandth proposal takes as long as the ten-thousandth. It
    learns from `learn` alone, so that a study can go on in another process.
    """

    def begin(self, number: int) -> Suggest:
        """Begin the candidate of a trial; numbers of trials only rise."""

    def learn(self, trial: FrozenTrial) -> None:
        """Take note that a trial runs with these parameters, and later, under the same number, how it has ended."""


MakeSampler: TypeAlias = Callable[[int, Sequence[Direction]], Sampler]
"""Makes a sampler: its arguments are a seed and the directions of the study's objectives."""

SAMPLERS: Registry[MakeSampler] = Registry("sampler", "nas.optimizer.samplers", loads=("optuna",))
