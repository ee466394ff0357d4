"""Who proposes the next candidate: Optuna's samplers and our own, by name.

Optuna is imported only when a sampler is made, since a study's definition looks names up here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nas.errors import unknown

if TYPE_CHECKING:
    from optuna.samplers import BaseSampler

# Candidates drawn at random, or given by the space, before a sampler that learns begins to.
STARTUP_TRIALS = 16


@dataclass(frozen=True, slots=True)
class Sampler:
    """A way of proposing candidates: `make` gives Optuna's sampler for a seed; all serve several objectives."""

    name: str
    description: str
    make: Callable[[int], BaseSampler]


class _Samplers(dict[str, Sampler]):
    def find(self, name: str, place: object) -> Sampler:
        """Return the sampler called `name`; InputError at `place` if there is none."""
        if name not in self:
            raise unknown(place, "sampler", name, self)
        return self[name]


SAMPLERS = _Samplers()


def _add(name: str, description: str) -> Callable[[Callable[[int], BaseSampler]], Callable[[int], BaseSampler]]:
    def add(make: Callable[[int], BaseSampler]) -> Callable[[int], BaseSampler]:
        SAMPLERS[name] = Sampler(name, description, make)
        return make

    return add


@_add("random", "every value with equal probability")
def _random(seed: int) -> BaseSampler:
    from optuna.samplers import RandomSampler

    return RandomSampler(seed=seed)


@_add("tpe", "tree-structured Parzen estimator")
def _tpe(seed: int) -> BaseSampler:
    from optuna.samplers import TPESampler

    return TPESampler(seed=seed, n_startup_trials=STARTUP_TRIALS)


@_add("nsga2", "genetic algorithm with non-dominated sorting, on the dimensions that all candidates have (NSGA-II)")
def _nsga2(seed: int) -> BaseSampler:
    from optuna.samplers import NSGAIISampler

    # A study has a few hundred candidates; Optuna's 50 a generation would leave it only a handful of generations.
    return NSGAIISampler(population_size=STARTUP_TRIALS, seed=seed)


@_add("evolution", "mutants of the best among the latest candidates (regularized evolution)")
def _evolution(seed: int) -> BaseSampler:
    from nas.runner.evolution import EvolutionSampler

    return EvolutionSampler(seed)
