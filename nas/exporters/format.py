"""What leaves a study: the winner and everything that firmware and a reader need to know of it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from nas.files import write_atomic
from nas.registry import Registry
from nas.study.archive import Archive

Files = Mapping[str, bytes | str]

FORMATS: Registry[Callable[[Archive], Files]] = Registry("export format", "nas.exporters")
"""A format is a function of an archive that returns contents by file name."""


def write(folder: Path, archive: Archive, formats: Sequence[str] = ()) -> list[Path]:
    """Write `archive` into `folder` in the named formats, or in all of them; returns the files.

    Everything is rendered before the first file is written, so an archive that cannot be exported leaves nothing.

    Raises:
        InputError: a format is unknown, or the model has an operator that TFLM's resolver has not.
    """
    renderers = [FORMATS.find(name, "--format") for name in formats or FORMATS]
    contents = {name: content for render in renderers for name, content in render(archive).items()}
    return [write_atomic(folder / name, content) for name, content in contents.items()]


def write_best(folder: Path, archive: Archive) -> list[Path]:
    """Write all formats into `best/` of the study's folder; returns the files."""
    return write(folder / "best", archive)
