"""Cross-validation: every row is held out once, with all of its group."""

import numpy as np

from nas.arrays import Rows
from nas.data.dataset import Part


def folds(part: Part, count: int, seed: int) -> list[tuple[Rows, Rows]]:
    """Divide the rows `count` times into kept and held-out ones, classes spread evenly, groups kept whole.

    There are fewer folds where there are fewer groups, or fewer rows of the most frequent class.
    """
    # scikit-learn takes a second to import.
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    most = int(np.bincount(part.y).max())
    if part.groups is None:
        splitter = StratifiedKFold(min(count, most), shuffle=True, random_state=seed)
    else:
        splitter = StratifiedGroupKFold(min(count, most, len(np.unique(part.groups))), shuffle=True, random_state=seed)
    return list(splitter.split(np.zeros(len(part)), part.y, part.groups))
