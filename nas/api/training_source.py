"""The specification that a training is of, by what a user has: a file, a training's folder, a study or an archive."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nas.api.archived_spec import archived_spec
from nas.errors import InputError
from nas.files import write_atomic
from nas.study.archive_zip import SUFFIX
from nas.study.model_spec import FILE, ModelSpec, read_model_spec
from nas.study.model_spec_paths import is_code, moved

MODELS = Path("models")
"""The folder of trainings where a user names none."""
SUFFIXES = (".toml", ".py")


@dataclass(frozen=True, slots=True)
class Source:
    """What is trained.

    Attributes:
        spec: the specification.
        folder: where a training of it is, if it was named by its folder; None otherwise.
    """

    spec: ModelSpec
    folder: Path | None = None


@contextmanager
def found_source(source: "ModelSpec | str | Path", *, trust: bool = False) -> Iterator[Source]:
    """Yield the specification that a user has named, also one in an archive, whose files are there during the block.

    Args:
        source: as `find_source` takes it, or the path of a `.nas.zip`.
        trust: whether code in an archive may run.

    Raises:
        InputError: as `find_source` and `archived_spec` do.
    """
    if isinstance(source, ModelSpec) or not str(source).endswith(SUFFIX):
        yield find_source(source)
        return
    with archived_spec(Path(source), trust=trust) as spec:
        yield Source(spec)


def find_source(source: "ModelSpec | str | Path") -> Source:
    """Return the specification that a user has named.

    Args:
        source: a specification, the path of a TOML or a Python file, or a training's folder.

    Raises:
        InputError: there is nothing of this name, or its specification is wrong.
    """
    if isinstance(source, ModelSpec):
        return Source(source)
    path = Path(source)
    if path.is_dir() and (path / FILE).is_file():
        return Source(read_model_spec(path), path)
    if path.suffix in SUFFIXES:
        return Source(read_model_spec(path))
    if (MODELS / path / FILE).is_file():
        return Source(read_model_spec(MODELS / path), MODELS / path)
    hint = "give a .toml or .py specification, the folder of a training, a study or a .nas.zip"
    raise InputError(source, "must be something that can be trained", hint=hint)


def changed(spec: ModelSpec, data: str | None, settings: dict[str, Any]) -> ModelSpec:
    """Return a specification with other data, and other settings of its table [training]."""
    if data is not None:
        spec = replace(spec, data=replace(spec.data, source=data, function=""))
    given = {name: value for name, value in settings.items() if value is not None}
    if "epochs" in given:
        # Asked for so, it is meant so.
        given = {"min_steps": 0, **given}
    return spec.replace("training", **given) if given else spec


def folder_of(source: Source, out: Path | None, *, test: bool) -> Path:
    """Return where a training is written: a dry run never where a real one is."""
    folder = out or source.folder or MODELS / source.spec.name
    suffix = "-test"
    return folder if not test or folder.name.endswith(suffix) else folder.with_name(f"{folder.name}{suffix}")


def write_spec(spec: ModelSpec, folder: Path) -> None:
    """Write a specification into a training's folder, with copies of the files that it names code in.

    Raises:
        InputError: two of these files have the same name.
    """
    copied: dict[str, Path] = {}

    def copy(text: str) -> str:
        if not is_code(text):
            return text
        file, _, name = text.rpartition(":")
        path = Path(file)
        if copied.setdefault(path.name, path.resolve()) != path.resolve():
            raise InputError(text, "must have another name than a file in another folder", got=path.name)
        return f"{folder / path.name}:{name}"

    own = moved(spec, copy)
    for name, path in copied.items():
        if path != (folder / name).resolve():
            write_atomic(folder / name, path.read_bytes())
    write_atomic(folder / FILE, own.to_toml(folder))


def clear(folder: Path) -> None:
    """Remove the checkpoints of a training, and what its callbacks have written; its results stay until new ones do."""
    for name in ("checkpoints", "tensorboard", "weights"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in ("history.json", "epochs.csv"):
        (folder / name).unlink(missing_ok=True)
