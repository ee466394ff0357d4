"""Regularized evolution as an Optuna sampler: Real et al., arXiv:1802.01548."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import BaseSampler, RandomSampler
from optuna.study import Study, StudyDirection
from optuna.trial import FrozenTrial, TrialState

from nas.optimizer.samplers.sampler import SAMPLERS, STARTUP_TRIALS

# The paper has 100 of 20,000 candidates, and tournaments of 25; a search of minutes has a few hundred candidates.
POPULATION = 48
TOURNAMENT = 12


@SAMPLERS.register("evolution")
class EvolutionSampler(BaseSampler):
    """Regularized evolution: mutates the best among the latest candidates.

    Trials are random until `STARTUP_TRIALS` candidates have been trained. Then each trial has a parent: the best of a
    few (`TOURNAMENT`), which are drawn from the latest candidates that were trained (`POPULATION`). The trial has the
    values of its parent except in one or a few dimensions. A dimension that the parent does not have, because it
    depends on a mutated one, is drawn at random. Old candidates leave the population, however good they are, so that
    one lucky training does not dominate the search.

    All state is read from the study's trials, so nothing else is needed to resume a study.
    """

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._random = RandomSampler(seed=seed)

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        return {name: dim for member in _population(study) for name, dim in member.distributions.items()}

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        population = _population(study)
        if len(population) < STARTUP_TRIALS:
            return {}
        drawn = self._rng.choice(len(population), min(TOURNAMENT, len(population)), replace=False)
        best = _best(study, [population[i] for i in drawn])
        return self._mutant(best[self._rng.integers(len(best))])

    def sample_independent(self, study: Study, trial: FrozenTrial, name: str, dim: BaseDistribution) -> Any:
        return self._random.sample_independent(study, trial, name, dim)

    def reseed_rng(self) -> None:
        self._rng = np.random.default_rng()
        self._random.reseed_rng()

    def _mutant(self, parent: FrozenTrial) -> dict[str, Any]:
        dims = [(name, values) for name, dim in parent.distributions.items() if len(values := _values(dim)) > 1]
        # One dimension in half of the cases, two in a quarter, and so on.
        count = min(len(dims), int(self._rng.geometric(0.5)))
        mutated = (dims[i] for i in self._rng.choice(len(dims), count, replace=False))
        return parent.params | {name: self._another(values, parent, name) for name, values in mutated}

    def _another(self, values: Sequence[Any], parent: FrozenTrial, name: str) -> Any:
        """Return another value of a dimension; if values are numbers, one of the nearest two in half of the cases."""
        dim, value = parent.distributions[name], parent.params[name]
        if isinstance(dim, CategoricalDistribution):
            others = [other for other in values if other != value]
        else:
            old = int(np.argmin([abs(other - value) for other in values]))
            reach = 1 if self._rng.random() < 0.5 else len(values)
            others = [other for i, other in enumerate(values) if 0 < abs(i - old) <= reach]
        return others[self._rng.integers(len(others))]


def _population(study: Study) -> list[FrozenTrial]:
    """Return the latest trials that were trained, to the end or to a rung; only those within the budget are."""
    ended = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))
    trained = [trial for trial in ended if trial.state == TrialState.COMPLETE or trial.intermediate_values]
    return trained[-POPULATION:]


def _best(study: Study, trials: Sequence[FrozenTrial]) -> list[FrozenTrial]:
    """Return the trials that no other one dominates; complete trials come before those that ended at a rung."""
    complete = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    losses = [_losses(study, trial) for trial in complete or trials]
    return [
        trial
        for trial, loss in zip(complete or trials, losses, strict=True)
        if not any(other != loss and all(a <= b for a, b in zip(other, loss, strict=True)) for other in losses)
    ]


def _losses(study: Study, trial: FrozenTrial) -> list[float]:
    """Return the objective values of a trial, each with the sign that makes lower better."""
    reached = trial.values or [trial.intermediate_values[max(trial.intermediate_values)]]
    return [
        -value if direction == StudyDirection.MAXIMIZE else value
        for value, direction in zip(reached, study.directions, strict=True)
    ]


def _values(dim: BaseDistribution) -> Sequence[Any]:
    if isinstance(dim, CategoricalDistribution):
        return dim.choices
    assert isinstance(dim, IntDistribution | FloatDistribution)
    assert dim.step is not None
    return [dim.low + i * dim.step for i in range(round((dim.high - dim.low) / dim.step) + 1)]
