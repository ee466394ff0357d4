"""Folds of a cross-validation: every row is held out once, together with all rows of its group."""

import numpy as np

from nas.arrays import Rows
from nas.data.dataset import Part


def folds(part: Part, count: int, seed: int) -> list[tuple[Rows, Rows]]:
    """Return the numbers of the kept and of the held-out rows for each of `count` folds.

    Classes, if the rows have some, are spread evenly over the folds and groups stay whole. If there are fewer groups
    than `count`, or fewer rows of the most frequent class, there are only that many folds.
    """
    # scikit-learn takes a second to import.
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    most = int(np.bincount(part.strata).max())
    if part.groups is None:
        splitter = StratifiedKFold(min(count, most), shuffle=True, random_state=seed)
    else:
        splitter = StratifiedGroupKFold(min(count, most, len(np.unique(part.groups))), shuffle=True, random_state=seed)
    return list(splitter.split(np.zeros(len(part)), part.strata, part.groups))
