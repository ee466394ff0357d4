"""Models by what a user has: a study, the folder of a training, a `.nas.zip`, a `.tflite` or a `.keras` file."""

import hashlib
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from nas.api import STUDIES
from nas.api.archives import winner_archive
from nas.api.carried import bare_sha256, with_carried
from nas.api.data import data_of
from nas.api.model import Model
from nas.api.studies import open_study, refuse_file
from nas.codec import Place, from_data, parse_json
from nas.data.choice import DataChoice
from nas.data.prepared import Scaling
from nas.errors import InputError
from nas.files import read_regular
from nas.keywords import explains_keywords
from nas.signal.front_end import read_front_end
from nas.signal.kind import row_of
from nas.study.archive_zip import ArchiveFile, read_archive
from nas.study.manifest import DATA, INT8, KERAS, METADATA, SUFFIX
from nas.study.model_spec import FILE, read_model_spec
from nas.study.result import Result
from nas.target.profiler import MOST_FILE_BYTES, profile
from nas.target.target import DEFAULT_TARGET
from nas.task.documents import from_document
from nas.task.multi_label import YES_OR_NO
from nas.task.regression import Regression

TFLITE = "model.tflite"
"""The int8 model of a training, in its folder."""
KINDS = "the name or folder of a study, the folder of a training, a .nas.zip, a .tflite or a .keras file"
"""What `load` takes, in words."""
_LAST_OPERATORS = 2
_PROBABILITIES = ("SOFTMAX", "LOGISTIC")


@explains_keywords
def load(source: str | Path | Result, root: Path | str = STUDIES) -> Model:
    """Load a model to predict in Python what the device would, and for every verb that works on one model.

    The scaling and the class names of a file come from the `metadata.json` beside it, if that describes this file, or
    else from the parameters in its own metadata (`nas params`).

    Args:
        source: name or folder of a study, or what `nas.search` returned, for its winner; folder of a training; path of
            a `.nas.zip`, a `.tflite` or a `.keras` file.
        root: folder of studies.

    Raises:
        InputError: there is no such study or file, the study has no winner yet, or the file is damaged, does not belong
            to its `metadata.json`, or has several inputs, outputs or rows at once.
    """
    source = source.folder if isinstance(source, Result) else source
    path = Path(source)
    if path.name.endswith(SUFFIX):
        return archived_model(read_archive(path))
    if path.suffix == ".tflite":
        return _tflite(path)
    if path.suffix == ".keras":
        return _keras(path)
    if path.is_dir() and not (path / "study.toml").is_file() and (path / TFLITE).is_file():
        return _training(path)
    refuse_file(str(source), root, KINDS)
    return _winner(str(source), Path(root))


def _winner(name: str, root: Path) -> Model:
    study, folder = open_study(name, root)
    archive = winner_archive(study, folder)
    return Model(
        tflite=archive.tflite,
        keras=archive.keras,
        input_shape=tuple(archive.record.architecture["input_shape"]),
        front_end=archive.front_end,
        class_names=archive.class_names,
        scaling=archive.scaling,
        units_scale=archive.units_scale,
        is_logit=archive.output_is == "logit",
        channel_names=archive.channel_names,
        sample_rate_hz=archive.sample_rate_hz,
        name=study.name,
        origin=folder,
        data=data_of(study),
        task=archive.task,
    )


def archived_model(archive: ArchiveFile) -> Model:
    """Return the model in an archive that was read; InputError if a member that describes it is damaged."""
    members, place = archive.members, f"{archive.file}: {METADATA}"
    model = plain_model(archive.member(INT8), Path(archive.file))
    model = _described(model, _metadata(archive.member(METADATA), place), place)
    data = None
    if DATA in members:
        at = f"{archive.file}: {DATA}"
        data = from_data(DataChoice, parse_json(members[DATA], at), Place(at))
    return replace(model, name=archive.manifest.name, keras=members.get(KERAS), data=data)


def _training(folder: Path) -> Model:
    """Return the model of a training's folder: the int8 model and, beside it, the float one."""
    model = replace(_tflite(folder / TFLITE), name=folder.resolve().name, origin=folder)
    if (folder / FILE).is_file():
        model = replace(model, data=read_model_spec(folder).data.choice)
    if not (folder / KERAS).is_file():
        return model
    return replace(model, keras=_keras(folder / KERAS).keras)


def plain_model(content: bytes, path: Path) -> Model:
    """Return a `.tflite` of which nothing is known but what it says itself."""
    facts = profile(content, DEFAULT_TARGET).to_json()
    shape, outputs = _shapes(facts["tensors"], path)
    last = {op["op"] for op in facts["ops"][-_LAST_OPERATORS:]}
    is_logit = not last.intersection(_PROBABILITIES)
    return Model(
        tflite=content,
        input_shape=shape,
        is_logit=is_logit,
        name=path.stem,
        origin=path,
        **_answers(outputs, is_logit),
    )


