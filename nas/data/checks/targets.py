"""Checks of measured targets: whether a channel holds the target itself."""

from collections.abc import Iterator, Mapping

import numpy as np

from nas.arrays import Doubles
from nas.data.dataset import Dataset, Part
from nas.data.finding import Finding
from nas.signal.kind import Kind

FEWEST_ROWS = 10
"""With fewer rows than this, a column may follow the target by chance."""

SAME = 0.999999
"""A column with a greater share of the target's variance than this holds it, perhaps in another unit."""


def target_columns(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """A network that reads its answer from the input is right on these data, and useless on others."""
    train = dataset.train
    if dataset.kind == Kind.IMAGE or len(train) < FEWEST_ROWS or not np.isfinite(train.y).all():
        return
    last = (train.x if train.x.ndim == 2 else train.x[:, -1]).astype(np.float64)
    for index in range(last.shape[1]):
        for output, target in zip(dataset.class_names, train.y.T.astype(np.float64), strict=True):
            if _explains(last[:, index], target):
                name = dataset.channel_name(index)
                text = f"{name} holds {output}, the target: a network would read its answer from the input"
                yield Finding(name, text, True, {"drop_columns": name.removeprefix("channel ")})
                break


def _explains(column: Doubles, target: Doubles) -> bool:
    """Return whether a column is the target [n] up to a factor and an offset."""
    spread = column.std() * target.std()
    if not spread:
        return False
    return float(((column - column.mean()) * (target - target.mean())).mean() / spread) ** 2 > SAME
