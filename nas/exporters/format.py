"""The contract of an export format, the registry of all formats, and the writing of their files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from nas.errors import InputError
from nas.exporters.c_text import chosen_name
from nas.files import write_atomic
from nas.keywords import explains_fields
from nas.registry import Registry
from nas.study.archive import Archive

Files: TypeAlias = Mapping[str, bytes | str]
"""Contents by file name. Names have no folders, except that a project lies in one folder of its own: `name/file`."""

Format: TypeAlias = Callable[[Archive], Files]
"""Writes an archive in one format: equal archives give equal contents, and no path of this machine is in them."""

FORMATS: Registry[Format] = Registry("export format", "nas.exporters")

ON_REQUEST = frozenset({"arduino", "c", "cmake", "esp-idf", "pico-sdk", "zephyr"})
"""Formats that are written only when they are named, since they are whole projects, or cannot express every model."""

MARK = "Written by nas"
"""Stands in the head of files that may bear any name, and so may be somebody else's."""
_HEAD = 2000


@explains_fields({"formats": "nas.export(study, out, formats=...)"})
@dataclass(frozen=True)
class Destination:
    """Where an export goes.

    Attributes:
        folder: where files are written, a `Path` or text; None for the folder that suits the model.
        name: what C symbols and the files of plain C are called; None for the model's name.
        force: whether files that nas did not write may be overwritten.
        streaming: of plain C, rows in time from one answer to the next, rounded up to a multiple of the network's total
            stride; each answer computes only what is new. 0 for what the study says, or whole windows.
    """

    folder: Path | None = None
    name: str | None = field(default=None, kw_only=True)
    force: bool = field(default=False, kw_only=True)
    streaming: int = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        if isinstance(self.folder, str):
            object.__setattr__(self, "folder", Path(self.folder))


def write(folder: Path | Destination, archive: Archive, formats: Sequence[str] = ()) -> list[Path]:
    """Write `archive` into `folder` in the named formats, or in all but those on request; return the files.

    All contents are made before the first file is written, so an archive that cannot be exported leaves no files.

    Raises:
        InputError: a format is unknown, or cannot express the model; a file is there that nas did not write; or it is
            to stream, and plain C is not among the formats.
    """
    to = folder if isinstance(folder, Destination) else Destination(folder)
    folder = to.folder or Path()
    if to.name is not None:
        archive = replace(archive, name=chosen_name(to.name))
    archive = replace(archive, streaming=to.streaming or archive.streaming)
    if archive.origin is not None:
        archive = replace(archive, origin=replace(archive.origin, folder=folder))
    names = formats or sorted(FORMATS.keys() - ON_REQUEST)
    chosen = [FORMATS.find(name, "--format") for name in names]
    if to.streaming and "c" not in names:
        hint = "give --format c, or leave --streaming out"
        raise InputError("--streaming", "is of plain C alone", got=f"--format {', '.join(names)}", hint=hint)
    return write_contents(to, {name: content for make in chosen for name, content in make(archive).items()})


def write_contents(to: Destination, contents: Files) -> list[Path]:
    """Write files; InputError if one is there that nas did not write, unless that is asked for."""
    folder = to.folder or Path()
    if not to.force:
        _refuse_others(folder, contents)
        marked = [name for name, content in contents.items() if isinstance(content, str) and MARK in content[:_HEAD]]
        _refuse_strangers([folder / name for name in marked])
    return [write_atomic(folder / name, content) for name, content in contents.items()]


def _refuse_others(folder: Path, contents: Files) -> None:
    """InputError for a project's folder that is there with files, none of which nas wrote."""
    for project in {folder / name.split("/")[0] for name in contents if "/" in name}:
        there = sorted(path for path in project.rglob("*") if path.is_file())
        if there and not any(map(_is_ours, there)):
            got, hint = f"{there[0].name} and no file of nas", "choose another --name or -o, or give --force"
            raise InputError(project, "must be a folder that nas has written, or a new one", got=got, hint=hint)


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return MARK.encode() in file.read(_HEAD)


def _refuse_strangers(paths: Sequence[Path]) -> None:
    """InputError for a file that is there, and has not the mark that the new one has."""
    for path in paths:
        if path.is_file() and not _is_ours(path):
            raise InputError(
                path, "is there, and nas did not write it", hint="choose another --name or -o, or give --force"
            )


def write_best(folder: Path, archive: Archive) -> list[Path]:
    """Write all formats into `best/` of the study's folder; return the files."""
    return write(folder / "best", archive)
