"""Specifications of models: which there are on the search path, and what one may hold. Text is read, no code is run."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nas.api import STUDIES
from nas.api.training_source import MODELS
from nas.codec import read_toml
from nas.errors import InputError
from nas.files import read_regular
from nas.keywords import explains_keywords
from nas.study.model_spec import FILE, ModelSpec, read_model_spec
from nas.study.model_spec_keys import SpecKey, spec_keys
from nas.study.model_spec_python import MOST_BYTES, defines_build

PATH_VARIABLE = "NAS_SPECS"
"""Folders that are searched with all folders in them, with colons between (semicolons on Windows)."""
MOST_FILES = 10_000
"""Files that are looked at in each of these folders."""


@dataclass(frozen=True, slots=True)
class SpecSummary:
    """A specification in a line.

    Attributes:
        name: of the model.
        path: what `nas train` takes.
        kind: `toml`, `python`, `training` or `winner`.
        description: what the model is for.
        problem: why it cannot be used; empty if it can.
    """

    name: str
    path: str
    kind: str
    description: str
    problem: str = ""


@explains_keywords
def list_specs(studies: Path | str = STUDIES) -> list[SpecSummary]:
    """Return the specifications on the search path, in its order.

    That is the current folder (its files alone), the folders in the environment variable NAS_SPECS with all folders in
    them, the trainings in `models`, and the winners of studies.

    Args:
        studies: folder of studies.
    """
    found: dict[Path, SpecSummary] = {}
    for path, kind in _candidates(Path(studies)):
        if path.resolve() not in found and (summary := _summary(path, kind)) is not None:
            found[path.resolve()] = summary
    return list(found.values())


@explains_keywords
def describe_spec(path: Path | str) -> ModelSpec:
    """Return a specification with the defaults of the keys that it does not have; no code is run.

    Raises:
        InputError: the file cannot be read, a key is unknown, or a value is of a wrong type or out of range.
    """
    return read_model_spec(Path(path))


def list_spec_keys() -> list[SpecKey]:
    """Return every key that a specification may have, with its default and what it means."""
    return spec_keys()


def _candidates(studies: Path) -> Iterator[tuple[Path, str]]:
    """Yield the files that may be specifications, each with its kind."""
    yield from _own(sorted(Path().iterdir()))
    for folder in filter(None, os.environ.get(PATH_VARIABLE, "").split(os.pathsep)):
        yield from _own(_below(Path(folder).expanduser()))
    yield from ((path, "training") for path in sorted(MODELS.glob(f"*/{FILE}")))
    yield from ((path, "winner") for path in sorted(studies.glob(f"*/best/{FILE}")))


def _own(paths: "Iterator[Path] | list[Path]") -> Iterator[tuple[Path, str]]:
    kinds = {".toml": "toml", ".py": "python"}
    yield from ((path, kinds[path.suffix]) for path in paths if path.suffix in kinds and path.is_file())


def _below(folder: Path) -> list[Path]:
    """Return the files in a folder and in all folders in it, hidden ones left out, up to a limit."""
    found: list[Path] = []
    for at, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(at, name) for name in sorted(files)]
        if len(found) > MOST_FILES:
            break
    return found[:MOST_FILES]


def _summary(path: Path, kind: str) -> SpecSummary | None:
    """Return what a specification is; None for a file that is none."""
    if not _is_spec(path, kind):
        return None
    shown = {"training": path.parent, "winner": path.parent.parent}.get(kind, path)
    try:
        spec = read_model_spec(path)
    except InputError as error:
        return SpecSummary(path.stem, str(shown), kind, "", str(error))
    return SpecSummary(spec.name, str(shown), kind, spec.description)


def _is_spec(path: Path, kind: str) -> bool:
    """Return whether a file is meant as a specification: a Python file that defines build, a TOML with [model]."""
    try:
        if kind == "python":
            return defines_build(read_regular(path, MOST_BYTES).decode())
        tables = read_toml(path)
    except (InputError, UnicodeDecodeError):
        return False
    return kind in ("training", "winner") or "model" in tables
