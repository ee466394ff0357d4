"""Where two models of one network, before and after quantization, answer differently."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nas.arrays import Array, Floats, Ints
from nas.data.dataset import Part

MOST_ROWS = 20
"""Rows with the largest difference that are kept."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Rows that the float model assigns to class `before` and the quantized one to class `after`."""

    before: int
    after: int
    rows: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A row for which the two models give different probabilities.

    Attributes:
        row: its number among those evaluated; `group` is its group, if the rows have groups.
        true: number of its class.
        before: number of the float model's answer, with `confidence_before`; `after` is the quantized model's.
        largest: the largest difference between the probabilities of a class.
    """

    row: int
    group: str | None
    true: int
    before: int
    confidence_before: float
    after: int
    confidence_after: float
    largest: float


@dataclass(frozen=True, slots=True)
class Disagreement:
    """How the answers of a quantized model differ from those of the float model for the same rows.

    Attributes:
        rows: number of rows with another answer.
        only_float_right: number of them that the float model alone answers correctly; `only_int8_right` likewise.
        mean_difference: mean over all rows of the largest difference between the probabilities of a class.
        pairs: of classes, the most frequent first.
        largest: the rows whose probabilities differ the most, the largest difference first.
    """

    rows: int
    only_float_right: int
    only_int8_right: int
    mean_difference: float
    pairs: tuple[Pair, ...]
    largest: tuple[Difference, ...]


def disagree(before: Floats, after: Floats, part: Part) -> Disagreement:
    """Compare probabilities [n, classes] before and after quantization, for the same rows."""
    labels = before.argmax(axis=1), after.argmax(axis=1)
    other = labels[0] != labels[1]
    largest = np.abs(before.astype(np.float64) - after).max(axis=1)
    counts = Counter(zip(labels[0][other].tolist(), labels[1][other].tolist(), strict=True))
    return Disagreement(
        rows=int(other.sum()),
        only_float_right=int((other & (labels[0] == part.y)).sum()),
        only_int8_right=int((other & (labels[1] == part.y)).sum()),
        mean_difference=float(largest.mean()),
        pairs=tuple(Pair(*pair, rows) for pair, rows in sorted(counts.items(), key=lambda item: (-item[1], item[0]))),
        largest=tuple(_largest(before, after, labels, largest, part)),
    )


def _largest(
    before: Floats, after: Floats, labels: tuple[Ints, Ints], largest: Array, part: Part
) -> Iterator[Difference]:
    for row in np.argsort(-largest, kind="stable")[:MOST_ROWS].tolist():
        first, second = int(labels[0][row]), int(labels[1][row])
        yield Difference(
            row=row,
            group=None if part.groups is None else str(part.groups[row]),
            true=int(part.y[row]),
            before=first,
            confidence_before=float(before[row, first]),
            after=second,
            confidence_after=float(after[row, second]),
            largest=float(largest[row]),
        )
