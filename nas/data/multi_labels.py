"""Labels of rows of which several may hold at once: when labels are such, and their encoding as 0 and 1."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from nas.arrays import Array, Flags
from nas.data.dataset import Dataset
from nas.data.options import DataOptions
from nas.errors import InputError
from nas.task.task import CLASSES, LABELS

NOTE = "several columns hold 0 and 1 alone, so the task is multi-label; give --task regression if they are measurements"
"""What is told if the labels alone decided the task."""

OF_ARRAYS = "y holds 0 and 1 alone, and not one class a row, so the task is multi-label"

WINDOWS = "a label holds for a window if it does for half of its samples or more"
"""What is told of recordings whose samples have labels."""

UNKNOWN = -1
"""Stands for a label of which a table does not say whether it holds."""

SEPARATORS = re.compile("[;|]")
NO_LABEL = ("", "none", "-", "_background_", "_silence_")
"""Names, in small letters, of no label at all."""

FORMS = "give columns of 0 and 1 (--label-column a,b,c), or names with ; between, such as hum;rattle"


def is_binary(values: Array) -> bool:
    """Return whether all values are 0 or 1; NaN, which stands for an unknown one, may be among them."""
    return values.dtype.kind in "biuf" and bool(np.isin(values[~np.isnan(values)], (0, 1)).all())


def are_labels(columns: Mapping[str, Array], asked: str | None) -> bool:
    """Return whether the labels of all parts are 0 and 1 for each of several labels.

    The user says so, or they are [n, labels] and not those of classes one by one (one-hot).
    """
    parts = list(columns.values())
    if asked is not None:
        return asked == LABELS and all(part.dtype.kind in "biuf" for part in parts)
    several = all(part.ndim == 2 and part.shape[1] > 1 and is_binary(part) for part in parts)
    return several and any((part.sum(axis=1) != 1).any() for part in parts)


def encode(columns: Mapping[str, Array], names: Sequence[str], source: str) -> tuple[dict[str, Array], tuple[str, ...]]:
    """Return the labels [n, labels] of each part as uint8, 0 or 1, and their names.

    Args:
        columns: the labels of each part.
        names: as the source gives them; if it gives none, labels are called by their numbers.
        source: the data in messages.

    Raises:
        InputError: a value is neither 0 nor 1, or the names do not match.
    """
    y = {part: _column(column, f"{source}: y_{part}") for part, column in columns.items()}
    labels = next(iter(y.values())).shape[1]
    names = tuple(names) or (("label",) if labels == 1 else tuple(f"label {index}" for index in range(labels)))
    if len(names) != labels:
        raise InputError(f"{source}: class_names", f"must name the {labels} columns of y", got=len(names))
    if len(set(names)) != len(names):
        raise InputError(f"{source}: class_names", "must differ from each other", got=", ".join(names))
    return y, names


def known_rows(y: Array) -> Flags:
    """Return which rows [n] have labels, in any form that tables give: text, numbers or several labels."""
    if y.dtype.kind == "U":
        return np.asarray(y != "", np.bool_)
    known = ~np.isnan(y) if y.dtype.kind == "f" else y != UNKNOWN
    return np.asarray(known.all(axis=1) if known.ndim == 2 else known, np.bool_)


def of_windows(labels: Array, window: int, stride: int) -> Array:
    """Return the labels of windows [n, labels] of samples with labels; unknown if those of a sample are."""
    views = np.lib.stride_tricks.sliding_window_view(labels, window, axis=0)[::stride]
    return np.where(views.min(axis=-1) < 0, UNKNOWN, views.mean(axis=-1) >= 0.5).astype(np.int8)


def as_asked(dataset: Dataset, options: DataOptions) -> Dataset:
    """Return a dataset whose classes are lists of labels as one with labels, if that is asked of it; else as it is.

    Raises:
        InputError: the rows have measured targets, or one label each.
    """
    if options.task != LABELS or dataset.task == LABELS:
        return dataset
    if dataset.task != CLASSES:
        raise InputError(dataset.source, f"--task {LABELS} needs labels of rows", got=dataset.task, hint=FORMS)
    sets = [named(name) for name in dataset.class_names]
    names = tuple(sorted(set().union(*sets)))
    if all(len(one) < 2 for one in sets):
        rule = "must have rows with several labels, or ask for --task classification"
        raise InputError(dataset.source, rule, got=f"one of {', '.join(names[:10])} a row", hint=FORMS)
    codes = np.array([[name in one for name in names] for one in sets], np.uint8)
    parts = {name: replace(part, y=codes[part.y]) for name, part in dataset.parts().items()}
    note = f"labels are the {len(names)} names between ; or |: {', '.join(names)}"
    return dataset.with_parts(parts, note, class_names=names, task=LABELS)


def chosen(text: str, wanted: Collection[str]) -> str:
    """Return the wanted ones of the labels that a text lists, with ; between, or `none`."""
    return ";".join(sorted(named(text).intersection(wanted))) or "none"


def named(text: str) -> frozenset[str]:
    """Return the labels that a text lists."""
    found = (name.strip() for name in SEPARATORS.split(text))
    return frozenset(name for name in found if name.lower() not in NO_LABEL)


def _column(column: Array, place: str) -> Array:
    if column.dtype.kind not in "biuf" or column.ndim not in (1, 2) or 0 in column.shape[1:]:
        got = f"{column.dtype} of shape {list(column.shape)}"
        raise InputError(place, f"must be [n, labels] of 0 and 1, since the task is {LABELS}", got=got)
    column = column.reshape(len(column), -1)
    bad = ~np.isin(column, (0, 1))
    if bad.any():
        row, label = np.argwhere(bad)[0].tolist()
        got = f"{column[row, label]:g} in row {row}, column {label}"
        raise InputError(place, f"must be 0 or 1, since the task is {LABELS}", got=got, hint="repair or remove the row")
    return column.astype(np.uint8)
