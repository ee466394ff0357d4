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

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from nas.arrays import Doubles
from nas.study.record import Record, State
from nas.study.rung_correlation import RungCorrelation
from nas.task.task import curve_metric, find_metric, validation_curve

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
        self._best = max(
            self._best, *validation_curve({name: (number,) for name, number in numbers.items()}), -math.inf
        )
        threshold = self._thresholds.get(epoch + 1, -math.inf)
        if self._best < threshold - _TIE:
            curve = find_metric(curve_metric(numbers) or "accuracy")
            done, best = f"{epoch + 1} of {self._epochs} epochs", f"{curve.title} {curve.text(self._best)}"
            self.reason = f"stopped early after {done}: validation {best}, cut-off {curve.text(threshold)}"
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
    curve = validation_curve(record.history)
    return max(curve[:epoch]) if len(curve) >= epoch else None


def correlations(records: Iterable[Record], epochs: Sequence[int]) -> tuple[RungCorrelation, ...]:
    """Return for each rung how well accuracy there predicts the int8 model's final score, measured on the controls."""
    controls = [r for r in records if r.state == State.COMPLETE and is_control(r.seed) and r.val_score is not None]
    found = []
    for epoch in epochs:
        reached = [r for r in controls if accuracy_at(r, epoch) is not None]
        pairs = [(accuracy_at(r, epoch), r.rank) for r in reached]
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


def _epochs(record: Record) -> int:
    return len(validation_curve(record.history))


def _ranks(values: Doubles) -> Doubles:
    """Return the rank of each value; equal values share the mean of their ranks."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Doubles = (np.cumsum(counts) - (counts - 1) / 2)[which]
    return ranks
