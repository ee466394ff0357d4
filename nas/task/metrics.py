"""How good a model's answers are: metrics of confusion matrices, and 95 % intervals of them.

Every metric is scikit-learn's of the same name, and a function of counts [..., true class, answered class].
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from nas.errors import unknown

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

AUTO = "auto"
"""Balanced accuracy for unbalanced classes, else accuracy."""

UNBALANCED = 3
"""How many times the rows of the rarest class the most frequent one has, for classes to be unbalanced.

A model that never answers the rarer one of two such classes is right on 75 % of the rows all the same.
"""

DRAWS = 2000
_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A metric on some rows, and the 95 % interval of what other rows of the same kind would have given."""

    value: float
    low: float
    high: float


def accuracy(counts: npt.NDArray[Any]) -> Floats:
    """Return the share of rows that are answered right."""
    return np.asarray(_hits(counts).sum(-1) / counts.sum((-2, -1)))


def balanced_accuracy(counts: npt.NDArray[Any]) -> Floats:
    """Return the mean recall of the classes that have rows."""
    return _mean(_hits(counts), counts.sum(-1))


def macro_f1(counts: npt.NDArray[Any]) -> Floats:
    """Return the mean F1 of the classes that have rows or answers."""
    return _mean(2 * _hits(counts), counts.sum(-1) + counts.sum(-2))


METRICS: dict[str, Callable[[npt.NDArray[Any]], Floats]] = {
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
    "macro_f1": macro_f1,
}
TITLES = {"accuracy": "accuracy", "balanced_accuracy": "balanced accuracy", "macro_f1": "macro-F1"}


def check(name: str, place: object) -> None:
    """Raise an InputError at `place` for a name that is neither a metric nor `auto`."""
    if name not in (AUTO, *METRICS):
        raise unknown(place, "metric", name, (AUTO, *METRICS))


def resolve(name: str, y: Ints) -> str:
    """Return the metric that `name` means for training labels `y` [n]."""
    if name != AUTO:
        return name
    return "balanced_accuracy" if is_unbalanced(np.bincount(y)) else "accuracy"


def is_unbalanced(class_counts: Ints) -> bool:
    """Whether one class has `UNBALANCED` times the rows of another, or more; absent classes count for nothing."""
    known = class_counts[class_counts > 0]
    return len(known) > 0 and bool(known.max() >= UNBALANCED * known.min())


def scores(counts: npt.NDArray[Any]) -> dict[str, float]:
    """Return every metric of one confusion matrix, by name."""
    return {name: float(metric(counts)) for name, metric in METRICS.items()}


def confusion(labels: Ints, y: Ints, classes: int) -> Ints:
    """Return the number of rows by [true class, answered class], of answers `labels` [n] and truth `y` [n]."""
    return np.bincount(y * classes + labels, minlength=classes * classes).reshape(classes, classes)


def confusions(labels: Ints, y: Ints, groups: npt.NDArray[Any] | None, classes: int) -> Ints:
    """Return the confusion matrix of each group [groups, classes, classes]; of all rows as one without groups."""
    if groups is None:
        return confusion(labels, y, classes)[None]
    return np.stack([confusion(labels[groups == g], y[groups == g], classes) for g in np.unique(groups)])


def estimates(counts: Ints, seed: int = 0) -> dict[str, Estimate]:
    """Return every metric with its 95 % bootstrap interval.

    Whole groups are drawn with replacement, since the rows of a group are alike. Of a single group, rows are drawn:
    the interval is then that of other rows of the same group.

    Few groups make a percentile interval too narrow, so its levels are moved outwards as much as Student's t
    quantile and the unbiased variance differ from the normal ones (expanded percentile interval: Hesterberg, 2015,
    arXiv:1411.5279). With 9 groups it then covers 93 % in simulations in place of 88 %, with 5 groups 89 % in place
    of 82 %.

    Args:
        counts: confusion matrices of the groups [groups, classes, classes].
        seed: of the draws.
    """
    units, total = _units(counts), counts.sum(0)
    draws: npt.NDArray[Any]
    rng = np.random.default_rng(seed)
    if len(counts) == 1:
        draws = rng.multinomial(units, total.ravel() / units, size=DRAWS)
    else:
        times = rng.multinomial(units, np.full(units, 1 / units), size=DRAWS)
        # Floats, since integers are multiplied without BLAS.
        draws = times.astype(np.float64) @ counts.reshape(units, -1).astype(np.float64)
    draws = draws.reshape(DRAWS, *total.shape)
    tail = _tail(units)
    bounds = {name: np.quantile(metric(draws), [tail, 1 - tail]).tolist() for name, metric in METRICS.items()}
    return {name: Estimate(value, *bounds[name]) for name, value in scores(total).items()}


def drawn_from(counts: Ints, grouped: bool) -> str:
    """Say what `estimates` draws from: `9 groups`, `200 rows`, or `200 rows of one group` if the rows have groups."""
    if len(counts) > 1:
        return f"{_units(counts)} groups"
    return f"{_units(counts)} rows{' of one group' if grouped else ''}"


def constant_answer(counts: Sequence[Sequence[int]] | Ints, label: int) -> Ints:
    """Return the confusion matrix of always answering `label` for the same rows."""
    counts = np.asarray(counts)
    answers = np.zeros_like(counts)
    answers[..., label] = counts.sum(-1)
    return answers


def _units(counts: Ints) -> int:
    return len(counts) if len(counts) > 1 else int(counts.sum())


def _hits(counts: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.diagonal(counts, axis1=-2, axis2=-1)


def _mean(parts: npt.NDArray[Any], wholes: npt.NDArray[Any]) -> Floats:
    """Return the mean of parts / wholes over the classes [..., classes] whose whole is not 0."""
    known = wholes > 0
    ratios = np.divide(parts, wholes, out=np.zeros(np.shape(wholes)), where=known)
    return np.asarray(ratios.sum(-1) / known.sum(-1))


def _tail(units: int) -> float:
    """Return the share of draws that lies beyond each end of the interval."""
    normal, df = NormalDist(), max(1, units - 1)
    z = normal.inv_cdf(0.5 + _LEVEL / 2)
    # Student's t quantile by its expansion in 1 / df (Abramowitz and Stegun, 26.7.5).
    t = z + (z**3 + z) / (4 * df) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * df**2)
    return normal.cdf(-t * (units / df) ** 0.5)
