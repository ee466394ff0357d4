"""Encoding of labels, integers or text, as classes 0 .. k-1 with names."""

from collections.abc import Mapping

import numpy as np

from nas.arrays import Array, Ints
from nas.errors import InputError

MAX_CLASSES = 1000
"""More distinct labels than this are probably measurements or row numbers, not classes."""


def encode(
    labels: Mapping[str, Array], names: tuple[str, ...] | None, source: str
) -> tuple[dict[str, Ints], tuple[str, ...]]:
    """Number the classes in the order of the sorted labels, the same in all parts.

    Args:
        labels: labels [n] of each part, integers or text.
        names: class names as the source gives them, in the order of the labels; None if labels name themselves.
        source: the data in messages.

    Returns:
        Classes [n] of each part, and the class names.

    Raises:
        InputError: labels are not integers or text, one a row; there are too many; or the names do not match.
    """
    labels = {part: _column(column, f"{source}: y_{part}") for part, column in labels.items()}
    known = np.unique(np.concatenate(list(labels.values())))
    if len(known) > MAX_CLASSES:
        raise InputError(f"{source}: y_train", f"must have at most {MAX_CLASSES} classes", got=len(known))
    known, names = _name(known, names, source)
    return {part: np.searchsorted(known, column).astype(np.int64) for part, column in labels.items()}, names


def _column(column: Array, place: str) -> Array:
    """Return `column` as [n] integers or text."""
    if column.dtype.kind == "f" and column.size and not np.array_equal(column, np.round(column)):
        raise InputError(place, "must be class labels, not measurements", hint="regression is not supported yet")
    if column.dtype.kind not in "iuUfb":
        raise InputError(place, "must be integers or text", got=column.dtype)
    if column.ndim == 2 and column.shape[1] == 1:
        column = column[:, 0]
    if column.ndim != 1:
        raise InputError(
            place, "must have one label a row", got=column.shape, hint="of one-hot rows, give their argmax"
        )
    return column if column.dtype.kind == "U" else column.astype(np.int64)


def _name(known: Array, names: tuple[str, ...] | None, source: str) -> tuple[Array, tuple[str, ...]]:
    """Pair labels with names: labels from 0 on are positions in `names`, others are paired in their order."""
    if names is None:
        return known, tuple(str(label) for label in known.tolist())
    if known.dtype.kind != "U" and known.size and known.min() >= 0 and known.max() < len(names):
        return np.arange(len(names)), names
    if len(known) != len(names):
        raise InputError(f"{source}: class_names", f"must name the {len(known)} labels of y", got=len(names))
    return known, names
