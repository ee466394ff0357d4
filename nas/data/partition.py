"""Dividing rows into training, validation and test so that no group is in two of them.

scikit-learn takes a second to import, so it is imported where it is used.
"""

import warnings

import numpy as np

from nas.arrays import Array, Ints, Rows
from nas.data.dataset import DataOptions, Dataset, Part
from nas.data.folds import folds
from nas.errors import InputError

ATTEMPTS = 10
"""Shuffles that are tried before a class is allowed to be absent from a part; each gives every fold."""


def partition(dataset: Dataset, seed: int, options: DataOptions) -> dict[str, Part]:
    """Return `train`, `val` and `test` in units: what the source held out as it is, the rest taken from train.

    Raises:
        InputError: there are too few groups, or too few rows of a class, for the parts to be made.
    """
    train, val, test = dataset.train, dataset.val, dataset.test
    wanted = 1 + (val is None) + (test is None)
    if test is None:
        train, test = _hold_out(dataset, train, options.test_fraction, seed, wanted)
    if val is None:
        train, val = _hold_out(dataset, train, options.val_fraction, seed + 1, 2)
    return {"train": train, "val": val, "test": test}


def _hold_out(dataset: Dataset, part: Part, fraction: float, seed: int, wanted: int) -> tuple[Part, Part]:
    """Divide `part`; `wanted` is the number of parts that still have to come out of it."""
    if part.groups is None:
        _check_rows(dataset, part, wanted)
        kept, held = _by_row(part, fraction, seed, wanted)
    else:
        _check_groups(dataset, part.y, part.groups, wanted)
        kept, held = _by_group(part, part.groups, fraction, seed)
    missing = np.setdiff1d(part.y, part.y[kept])
    if len(missing):
        raise InputError(
            f"{dataset.source}: y_train",
            "every class must be in two groups or more, so that one can be held out",
            got=", ".join(dataset.class_names[c] for c in missing),
            hint="record it from more subjects",
        )
    return part.take(kept), part.take(held)


def _check_rows(dataset: Dataset, part: Part, wanted: int) -> None:
    if len(part) < wanted:
        raise InputError(f"{dataset.source}: x_train", f"must hold {wanted} rows or more", got=len(part))
    classes, counts = np.unique(part.y, return_counts=True)
    if counts.min() < wanted:
        raise InputError(
            f"{dataset.source}: y_train",
            f"every class must have {wanted} rows or more, one for each part",
            got=f"{counts.min()} of {dataset.class_names[classes[counts.argmin()]]}",
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
    """Hold out `fraction` of each class, at least one row, and keep one for each part that is still to come.

    scikit-learn's stratified splitters may give a rare class to one side only, so this is done by hand.
    """
    rng = np.random.default_rng(seed)
    held = np.zeros(len(part), bool)
    for label in np.unique(part.y):
        rows = rng.permutation(np.flatnonzero(part.y == label))
        held[rows[: min(max(1, round(fraction * len(rows))), len(rows) - wanted + 1)]] = True
    return np.flatnonzero(~held), np.flatnonzero(held)


def _by_group(part: Part, groups: Array, fraction: float, seed: int) -> tuple[Rows, Rows]:
    """Take the fold with every class on both sides whose size is nearest to `fraction`.

    The first shuffle that has such a fold decides. If none of them has one, the fold that lacks the fewest
    classes does, where a class lacking in training counts most.
    """
    classes = len(np.unique(part.y))

    def cost(fold: tuple[Rows, Rows]) -> tuple[int, int, float]:
        lacking = [classes - len(np.unique(part.y[rows])) for rows in fold]
        return lacking[0], lacking[1], abs(len(fold[1]) / len(part) - fraction)

    best: list[tuple[Rows, Rows]] = []
    for attempt in range(ATTEMPTS):
        best.append(min(_folds(part, groups, fraction, seed + 1000 * attempt), key=cost))
        if cost(best[-1])[:2] == (0, 0):
            break
    return min(best, key=cost)


def _folds(part: Part, groups: Array, fraction: float, seed: int) -> list[tuple[Rows, Rows]]:
    count = max(2, min(round(1 / fraction), len(np.unique(groups)), int(np.bincount(part.y).max())))
    with warnings.catch_warnings():
        # It warns of a class with fewer rows than folds; what matters is judged by the folds' cost.
        warnings.simplefilter("ignore", UserWarning)
        return folds(part, count, seed)
