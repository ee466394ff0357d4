"""Tables in which each row is an example of its own, not a sample of a recording."""

from collections.abc import Sequence

import numpy as np

from nas.arrays import Array
from nas.data import multi_labels
from nas.data.dataset import Dataset, Part
from nas.data.layouts.entry import Entry
from nas.data.options import DataOptions
from nas.data.readers.recordings import ASSUMED, as_labels, encode_labels
from nas.data.tables.sheet import Sheet
from nas.errors import InputError


def are_examples(sheets: Sequence[Sheet], options: DataOptions) -> bool:
    """Return whether rows are examples: they have classes and no times, and no option speaks of windows."""
    given = (options.window, options.stride, options.rate_hz)
    return given == (None, None, None) and all(sheet.seconds is None and sheet.labels is not None for sheet in sheets)


def to_examples(
    source: str, sheets: Sequence[Sheet], entries: Sequence[Entry], notes: Sequence[str], options: DataOptions
) -> Dataset:
    """Return the rows of tables as examples, without those that have blank cells.

    Args:
        source: the data in messages.
        sheets: the tables, whose rows have classes.
        entries: group and part of each table, as far as its columns do not tell them.
        notes: what was assumed until now.
        options: the task, and the column of classes or targets.

    Raises:
        InputError: the tables differ in their columns, or no row is complete.
    """
    names = sheets[0].channel_names
    for sheet in sheets:
        if sheet.channel_names != names or sheet.values.shape[1] != sheets[0].values.shape[1]:
            rule = f"must have the columns of {sheets[0].table.place}"
            raise InputError(sheet.table.place, rule, got=", ".join(sheet.channel_names))
    x = np.concatenate([sheet.values for sheet in sheets])
    y = np.concatenate([sheet.labels for sheet in sheets if sheet.labels is not None])
    groups = _column([sheet.groups for sheet in sheets], [entry.group for entry in entries], sheets)
    parts = _column([sheet.parts for sheet in sheets], [entry.part for entry in entries], sheets)
    whole = ~np.isnan(x).any(axis=1) & multi_labels.known_rows(y)
    if "train" not in parts[whole]:
        hint = "fill the blank cells, or delete columns that are mostly blank"
        raise InputError(source, "must hold a training row without blank cells", hint=hint)
    told = ["each row is an example; give --window to cut windows of consecutive rows"]
    told += [] if whole.all() else [f"rows with blank cells left out: {int((~whole).sum())}"]
    labelled = as_labels(y[whole]) if y.dtype.kind == "U" else y[whole]
    with np.errstate(over="ignore"):  # too large numbers become infinite, which nas.data.rules reports
        x = x[whole].astype(np.float32)
    inside = {name: parts[whole] == name for name in ("train", "val", "test") if (parts[whole] == name).any()}
    columns = {name: labelled[rows] for name, rows in inside.items()}
    coded, names_of_y, task = encode_labels(columns, sheets[0].label_names, options, source)
    told += [] if options.task else ASSUMED.get(task, ())
    own = groups[whole] if (groups != "").all() else None
    found = {name: Part(x[rows], coded[name], None if own is None else own[rows]) for name, rows in inside.items()}
    return Dataset(
        source=source,
        train=found["train"],
        val=found.get("val"),
        test=found.get("test"),
        class_names=names_of_y,
        channel_names=names,
        notes=(*notes, *told),
        task=task,
    )


def _column(columns: Sequence[Array | None], whole: Sequence[str], sheets: Sequence[Sheet]) -> Array:
    """Return a text for each row of all tables: that of its cell, else that of its table."""
    return np.concatenate(
        [
            np.full(len(sheet.table), text) if column is None else column
            for column, text, sheet in zip(columns, whole, sheets, strict=True)
        ]
    )
