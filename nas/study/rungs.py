"""Asynchronous successive halving: which candidates stop early at a rung, and which of them are promoted later.

A rung is a number of epochs after which a candidate is compared with all others that have reached it. The method is
ASHA of Li et al., arXiv:1810.05934: a candidate that reaches a rung continues if it is among the best 1 / factor so
far, and pauses otherwise, so no worker ever waits for another. A paused candidate that turns out to be among the best
1 / factor when more results have come is promoted: its training resumes from its checkpoint.

A sampler that learns proposes ever better candidates, so that more than 1 / factor of them would continue. Once the
quota of 1 / factor is used up, a candidate continues only if none before it was better.

Candidates are compared by their domination rank (Fonseca and Fleming, 1993): the number of candidates that are at
least as good in every objective and better in one. With one objective this is the usual ranking. In a Pareto study a
candidate is compared only with those that are as accurate and as small, so a small network is never stopped for being
less accurate than a large one.
"""

import bisect
import math
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from nas.arrays import Doubles, Ints
from nas.study.record import Record, State
from nas.study.result import RungCorrelation
from nas.text import percent

# A rung with fewer results than this stops no candidate: too few say too little about what is good.
MIN_RESULTS = 6
# One candidate in this many is a control: it is never stopped at a rung, so that the rungs themselves can be judged.
CONTROL = 32
# Scores that differ by less are equal; a threshold that was computed back from an objective has a rounding error.
_TIE = 1e-9

# The objective values of a candidate, each with the sign that makes higher better.
Gains: TypeAlias = tuple[float, ...]
# Returns the gains that a candidate has if this is its score; each gain is a linear function of the score.
GainsAt: TypeAlias = Callable[[Record, float], Gains]


@dataclass(frozen=True, slots=True)
class Rung:
    """A training stops after `epoch` epochs if its best float validation accuracy by then is below `threshold`."""

    epoch: int
    threshold: float


class HalvingRule:
    """Decides after each epoch of one training whether it continues.

    Life cycle: made for one training; `after_epoch` is called after each epoch until it returns False. `reason` then
    says why; it is None as long as the training may continue.

    Args:
        rungs: the rungs of this candidate.
        epochs: of the whole training.
        earlier: validation accuracies of the epochs before the checkpoint from which the training resumes.
    """

    def __init__(self, rungs: Sequence[Rung], epochs: int, earlier: Sequence[float] = ()) -> None:
        self._epochs = epochs
        self._thresholds = {rung.epoch: rung.threshold for rung in rungs}
        self._best = max(earlier, default=-math.inf)
        self.reason: str | None = None

    def after_epoch(self, epoch: int, numbers: Mapping[str, float]) -> bool:
        """Take the learning curves' numbers of an epoch, counted from 0; return whether to train on."""
        self._best = max(self._best, numbers.get("val_accuracy", -math.inf))
        threshold = self._thresholds.get(epoch + 1, -math.inf)
        if self._best < threshold - _TIE:
            done, accuracy, cutoff = f"{epoch + 1} of {self._epochs} epochs", percent(self._best), percent(threshold)
            self.reason = f"stopped early after {done}: validation accuracy {accuracy}, cut-off {cutoff}"
        return self.reason is None


def rung_epochs(first: int, factor: int, epochs: int) -> tuple[int, ...]:
    """Return the epochs of the rungs: `first`, `first * factor`, ..., below `epochs`; none if `first` is 0."""
    rungs = []
    while 0 < first < epochs:
        rungs.append(first)
        first *= factor
    return tuple(rungs)


def is_control(seed: int) -> bool:
    """Return whether the candidate with this seed is a control, which is never stopped at a rung."""
    return seed % CONTROL == 0


def accuracy_at(record: Record, epoch: int) -> float | None:
    """Return the best float validation accuracy of the first `epoch` epochs; None if the training was shorter."""
    curve = record.history.get("val_accuracy", ())
    return max(curve[:epoch]) if len(curve) >= epoch else None


def thresholds(
    candidate: Record,
    records: Iterable[Record],
    epochs: Sequence[int],
    factor: int,
    gains_at: GainsAt,
    perfect: float = 1.0,
) -> tuple[Rung, ...]:
    """Return the rungs at which `candidate`, which is about to be trained, may stop.

    At a rung it must be among the best 1 / factor of the results there, its own included. Once 1 / factor of the
    results have continued, controls included, it must be the best. A rung that would let every score pass is left out.

    Args:
        candidate: its own record, without a history.
        records: of all trials that have ended.
        epochs: of the study's rungs.
        factor: the reduction factor.
        gains_at: what candidates are compared by.
        perfect: the greatest score there is; a candidate that reaches it is not stopped.
    """
    candidates = _longest_trainings(records)
    rungs = []
    for epoch in epochs:
        results = _results(candidates, epoch, gains_at)
        if len(results) < MIN_RESULTS:
            continue
        kept = factor if _quota_is_left(results, epoch, factor, arriving=1) else len(results) + 1
        threshold = _least_passing(candidate, np.array([gains for _, gains in results]), kept, gains_at)
        if threshold > -math.inf:
            rungs.append(Rung(epoch, min(threshold, perfect)))
    return tuple(rungs)


