"""What leaves a study: the winner and everything that firmware and a reader need to know of it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from nas.files import write_atomic
from nas.registry import Registry
from nas.study.archive import Bundle

Files = Mapping[str, bytes | str]

FORMATS: Registry[Callable[[Bundle], Files]] = Registry("export format", "nas.exporters")
"""A format is a function of a bundle that returns contents by file name."""


def write(folder: Path, bundle: Bundle, formats: Sequence[str] = ()) -> list[Path]:
    """Write `bundle` into `folder` in the named formats, or in all of them; returns the files.

    Everything is rendered before the first file is written, so a bundle that cannot be exported leaves nothing.

    Raises:
        InputError: a format is unknown, or the model has an operator that TFLM's resolver has not.
    """
    renderers = [FORMATS.find(name, "--format") for name in formats or FORMATS]
    contents = {name: content for render in renderers for name, content in render(bundle).items()}
    return [write_atomic(folder / name, content) for name, content in contents.items()]


def write_best(folder: Path, bundle: Bundle) -> list[Path]:
    """Write all formats into `best/` of the study's folder; returns the files."""
    return write(folder / "best", bundle)
