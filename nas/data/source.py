"""Where data come from: an embedded source by its name, or a path that one of the readers accepts."""

import difflib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from nas.data.dataset import Dataset
from nas.data.options import READER_OPTIONS, DataOptions
from nas.data.selection import select
from nas.data.sound.recordings import with_noise
from nas.errors import InputError
from nas.registry import Registry

MOST_NAMES = 1000
"""Names in a folder that are looked at to propose one."""

SOURCES: Registry[Callable[[int], Dataset]] = Registry("data source", "nas.data.sources")
"""Embedded sources by name: functions of a seed. The first line of the docstring is what `nas data` lists."""


class Read(Protocol):
    """Read the data at `path`; `source` is the path as the user wrote it, for messages and the dataset.

    Files are never unpickled, since unpickling runs code of the file's author.

    Raises:
        InputError: the data at `path` are damaged, incomplete, or their parts do not fit together.
    """

    def __call__(self, source: str, path: Path, options: DataOptions, /) -> Dataset: ...


@dataclass(frozen=True, slots=True)
class Reader:
    """One format of data on disk.

    Life cycle: a file in `nas/data/readers/` registers its reader in READERS. `load` asks the readers in order
    whether they accept a path, and the first one that does reads it.

    Attributes:
        accepts: whether an existing path looks like this format, judged by its name and kind. The content may
            still turn out to be wrong; `read` reports that.
        read: read the path into a dataset.
        what: the format in messages, with an article: `an .npz file`.
        pattern: the format in lists of sources: `FILE.npz`.
        summary: one line on what such a path holds, for lists of sources.
        options: the fields of `DataOptions` that apply to this format, out of READER_OPTIONS.
        any_folder: whether the reader accepts every folder; it is asked after those that accept only some.
    """

    accepts: Callable[[Path], bool]
    read: Read
    what: str
    pattern: str
    summary: str
    options: frozenset[str] = frozenset()
    any_folder: bool = False


READERS: Registry[Reader] = Registry("reader", "nas.data.readers", loads=("pandas",))
"""Readers of data files and folders by the name of their format."""


def load(source: str, *, seed: int = 0, options: DataOptions | None = None) -> Dataset:
    """Get the data that `source` names: an embedded source, or a file or folder that a reader accepts.

    An embedded source comes before a path of the same name; `./digits` means the path.

    Args:
        source: name or path.
        seed: seed of simulated data.
        options: how files become rows.

    Raises:
        InputError: there is no such source, it cannot be read, or an option does not apply to it or names no column.
    """
    options = options or DataOptions()
    if source in SOURCES:
        _check_options(source, options, frozenset())
        return with_noise(select(SOURCES[source](seed), options), options)
    path = Path(source).expanduser()
    try:
        reader = _reader(path)
    except (OSError, ValueError) as error:  # a name that is too long, or holds a zero byte
        raise InputError(repr(source), "cannot be a path", got=error) from error
    if reader is None:
        raise _not_found(source, path)
    _check_options(source, options, reader.options)
    return with_noise(select(reader.read(source, path, options), options), options)


def require_source(source: str) -> None:
    """Raise the InputError of `load` if there is neither an embedded source nor a file or folder of this name."""
    path = Path(source).expanduser()
    if source not in SOURCES and not path.exists():
        raise _not_found(source, path)


def options_of(source: str) -> frozenset[str]:
    """Return which of `READER_OPTIONS` apply to a source; none if there is no such source."""
    try:
        reader = None if source in SOURCES else _reader(Path(source).expanduser())
    except (OSError, ValueError):
        reader = None
    return frozenset() if reader is None else reader.options


def _reader(path: Path) -> Reader | None:
    """Return the first reader that accepts `path`, those for any folder last; None if no reader does."""
    if not path.exists():
        return None
    asked = sorted(READERS.values(), key=lambda reader: reader.any_folder)
    return next((reader for reader in asked if reader.accepts(path)), None)


def _check_options(source: str, options: DataOptions, applicable: frozenset[str]) -> None:
    for name in READER_OPTIONS:
        if getattr(options, name) is not None and name not in applicable:
            formats = " or ".join(reader.what for reader in READERS.values() if name in reader.options)
            raise InputError(source, f"data.{name} applies only to {formats}", hint="leave it out")


def _not_found(source: str, path: Path) -> InputError:
    formats = " or ".join(reader.what for reader in READERS.values())
    if path.exists():
        kind = path.name if path.is_file() or path.is_dir() else f"{path.name}, which is a pipe or a device"
        return InputError(source, f"data must be {formats}", got=kind)
    if path.is_symlink():
        return InputError(source, "is a link to nothing", hint="check where it leads")
    near = difflib.get_close_matches(path.name, _names_beside(path), n=3)
    if not path.suffix and len(path.parts) == 1 and (known := difflib.get_close_matches(source, SOURCES, n=1)):
        near = known
    hint = f"did you mean {' or '.join(near)}?" if near else "check the path; `nas data` lists what comes with nas"
    return InputError(source, "no such file or folder, and no data of this name come with nas", hint=hint)


def _names_beside(path: Path) -> list[str]:
    """Return the names in the folder where `path` should be."""
    try:
        return [entry.name for entry in itertools.islice(path.parent.iterdir(), MOST_NAMES)]
    except OSError:
        return []
