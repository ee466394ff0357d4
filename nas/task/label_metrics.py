"""Metrics of answers of which several labels may hold at once.

The tally of some rows holds, for each label, sums over the rows: their number, those of which every label is answered
right, hits, false and missed answers, the squared error of the probability, and how many rows with the label and
without it have each rank of probability. Metrics that scikit-learn has too equal its own.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from nas.arrays import Array, Doubles, Flags, Ints
from nas.task.metrics import Metric

ROWS, EXACT, HITS, FALSE, MISSED, SQUARES, RANKS = range(7)
"""Places in a tally's last axis; from `RANKS` on, the counts of rows without the label, then of those with it."""

MOST_UNITS = 500
"""Without groups, rows are dealt to so many sets at most, which a bootstrap draws in place of single rows."""

MOST_VALUES = 4_000_000
"""Numbers in the tallies of all sets together, and in those of bootstrap samples that are computed at once."""

LEVELS = 256
"""Ranks that are always told apart: an int8 output has no more values."""


def label_tallies(probabilities: Doubles, answers: Flags, y: Array, groups: Array | None) -> Doubles:
    """Return the tally of each group [groups, labels, places]; without groups, those of sets of rows.

    Args:
        probabilities: of each label [n, labels].
        answers: whether each label is answered to hold [n, labels].
        y: whether each label holds, 0 or 1 [n, labels].
        groups: of the rows [n].
    """
    which = _dealt(y) if groups is None else np.unique(groups, return_inverse=True)[1]
    units, true = int(which.max(initial=0)) + 1, y.astype(np.bool_)
    exact = np.broadcast_to((answers == true).all(axis=1, keepdims=True), y.shape)
    squares = (probabilities - y) ** 2
    columns = np.ones(y.shape), exact, answers & true, answers & ~true, ~answers & true, squares
    tallies = np.zeros((units, y.shape[1], RANKS))
    np.add.at(tallies, which, np.stack([np.asarray(column, np.float64) for column in columns], axis=-1))
    return np.concatenate([tallies, _counted(_ranked(probabilities, units), true, which, units)], axis=-1)


def f1_macro(tally: npt.NDArray[Any]) -> Doubles:
    """Return the mean F1 over the labels that hold or are answered somewhere (`zero_division=nan` in scikit-learn)."""
    whole = _alarms_and_misses(tally)
    return _mean(_ratio(2 * tally[..., HITS], whole), whole > 0)


def f1_micro(tally: npt.NDArray[Any]) -> Doubles:
    """Return the F1 of the answers to all labels together; 1 if none holds or is answered."""
    whole = _alarms_and_misses(tally).sum(-1)
    return np.where(whole > 0, _ratio(2 * tally[..., HITS].sum(-1), whole), 1.0)


def subset_accuracy(tally: npt.NDArray[Any]) -> Doubles:
    """Return the share of rows of which every label is answered right."""
    return np.asarray(tally[..., 0, EXACT] / tally[..., 0, ROWS])


def hamming_loss(tally: npt.NDArray[Any]) -> Doubles:
    """Return the share of wrong answers, over all rows and labels."""
    return np.asarray(((tally[..., FALSE] + tally[..., MISSED]) / tally[..., ROWS]).mean(-1))


def average_precision(tally: npt.NDArray[Any]) -> Doubles:
    """Return the average precision of each label [..., labels]; 0 of a label that never holds."""
    without, having = ranks_of(tally)
    alarms = np.cumsum(having + without, axis=-1)
    precision = np.divide(np.cumsum(having, axis=-1), alarms, out=np.zeros_like(alarms), where=alarms > 0)
    return _ratio((precision * having).sum(-1), having.sum(-1))


def roc_auc(tally: npt.NDArray[Any]) -> Doubles:
    """Return the area under the ROC of each label [..., labels]; 0.5 of a label that always or never holds."""
    without, having = ranks_of(tally)
    above = np.cumsum(having, axis=-1) - having / 2
    pairs = having.sum(-1) * without.sum(-1)
    return np.where(pairs > 0, _ratio((above * without).sum(-1), pairs), 0.5)


