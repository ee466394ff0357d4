"""The contract of an export format, the registry of all formats, and the writing of their files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from nas.files import write_atomic
from nas.registry import Registry
from nas.study.archive import Archive

Files: TypeAlias = Mapping[str, bytes | str]
"""Contents by file name; names have no folders."""

Format: TypeAlias = Callable[[Archive], Files]
"""Writes an archive in one format: equal archives give equal contents, and no path of this machine is in them."""

FORMATS: Registry[Format] = Registry("export format", "nas.exporters")


def write(folder: Path, archive: Archive, formats: Sequence[str] = ()) -> list[Path]:
    """Write `archive` into `folder` in the named formats, or in all of them; return the files.

    All contents are made before the first file is written, so an archive that cannot be exported leaves no files.

    Raises:
        InputError: a format is unknown, or TFLM has no kernel for one of the model's operators.
    """
    if archive.origin is not None:
        archive = replace(archive, origin=replace(archive.origin, folder=folder))
    chosen = [FORMATS.find(name, "--format") for name in formats or FORMATS]
    contents = {name: content for make in chosen for name, content in make(archive).items()}
    return [write_atomic(folder / name, content) for name, content in contents.items()]


def write_best(folder: Path, archive: Archive) -> list[Path]:
    """Write all formats into `best/` of the study's folder; return the files."""
    return write(folder / "best", archive)
