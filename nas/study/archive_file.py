"""The archive of a study's winner as files in the study's folder, from which it can be exported at any time.

The model has a copy of its own here, although `models/winner.tflite` starts out the same: when a study is resumed, its
finals may replace that file some time before the archive describes the new winner. `best/` belongs to the user.
"""

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from nas.codec import Place, from_data, parse_json, parse_toml, to_data
from nas.errors import InputError
from nas.files import write_atomic
from nas.study.archive import Archive
from nas.study.archive_zip import ArchiveFile
from nas.study.manifest import FACTS, INT8, KERAS, SOFT_LABELS, WEIGHTS
from nas.study.model_spec import FILE as SPEC
from nas.study.model_spec import ModelSpec, make_model_spec
from nas.study.result import Trained
from nas.task.documents import from_document, to_document
from nas.task.task import TASKS

FILE = "bundle.json"
MODEL = "bundle.tflite"


_BESIDE = {"weights": "bundle.npz", "soft_labels": "bundle.npy", "keras": "bundle.keras"}
_MEMBERS = {"weights": WEIGHTS, "soft_labels": SOFT_LABELS, "keras": KERAS}
"""Where the fields are that have files of their own, in a study's folder and in an archive, if the model has them."""
_TASK_KEYS = {kind.facts_key: kind.facts_key for kind in TASKS.values() if kind.facts_key} | {
    "scaling": "output_scaling"
}
"""Where the facts of tasks stand, since `scaling` is that of the input here."""


def save_archive(archive: Archive, folder: Path) -> None:
    """Write the archive as `bundle.json`, and its models and weights beside it."""
    write_atomic(folder / MODEL, archive.tflite)
    for field, name in _BESIDE.items():
        content = getattr(archive, field)
        if content is None:
            (folder / name).unlink(missing_ok=True)
        else:
            write_atomic(folder / name, content)
    write_atomic(folder / FILE, dump_facts(archive))


def dump_facts(archive: Archive) -> str:
    """Return an archive, without what are files of their own, as a JSON document."""
    facts = to_data(replace(archive, origin=None))
    for field in ("tflite", "origin", "reads", "task", *_BESIDE):
        del facts[field]
    told = to_document(archive.task)
    facts |= {name: told.get(key) for key, name in _TASK_KEYS.items()}
    # Unsorted: a card lists facts in the order in which they were gathered.
    return json.dumps({"winner": facts.pop("trained"), **facts}, indent=1)


def read_facts(content: bytes, files: Mapping[str, bytes], place: object) -> Archive:
    """Return the archive of a document of `dump_facts` and the contents of its files by field.

    Raises:
        InputError: at `place`, for anything else.
    """
    facts = parse_json(content, place)
    if isinstance(facts, dict) and "winner" in facts:
        trained = Trained.from_json(facts.pop("winner"), Place(place, "winner"))
        task = from_document({key: facts.pop(name, None) for key, name in _TASK_KEYS.items()}, Place(place))
        facts = {**facts, "trained": trained, "task": task, **files}
    elif isinstance(facts, dict):
        facts.pop("trained", None)  # every model in a study's folder was found by the study
    return from_data(Archive, facts, Place(place))


def has_archive(folder: Path) -> bool:
    """Return whether the study in this folder has a winner."""
    return (folder / FILE).is_file()


def winner_file(folder: Path, bare: Callable[[bytes], bytes]) -> str:
    """Return the path of the winner's `.tflite`: the one in `best/`, unless the user has changed it.

    Args:
        folder: the study's folder.
        bare: returns a `.tflite` without the parameters in its metadata, which only the one in `best/` carries.

    Raises:
        InputError: the study has no winner yet.
    """
    _require(folder)
    kept, best = folder / MODEL, folder / "best" / "model.tflite"
    return str(best if best.is_file() and bare(best.read_bytes()) == bare(kept.read_bytes()) else kept)


def _require(folder: Path) -> None:
    if not has_archive(folder):
        hint = f"run the finals now: nas search {shlex.quote(str(folder))} --finish"
        raise InputError(folder, "must hold a winner", hint=hint)


def load_archive(folder: Path) -> Archive:
    """Read what `save_archive` wrote; InputError if the study has no winner yet, or a file is damaged."""
    _require(folder)
    path = folder / FILE
    tflite = (folder / MODEL).read_bytes()
    return read_facts(path.read_bytes(), {"tflite": tflite, **_beside(folder, tflite)}, path)


def archive_of(file: ArchiveFile) -> Archive:
    """Return what an archive's file holds of a study's model; InputError if it holds another kind of model."""
    beside = {field: file.members[name] for field, name in _MEMBERS.items() if name in file.members}
    return read_facts(file.member(FACTS), {"tflite": file.member(INT8), **beside}, f"{file.file}: {FACTS}")


def spec_of(file: ArchiveFile) -> ModelSpec:
    """Return the specification in an archive, with paths as they are in it; InputError if there is no sound one."""
    place = f"{file.file}: {SPEC}"
    try:
        return make_model_spec(parse_toml(file.member(SPEC).decode(), place), Path(SPEC))
    except UnicodeDecodeError:
        raise InputError(place, "must be UTF-8") from None


def _beside(folder: Path, tflite: bytes) -> dict[str, bytes]:
    """Return the fields that have files of their own; the weights of a study of an earlier release lie with its models.

    Those belong to this winner as long as its model there is the same one.
    """
    found = {field: (folder / name).read_bytes() for field, name in _BESIDE.items() if (folder / name).is_file()}
    model, weights = folder / "models" / "winner.tflite", folder / "models" / "winner.npz"
    if "weights" not in found and weights.is_file() and model.is_file() and model.read_bytes() == tflite:
        found["weights"] = weights.read_bytes()
    return found
