"""Successive halving: at a few epochs, only the best part of the candidates goes on.

The asynchronous form of Li et al., arXiv:1810.05934: a candidate that comes to a rung is compared with those that
came there before it, and either goes on or pauses, so no worker ever waits for another. One that later results show
to be among the best after all is promoted: its training goes on where it paused. As a sampler learns, most of what it
proposes is among the best so far; where more have gone on than should, only one that none before was better than does.

Candidates are compared by the vector of their objective. What counts is how many others dominate one (Fonseca and
Fleming's rank): in a study of one objective these are the better ones, in a Pareto study those that are both as
accurate and as small, so a small network is never held against a large one.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from nas.study.record import Record, State
from nas.study.result import RungCorrelation

# Fewer results than this on a rung say too little about what is good.
MIN_RESULTS = 6
# One candidate in so many is trained to the end whatever it looks like, so that the rungs themselves can be judged.
CONTROL = 32

# What ranks a candidate, each number the higher the better, had it this accuracy.
Vector: TypeAlias = tuple[float, ...]
Measure: TypeAlias = Callable[[Record, float], Vector]
Floats64: TypeAlias = npt.NDArray[np.float64]
Ints64: TypeAlias = npt.NDArray[np.int64]

# Halvings of [0, 1] until two accuracies cannot be told apart, however many rows there are.
_HALVINGS = 30


@dataclass(frozen=True, slots=True)
class Rung:
    """After `epoch` epochs, a float validation accuracy below `threshold` ends a training."""

    epoch: int
    threshold: float


class Climb:
    """A training's way over its rungs; `failed` says where it ended, None as long as it goes on.

    One that goes on from a checkpoint begins with the best accuracy that it had there.
    """

    def __init__(self, rungs: Sequence[Rung], best: float = 0.0) -> None:
        self._rungs = {rung.epoch: rung.threshold for rung in rungs}
        self._best = best
        self.failed: str | None = None

    def go_on(self, epoch: int, numbers: Mapping[str, float]) -> bool:
        """Take the numbers of an epoch, counted from 0; return whether to train on."""
        self._best = max(self._best, numbers.get("val_accuracy", 0.0))
        threshold = self._rungs.get(epoch + 1, 0.0)
        if self._best < threshold:
            self.failed = f"rung {epoch + 1}: {100 * self._best:.1f} % is below {100 * threshold:.1f} %"
        return self.failed is None


def rung_epochs(first: int, factor: int, epochs: int) -> tuple[int, ...]:
    """Return the epochs of the rungs: `first`, `first * factor`, ..., below `epochs`; none for `first` 0."""
    rungs = []
    while 0 < first < epochs:
        rungs.append(first)
        first *= factor
    return tuple(rungs)


def is_control(seed: int) -> bool:
    """Tell whether the candidate with this seed passes all rungs."""
    return seed % CONTROL == 0


def accuracy_at(record: Record, epoch: int) -> float | None:
    """Return the best float validation accuracy in the first `epoch` epochs; None if it did not get there."""
    curve = record.history.get("val_accuracy", ())
    return max(curve[:epoch]) if len(curve) >= epoch else None


def thresholds(
    candidate: Record, records: Iterable[Record], epochs: Sequence[int], factor: int, measure: Measure
) -> tuple[Rung, ...]:
    """Return what each rung asks of `candidate` now: to be among the best `1 / factor` of those that came there.

    If as many have gone on already, controls and those that met no rung among them, it must be the best.
    """
    known = _candidates(records)
    rungs = []
    for epoch in epochs:
        results = _results(known, epoch, measure)
        if len(results) >= MIN_RESULTS:
            share = factor if _has_room(results, epoch, factor, coming=1) else len(results) + 1
            others = np.array([vector for _, vector in results])
            rungs.append(Rung(epoch, _least_accuracy(candidate, others, share, measure)))
    return tuple(rungs)


def promotable(
    records: Iterable[Record], paused: Container[int], epochs: Sequence[int], factor: int, measure: Measure
) -> Record | None:
    """Return the paused candidate that is to go on first; None if none is among the best `1 / factor` of its rung.

    None does where as many have gone on already. The highest rung comes first, and on it the candidate that fewest
    others dominate.

    Args:
        records: of all trials that have ended.
        paused: numbers of the trials that may go on.
        epochs: of the rungs.
        factor: one in so many goes on.
        measure: what ranks a candidate.
    """
    known = _candidates(records)
    for epoch in sorted(epochs, reverse=True):
        results = _results(known, epoch, measure)
        if len(results) <= MIN_RESULTS or not _has_room(results, epoch, factor):
            continue
        counts = dominators(np.array([vector for _, vector in results]))
        most = _most(counts, factor)
        ready = [
            (count, record.trial, record)
            for (record, _), count in zip(results, counts.tolist(), strict=True)
            if count <= most and record.trial in paused and record.at_rung == epoch
        ]
        if ready:
            return min(ready, key=lambda entry: entry[:2])[-1]
    return None


def correlations(records: Iterable[Record], epochs: Sequence[int]) -> tuple[RungCorrelation, ...]:
    """Return how well each rung foretells the int8 model's score, by the candidates that no rung has chosen."""
    controls = [r for r in records if r.state == State.COMPLETE and is_control(r.seed) and r.val_score is not None]
    found = []
    for epoch in epochs:
        pairs = [(at, r.val_score) for r in controls if (at := accuracy_at(r, epoch)) is not None]
        early, late = np.array(pairs, np.float64).reshape(-1, 2).T
        found.append(RungCorrelation(epoch, len(pairs), spearman(early, late)))
    return tuple(found)


