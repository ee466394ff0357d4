"""Recordings that a table lists: a `labels.csv` of any form."""

import os
from collections.abc import Collection, Set
from pathlib import Path

from nas.data.layouts.entry import Entry, Layout, within
from nas.data.names import FILES, GROUPS, LABELS, is_named, plain
from nas.data.parts import SPLITS, part_of
from nas.data.tables.reading import TABLES, read_table
from nas.data.tables.table import Table
from nas.errors import InputError


def from_labels(listing: Path, folder: Path, endings: Collection[str] = TABLES) -> Layout:
    """Return the files that `listing` names, with their classes, and their groups and parts if it has them.

    Args:
        listing: the table.
        folder: where the files lie.
        endings: those that the table may leave out of the files' names.

    Raises:
        InputError: a column is missing, or a line names no file in the folder, no class, or a file for the second time.
    """
    table = read_table(listing, str(listing))
    columns = [_column(table, names) for names in (FILES, LABELS, GROUPS, SPLITS)]
    if columns[0] is None or columns[1] is None:
        got = ", ".join(table.names) or "no header"
        raise InputError(listing, "must have the columns file, label and optionally group", got=got)
    texts = [[""] * len(table) if column is None else table.texts(column).tolist() for column in columns]
    entries = [_entry(table.at(row), folder, endings, *cells) for row, cells in enumerate(zip(*texts, strict=True))]
    _check_once(listing, table, entries)
    notes = tuple(f"{listing.name}: {note}" for note in table.notes)
    return Layout(tuple(entries), notes)


def _column(table: Table, words: Set[str]) -> int | None:
    """Return the first column that is called by one of the words alone, else the first whose name consists of them."""
    found = [column for column, name in enumerate(table.names) if is_named(name, words)]
    return min(found, key=lambda column: plain(table.names[column]) not in words, default=None)


def _entry(place: str, folder: Path, endings: Collection[str], name: str, label: str, group: str, part: str) -> Entry:
    if not name or not label:
        raise InputError(
            place, "must give a file and a label", got=f"file {name!r}, label {label!r}", hint="fill or delete the row"
        )
    path = within(folder, name, place, endings)
    named = part_of(part) if part else "train"
    if named is None:
        raise InputError(place, "part must be train, val or test", got=repr(part))
    return Entry(path, str(path), path.relative_to(os.path.normpath(folder)).as_posix(), label, group, named)


def _check_once(listing: Path, table: Table, entries: list[Entry]) -> None:
    seen: dict[Path, int] = {}
    for row, entry in enumerate(entries):
        if entry.path in seen:
            got = f"{entry.inside}, as in {table.at(seen[entry.path])}"
            raise InputError(table.at(row), "must name each file once", got=got)
        seen[entry.path] = row
