"""The tree-structured Parzen estimator (Bergstra et al., 2011), as Optuna's `TPESampler` defines it by default.

The best trials and all others are each described by a Parzen estimator (`parzen`). Of some candidates that are drawn
from the first, the one is proposed whose probability among the best, divided by that among the others, is highest.
With one objective, the dimensions that all trials have are chosen together, and the others one by one.

Optuna's own sampler walks through all trials for each dimension, which takes 0.2 s for a proposal after 2,000 trials.
Here trials are bounded (`history`), probabilities are looked up, and after many trials a few proposals in a row come
from the same estimators.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from optuna.distributions import BaseDistribution
from optuna.trial import FrozenTrial

from nas.arrays import Doubles, Ints
from nas.optimizer.samplers import parzen
from nas.optimizer.samplers.grid import Grid, grid
from nas.optimizer.samplers.history import BEST, History
from nas.optimizer.samplers.random import RandomSampler
from nas.optimizer.samplers.sampler import SAMPLERS, STARTUP_TRIALS, Suggest
from nas.study.objectives import Direction

# Candidates that are drawn for each choice.
DRAWN = 24
# The best trials: this share of all, and with one objective at most this many.
SHARE = 0.1
MOST_BEST = 25
# Dimensions with more values are divided into this many ranges, of which one is chosen.
CELLS = 32
# The estimators are made anew when one trial in this many has been added to those that they know, or a few have.
RENEWAL, MOST_UNKNOWN = 32, 16


@SAMPLERS.register("tpe")
class TpeSampler:
    """Tree-structured Parzen estimator."""

    def __init__(self, seed: int, directions: Sequence[Direction]) -> None:
        self._rng = np.random.default_rng(seed)
        self._random = RandomSampler(seed)
        self._history = History(directions)
        self._model: _Model | None = None
        self._known = 0  # trials that had ended when the model was made

    def begin(self, number: int) -> Suggest:
        ended = self._history.ended
        if ended < STARTUP_TRIALS:
            return self._random.draw
        if self._model is None or ended - self._known >= min(max(1, ended // RENEWAL), MOST_UNKNOWN):
            self._model, self._known = self._describe(), ended
        return _Proposal(self._rng, self._model).suggest

    def learn(self, trial: FrozenTrial) -> None:
        self._history.add(trial)

    def _describe(self) -> "_Model":
        """Return a model of the trials so far."""
        history = self._history
        together, most = (history.shared or (), MOST_BEST) if history.has_one_objective else ((), BEST)
        best, others = history.split(min(math.ceil(SHARE * history.ended), most))
        names = tuple(name for name in together if len(history.grids[name].values) > 1)
        return _Model(_Estimator(best, history.grids, evenly=not together), _Estimator(others, history.grids), names)


class _Estimator:
    """Parzen estimators of some trials.

    Args:
        columns: indices of their values, by dimension, from the oldest to the latest trial.
        grids: the values of each dimension.
        evenly: whether all trials have the same weight, in place of a lower one if they are old.
    """

    def __init__(self, columns: Mapping[str, Ints], grids: Mapping[str, Grid], *, evenly: bool = False) -> None:
        self._columns = columns
        self._grids = grids
        self._evenly = evenly

    def kernels(self, names: Sequence[str]) -> list[Doubles]:
        """Return for each of some dimensions the probability of each cell under each kernel, [kernels, cells]."""
        columns = np.array([self._columns[name] for name in names])
        columns = columns[:, (columns >= 0).all(axis=0)]
        return [_kernels(column, self._grids[name]) for name, column in zip(names, columns, strict=True)]

    def weights(self, kernels: int) -> Doubles:
        """Return the weight of each of some kernels."""
        return np.full(kernels, 1 / kernels) if self._evenly else parzen.weights(kernels - 1)


class _Model:
    """Describes the best trials and the others; what it has computed serves all proposals.

    Args:
        best: of the best trials.
        others: of the others.
        together: names of the dimensions that are chosen together.
    """

    def __init__(self, best: _Estimator, others: _Estimator, together: Sequence[str]) -> None:
        self.together = together
        self._estimators = best, others
        self._single: dict[str, tuple[Doubles, Doubles]] = {}
        self._kernels = [each.kernels(together) for each in self._estimators] if together else []
        # By cell first, since likelihoods look up cells, and rows of an array are read fastest.
        self._by_cell = [[np.ascontiguousarray(table.T) for table in tables] for tables in self._kernels]

    def single(self, name: str) -> tuple[Doubles, Doubles] | None:
        """Return the probability of each cell of a dimension among the best, and its ratio to that among the others.

        None for a dimension that no trial has had.
        """
        if name not in self._estimators[0]._grids:
            return None
        if name not in self._single:
            best, others = (
                each.weights(len(kernels)) @ kernels for each in self._estimators for kernels in each.kernels([name])
            )
            self._single[name] = best.cumsum(), best / others
        return self._single[name]

    def draw(self, rng: np.random.Generator) -> dict[str, int]:
        """Return a cell for each dimension that is chosen together: those drawn from one kernel, the best of some."""
        best = self._kernels[0]
        weights = self._estimators[0].weights(len(best[0]))
        kernel = rng.choice(len(weights), DRAWN, p=weights)
        drawn = [
            (table[kernel].cumsum(axis=1)[:, :-1] < chance[:, None]).sum(axis=1)
            for table, chance in zip(best, rng.random((len(best), DRAWN)), strict=True)
        ]
        first = int(np.argmax(self._likelihood(0, drawn) / self._likelihood(1, drawn)))
        return {name: int(cells[first]) for name, cells in zip(self.together, drawn, strict=True)}

    def _likelihood(self, which: int, drawn: Sequence[Ints]) -> Doubles:
        """Return the probability of each drawn candidate by one of the estimators."""
        first, *others = (table[cells] for table, cells in zip(self._by_cell[which], drawn, strict=True))
        for each in others:
            first *= each
        likelihood: Doubles = first @ self._estimators[which].weights(first.shape[1])
        return likelihood


class _Proposal:
    """The values of one candidate, chosen as they are asked for."""

    def __init__(self, rng: np.random.Generator, model: _Model) -> None:
        self._rng = rng
        self._model = model
        self._chosen: dict[str, int] = model.draw(rng) if model.together else {}

    def suggest(self, name: str, dim: BaseDistribution) -> Any:
        """Return a value for a dimension."""
        values = grid(dim)
        cell = self._chosen[name] if name in self._chosen else self._choose(name, values)
        return values.values[self._within(cell, values)]

    def _choose(self, name: str, values: Grid) -> int:
        """Return a cell for one dimension: the best of some that are drawn."""
        described = self._model.single(name)
        if described is None:
            return int(self._rng.integers(_cells(values)))
        below, ratio = described
        drawn = np.minimum(np.searchsorted(below, self._rng.random(DRAWN)), len(below) - 1)
        return int(drawn[np.argmax(ratio[drawn])])

    def _within(self, cell: int, values: Grid) -> int:
        """Return the index of a value in a cell."""
        size, cells = len(values.values), _cells(values)
        if size == cells:
            return cell
        return int(self._rng.integers(-(-cell * size // cells), -(-(cell + 1) * size // cells)))


def _cells(values: Grid) -> int:
    """Return the number of cells of a dimension; a cell is one value, or a range of many."""
    size = len(values.values)
    return min(size, CELLS) if values.is_ordered else size


def _kernels(observed: Ints, values: Grid) -> Doubles:
    """Return the probability of each cell under each kernel."""
    cells = _cells(values)
    return parzen.kernels(observed * cells // len(values.values), cells, is_ordered=values.is_ordered)
