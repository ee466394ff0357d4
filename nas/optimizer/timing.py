"""How long a final training takes, and how many epochs there is time for, from what trainings before it have taken."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from nas.study.recipe import Recipe
from nas.study.record import Record

# Part of the time kept back, since a machine is never as quick as its average.
MARGIN = 1.2
# An epoch of quantization-aware training takes up to so many times as long as one without rounding.
ROUNDED_COST = 2.0


@dataclass(frozen=True, slots=True)
class Pace:
    """What trainings of some networks take, in seconds: an epoch of `rows`, and what comes beside the epochs."""

    epoch_seconds: float
    rows: int
    beside_seconds: float

    @classmethod
    def of(cls, records: Sequence[Record], rows: int, beside: Sequence[Record] | None = None) -> "Pace":
        """Return the mean over some trainings.

        Args:
            records: what they left, one or more.
            rows: that an epoch of theirs had.
            beside: other trainings, of the search, which tell the time beside epochs; those of finals hold rounding
                epochs there.
        """
        return cls(fmean(map(_epoch_seconds, records)), rows, fmean(map(_beside_seconds, beside or records)))

    def seconds(self, recipe: Recipe, epochs: int, rows: int) -> float:
        """Return what a final training of so many epochs of so many rows may take, rounding ones included."""
        return MARGIN * (self.beside_seconds + _cost(recipe, epochs) * self.epoch_seconds * rows / self.rows)

    def epochs(self, recipe: Recipe, seconds: float, rows: int, wanted: int) -> int:
        """Return how many epochs, from 1 to `wanted`, fit into so many seconds.

        A schedule cut short never reaches its low learning rates, so a shorter one is better.
        """
        fits = (n for n in range(wanted, 1, -1) if self.seconds(recipe, n, rows) <= seconds)
        return next(fits, 1)


def _cost(recipe: Recipe, epochs: int) -> float:
    return epochs + ROUNDED_COST * recipe.finals.qat_epochs_after(epochs)


def _epoch_seconds(record: Record) -> float:
    return record.seconds.get("train", 0.0) / max(1, len(record.history.get("loss", ())) - record.resumed_at)


def _beside_seconds(record: Record) -> float:
    return math.fsum(seconds for stage, seconds in record.seconds.items() if stage != "train")
