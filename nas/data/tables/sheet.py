"""What the columns of a table are: channels, time, class and group of each row."""

import difflib
import re
import shlex
from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np

from nas.arrays import Array, Doubles
from nas.data.names import COUNTERS, GROUPS, LABELS, RECORDINGS, is_named, plain
from nas.data.options import DataOptions
from nas.data.parts import SPLITS, part_of
from nas.data.tables import times
from nas.data.tables.label_columns import labels_of, listed_names
from nas.data.tables.table import Table
from nas.errors import InputError

MEASURED = re.compile(r"[-+]?\d[\d.,' ]*\s*[A-Za-z°%/²]{0,6}")
"""Text that is meant as a number: with separators of thousands, or with a unit."""

COUNTING = 0.9
"""Share of the rows of a count that are one above the row before."""

NONE = "none"
"""The name of a column that says there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A table whose columns have a meaning.

    Attributes:
        table: as it was read.
        values: the channels [rows, channels], NaN where a cell is blank.
        channel_names: one name a channel, or empty.
        seconds: time of each row; None if there is no column of time.
        clock: name of the column of time.
        labels: class, measured target or labels of each row, see `nas.data.tables.label_columns`; None if there is no
            such column. `label_names` are the names of several such columns, empty for one.
        groups: group of each row as text; None if there is no such column.
        takes: recording of each row as text; None if no column tells.
        parts: part of each row; None if no column tells.
        notes: what was assumed.
    """

    table: Table
    values: Doubles
    channel_names: tuple[str, ...]
    seconds: Doubles | None
    clock: str
    labels: Array | None
    label_names: tuple[str, ...]
    groups: Array | None
    takes: Array | None
    parts: Array | None
    notes: tuple[str, ...]


def read_sheet(table: Table, options: DataOptions, labelled: bool, channels: Sequence[str] = ()) -> Sheet:
    """Tell the columns of a table apart, by the options or by their names.

    Args:
        table: the table.
        options: the names of columns.
        labelled: whether the class is known already, so that only `label_column` makes a column the class.
        channels: names of columns that are channels, such as those that a model reads, even if they sound like time.

    Raises:
        InputError: a column that is named does not exist, there is no channel, or a cell is no number.
    """
    notes = list(table.notes)
    labels = _label_columns(table, options.label_column, frozenset() if labelled else LABELS, notes)
    group = _find(table, options.group_column, "group", frozenset() if labelled else GROUPS, notes)
    take = None if labelled else _find(table, None, "recording", RECORDINGS, notes)
    part = None if labelled else _part(table, notes)
    clocks, unit = clocks_of(table, options.time_column)
    clocks = [column for column in clocks if options.time_column or table.name(column) not in channels]
    beside = [column for column in _beside(table, clocks, options.time_column) if table.name(column) not in channels]
    if beside:
        notes.append(f"columns of time beside the first left out: {', '.join(map(table.name, beside))}")
    taken = {*labels, group, take, part, *clocks, *beside}
    own = [column for column in range(table.width) if column not in taken]
    own = [column for column in own if not _left_out(table, column, notes)]
    if not own:
        got = ", ".join(table.names) or f"{table.width} columns"
        raise InputError(table.place, "must have a column other than time with numbers", got=got)
    values = np.stack([table.numbers(column) for column in own], axis=1)
    found, assumed = times.seconds(table, clocks, unit) if clocks else (None, ())
    return Sheet(
        table,
        values,
        tuple(table.name(column) for column in own) if table.names else (),
        found,
        table.name(clocks[0]) if clocks else "",
        labels_of(table, labels, options.task) if labels else None,
        tuple(map(table.name, labels)) if len(labels) > 1 else (),
        None if group is None else _groups(table, group),
        None if take is None else table.texts(take),
        None if part is None else np.array([part_of(text) for text in table.texts(part).tolist()]),
        (*notes, *assumed),
    )


def column_of(table: Table, name: str, flag: str) -> int:
    """Return the column that has a name, whatever its capitals, or a number from 1 on where columns have no names.

    Raises:
        InputError: there is no such column; it proposes the nearest.
    """
    if not table.names and name.isdecimal() and 0 < int(name) <= table.width:
        return int(name) - 1
    for form in (str, str.lower, plain):
        alike = [column for column, other in enumerate(table.names) if form(other) == form(name)]
        if len(alike) == 1:
            return alike[0]
    known = ", ".join(other for other in table.names if other) or f"columns 1 to {table.width} without names"
    near = difflib.get_close_matches(name, table.names, n=1)
    hint = f"did you mean {near[0]}? known: {known}" if near else f"known: {known}"
    raise InputError(table.place, f"must have the column of {flag}", got=repr(name), hint=hint)


