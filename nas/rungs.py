"""Successive halving: at a few epochs, only the best part of the candidates goes on.

The asynchronous form of Li et al., arXiv:1810.05934, with its stopping rule: a candidate that comes to a rung is
compared with those that came there before it, and either goes on or ends, so no worker ever waits for another. It
ends for good; none is taken up again later, and so none is trained twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nas.record import Record

# Fewer results than this on a rung say too little about what is good.
MIN_RESULTS = 6
# One candidate in so many is trained to the end whatever it looks like, so that the rungs themselves can be judged.
CONTROL = 16


@dataclass(frozen=True, slots=True)
class Rung:
    """After `epoch` epochs, a float validation accuracy below `threshold` ends a training."""

    epoch: int
    threshold: float


class Climb:
    """A training's way over its rungs; `failed` says where it ended, None as long as it goes on."""

    def __init__(self, rungs: Sequence[Rung]) -> None:
        self._rungs = {rung.epoch: rung.threshold for rung in rungs}
        self._best = 0.0
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


def thresholds(records: Sequence[Record], epochs: Sequence[int], factor: int) -> tuple[Rung, ...]:
    """Return what each rung asks for now: to be among the best `1 / factor` of those that came there."""
    rungs = []
    for epoch in epochs:
        results = [best for record in records if (best := accuracy_at(record, epoch)) is not None]
        if len(results) >= MIN_RESULTS:
            rungs.append(Rung(epoch, float(np.quantile(results, 1 - 1 / factor))))
    return tuple(rungs)


def is_control(seed: int) -> bool:
    """Tell whether the candidate with this seed passes all rungs."""
    return seed % CONTROL == 0


def accuracy_at(record: Record, epoch: int) -> float | None:
    """Return the best float validation accuracy in the first `epoch` epochs; None if it did not get there."""
    curve = record.history.get("val_accuracy", ())
    return max(curve[:epoch]) if len(curve) >= epoch else None
