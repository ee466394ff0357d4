"""The trials that a sampler learns from: a bounded number of them, the best ones first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from optuna.trial import FrozenTrial, TrialState

from nas.arrays import Doubles, Flags, Ints
from nas.optimizer.samplers.grid import Grid, grid
from nas.study.objectives import Direction

# Trials that are kept: so many of the best, and so many of the latest.
BEST = 64
LATEST = 448
_COMPLETE, _STOPPED, _INFEASIBLE, _RUNNING = range(4)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept of a trial.

    Attributes:
        number: of the trial.
        row: the index of its value for each dimension of the history, and -1 for those that it does not have; later
            dimensions may be missing.
        rank: complete trials come before those that were stopped, then those beyond the budget, then running ones.
        losses: by which trials of equal rank are compared, lower is better: the objective's values; the epochs and the
            accuracy with which a trial was stopped; the excess over the budget.
    """

    number: int
    row: Ints
    rank: int
    losses: tuple[float, ...]


class History:
    """Keeps the best and the latest trials of a study.

    Life cycle: `add` takes each trial when it begins to run and when it has ended; `split` divides those that are kept
    into the best and the others.

    Attributes:
        ended: number of trials that have ended and can be learned from, those that are no longer kept included.
        grids: the values of all dimensions that some trial has had.
        shared: names of the dimensions that all trials have had.
    """

    def __init__(self, directions: Sequence[Direction]) -> None:
        self.ended = 0
        self.grids: dict[str, Grid] = {}
        self.shared: tuple[str, ...] | None = None
        self._signs = tuple(-1.0 if direction == "maximize" else 1.0 for direction in directions)
        self._seen: dict[int, _Seen] = {}

    @property
    def has_one_objective(self) -> bool:
        return len(self._signs) == 1

    def add(self, trial: FrozenTrial) -> None:
        """Take note of a trial; one that failed is forgotten."""
        known = self._seen.pop(trial.number, None)
        if trial.state in (TrialState.FAIL, TrialState.WAITING):
            return
        row = self._row(trial) if known is None else known.row
        self._seen[trial.number] = _Seen(trial.number, row, *self._judged(trial))
        if trial.state == TrialState.RUNNING:
            return
        self.ended += 1
        has = trial.params
        self.shared = tuple(name for name in (has if self.shared is None else self.shared) if name in has)
        if len(self._seen) > 2 * (BEST + LATEST):
            self._forget()

    def _row(self, trial: FrozenTrial) -> Ints:
        """Return the index of the trial's value for each dimension."""
        for name in trial.params.keys() - self.grids.keys():
            self.grids[name] = grid(trial.distributions[name])
        has = trial.params
        return np.array([known.index(has[name]) if name in has else -1 for name, known in self.grids.items()], np.int64)

    def split(self, best: int) -> tuple[dict[str, Ints], dict[str, Ints]]:
        """Return the values of the `best` best trials, and those of all others.

        Each is a column for each dimension: the index of the value of each trial, from the oldest to the latest trial,
        and -1 for a trial that does not have the dimension.
        """
        return tuple(self._columns(seen) for seen in self._split(best))  # type: ignore[return-value]

    def _split(self, best: int) -> tuple[list[_Seen], list[_Seen]]:
        kept = sorted(self._seen.values(), key=lambda seen: seen.number)
        ended = [i for i in self._order(kept) if kept[i].rank != _RUNNING]
        first = set(ended[:best])
        return [kept[i] for i in sorted(first)], [seen for i, seen in enumerate(kept) if i not in first]

    def _columns(self, seen: Sequence[_Seen]) -> dict[str, Ints]:
        rows = np.full((len(seen), len(self.grids)), -1)
        for row, each in zip(rows, seen, strict=True):
            row[: len(each.row)] = each.row
        return dict(zip(self.grids, np.ascontiguousarray(rows.T), strict=True))

    def _judged(self, trial: FrozenTrial) -> tuple[int, tuple[float, ...]]:
        """Return the rank of a trial, and its losses."""
        over = sum(excess for excess in trial.constraints.values() if excess > 0)
        if trial.state == TrialState.RUNNING:
            return _RUNNING, ()
        if over:
            return _INFEASIBLE, (over,)
        if trial.state == TrialState.COMPLETE:
            return _COMPLETE, tuple(s * value for s, value in zip(self._signs, trial.values, strict=True))
        if not trial.intermediate_values:
            return _STOPPED, (1.0, 0.0)
        epoch, reached = max(trial.intermediate_values.items())
        return _STOPPED, (float(-epoch), self._signs[0] * reached)

    def _order(self, kept: Sequence[_Seen]) -> list[int]:
        """Return the indices of trials from the best to the worst; of equal ones the earlier is first."""
        places = {}
        if not self.has_one_objective:
            complete = [i for i, seen in enumerate(kept) if seen.rank == _COMPLETE]
            fronts = sorted_fronts(np.array([kept[i].losses for i in complete]).reshape(-1, len(self._signs)))
            places = {complete[i]: (float(place),) for place, i in enumerate(fronts)}
        return sorted(range(len(kept)), key=lambda i: (kept[i].rank, places.get(i, kept[i].losses)))

    def _forget(self) -> None:
        """Forget all trials but the best, the latest and the running ones."""
        best, others = self._split(BEST)
        running = [seen for seen in others if seen.rank == _RUNNING]
        latest = [seen for seen in others if seen.rank != _RUNNING][-LATEST:]
        self._seen = {seen.number: seen for seen in (*best, *latest, *running)}


def sorted_fronts(losses: Doubles) -> Iterator[int]:
    """Yield the indices of `losses` [n, objectives] by Pareto front, within a front the loneliest first.

    These are the non-dominated sorting and the crowding distance of NSGA-II (Deb et al., 2002).
    """
    as_good: Flags = np.all(losses[:, None] <= losses[None], axis=2)
    better = as_good & ~as_good.T
    left, dominators = np.arange(len(losses)), better.sum(axis=0)
    while len(left):
        front = left[dominators[left] == 0]
        yield from front[np.argsort(-_crowding(losses[front]), kind="stable")].tolist()
        dominators = dominators - better[front].sum(axis=0)
        left = np.setdiff1d(left, front)


def _crowding(losses: Doubles) -> Doubles:
    """Return for each point of a front how far its neighbours are apart, summed over objectives; infinite at ends."""
    distance = np.zeros(len(losses))
    for column in losses.T:
        order: Ints = np.argsort(column, kind="stable")
        ordered, span = column[order], max(float(np.ptp(column)), 1e-12)
        distance[order[[0, -1]]] = np.inf
        distance[order[1:-1]] += (ordered[2:] - ordered[:-2]) / span
    return distance
