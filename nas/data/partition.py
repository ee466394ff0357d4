"""Dividing rows into training, validation and test rows, with no group in two of the parts that are made here."""

import warnings

import numpy as np

from nas import seeds
from nas.arrays import Array, Ints, Rows
from nas.data.dataset import Dataset, Part
from nas.data.folds import folds
from nas.data.options import DataOptions
from nas.errors import InputError
from nas.task.alarms import NORMAL
from nas.task.task import ANOMALIES, LABELS

ATTEMPTS = 10
"""Shuffles that are tried before a part may lack a class. All folds of each shuffle are candidates."""


def partition(dataset: Dataset, seed: int, options: DataOptions) -> dict[str, Part]:
    """Return `train`, `val` and `test`: parts of the source unchanged, missing ones taken from its train.

    Raises:
        InputError: there are too few groups, or too few rows of a class, to make the missing parts.
    """
    train, val, test = dataset.train, dataset.val, dataset.test
    wanted = 1 + (val is None) + (test is None)
    if test is None:
        train, test = _hold_out(dataset, train, options.test_fraction, seed, wanted)
    if val is None:
        train, val = _hold_out(dataset, train, options.val_fraction, seeds.of_validation(seed), 2)
    return {"train": train, "val": val, "test": test}


def _hold_out(dataset: Dataset, part: Part, fraction: float, seed: int, wanted: int) -> tuple[Part, Part]:
    """Divide `part` into kept and held-out rows; `wanted` parts in all must still be made from it."""
    if part.groups is None:
        _check_rows(dataset, part, wanted)
        kept, held = _by_row(part, fraction, seed, wanted)
    else:
        _check_groups(dataset, part.strata, part.groups, wanted)
        kept, held = _by_group(part, part.groups, fraction, seed)
    missing = np.setdiff1d(_needed(dataset, part), part.strata[kept])
    if len(missing):
        raise InputError(
            f"{dataset.source}: y_train",
            "every class must be in two groups or more, so that one of them can be held out",
            got=f"one group with {', '.join(dataset.class_names[c] for c in missing)}",
            hint="record these classes from more subjects",
        )
    return part.take(kept), part.take(held)


def _needed(dataset: Dataset, part: Part) -> Ints:
    """Return the strata that training rows must have: all; of anomaly detection, the normal rows alone.

    None of labels, of which a row may have any: `nas.data.checks.rows.absent_labels` looks at each.
    """
    if dataset.task == LABELS:
        return part.strata[:0]
    return part.strata[part.strata == NORMAL] if dataset.task == ANOMALIES else part.strata


def _check_rows(dataset: Dataset, part: Part, wanted: int) -> None:
    if len(part) < wanted:
        raise InputError(f"{dataset.source}: x_train", f"must hold {wanted} rows or more", got=len(part))
    classes, counts = np.unique(_needed(dataset, part), return_counts=True)
    if len(counts) and counts.min() < wanted:
        raise InputError(
            f"{dataset.source}: y_train",
            f"every class must have {wanted} rows or more, one for each part",
            got=f"only {counts.min()} of the class {dataset.class_names[classes[counts.argmin()]]}",
        )


def _check_groups(dataset: Dataset, y: Ints, column: Array, wanted: int) -> None:
    groups = np.unique(column)
    if len(groups) < wanted:
        raise InputError(
            f"{dataset.source}: group_train",
            f"must hold {wanted} groups or more, one for each part",
            got=f"{len(groups)} ({', '.join(str(g) for g in groups[:3])})",
            hint="add recordings of other subjects",
        )
    if np.bincount(y).max() < 2:
        raise InputError(f"{dataset.source}: y_train", "a class must have two rows or more", got="one row of each")


def _by_row(part: Part, fraction: float, seed: int, wanted: int) -> tuple[Rows, Rows]:
    """Hold out `fraction` of the rows of each class: at least one row, leaving one for each further part.

    Not by scikit-learn, since its stratified splitters may put a rare class on one side only.
    """
    rng = np.random.default_rng(seed)
    held = np.zeros(len(part), bool)
    for label in np.unique(part.strata):
        rows = rng.permutation(np.flatnonzero(part.strata == label))
        held[rows[: max(0, min(max(1, round(fraction * len(rows))), len(rows) - wanted + 1))]] = True
    return np.flatnonzero(~held), np.flatnonzero(held)


def _by_group(part: Part, groups: Array, fraction: float, seed: int) -> tuple[Rows, Rows]:
    """Return the fold that has every class on both sides and whose held-out share is nearest to `fraction`.

    It is taken from the first shuffle that has such a fold. If none has, it is the fold of all shuffles that lacks
    the fewest classes, first among the kept rows and then among the held-out rows.
    """
    classes = len(np.unique(part.strata))

    def cost(fold: tuple[Rows, Rows]) -> tuple[int, int, float]:
        lacking = [classes - len(np.unique(part.strata[rows])) for rows in fold]
        return lacking[0], lacking[1], abs(len(fold[1]) / len(part) - fraction)

    best: list[tuple[Rows, Rows]] = []
    for attempt in range(ATTEMPTS):
        best.append(min(_folds(part, groups, fraction, seeds.of_attempt(seed, attempt)), key=cost))
        if cost(best[-1])[:2] == (0, 0):
            break
    return min(best, key=cost)


def _folds(part: Part, groups: Array, fraction: float, seed: int) -> list[tuple[Rows, Rows]]:
    count = max(2, min(round(1 / fraction), len(np.unique(groups)), int(np.bincount(part.strata).max())))
    with warnings.catch_warnings():
        # scikit-learn warns of classes with fewer rows than folds. `cost` judges whether a class is missing.
        warnings.simplefilter("ignore", UserWarning)
        return folds(part, count, seed)
