"""Reading a folder of recordings: its files, their classes, groups and parts, and the windows cut from them."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from nas.arrays import Array
from nas.data.dataset import Dataset
from nas.data.groups import matched_groups
from nas.data.layouts.edge_impulse import LISTING, read_export
from nas.data.layouts.entry import Entry, Layout, find_files
from nas.data.layouts.folders import HINT, HOW, by_folder
from nas.data.layouts.grouped import with_groups
from nas.data.layouts.listed import from_labels
from nas.data.names import LABELS, is_named
from nas.data.options import DataOptions
from nas.data.readers.examples import are_examples, to_examples
from nas.data.readers.many_files import read_all
from nas.data.readers.recordings import Take, count_notes, takes_of, to_dataset
from nas.data.source import READERS, Reader
from nas.data.tables.reading import read_table
from nas.data.tables.sheet import Sheet, read_sheet
from nas.errors import InputError

MOST_FILES = 1000
"""Files without a known ending that are looked at to name them."""


def read_folder(source: str, folder: Path, options: DataOptions) -> Dataset:
    """Read the recordings of a folder, whatever its layout, and cut them into windows.

    Raises:
        InputError: there are no recordings, it is ambiguous what they are, a cell is not a number (the message gives
            file and line), or the recordings differ in channels or rate.
    """
    entries, sheets, notes = _read(source, folder, options)
    if not any(entry.label for entry in entries) and are_examples(sheets, options):
        return to_examples(source, sheets, entries, notes, options)
    return to_dataset(source, _takes(entries, sheets), options, notes)


def read_recordings(source: str, folder: Path, options: DataOptions) -> list[Take]:
    """Return the recordings of a folder whole, as `read_folder` finds them."""
    entries, sheets, _ = _read(source, folder, options)
    return _takes(entries, sheets)


def _read(source: str, folder: Path, options: DataOptions) -> tuple[Sequence[Entry], list[Sheet], tuple[str, ...]]:
    """Return the files of a folder, their tables, and what was assumed."""
    layout = _layout(source, folder, options)
    sheets = read_tables(layout.entries, options)
    _check_labels(layout.entries, sheets)
    in_column = options.group_column is not None or (
        options.group_regex is None and all(sheet.groups is not None for sheet in sheets)
    )
    entries, note = (list(layout.entries), ()) if in_column else with_groups(layout.entries, options.group_regex)
    return entries, sheets, (*layout.notes, *note, *count_notes(sheets))


def _takes(entries: Sequence[Entry], sheets: Sequence[Sheet]) -> list[Take]:
    return [
        take for entry, sheet in zip(entries, sheets, strict=True) for take in takes_of(sheet, entry, not entry.label)
    ]


def read_tables(entries: Sequence[Entry], options: DataOptions, channels: Sequence[str] = ()) -> list[Sheet]:
    """Read tables, in which some names mean channels; InputError if some cannot be read."""

    def read(entry: Entry) -> Sheet:
        labelled = bool(entry.label or entry.spans)
        sheet = read_sheet(read_table(entry.path, entry.place), options, labelled, channels)
        return replace(sheet, labels=_spanned(entry, len(sheet.table))) if entry.spans else sheet

    return read_all(entries, read)


def _spanned(entry: Entry, samples: int) -> Array:
    """Return the class of each sample of a recording whose parts have classes; empty where none has."""
    labels = np.full(samples, "", dtype=object)
    for first, last, label in entry.spans:
        if not 0 <= first <= last:
            raise InputError(entry.place, "must have labels from a first to a last sample", got=f"{first} to {last}")
        labels[first : last + 1] = label
    return labels.astype(str)


def _layout(source: str, folder: Path, options: DataOptions) -> Layout:
    listing = Path(options.labels).expanduser() if options.labels else folder / "labels.csv"
    if options.labels or listing.is_file():
        layout = from_labels(listing, folder)
    elif (folder / LISTING).is_file():
        layout = read_export(source, folder)
    else:
        files = find_files(source, folder)
        if not files:
            raise InputError(
                source, HOW.format(".csv"), got=_other_files(folder), hint=_unlisted(source, folder) or HINT
            )
        return _found(source, files, options)
    if not layout.entries:
        raise InputError(source, HOW.format(".csv"), hint=HINT)
    return layout


def _unlisted(source: str, folder: Path) -> str | None:
    """Return what is missing where recordings are those of Edge Impulse, which a list in their folder describes."""
    if not any(path.suffix in (".json", ".cbor") for path in itertools.islice(folder.rglob("*"), MOST_FILES)):
        return None
    if (folder.resolve().parent / LISTING).is_file():
        return f"{LISTING}, which lists them, is in the folder above; give that one: {_above(source, folder)}"
    return f"{LISTING}, which lists the recordings of an export of Edge Impulse, is missing: export the project again"


def _above(source: str, folder: Path) -> str:
    """Return the folder above, as the user would write it."""
    parent = Path(source).parent
    return str(parent if Path(source).name not in ("", ".", "..") else folder.resolve().parent)


def _other_files(folder: Path) -> str | None:
    """Return which files a folder without recordings holds, by their endings."""
    endings = sorted({path.suffix for path in itertools.islice(folder.rglob("*"), MOST_FILES) if path.is_file()} - {""})
    return f"files ending in {', '.join(endings[:5])}" if endings else None


def _found(source: str, files: Sequence[Entry], options: DataOptions) -> Layout:
    regex = options.group_regex
    if regex is not None:
        groups = matched_groups([entry.inside for entry in files], regex)
        files = [replace(entry, group=group) for entry, group in zip(files, groups, strict=True)]
    columned = options.label_column is not None or _has_label(files)
    return by_folder(source, files, regex is not None, columned)


def _has_label(files: Sequence[Entry]) -> bool:
    """Return whether files that lie in no folder have a column of classes, by its name in the first of them."""
    if any(entry.folders for entry in files):
        return False
    table = read_table(files[0].path, files[0].place)
    return any(is_named(name, LABELS) for name in table.names)


def _check_labels(entries: Sequence[Entry], sheets: Sequence[Sheet]) -> None:
    for entry, sheet in zip(entries, sheets, strict=True):
        if not entry.label and sheet.labels is None:
            raise InputError(
                entry.place, "must have a column of classes, as other files do", hint="give --label-column NAME"
            )


READERS.register("folder")(
    Reader(
        accepts=Path.is_dir,
        read=read_folder,
        what="a folder of recordings",
        pattern="FOLDER",
        summary="Your recordings (CSV, TXT, Excel), one a file: <class>/<group>.csv, train/<class>/..., labels.csv ...",
        options=frozenset(
            {"window", "stride", "rate_hz", "labels", "label_column", "group_column", "time_column", "group_regex"}
        ),
        any_folder=True,
    )
)
