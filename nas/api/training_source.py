"""The specification that a training is of, by what a user has: a file, a training's folder, a study or an archive."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nas.api import STUDIES
from nas.api.archived_spec import archived_spec
from nas.api.archives import repeatable_archive
from nas.api.studies import open_study
from nas.errors import InputError
from nas.files import read_regular, write_atomic
from nas.study.archive import Archive
from nas.study.environment import versions
from nas.study.manifest import ARCHITECTURE, MANIFEST, SOFT_LABELS, SUFFIX
from nas.study.model_spec import FILE, ModelSpec, read_model_spec
from nas.study.model_spec_paths import is_code, moved
from nas.study.retraining import unrepeatable
from nas.study.winner_spec import winner_spec
from nas.text import document

MODELS = Path("models")
"""The folder of trainings where a user names none."""
SUFFIXES = (".toml", ".py")
STUDY = "study.toml"
MOST_BYTES = 1 << 30
"""Of a file that a specification names: soft labels have a number for each row and class."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is trained.

    Attributes:
        spec: the specification.
        folder: where a training of it is, if it was named by its folder; None otherwise.
        files: contents of the files that it names, if they are no files yet.
        notes: why a training of it may give another model than the one that it is of, one line each.
    """

    spec: ModelSpec
    folder: Path | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


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
        source: a specification, the path of a TOML or a Python file, a training's folder, or a study with a winner.

    Raises:
        InputError: there is nothing of this name, or its specification is wrong.
    """
    if isinstance(source, ModelSpec):
        return Source(source)
    path = Path(source)
    if path.is_dir() and (path / FILE).is_file():
        return Source(read_model_spec(path), None if _is_exported(path) else path)
    if path.suffix in SUFFIXES:
        return Source(read_model_spec(path))
    if (MODELS / path / FILE).is_file():
        return Source(read_model_spec(MODELS / path), MODELS / path)
    if any((folder / STUDY).is_file() for folder in (path, STUDIES / path)):
        return _winner(str(source))
    hint = "give a .toml or .py specification, the folder of a training, a study or a .nas.zip"
    raise InputError(source, "must be something that can be trained", hint=hint)


def _is_exported(folder: Path) -> bool:
    """Return whether a folder holds an exported model or an extracted archive, which a training would overwrite."""
    return (folder.resolve().parent / STUDY).is_file() or (folder / MANIFEST).is_file()


def _winner(name: str) -> Source:
    """Return the training that made a study's winner; InputError if it has none."""
    study, folder = open_study(name)
    archive = repeatable_archive(study, folder)
    assert archive.origin is not None
    named = {ARCHITECTURE: document(dict(archive.record.architecture)).encode(), SOFT_LABELS: archive.soft_labels}
    files = {name: content for name, content in named.items() if content is not None}
    return Source(winner_spec(archive, archive.origin), files=files, notes=tuple(_doubts(archive)))


def _doubts(archive: Archive) -> Iterator[str]:
    """Yield why training a study's winner again here may give another model."""
    trained = archive.found
    if trained.teachers and archive.soft_labels is None and trained.epochs is not None:
        yield "it learned from teachers whose soft labels are gone, so that training it again gives another model"
    if note := unrepeatable(trained):
        yield note
    now = versions()
    then = {name: version for name, version in trained.record.versions.items() if now.get(name, version) != version}
    if then:
        changed_to = ", ".join(f"{name} {version}, now {now[name]}" for name, version in then.items())
        yield f"it was trained with {changed_to}: other versions may give another model"


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


def write_spec(source: Source, folder: Path) -> ModelSpec:
    """Write a specification into a training's folder, with copies of its code, its architecture and its soft labels.

    Returns:
        The specification with these copies.

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

    own = _with_copies(replace(source, spec=moved(source.spec, copy)), folder)
    for name, path in copied.items():
        if path != (folder / name).resolve():
            write_atomic(folder / name, path.read_bytes())
    write_atomic(folder / FILE, own.to_toml(folder))
    return own


def _with_copies(source: Source, folder: Path) -> ModelSpec:
    """Write the files that a specification names for an architecture, and return the specification that names these."""
    spec = source.spec
    named = {
        ("model", "architecture"): (spec.model.architecture, ARCHITECTURE),
        ("training", "soft_labels"): (spec.training.soft_labels, SOFT_LABELS),
    }
    for (table, key), (path, name) in named.items():
        if path:
            content = source.files[name] if name in source.files else read_regular(Path(path), MOST_BYTES)
            write_atomic(folder / name, content)
            spec = spec.replace(table, **{key: str(folder / name)})
    return spec


def clear(folder: Path) -> None:
    """Remove the checkpoints of a training, and what its callbacks have written; its results stay until new ones do."""
    for name in ("checkpoints", "tensorboard", "weights"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in ("history.json", "epochs.csv"):
        (folder / name).unlink(missing_ok=True)
