"""Measured targets of rows, for regression: when labels are targets, and targets as numbers."""

from collections.abc import Mapping, Sequence

import numpy as np

from nas.arrays import Array, Floats
from nas.data.labels import MOST
from nas.errors import InputError
from nas.task.task import TARGETS

NOTE = "targets are measurements, so the task is regression; if they are classes, write them as whole numbers or text"
"""What is told if the targets alone decided the task."""

WINDOWS = "the target of a window is that of its last sample"
"""What is told of recordings whose samples have targets."""


def are_targets(columns: Mapping[str, Array], asked: str | None) -> bool:
    """Return whether the labels of all parts are measured targets: the user says so, or some are not whole numbers."""
    if asked is not None:
        return asked == TARGETS
    return any(_is_measured(column) for column in columns.values())


def encode(
    columns: Mapping[str, Array], names: Sequence[str], source: str
) -> tuple[dict[str, Floats], tuple[str, ...]]:
    """Return targets [n] or [n, outputs] of each part as numbers [n, outputs], and a name for each output.

    Args:
        columns: the targets of each part.
        names: as the source gives them; if it gives none, outputs are called `target` or by their numbers.
        source: the data in messages.

    Raises:
        InputError: targets are no numbers, have more than two axes, or the names do not match.
    """
    y = {part: _column(column, f"{source}: y_{part}") for part, column in columns.items()}
    outputs = next(iter(y.values())).shape[1]
    if not names:
        names = ("target",) if outputs == 1 else tuple(f"target {index}" for index in range(outputs))
    if len(names) != outputs:
        raise InputError(f"{source}: target_names", f"must name the {outputs} columns of y", got=len(names))
    return y, tuple(names)


def _is_measured(column: Array) -> bool:
    if column.dtype.kind != "f" or column.ndim not in (1, 2):
        return False
    known = column[np.isfinite(column) & (np.abs(column) < MOST)]
    return not np.array_equal(known, np.round(known))


def _column(column: Array, place: str) -> Floats:
    if column.dtype.kind not in "iufb":
        raise InputError(place, "must be numbers, since the task is regression", got=column.dtype)
    if column.ndim not in (1, 2) or 0 in column.shape[1:]:
        raise InputError(place, "must be [n] or [n, outputs], the targets of each row", got=column.shape)
    with np.errstate(over="ignore"):  # too large numbers become infinite, which nas.data.rules reports
        return column.astype(np.float32).reshape(len(column), -1)