def promotable(
    records: Iterable[Record], paused: Container[int], epochs: Sequence[int], factor: int, gains_at: GainsAt
) -> Record | None:
    """Return the paused candidate to promote now, or None.

    It must be among the best 1 / factor of its rung. No candidate is promoted from a rung that 1 / factor of the
    results have already passed. The highest rung comes first, and on it the candidate with the lowest domination rank.

    Args:
        records: of all trials that have ended.
        paused: numbers of the trials whose training can resume.
        epochs: of the study's rungs.
        factor: the reduction factor.
        gains_at: what candidates are compared by.
    """
    candidates = _longest_trainings(records)
    for epoch in sorted(epochs, reverse=True):
        results = _results(candidates, epoch, gains_at)
        if len(results) <= MIN_RESULTS or not _quota_is_left(results, epoch, factor):
            continue
        ranks = domination_ranks(np.array([gains for _, gains in results]))
        worst = _worst_kept(ranks, factor)
        ready = [
            (rank, record.trial, record)
            for (record, _), rank in zip(results, ranks.tolist(), strict=True)
            if rank <= worst and record.trial in paused and record.at_rung == epoch
        ]
        if ready:
            return min(ready, key=lambda entry: entry[:2])[-1]
    return None


def correlations(records: Iterable[Record], epochs: Sequence[int]) -> tuple[RungCorrelation, ...]:
    """Return for each rung how well accuracy there predicts the int8 model's final score, measured on the controls."""
    controls = [r for r in records if r.state == State.COMPLETE and is_control(r.seed) and r.val_score is not None]
    found = []
    for epoch in epochs:
        reached = [r for r in controls if accuracy_at(r, epoch) is not None]
        pairs = [(accuracy_at(r, epoch), r.val_score) for r in reached]
        early, late = np.array(pairs, np.float64).reshape(-1, 2).T
        found.append(
            RungCorrelation(epoch, len(pairs), spearman(early, late), max(map(_epochs, reached), default=None))
        )
    return tuple(found)


def spearman(a: Doubles, b: Doubles) -> float | None:
    """Return the rank correlation of `a` [n] and `b` [n]; None if n < 3, or if all values of one are equal."""
    if len(a) < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return float(np.corrcoef(_ranks(a), _ranks(b))[0, 1])


def domination_ranks(points: Doubles) -> Ints:
    """Return for each of `points` [n, objectives] how many others are at least as good in all and better in one."""
    as_good = (points[:, None] >= points[None]).all(axis=2)
    ranks: Ints = (as_good & ~as_good.T).sum(axis=0)
    return ranks


def _longest_trainings(records: Iterable[Record]) -> list[Record]:
    """Return one record for each network: that of its longest training, and the last one of equals."""
    longest: dict[str, Record] = {}
    for record in records:
        if record.digest not in longest or _epochs(record) >= _epochs(longest[record.digest]):
            longest[record.digest] = record
    return list(longest.values())


def _epochs(record: Record) -> int:
    return len(record.history.get("val_accuracy", ()))


def _results(candidates: Sequence[Record], epoch: int, gains_at: GainsAt) -> list[tuple[Record, Gains]]:
    """Return the candidates that reached the rung at `epoch`, each with its gains there."""
    return [(r, gains_at(r, accuracy)) for r in candidates if (accuracy := accuracy_at(r, epoch)) is not None]


def _quota_is_left(results: Sequence[tuple[Record, Gains]], epoch: int, factor: int, arriving: int = 0) -> bool:
    """Return whether fewer than 1 / factor of the results, with those that are `arriving`, have passed the rung."""
    return sum(_epochs(record) > epoch for record, _ in results) * factor < len(results) + arriving


def _worst_kept(ranks: Ints, factor: int) -> int:
    """Return the domination rank of the last candidate among the best 1 / factor, of which there is at least one."""
    return int(np.sort(ranks)[max(1, len(ranks) // factor) - 1])


def _least_passing(candidate: Record, others: Doubles, factor: int, gains_at: GainsAt) -> float:
    """Return the score above which `candidate` is among the best 1 / factor of itself and `others` [n, objectives].

    The rank of the candidate changes only where its score makes it equal to another one. These scores are sorted, and
    the least one that passes is found by bisection. It is -inf if every score passes.
    """
    base = np.array(gains_at(candidate, 0.0))
    slope = np.array(gains_at(candidate, 1.0)) - base
    depends = slope > 0
    # The score with which the candidate would have another's gain; gains that do not depend on the score stay.
    others = np.where(depends, (others - base) / np.where(depends, slope, 1.0), others)
    ranks = domination_ranks(others)

    def passes(score: float) -> bool:
        point = np.where(depends, np.nextafter(score, math.inf), base)
        above, below = (others >= point).all(axis=1), (others <= point).all(axis=1)
        own = int((above & ~below).sum())
        return own <= _worst_kept(np.append(ranks + (below & ~above), own), factor)

    scores = [-math.inf, *np.unique(others[:, depends]).tolist()]
    return float(scores[bisect.bisect_left(scores, True, key=passes)])


def _ranks(values: Doubles) -> Doubles:
    """Return the rank of each value; equal values share the mean of their ranks."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Doubles = (np.cumsum(counts) - (counts - 1) / 2)[which]
    return ranks
