"""The archive of a model that no study has made: what a firmware needs of it, ready to be exported."""

import hashlib
from pathlib import Path

from nas.api.archives import measured
from nas.api.loading import load
from nas.api.model import Model
from nas.data.prepared import Scaling
from nas.errors import InputError
from nas.study.archive import Archive
from nas.study.archive_zip import read_archive
from nas.study.manifest import FACTS, SUFFIX
from nas.study.model_spec import FILE, read_model_spec
from nas.study.record import Record, State
from nas.study.result import Trained
from nas.target.profiler import profile
from nas.target.target import DEFAULT_TARGET, find_target

FORMATS = ("tflite", "c", "firmware", "keras")
"""The export formats that say nothing of how a study found the model."""


def is_no_study(source: str, root: Path) -> bool:
    """Return whether a source is a `.tflite`, the folder of a training, or an archive of one.

    A study below `root` comes before a folder of the same name, which may be its own export.
    """
    path = Path(source)
    if source.endswith(SUFFIX):
        return FACTS not in read_archive(path).members
    if path.suffix == ".tflite":
        return True
    is_study = any((folder / "study.toml").is_file() for folder in (path, root / source))
    return (path / FILE).is_file() and not is_study


def device_archive(source: str) -> Archive:
    """Return what is exported of a `.tflite`, a training, or an archive of one.

    Raises:
        InputError: there is no such model, or its input and output are not int8.
    """
    model, target = load(source), find_target(_target(source))
    if model.tflite is None:
        raise InputError(source, "must hold a .tflite", hint="make one with nas quantize")
    footprint = profile(model.tflite, target)
    _check_types(footprint.to_json(), source)
    inputs, outputs, example = measured(model.tflite)
    record = Record(0, State.COMPLETE, hashlib.sha256(model.tflite).hexdigest()[:12], {}, {}, seed=0)
    return Archive(
        name=model.name,
        tflite=model.tflite,
        trained=Trained(record),
        footprint=footprint.to_json(),
        class_names=model.class_names,
        scaling=model.scaling or _unscaled(model),
        input=inputs,
        output=outputs,
        command="",
        channel_names=model.channel_names,
        sample_rate_hz=model.sample_rate_hz,
        units_scale=model.units_scale,
        example=example,
        keras=model.keras,
    )


def _target(source: str) -> str:
    """Return the target that a training, or its archive, names."""
    if source.endswith(SUFFIX):
        return str(read_archive(Path(source)).manifest.about.get("target", DEFAULT_TARGET))
    return read_model_spec(Path(source)).target.name if Path(source).is_dir() else DEFAULT_TARGET


def _check_types(facts: dict[str, object], source: str) -> None:
    tensors = facts["tensors"]
    assert isinstance(tensors, list)
    types = {tensor["dtype"] for tensor in tensors if tensor["kind"] in ("input", "output")}
    if types != {"int8"}:
        hint = "quantize it with nas quantize, and export quantized/int8.tflite"
        raise InputError(source, "must have an int8 input and output", got=", ".join(sorted(types)), hint=hint)


def _unscaled(model: Model) -> Scaling:
    """Return the scaling of a model whose rows must be scaled already: one that changes nothing."""
    channels = model.input_shape[-1]
    return Scaling((0.0,) * channels, (1.0,) * channels)