def mean_average_precision(tally: npt.NDArray[Any]) -> Doubles:
    """Return the mean average precision over the labels that hold somewhere."""
    return _mean(average_precision(tally), tally[..., HITS] + tally[..., MISSED] > 0)


def brier_skill(tally: npt.NDArray[Any]) -> Doubles:
    """Return 1 - 4 * the mean squared error of probabilities (Brier, 1950): 0 for always saying 50 %."""
    return np.asarray(1 - 4 * (tally[..., SQUARES] / tally[..., ROWS]).mean(-1))


def ranks_of(tally: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return how many rows without each label, and with it, have each probability, from the highest down."""
    half = (tally.shape[-1] - RANKS) // 2
    return tally[..., RANKS : RANKS + half][..., ::-1], tally[..., RANKS + half :][..., ::-1]


def _rows(tally: npt.NDArray[Any]) -> float:
    return float(tally[0, ROWS])


def _cells(tally: npt.NDArray[Any]) -> float:
    return float(tally[..., ROWS].sum())


def _micro_rows(tally: npt.NDArray[Any]) -> float:
    """Return the number of answers that a micro-F1 is a share of: with m mistakes among n, it is 1 - m / n."""
    return float(max(1, _alarms_and_misses(tally).sum()))


def _macro_rows(tally: npt.NDArray[Any]) -> float:
    """Return the same of a mean over labels: labels times the harmonic mean of their answers."""
    known = _alarms_and_misses(tally)
    known = known[known > 0]
    return float(len(known) ** 2 / (1 / known).sum()) if len(known) else 1.0


LABEL_METRICS: Mapping[str, Metric] = {
    "f1_macro": Metric("macro-F1", f1_macro, rows=_macro_rows),
    "f1_micro": Metric("micro-F1", f1_micro, rows=_micro_rows),
    "subset_accuracy": Metric("subset accuracy", subset_accuracy, rows=_rows),
    "hamming_loss": Metric("Hamming loss", hamming_loss, greater_is_better=False, best=0.0, rows=_cells),
    "mean_average_precision": Metric("mean average precision", mean_average_precision, rows=_macro_rows),
    "brier_skill": Metric("Brier skill", brier_skill, unit=""),
}
"""The metrics of several labels at once; the first two have the names of scikit-learn's scorers."""


def _dealt(y: Array) -> Ints:
    """Return the set of each row, which it is dealt to in turn."""
    most = max(2, min(MOST_UNITS, MOST_VALUES // (2 * LEVELS * y.shape[1])))
    return np.asarray(np.arange(len(y)) % most, np.int64)


def _ranked(probabilities: Doubles, units: int) -> Ints:
    """Return the rank of each probability among those of its label [n, labels], the same for equal ones."""
    most = max(LEVELS, MOST_VALUES // (2 * units * probabilities.shape[1]))
    found = [np.unique(column, return_inverse=True) for column in probabilities.T]
    return np.stack([which * min(most, len(known)) // max(1, len(known)) for known, which in found], axis=1)


def _counted(rank: Ints, true: Flags, which: Ints, units: int) -> Doubles:
    """Return how many rows of each set [units, labels, 2 * ranks] have each rank, without the label and with it."""
    labels = true.shape[1]
    shape = units, labels, 2, int(rank.max(initial=0)) + 1
    cell = np.ravel_multi_index((which[:, None], np.arange(labels), true.astype(np.int64), rank), shape)
    return np.bincount(cell.ravel(), minlength=int(np.prod(shape))).reshape(units, labels, -1).astype(np.float64)


def _alarms_and_misses(tally: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return what F1 is a share of: the rows with a label and those with its answer, added up."""
    return np.asarray(2 * tally[..., HITS] + tally[..., FALSE] + tally[..., MISSED])


def _mean(values: Doubles, known: Flags) -> Doubles:
    """Return the mean of known values [..., labels]; 1 where there are none, since nothing was to be found."""
    return np.where(known.any(-1), _ratio((values * known).sum(-1), known.sum(-1)), 1.0)


def _ratio(part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> Doubles:
    return np.asarray(np.divide(part, whole, out=np.zeros(np.shape(whole)), where=np.asarray(whole) > 0))
