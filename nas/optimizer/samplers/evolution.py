"""Regularized evolution: Real et al., arXiv:1802.01548."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution
from optuna.trial import FrozenTrial, TrialState

from nas.optimizer.samplers.grid import grid
from nas.optimizer.samplers.random import RandomSampler
from nas.optimizer.samplers.sampler import SAMPLERS, STARTUP_TRIALS, Suggest
from nas.study.objectives import Direction

# The paper has 100 of 20,000 candidates, and tournaments of 25; a search of minutes has a few hundred candidates.
POPULATION = 48
TOURNAMENT = 12


@dataclass(frozen=True, slots=True)
class Member:
    """A candidate that was trained, with its losses; one that was stopped at a rung has its accuracy there."""

    number: int
    params: dict[str, Any]
    dims: dict[str, BaseDistribution] = field(repr=False)
    is_complete: bool
    losses: tuple[float, ...]


@SAMPLERS.register("evolution")
class EvolutionSampler:
    """Regularized evolution: mutates the best among the latest candidates.

    Trials are random until `STARTUP_TRIALS` candidates have been trained. Then each trial has a parent: the best of a
    few (`TOURNAMENT`), which are drawn from the latest candidates that were trained (`POPULATION`). The trial has the
    values of its parent except in one or a few dimensions. A dimension that the parent does not have, because it
    depends on a mutated one, is drawn at random. Old candidates leave the population, however good they are, so that
    one lucky training does not dominate the search.
    """

    def __init__(self, seed: int, directions: Sequence[Direction]) -> None:
        self._rng = np.random.default_rng(seed)
        self._random = RandomSampler(seed)
        self._signs = [-1.0 if direction == "maximize" else 1.0 for direction in directions]
        self._population: list[Member] = []

    def begin(self, number: int) -> Suggest:
        if len(self._population) < STARTUP_TRIALS:
            return self._random.draw
        drawn = self._rng.choice(len(self._population), min(TOURNAMENT, len(self._population)), replace=False)
        best = _best([self._population[i] for i in drawn])
        mutant = self.mutant(best[self._rng.integers(len(best))])

        def suggest(name: str, dim: BaseDistribution) -> Any:
            return mutant[name] if name in mutant else self._random.draw(name, dim)

        return suggest

    def learn(self, trial: FrozenTrial) -> None:
        is_complete = trial.state == TrialState.COMPLETE
        if not is_complete and (trial.state != TrialState.PRUNED or not trial.intermediate_values):
            return
        values = trial.values if is_complete else [trial.intermediate_values[max(trial.intermediate_values)]]
        losses = tuple(sign * value for sign, value in zip(self._signs, values, strict=True))
        member = Member(trial.number, trial.params, trial.distributions, is_complete, losses)
        # Trials end in another order than they begin.
        self._population = sorted([*self._population, member], key=lambda each: each.number)[-POPULATION:]

    def mutant(self, parent: Member) -> dict[str, Any]:
        """Return the values of a candidate with some of them changed."""
        dims = [(name, values) for name, dim in parent.dims.items() if len(values := grid(dim).values) > 1]
        # One dimension in half of the cases, two in a quarter, and so on.
        count = min(len(dims), int(self._rng.geometric(0.5)))
        mutated = (dims[i] for i in self._rng.choice(len(dims), count, replace=False))
        return parent.params | {name: self._another(values, parent, name) for name, values in mutated}

    def _another(self, values: Sequence[Any], parent: Member, name: str) -> Any:
        """Return another value of a dimension; if values are numbers, one of the nearest two in half of the cases."""
        known = grid(parent.dims[name])
        old = known.index(parent.params[name])
        reach = 1 if known.is_ordered and self._rng.random() < 0.5 else len(values)
        others = [other for i, other in enumerate(values) if 0 < abs(i - old) <= reach]
        return others[self._rng.integers(len(others))]


def _best(members: Sequence[Member]) -> list[Member]:
    """Return the members that no other one dominates; complete ones come before those that were stopped at a rung."""
    compared = [member for member in members if member.is_complete] or members
    losses = [member.losses for member in compared]
    return [
        member
        for member, loss in zip(compared, losses, strict=True)
        if not any(other != loss and all(a <= b for a, b in zip(other, loss, strict=True)) for other in losses)
    ]