def _label_columns(table: Table, given: str | None, usual: Set[str], notes: list[str]) -> tuple[int, ...]:
    """Return the columns of classes, targets or labels: those that the user names, else one with a usual name."""
    names = () if given is None else listed_names(table, given)
    if len(names) > 1:
        return tuple(column_of(table, name, "--label-column") for name in names)
    found = _find(table, given, "label", usual, notes)
    return () if found is None else (found,)


def _find(table: Table, given: str | None, what: str, usual: Set[str], notes: list[str]) -> int | None:
    """Return the column that the user names, else the only one with a usual name; that is told."""
    if given is not None:
        return None if given == NONE else column_of(table, given, f"--{what}-column")
    found = [column for column, name in enumerate(table.names) if is_named(name, usual)]
    if len(found) > 1 and what != "recording":
        names = " or ".join(table.name(column) for column in found)
        flags = " or ".join(f"--{what}-column {shlex.quote(table.name(column))}" for column in found)
        raise InputError(table.place, f"the {what} may be column {names}", hint=f"give {flags}")
    if found:
        notes.append(f"{what}: column {table.name(found[0])}, by its name")
    return found[0] if found else None


def _part(table: Table, notes: list[str]) -> int | None:
    """Return the column of parts: one with a usual name in which every cell names a part."""
    for column, name in enumerate(table.names):
        if plain(name) in SPLITS and all(part_of(text) for text in np.unique(table.texts(column)).tolist()):
            notes.append(f"parts: column {name}")
            return column
    return None


def _named_times(table: Table, *, is_told: bool = False) -> list[int]:
    """Return the columns that are called time.

    Such as `t`, which may be a temperature, only if they increase; such as `T` never, if another column is the time
    or the user says which one is, since in a folder it would increase in some of the files alone.
    """
    named = [column for column, name in enumerate(table.names) if times.is_time(name, column)]
    unsure = {column for column in named if times.may_be_temperature(table.names[column])}
    known = is_told or len(unsure) < len(named)
    others = {column for column in unsure if (known and "T" in table.names[column]) or not times.rises(table, column)}
    return [column for column in named if column not in others]


def _beside(table: Table, clocks: Sequence[int], given: str | None) -> list[int]:
    """Return the columns that are called time beside the one that counts; where that is named, those that increase."""
    named = [column for column in _named_times(table, is_told=given is not None) if column not in clocks[:1]]
    return named if given is None else [column for column in named if times.rises(table, column)]


def clocks_of(table: Table, given: str | None, flag: str = "--time-column") -> tuple[list[int], str | None]:
    """Return the columns of time, the one to use first, and the unit that the user gives: `time:ms`."""
    if given == NONE:
        return [], None
    if given is None:
        return _named_times(table), None
    name, _, unit = given.rpartition(":")
    if unit in times.UNITS and given not in table.names:
        return [column_of(table, name, flag)], unit
    return [column_of(table, given, flag)], None


def _left_out(table: Table, column: int, notes: list[str]) -> bool:
    """Return whether a column is no channel: blank, text, or a count of the rows; this is told."""
    name = table.name(column)
    if table.is_blank(column):
        if table.names and table.names[column]:
            notes.append(f"column {name} is blank and left out")
        return True
    if table.is_text(column):
        texts = table.texts(column)
        example = next(text for text in texts.tolist() if text)
        if MEASURED.fullmatch(example):
            table.numbers(column)  # raises
        repeats = 2 * len(np.unique(texts)) <= len(texts)
        groups = f"; if it names recordings, people or machines, give --group-column {name}" if repeats else ""
        notes.append(f"column {name} holds text such as {example[:20]!r} and is left out{groups}")
        return True
    if not table.names or plain(table.names[column]).removeprefix("unnamed") not in COUNTERS:
        return False
    # Counts may begin anew with each recording of a table.
    counts = len(table) > 1 and float((np.diff(table.numbers(column)) == 1).mean()) > COUNTING
    if counts:
        notes.append(f"column {table.names[column] or '1 without a name'} counts the rows and is left out")
    return counts


def _groups(table: Table, column: int) -> Array:
    groups = table.texts(column)
    if (groups == "").any():
        rule = f"column {table.name(column)} must name the group of each row"
        raise InputError(table.at(int((groups == "").argmax())), rule, got="a blank cell")
    return groups