def _answers(outputs: int, is_logit: bool) -> dict[str, Any]:
    """Return what a model of which nothing is known gives, and its names: one output is yes or no, or else a value."""
    if outputs > 1:
        return {"class_names": tuple(map(str, range(outputs)))}
    if is_logit:
        return {"class_names": ("0",), "task": Regression.of_units(1)}
    return {"class_names": ("1",), "task": YES_OR_NO}


def _tflite(path: Path) -> Model:
    content = read_regular(path, MOST_FILE_BYTES)
    model, beside = plain_model(content, path), path.parent / METADATA
    if not beside.is_file():
        return with_carried(model)
    known = _metadata(beside.read_bytes(), beside)
    if known["sha256"] != _sha256(content):
        if known.get("bare_sha256") == bare_sha256(content):  # its parameters were changed since
            return with_carried(_described(model, known, beside), model)
        hint = f"move the .tflite away from {beside.name}, or export it again"
        raise InputError(beside, "must describe the .tflite beside it", got="another model's SHA-256", hint=hint)
    return _described(model, known, beside)


def _keras(path: Path) -> Model:
    # TensorFlow takes seconds to import.
    from nas.model.keras_file import keras_shapes, load_keras, read_keras
    from nas.model.keras_runtime import gives_probabilities

    content = read_keras(path)
    loaded = load_keras(content, path)
    shape, outputs = keras_shapes(loaded, path)
    is_logit = not gives_probabilities(loaded, shape)
    model = Model(
        tflite=None,
        keras=content,
        input_shape=row_of((1, *shape)),
        is_logit=is_logit,
        name=path.stem,
        origin=path,
        **_answers(outputs, is_logit),
    )
    beside = path.parent / METADATA
    if beside.is_file() and (known := _metadata(beside.read_bytes(), beside)).get("keras_sha256") == _sha256(content):
        return _described(model, known, beside)
    return model


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _metadata(content: bytes, place: object) -> Any:
    known = parse_json(content, place)
    if not isinstance(known, dict) or not isinstance(known.get("sha256"), str):
        hint = "load the .tflite beside it, or export it again with `nas export`"
        raise InputError(place, "must be the metadata.json of an exported model", hint=hint)
    return known


def _described(model: Model, known: Any, place: object) -> Model:
    """Return a model with what `metadata.json` says of it; InputError if that is damaged."""
    try:
        task = from_document(known["output"], Place(place, "output"))
        factors, rate = known["input"]["units_scale"], known["input"].get("sample_rate_hz")
        described = replace(
            model,
            class_names=tuple(map(str, known["class_names"])),
            scaling=from_data(Scaling, known["input"]["scaling"], Place(place, "input.scaling")),
            units_scale=None if factors is None else tuple(map(float, factors)),
            is_logit=known["output"]["is"] == "logit",
            task=task,
            input_shape=task.row_shape(model.input_shape),
            channel_names=tuple(map(str, known["input"].get("channel_names", ()))),
            sample_rate_hz=None if rate is None else float(rate),
            name=str(known.get("study", model.name)),
        )
        return replace(described, **_front_end(known["input"], model, place))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(place, "must be the metadata.json of an exported model", got=repr(error)) from error


def _front_end(described: Any, model: Model, place: object) -> dict[str, Any]:
    """Return the front-end in the description of an input, and the shape of the rows that it takes."""
    if "front_end" not in described:
        return {}
    front_end = read_front_end(described["front_end"], f"{place}: input.front_end")
    row_shape = tuple(map(int, described["row_shape"]))
    if math.prod(front_end.shape(row_shape)) != math.prod(model.input_shape):
        raise InputError(place, "the front-end must give the model's input", got=f"rows of shape {row_shape}")
    return {"front_end": front_end, "input_shape": row_shape}


def _shapes(tensors: Any, path: Path) -> tuple[tuple[int, ...], int]:
    """Return the shape of a row and the number of outputs; InputError for several inputs, outputs or rows at once."""
    ends = {kind: [t for t in tensors if t["kind"] == kind] for kind in ("input", "output")}
    for kind, found in ends.items():
        if len(found) != 1 or len(found[0]["shape"]) < 2:
            got = ", ".join(f"{t['dtype']} {t['shape']}" for t in found) or "none"
            raise InputError(path, f"must have one {kind}, with a batch axis", got=got)
        if found[0]["shape"][0] != 1:
            rule, hint = f"must have an {kind} of one row", "convert the Keras model again, with a batch of 1"
            raise InputError(path, rule, got=f"shape {found[0]['shape']}, a batch of {found[0]['shape'][0]}", hint=hint)
    return row_of(ends["input"][0]["shape"]), math.prod(ends["output"][0]["shape"][1:])
