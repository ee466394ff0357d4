"""Encoding of labels, integers or text, as classes 0 .. k-1 with names."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from nas.arrays import Array, Ints
from nas.errors import InputError

MAX_CLASSES = 1000
"""More distinct labels than this are probably measurements or row numbers, not classes."""

MOST = 2**53
"""Floating point numbers from here on stand for several whole numbers."""


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
    kinds = {column.dtype.kind == "U" for column in labels.values()}
    if len(kinds) > 1:
        got = ", ".join(
            f"{'text' if column.dtype.kind == 'U' else 'integers'} in y_{part}" for part, column in labels.items()
        )
        hint = "write them as text in each part"
        raise InputError(f"{source}: y", "must be integers in all parts or text in all parts", got=got, hint=hint)
    known = np.unique(np.concatenate(list(labels.values())))
    if len(known) > MAX_CLASSES:
        advice = "if they are measurements, give --task regression" if known.dtype.kind != "U" else None
        raise InputError(f"{source}: y_train", f"must have at most {MAX_CLASSES} classes", got=len(known), hint=advice)
    known, names = _name(known, names, source)
    _check_names(names, source)
    return {part: np.searchsorted(known, column).astype(np.int64) for part, column in labels.items()}, names


def as_text(column: Array) -> Array:
    """Return text that numpy holds as bytes (`S4`) as text; other arrays as they are."""
    return np.char.decode(column, "utf-8", "replace") if column.dtype.kind == "S" else column


def no_classes(place: str) -> InputError:
    """Return the error for labels that are measured although the user says that they are classes."""
    hint = "write classes as whole numbers or text, or leave out --task"
    return InputError(place, "must be class labels, not measurements", hint=hint)


def _column(column: Array, place: str) -> Array:
    """Return `column` as [n] integers or text."""
    column = as_text(column)
    if column.dtype.kind == "f" and column.size and not (np.abs(column) < MOST).all():
        worst = column[~(np.abs(column) < MOST)].flat[0]
        raise InputError(place, "must be class labels below 2^53, integers or text", got=f"{worst:g}")
    if column.dtype.kind == "f" and column.size and not np.array_equal(column, np.round(column)):
        raise no_classes(place)
    if column.dtype.kind not in "iuUfb":
        raise InputError(place, "must be integers or text", got=column.dtype)
    if column.dtype.kind == "u" and column.size and column.max() > np.iinfo(np.int64).max:
        raise InputError(place, "must be class labels below 2^63", got=column.max())
    if column.ndim == 2 and column.shape[1] == 1:
        column = column[:, 0]
    if column.ndim != 1:
        hint = "of one-hot rows, give their argmax; where several labels may hold at once, --task multi-label"
        raise InputError(place, "must have one label a row", got=column.shape, hint=hint)
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


def _check_names(names: tuple[str, ...], source: str) -> None:
    """Refuse class names that are empty or there twice: nobody could tell their classes apart."""
    if any(not name.strip() for name in names):
        raise InputError(f"{source}: class_names", "must not be empty", got=", ".join(map(repr, names[:10])))
    twice = [name for name, count in Counter(name.strip() for name in names).items() if count > 1]
    if twice:
        raise InputError(f"{source}: class_names", "must differ from each other", got=f"{twice[0]!r} more than once")
    # Single letters may be classes of their own, as in handwriting.
    alike = Counter(name.strip().lower() for name in names if len(name.strip()) > 1)
    if any(count > 1 for count in alike.values()):
        got = " and ".join(name for name in names if alike[name.strip().lower()] > 1)
        raise InputError(f"{source}: class_names", "must differ in more than capitals", got=got, hint="give one name")
