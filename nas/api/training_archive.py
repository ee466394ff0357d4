"""What belongs into the archive of a training: whatever its folder holds, with paths as they are in the archive."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nas.codec import parse_json, to_data
from nas.errors import InputError
from nas.files import read_regular
from nas.reports.memory_map.format import MAP_FORMATS
from nas.study.archive_zip import Contents, write_archive
from nas.study.environment import versions
from nas.study.manifest import DATA, INT8, KERAS, METADATA, SUFFIX
from nas.study.model_spec import FILE, ModelSpec, read_model_spec
from nas.study.model_spec_paths import is_code, moved
from nas.target.profiler import MOST_FILE_BYTES, profile
from nas.target.ram import ram_figures
from nas.text import document

RESULT = "training.json"
"""What a training has reported at its end: its figures, and the run that logged it."""
SOURCE = "source"
"""The folder of the user's code in an archive."""

# Files of a training's folder, and their places in the archive.
_PLACES = {
    "model.keras": KERAS,
    "model.tflite": INT8,
    "metadata.json": METADATA,
    "history.json": "history.json",
    "history.svg": "figures/history.svg",
    "architecture.json": "architecture.json",
    "soft_labels.npy": "soft_labels.npy",
    "evaluation.json": "evaluation.json",
    RESULT: RESULT,
}
_FIGURES = ("epochs", "best_epoch", "val_accuracy", "float_val_accuracy", "baseline_accuracy", "weights_sha256")
_SIZES = ("weights_bytes", "file_bytes", "flash_bytes", "macs", "latency_ms")


def is_training(folder: Path) -> bool:
    """Return whether a folder is that of a training."""
    return (folder / FILE).is_file() and not (folder / "study.toml").is_file()


def write_training_archive(folder: Path, out: Path | None = None) -> Path:
    """Write the archive of a training and return its path.

    Args:
        folder: of the training.
        out: the file; None for `<name>.nas.zip` in the folder.

    Raises:
        InputError: the training has no model yet, one of its files is damaged, or the archive cannot be written.
    """
    contents = training_contents(folder)
    return write_archive(out or folder / f"{contents.name}{SUFFIX}", contents)


def training_contents(folder: Path) -> Contents:
    """Return what the archive of a training holds; no path in it is one of this machine.

    Raises:
        InputError: as `write_training_archive` does.
    """
    spec = read_model_spec(folder)
    found: dict[str, bytes | str] = {
        place: read_regular(folder / name, MOST_FILE_BYTES)
        for name, place in _PLACES.items()
        if (folder / name).is_file()
    }
    if INT8 not in found:
        raise InputError(folder, "must hold a trained model", hint="run `nas train` until it ends")
    result = _json(found.get(RESULT), folder / RESULT)
    footprint = profile(bytes(found[INT8]), spec.target.board())  # type: ignore[arg-type]
    portable = _portable(spec, folder)
    members = {
        **found,
        **_source(spec),
        FILE: portable.to_toml(Path()),
        "profile.json": document({**footprint.to_json(), "file": INT8}),
        "figures/memory_map.svg": MAP_FORMATS["svg"](footprint),
        "environment.json": document({"archive": versions()}),
    }
    if portable.data.choice is not None:
        members[DATA] = document(to_data(portable.data.choice))
    known = _json(found.get(METADATA), folder / "metadata.json")
    facts = footprint.summary()
    about = {
        **{key: result[key] for key in _FIGURES if key in result},
        "metric": result.get("metric", "accuracy"),
        "val_score": result.get("val_score", result.get("val_accuracy")),
        "target": spec.target.name,
        "class_names": known.get("class_names"),
        **{key: facts.get(key) for key in _SIZES},
        **ram_figures(facts),
    }
    return Contents(spec.name, "training", members, about, result.get("mlflow_run"))


def _json(content: bytes | str | None, place: Path) -> Mapping[str, Any]:
    facts = {} if content is None else parse_json(content, place)
    if not isinstance(facts, dict):
        raise InputError(place, "must hold a JSON object", got=type(facts).__name__)
    return facts


def _source(spec: ModelSpec) -> dict[str, bytes]:
    """Return the user's code that a specification names, by its place in the archive."""
    files: dict[str, Path] = {}

    def note(text: str) -> str:
        if is_code(text):
            file = Path(text.rpartition(":")[0])
            files[f"{SOURCE}/{file.name}"] = file
        return text

    moved(spec, note)
    return {place: read_regular(file, MOST_FILE_BYTES) for place, file in files.items()}


def _portable(spec: ModelSpec, folder: Path) -> ModelSpec:
    """Return a specification with paths as they are in the archive; those of data stay if they are relative."""

    def move(text: str) -> str:
        if is_code(text):
            file, _, name = text.rpartition(":")
            return f"{SOURCE}/{Path(file).name}:{name}"
        path = Path(text)
        inside = path.resolve().is_relative_to(folder.resolve())
        return path.name if path.is_absolute() or inside else text

    return moved(spec, move)
