"""A recording of a folder, and the search for all of them."""

import itertools
import os
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from nas.data.tables.reading import TABLES
from nas.errors import InputError

FILES_LOOKED_AT = 1000
"""Files of a folder that tell what kind of data it holds."""

NOT_RECORDINGS = frozenset({"readme", "license", "licence", "changelog", "notes", "requirements", "labels", "~"})
"""Names, without their ending, of texts and tables that lie beside recordings."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file to read.

    Attributes:
        path: the file.
        place: the file as messages name it.
        inside: its path below the folder of data, with `/` between folders.
        label: its class; empty if a column of the file tells.
        group: who or what was recorded; empty if the name of the file or a column has to tell.
        part: `train`, `val` or `test`.
        spans: classes of parts of the recording: first sample, last sample, class; empty if it has one class.
        seconds: begin and end of the part of the file that is meant; None for all of it.
    """

    path: Path
    place: str
    inside: str
    label: str = ""
    group: str = ""
    part: str = "train"
    spans: tuple[tuple[int, int, str], ...] = ()
    seconds: tuple[float, float] | None = None

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders between that of the data and the file."""
        return tuple(self.inside.split("/")[:-1])


@dataclass(frozen=True, slots=True)
class Layout:
    """The recordings of a folder, and what was assumed about it, one line each."""

    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()


def find_files(source: str, folder: Path, endings: Collection[str] = TABLES) -> list[Entry]:
    """Return every file below `folder` with such an ending, in the order of its path.

    Links are followed, hidden files are left out.
    """
    paths = sorted(path for path in _walk(folder) if _is_recording(path, endings))
    inside = [path.relative_to(folder).as_posix() for path in paths]
    return [Entry(path, f"{source}/{name}", name) for path, name in zip(paths, inside, strict=True)]


def most_are(folder: Path, endings: Collection[str], others: Collection[str]) -> bool:
    """Return whether more of a folder's files have one of these endings than one of the others.

    The first files decide, so that a large folder is not walked through.
    """
    counts = Counter(path.suffix.lower() for path in itertools.islice(_walk(folder), FILES_LOOKED_AT))
    return sum(counts[ending] for ending in endings) > sum(counts[ending] for ending in others)


def within(folder: Path, name: str, place: str, endings: Collection[str] = TABLES) -> Path:
    """Return the file that a list names, which must lie in `folder`.

    Args:
        folder: the folder of recordings.
        name: path in it, with slashes or backslashes; its ending may be missing.
        place: where the list names it.
        endings: those that may be missing.

    Raises:
        InputError: the path leads out of the folder, or there is no such file.
    """
    name = name.replace("\\", "/").removeprefix("./")
    path = Path(os.path.normpath(folder / name))
    if name.startswith("/") or name[1:2] == ":" or not path.is_relative_to(os.path.normpath(folder)):
        raise InputError(place, "must name a file in the folder of recordings", got=name, hint="give its path in there")
    found = next(
        (each for each in (path, *(path.with_name(path.name + end) for end in endings)) if each.exists()), None
    )
    if found is None or found.is_dir():
        raise InputError(place, "must name a file in the folder of recordings", got=name)
    return found


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the files below `folder`, those of linked folders too, each folder once."""
    seen = set()
    for here, folders, files in os.walk(folder, followlinks=True):
        status = Path(here).stat()
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__MACOSX")))
        yield from (Path(here) / name for name in files if not name.startswith("."))


def _is_recording(path: Path, endings: Collection[str]) -> bool:
    ending = path.suffix.lower()
    return ending in endings and not (ending in TABLES and path.stem.lower() in NOT_RECORDINGS)