def spearman(a: Floats64, b: Floats64) -> float | None:
    """Return the rank correlation of two rows of numbers; None for fewer than three, or if all of a row are equal."""
    if len(a) < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return float(np.corrcoef(_ranks(a), _ranks(b))[0, 1])


def dominators(points: Floats64) -> Ints64:
    """Return of each of `points` [n, k] how many others are as good in every number and better in one."""
    as_good = (points[:, None] >= points[None]).all(axis=2)
    counts: Ints64 = (as_good & ~as_good.T).sum(axis=0)
    return counts


def _candidates(records: Iterable[Record]) -> list[Record]:
    """Return a record a network: the one that was trained longest, and of equals the last."""
    longest: dict[str, Record] = {}
    for record in records:
        if record.digest not in longest or _epochs(record) >= _epochs(longest[record.digest]):
            longest[record.digest] = record
    return list(longest.values())


def _epochs(record: Record) -> int:
    return len(record.history.get("val_accuracy", ()))


def _results(candidates: Sequence[Record], epoch: int, measure: Measure) -> list[tuple[Record, Vector]]:
    """Return those that came to a rung, each with what ranked it there."""
    return [(r, measure(r, accuracy)) for r in candidates if (accuracy := accuracy_at(r, epoch)) is not None]


def _has_room(results: Sequence[tuple[Record, Vector]], epoch: int, factor: int, coming: int = 0) -> bool:
    """Return whether fewer than one in `factor` of those that came to a rung, or are coming, have gone on."""
    return sum(_epochs(record) > epoch for record, _ in results) * factor < len(results) + coming


def _most(counts: Ints64, factor: int) -> int:
    """Return how many dominators the last of the best `1 / factor` has."""
    return int(np.sort(counts)[max(1, len(counts) // factor) - 1])


def _least_accuracy(candidate: Record, others: Floats64, factor: int, measure: Measure) -> float:
    """Return the accuracy, 0 to 1, below which `candidate` is not of the best `1 / factor` of itself and `others`."""
    counts = dominators(others)

    def passes(accuracy: float) -> bool:
        point = np.array(measure(candidate, accuracy))
        above, below = (others >= point).all(axis=1), (others <= point).all(axis=1)
        own = int((above & ~below).sum())
        return own <= _most(np.append(counts + (below & ~above), own), factor)

    low, high = 0.0, 1.0
    for _ in range(0 if passes(low) else _HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if passes(middle) else (middle, high)
    return low


def _ranks(values: Floats64) -> Floats64:
    """Return the rank of each value, equal ones sharing their mean."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats64 = (np.cumsum(counts) - (counts - 1) / 2)[which]
    return ranks
