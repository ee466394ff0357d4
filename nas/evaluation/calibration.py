"""Calibration: whether a model is right as often as its probabilities say."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nas.arrays import Array, Doubles, Floats, Ints

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The rows whose answer has a probability above `low` and up to `high`.

    Attributes:
        low: the lower end; `high` is the upper end.
        rows: number of rows.
        confidence: mean probability of their answers.
        accuracy: share of right answers among them.
    """

    low: float
    high: float
    rows: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well the probabilities of a model's answers agree with the share of right answers.

    Attributes:
        expected_error: expected calibration error (Naeini et al., 2015): the mean over all rows of the distance between
            accuracy and confidence of the row's bin.
        brier: Brier score (1950): the mean squared distance between a row's probabilities and the truth, from 0 to 2.
        bins: those that have rows, out of `BINS` of equal width.
    """

    expected_error: float
    brier: float
    bins: tuple[Bin, ...]


def calibrate(probabilities: Floats, y: Ints) -> Calibration:
    """Compare probabilities [n, classes] with the true classes `y` [n]."""
    exact = probabilities.astype(np.float64)
    truth = np.eye(exact.shape[1])[y]
    bins = tuple(_bins(exact.max(axis=1), exact.argmax(axis=1) == y))
    return Calibration(
        expected_error=sum(one.rows * abs(one.accuracy - one.confidence) for one in bins) / len(y),
        brier=float(((exact - truth) ** 2).sum(axis=1).mean()),
        bins=bins,
    )


def _bins(confidence: Doubles, right: Array) -> Iterator[Bin]:
    ends = np.linspace(0, 1, BINS + 1)
    number = np.searchsorted(ends[1:-1], confidence, side="left")
    for each in np.unique(number).tolist():
        own = number == each
        yield Bin(
            round(float(ends[each]), 3),
            round(float(ends[each + 1]), 3),
            int(own.sum()),
            float(confidence[own].mean()),
            float(right[own].mean()),
        )
