"""Leaving out channels and rows of a dataset, as its user asks."""

import functools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nas.data import multi_labels
from nas.data.checks.values import outlying_rows
from nas.data.dataset import Dataset, Part
from nas.data.normality import as_asked
from nas.data.options import DataOptions
from nas.errors import InputError, unknown


def select(dataset: Dataset, options: DataOptions) -> Dataset:
    """Return a dataset without the channels and rows that `options` leave out, its parts merged if they ask for it.

    Its classes are normal and anomaly, or its lists of labels labels, if that is what they ask.

    Raises:
        InputError: there is no such channel, or none would be left.
    """
    listed(dataset, options.keep_columns, "--keep-columns")
    still = [name for name in (options.drop_columns or "").split(",") if name.strip().lower() not in dataset.left_out]
    left_out = listed(dataset, ",".join(still), "--drop-columns")
    if options.merge_parts:
        dataset = _merged(dataset)
    if left_out:
        dataset = _without_channels(dataset, left_out)
    if options.drop_outliers and not dataset.is_as_recorded:
        dataset = _without_outliers(dataset)
    return as_asked(multi_labels.as_asked(dataset, options), options)


def listed(dataset: Dataset, names: str | None, flag: str) -> list[int]:
    """Return the positions of the channels that a list names; InputError for one that is not there."""
    known = {dataset.channel_name(index): index for index in range(dataset.train.x.shape[-1])}
    lower = {name.lower(): index for name, index in known.items()}
    found = []
    for name in (name.strip() for name in (names or "").split(",")):
        if not name:
            continue
        index = known.get(name, lower.get(name.lower(), lower.get(f"channel {name}")))
        if index is None:
            raise unknown(flag, "column", name, known)
        found.append(index)
    return found


def _merged(dataset: Dataset) -> Dataset:
    names, parts = zip(*dataset.parts().items(), strict=True)
    return dataset.with_parts(
        {"train": functools.reduce(Part.join, parts)}, f"parts merged as asked: {', '.join(names)}"
    )


def _without_channels(dataset: Dataset, left_out: Sequence[int]) -> Dataset:
    kept = [index for index in range(dataset.train.x.shape[-1]) if index not in left_out]
    if not kept:
        raise InputError("--drop-columns", "must leave a column", got="all of them")
    parts = {name: replace(part, x=np.ascontiguousarray(part.x[..., kept])) for name, part in dataset.parts().items()}
    names, factors = dataset.channel_names, dataset.units_scale
    return dataset.with_parts(
        parts,
        "left out as asked: " + ", ".join(dataset.channel_name(index) for index in left_out),
        channel_names=tuple(names[i] for i in kept) if names else (),
        units_scale=None if factors is None else tuple(factors[i] for i in kept),
    )


def _without_outliers(dataset: Dataset) -> Dataset:
    rows = outlying_rows(dataset)
    parts: dict[str, Part] = {name: part.take(np.flatnonzero(~rows[name])) for name, part in dataset.parts().items()}
    counts = ", ".join(f"{outlying.sum()} of {name}" for name, outlying in rows.items())
    return dataset.with_parts(parts, f"rows with outliers left out as asked: {counts}")
