"""Where data come from: a registered name, a file or a folder."""

from collections.abc import Callable
from pathlib import Path

from nas.data.dataset import DataOptions, Dataset
from nas.errors import InputError, unknown
from nas.registry import Registry

SOURCES: Registry[Callable[[int], Dataset]] = Registry("data source", "nas.data.sources")
"""Embedded sources by name: a function of a seed, its docstring's first line tells what it gives."""


def load(source: str, *, seed: int = 0, options: DataOptions | None = None) -> Dataset:
    """Get the data that `source` names: a registered name, an `.npz` file or a folder of CSV recordings.

    A registered name comes before a path of the same name; `./digits` means the path.

    Raises:
        InputError: nothing is there, or it cannot be read.
    """
    options = options or DataOptions()
    path = Path(source).expanduser()
    if source not in SOURCES and path.is_dir():
        from nas.data.readers.csv_folder import read_folder

        return read_folder(source, path, options)
    _refuse_cutting(source, options)
    if source in SOURCES:
        return SOURCES[source](seed)
    if path.suffix == ".npz" and path.is_file():
        from nas.data.readers.npz import read_npz

        return read_npz(source, path)
    raise _not_found(source, path)


def _refuse_cutting(source: str, options: DataOptions) -> None:
    for name in ("window", "stride", "rate_hz", "labels"):
        if getattr(options, name) is not None:
            raise InputError(source, f"data.{name} is for folders of CSV recordings", hint="leave it out")


def _not_found(source: str, path: Path) -> InputError:
    if path.exists():
        return InputError(source, "data must be an .npz file or a folder of CSV recordings", got=path.name)
    if path.suffix or len(path.parts) > 1:
        return InputError(source, "no such file or folder", hint="check the path given as data")
    return unknown(source, "data", source, SOURCES)
