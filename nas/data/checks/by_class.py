"""Columns whose value alone tells the class: of one value a class, of ranges apart, of clusters."""

import numpy as np
import numpy.typing as npt

from nas.arrays import Doubles, Floats, Ints
from nas.data.dataset import Dataset, Part
from nas.signal.kind import Kind

FIRST_ROWS = 200
"""Evenly spaced rows that are looked at first: they clear most columns."""

APART_GROUPS = 3
"""Classes of fewer groups than this may be apart by chance in a channel that is constant within recordings."""

FEWEST_IN_CLUSTER = 4
"""With fewer rows of a class than this, its values may be a cluster by chance."""

WIDE_GAP = 5.0
"""Classes are apart as those of a label with noise are if the gaps between them are this many times the widest."""

FEWEST_ROWS = 3
"""With fewer rows of each class than this, on average, a column may tell the class by chance."""


def told_by_class(level: Floats, y: Ints) -> npt.NDArray[np.bool_]:
    """Return for each column whether all rows of a class have one value, and not all classes the same."""
    order = np.argsort(y, kind="stable")
    starts = np.flatnonzero(np.diff(y[order], prepend=-1))
    low, high = np.minimum.reduceat(level[order], starts), np.maximum.reduceat(level[order], starts)
    # One row of each class says nothing: every measurement has one value there.
    told = (low == high).all(axis=0) & (low != low[:1]).any(axis=0)
    return np.asarray(told & (len(y) >= FEWEST_ROWS * len(starts)), np.bool_)


def apart_by_class(dataset: Dataset, level: Floats) -> npt.NDArray[np.bool_]:
    """Return for each column of windows whether the ranges of the classes do not overlap, over several recordings."""
    y, groups = dataset.train.y, dataset.train.groups
    apart = np.zeros(level.shape[1], np.bool_)
    if dataset.kind != Kind.WINDOW or groups is None:
        return apart
    if min(len(np.unique(groups[y == label])) for label in np.unique(y)) < APART_GROUPS:
        return apart
    lows, highs = _ranges(level, level, y)
    return np.asarray((highs[:-1] < lows[1:]).all(axis=0) & (len(lows) > 1), np.bool_)


def apart_with_noise(part: Part) -> npt.NDArray[np.bool_]:
    """Return for each column whether the values of each class are a narrow cluster, far from those of the others."""
    values, rows = part.x.shape[-1], len(part.y)
    counts = np.unique(part.y, return_counts=True)[1]
    if len(counts) < 2 or counts.min() < FEWEST_IN_CLUSTER:
        return np.zeros(values, np.bool_)
    few = slice(None, None, rows // FIRST_ROWS + 1)
    # Further rows make clusters wider and gaps narrower, so that a few clear most data.
    apart = _clustered(part.x[few], part.y[few])
    return apart & _clustered(part.x, part.y) if apart.any() else apart


def _clustered(x: Floats, y: Ints) -> npt.NDArray[np.bool_]:
    """Return for each channel whether each gap between the ranges of classes is `WIDE_GAP` times the widest range."""
    lowest, highest = (x, x) if x.ndim == 2 else (x.min(axis=1), x.max(axis=1))
    lows, highs = _ranges(lowest, highest, y)
    gaps = lows[1:] - highs[:-1]
    widest = (highs - lows).max(axis=0)
    return np.asarray((gaps > 0).all(axis=0) & (gaps > WIDE_GAP * widest).all(axis=0) & (len(lows) > 1), np.bool_)


def _ranges(lowest: Floats, highest: Floats, y: Ints) -> tuple[Doubles, Doubles]:
    """Return the ends of the range of each class [classes, columns], those of each column from low to high."""
    labels = np.unique(y)
    lows = np.stack([lowest[y == label].min(axis=0) for label in labels]).astype(np.float64)
    highs = np.stack([highest[y == label].max(axis=0) for label in labels]).astype(np.float64)
    order = lows.argsort(axis=0)
    return np.take_along_axis(lows, order, axis=0), np.take_along_axis(highs, order, axis=0)
