"""Layouts of audio files and pictures, each of which is an example: a list of them, or folders of classes."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from nas.data.layouts.entry import Entry, Layout, find_files
from nas.data.layouts.folders import HINT, HOW, by_folder
from nas.data.layouts.grouped import grouped_by
from nas.data.layouts.listed import from_labels
from nas.data.options import DataOptions
from nas.errors import InputError

LISTINGS = ("labels.csv", "splits.csv")
"""Names of a list of all files, beside them."""


def listed_media(folder: Path, options: DataOptions, endings: Collection[str]) -> Layout | None:
    """Return the files that a list names, of `--labels` or in the folder; None if there is no list.

    Raises:
        InputError: the list cannot be read, or a line of it names no file in the folder.
    """
    given = Path(options.labels).expanduser() if options.labels else None
    listing = given or next((folder / name for name in LISTINGS if (folder / name).is_file()), None)
    if listing is None:
        return None
    layout = from_labels(listing, folder, endings)
    return replace(layout, notes=(*layout.notes, f"classes, groups and parts: as {listing.name} gives them"))


def media_files(source: str, folder: Path, endings: Sequence[str]) -> list[Entry]:
    """Return the files of a folder with one of these endings, the usual one first; InputError if there are none."""
    files = find_files(source, folder, endings)
    if not files:
        raise InputError(source, HOW.format(endings[0]), hint=HINT)
    return files


def in_folders(source: str, files: list[Entry], regex: str | None) -> Layout:
    """Tell classes and parts of files by their folders.

    Args:
        source: the data in messages.
        files: the files.
        regex: expression that finds the group in a file's path; it decides which folders are groups.

    Raises:
        InputError: the folders are ambiguous, or tell no class.
    """
    if regex is not None:
        files, _ = grouped_by(files, regex)
    return by_folder(source, files, regex is not None, columned=False)
