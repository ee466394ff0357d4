"""Optuna's own samplers, which propose from a study in memory."""

from collections.abc import Sequence
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import BaseSampler, NSGAIISampler
from optuna.trial import FrozenTrial, Trial, TrialState

from nas.optimizer.samplers.sampler import SAMPLERS, STARTUP_TRIALS, Sampler, Suggest
from nas.study.objectives import Direction

# Trials that are kept when the study in memory begins anew, which it does when it has twice as many.
KEPT = 256


class FromOptuna:
    """Lets one of Optuna's samplers propose, from the latest trials."""

    def __init__(self, sampler: BaseSampler, directions: Sequence[Direction]) -> None:
        self._sampler = sampler
        self._directions = list(directions)
        self._study = self._begin_study()
        self._asked: dict[int, tuple[optuna.Study, Trial]] = {}

    def begin(self, number: int) -> Suggest:
        trial = self._study.ask()
        self._asked[number] = self._study, trial
        return lambda name, dim: _suggest(trial, name, dim)

    def learn(self, trial: FrozenTrial) -> None:
        if trial.state == TrialState.RUNNING:
            return
        study, asked = self._asked.pop(trial.number, (None, None))
        if asked is not None and study is self._study:
            _tell(self._study, asked, trial)
        else:
            self._study.add_trial(trial)
        if len(self._study.get_trials(deepcopy=False)) > 2 * KEPT:
            latest = self._study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))[-KEPT:]
            self._study = self._begin_study()
            self._study.add_trials(latest)

    def _begin_study(self) -> optuna.Study:
        return optuna.create_study(directions=self._directions, sampler=self._sampler)


@SAMPLERS.register("nsga2")
def nsga2(seed: int, directions: Sequence[Direction]) -> Sampler:
    """Genetic algorithm with non-dominated sorting (NSGA-II), on the dimensions that all candidates have."""
    # A study has a few hundred candidates; Optuna's 50 a generation would leave it only a handful of generations.
    return FromOptuna(NSGAIISampler(population_size=STARTUP_TRIALS, seed=seed), directions)


def _suggest(trial: Trial, name: str, dim: BaseDistribution) -> Any:
    if isinstance(dim, CategoricalDistribution):
        return trial.suggest_categorical(name, dim.choices)
    if isinstance(dim, IntDistribution):
        return trial.suggest_int(name, dim.low, dim.high, step=dim.step)
    assert isinstance(dim, FloatDistribution)
    return trial.suggest_float(name, dim.low, dim.high, step=dim.step)


def _tell(study: optuna.Study, asked: Trial, ended: FrozenTrial) -> None:
    """Tell a study how a trial that it was asked for has ended."""
    for name, excess in ended.constraints.items():
        asked.set_constraint(name, excess)
    for epoch, reached in ended.intermediate_values.items():
        asked.report(reached, epoch)
    study.tell(asked, ended.values if ended.state == TrialState.COMPLETE else None, ended.state)
