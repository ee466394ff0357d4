"""Recordings that a file lists: a `labels.csv` of any form, or Edge Impulse's `info.labels`."""

import json
from collections.abc import Set
from pathlib import Path
from typing import Any

from nas.data.layouts.entry import Entry, Layout, within
from nas.data.names import FILES, GROUPS, LABELS, is_named, plain
from nas.data.parts import SPLITS, part_of
from nas.data.tables.encoding import read_bytes
from nas.data.tables.reading import read_table
from nas.data.tables.table import Table
from nas.errors import InputError


def from_labels(listing: Path, folder: Path) -> Layout:
    """Return the files that `listing` names, with their classes, and their groups and parts if it has them.

    Raises:
        InputError: a column is missing, or a line names no file in the folder, no class, or a file for the second time.
    """
    table = read_table(listing, str(listing))
    columns = [_column(table, names) for names in (FILES, LABELS, GROUPS, SPLITS)]
    if columns[0] is None or columns[1] is None:
        got = ", ".join(table.names) or "no header"
        raise InputError(listing, "must have the columns file, label and optionally group", got=got)
    texts = [[""] * len(table) if column is None else table.texts(column).tolist() for column in columns]
    entries = [_entry(table.at(row), folder, *cells) for row, cells in enumerate(zip(*texts, strict=True))]
    _check_once(listing, table, entries)
    notes = tuple(f"{listing.name}: {note}" for note in table.notes)
    return Layout(tuple(entries), notes)


def from_edge_impulse(source: str, listing: Path, folder: Path) -> Layout:
    """Return the files that Edge Impulse's `info.labels` names, with their classes and parts.

    The group is that of the metadata, else each sample is a group of its own. Files without a label are left out; those
    with several keep the class of each part.

    Raises:
        InputError: the list is damaged, or names a file that is not there: half an export.
    """
    try:
        files = json.loads(read_bytes(listing, str(listing)))["files"]
        found = [_sample(source, f"{listing}: files[{n}]", folder, file) for n, file in enumerate(files)]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            listing, "must be as Edge Impulse writes it", got=repr(error), hint="export it again"
        ) from error
    entries = tuple(entry for entry in found if entry.label or entry.spans)
    grouped = all((file.get("metadata") or {}).get("group") for file in files)
    groups = "groups from their metadata" if grouped else "each sample a group"
    notes = [f"layout: Edge Impulse's; classes and parts from info.labels, {groups}"]
    if len(found) > len(entries):
        notes.append(f"samples without a label left out: {len(found) - len(entries)}")
    return Layout(entries, tuple(notes))


def _column(table: Table, words: Set[str]) -> int | None:
    """Return the first column that is called by one of the words alone, else the first whose name consists of them."""
    found = [column for column, name in enumerate(table.names) if is_named(name, words)]
    return min(found, key=lambda column: plain(table.names[column]) not in words, default=None)


def _entry(place: str, folder: Path, name: str, label: str, group: str, part: str) -> Entry:
    if not name or not label:
        raise InputError(
            place, "must give a file and a label", got=f"file {name!r}, label {label!r}", hint="fill or delete the row"
        )
    path = within(folder, name, place)
    named = part_of(part) if part else "train"
    if named is None:
        raise InputError(place, "part must be train, val or test", got=repr(part))
    return Entry(path, str(path), path.relative_to(folder).as_posix(), label, group, named)


def _check_once(listing: Path, table: Table, entries: list[Entry]) -> None:
    seen: dict[Path, int] = {}
    for row, entry in enumerate(entries):
        if entry.path in seen:
            got = f"{entry.inside}, as in {table.at(seen[entry.path])}"
            raise InputError(table.at(row), "must name each file once", got=got)
        seen[entry.path] = row


def _sample(source: str, place: str, folder: Path, file: dict[str, Any]) -> Entry:
    name, label = str(file["path"]), file.get("label") or {}
    if name.lower().endswith((".wav", ".png", ".jpg", ".mp4", ".avi")):
        raise InputError(place, "must be a recording as CSV, JSON or CBOR", got=name, hint="export the data again")
    try:
        path = within(folder, name, place)
    except InputError as error:
        if (folder / name).exists() or ".." in name:
            raise
        hint = "unpack the whole export, or export it again"
        raise InputError(place, "names a file that is not there: half an export", got=name, hint=hint) from error
    part = part_of(str(file.get("category", "training"))) or "train"
    kind = label.get("type", "label")
    text = str(label.get("label", "")) if kind == "label" else ""
    spans = tuple(_span(each) for each in label.get("labels", ())) if kind != "label" else ()
    group = str((file.get("metadata") or {}).get("group") or file.get("name") or path.stem)
    return Entry(path, f"{source}/{name}", name, text.strip(), group, part, spans)


def _span(label: dict[str, Any]) -> tuple[int, int, str]:
    return int(label["startIndex"]), int(label["endIndex"]), str(label["label"]).strip()
