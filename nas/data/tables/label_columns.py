"""The columns of a table that say the class, the target or the labels of each row."""

import numpy as np
import pandas as pd

from nas.arrays import Array, Doubles
from nas.data.labels import no_classes
from nas.data.multi_labels import UNKNOWN, is_binary
from nas.data.tables.table import Table
from nas.errors import InputError
from nas.task.task import LABELS, TARGETS


def listed_names(table: Table, given: str) -> tuple[str, ...]:
    """Return the names in a list with commas between; a column whose own name has commas is one."""
    names = tuple(name.strip() for name in given.split(",") if name.strip())
    return (given,) if given in table.names or len(names) < 2 else names


def labels_of(table: Table, columns: tuple[int, ...], task: str | None) -> Array:
    """Return the labels of all rows.

    Args:
        table: the table.
        columns: those of the labels, one or several.
        task: what the user asks of the data.

    Returns:
        Of one column, classes as text, empty where unknown, or measured targets as numbers, NaN where unknown. Of
        several columns measured targets [rows, columns], or labels 0, 1 or `UNKNOWN` as int8, if no column holds
        anything else.

    Raises:
        InputError: the values or the number of the columns do not go with the task.
    """
    if len(columns) == 1 and task != LABELS:
        return _of_one(table, columns[0], task)
    if len(columns) == 1 and table.is_text(columns[0]):
        return table.texts(columns[0])
    if task not in (None, TARGETS, LABELS):
        names = ",".join(map(table.name, columns))
        raise InputError("--label-column", f"must name one column for --task {task}", got=names)
    values = np.stack([table.numbers(column) for column in columns], axis=1)
    if task == TARGETS or (task is None and not is_binary(values)):
        return values
    return _binary(table, columns, values)


def _binary(table: Table, columns: tuple[int, ...], values: Doubles) -> Array:
    bad = ~np.isin(values, (0, 1)) & ~np.isnan(values)
    if bad.any():
        row, label = np.argwhere(bad)[0].tolist()
        rule = f"column {table.name(columns[label])} must be 0 or 1, since the task is {LABELS}"
        raise InputError(table.at(row), rule, got=f"{values[row, label]:g}")
    return np.where(np.isnan(values), UNKNOWN, values).astype(np.int8)


def _of_one(table: Table, column: int, task: str | None) -> Array:
    if task == TARGETS:
        return table.numbers(column)
    if pd.api.types.is_float_dtype(table.frame[column].dtype):
        values = table.numbers(column)
        known = values[~np.isnan(values)]
        if (known != np.round(known)).any():
            if task is not None:
                raise no_classes(f"{table.place}: column {table.name(column)}")
            return values
    return table.texts(column)
