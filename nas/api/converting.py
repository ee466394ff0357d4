"""Converting a model to other formats, each compared with the model that it was made from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from nas.api import STUDIES
from nas.api.calibration import PARTS
from nas.api.comparing import compared
from nas.api.converted import Agreement, Bounds, Conversion, ConvertedFile
from nas.api.labelled import DataSource, judged_by, labelled
from nas.api.loading import load
from nas.api.model import Model
from nas.api.origin import Origin
from nas.api.quantizing import settings_of
from nas.arrays import Floats, Ints
from nas.data.dataset import Part
from nas.errors import InputError, unknown
from nas.files import write_atomic
from nas.keywords import explains_fields, explains_keywords
from nas.study.quantization import Quantization

CONVERSIONS = {"tflite": "model.tflite", "onnx": "model.onnx", "onnx-int8": "model_int8.onnx"}
"""Formats, and the files that they are written as."""
ROWS = 1000
"""So many rows are compared at most, if not told otherwise."""


@explains_fields()
@dataclass(frozen=True, slots=True)
class Checking:
    """How a converted model is compared with its origin.

    Attributes:
        rows: at most so many are compared; 0 to compare nothing.
        seed: of the choice of rows, and of rows of noise.
        bounds: how far it may answer otherwise.
    """

    rows: int = ROWS
    seed: int = 0
    bounds: Bounds = field(default_factory=Bounds)

    def __post_init__(self) -> None:
        if self.rows < 0:
            raise InputError("rows", "must be 0 or more", got=self.rows)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Scaled rows that models are compared on, and their classes, if they are known."""

    x: Floats
    y: Ints | None
    words: str

    @property
    def are_noise(self) -> bool:
        return self.y is None


@explains_keywords
def convert(
    model: Model | str | Path,
    *,
    formats: tuple[str, ...] = (),
    data: DataSource | None = None,
    quantization: Quantization | None = None,
    checking: Checking | None = None,
    folder: str | Path | None = None,
    root: str | Path = STUDIES,
) -> Conversion:
    """Convert a model to `.tflite`, float ONNX or int8 ONNX, and compare each with what it was made from.

    `tflite` is the int8 model, which is compared with Keras; `onnx` is the float model, compared with Keras;
    `onnx-int8` is the int8 model in QDQ form, compared with the `.tflite` in LiteRT. ONNX runs in onnxruntime.

    Args:
        model: a model, or what `nas.load` takes.
        formats: some of these; by default all that the model allows.
        data: rows to compare on, and to calibrate with; by default what the model was trained on. Without data, rows
            of noise, which tell whether two models compute the same, but not whether int8 is good enough.
        quantization: settings of the int8 model, if there is none yet; by default those of the model's training.
        checking: how many rows, and what must hold.
        folder: where to write the files; None to write nothing.
        root: folder of studies.

    Raises:
        InputError: the model cannot be loaded, a format is unknown or needs a Keras model, or the data do not fit.
    """
    loaded = model if isinstance(model, Model) else load(model, root)
    chosen = _chosen(loaded, formats)
    checking = checking or Checking()
    parts = labelled(loaded, data)
    rows = _rows(loaded, parts, judged_by(data), checking)
    origin = Origin(loaded, rows.x)
    notes = () if set(chosen) == {"onnx"} else origin.quantize(parts, quantization or settings_of(loaded))
    if rows.are_noise and len(rows.x):
        notes = (*notes, "compared on rows of noise: give --data to know how good the int8 model is")
    files = tuple(_written(folder, _made(origin, name, rows, checking.bounds)) for name in chosen)
    size = None if loaded.keras is None else len(loaded.keras)
    return Conversion(loaded.name, files, size, rows.words, notes)


def _chosen(model: Model, formats: tuple[str, ...]) -> tuple[str, ...]:
    for name in formats:
        if name not in CONVERSIONS:
            raise unknown("--format", "format", name, CONVERSIONS)
    if model.keras is None and (needs := [name for name in formats if name != "onnx-int8"]):
        hint = "give the .keras file, the study or its .nas.zip"
        raise InputError(model.origin, f"must hold the Keras model to be converted to {' and '.join(needs)}", hint=hint)
    return formats or (tuple(CONVERSIONS) if model.keras is not None else ("onnx-int8",))


def _rows(model: Model, parts: Mapping[str, Part] | None, part: str, checking: Checking) -> Rows:
    rng = np.random.default_rng(checking.seed)
    if parts is None:
        count = min(checking.rows, ROWS)
        noise = rng.standard_normal((count, *model.input_shape)).astype(np.float32)
        return Rows(noise, None, f"{count:,} rows of noise")
    whole = parts[part]
    picked = np.sort(rng.permutation(len(whole))[: checking.rows])
    return Rows(whole.x[picked], whole.y[picked], f"{len(picked):,} {PARTS[part]} rows")


def _made(origin: Origin, name: str, rows: Rows, bounds: Bounds) -> ConvertedFile:
    """Return a model in one format, compared with its origin; without content if it cannot be expressed."""
    made = ConvertedFile(name)
    try:
        content = _content(origin, name)
        made = ConvertedFile(name, content, len(content))
        checked = _checked(origin, name, content, rows, bounds) if len(rows.x) else None
    except InputError as error:
        return replace(made, reason=str(error).removeprefix(f"{origin.model.origin}: "))
    return replace(made, checked=checked)


def _content(origin: Origin, name: str) -> bytes:
    model = origin.model
    if name == "tflite":
        return model.tflite or b""
    if find_spec("onnx") is None:
        raise InputError(model.origin, "needs the package onnx to become ONNX", hint="pip install 'nas[onnx]'")
    from nas.exporters.onnx.check import check_onnx
    from nas.exporters.onnx.qdq import tflite_to_onnx

    if name == "onnx-int8":
        return tflite_to_onnx(model.tflite or b"", str(model.origin), model.name, about(model))
    from nas.model.keras_onnx import keras_to_onnx

    content = keras_to_onnx(origin.network, model.origin)
    check_onnx(content, model.origin)
    return content


def about(model: Model) -> dict[str, str]:
    """Return what a program needs to know beside the numbers of a model: JSON by key."""
    facts: dict[str, Any] = {"class_names": list(model.class_names)}
    if model.scaling is not None:
        facts["scaling"] = {"mean": list(model.scaling.mean), "std": list(model.scaling.std)}
    if model.channel_names:
        facts["channel_names"] = list(model.channel_names)
    if model.sample_rate_hz is not None:
        facts["sample_rate_hz"] = model.sample_rate_hz
    return {f"nas.{key}": json.dumps(fact) for key, fact in facts.items()}


def _checked(origin: Origin, name: str, content: bytes, rows: Rows, bounds: Bounds) -> Agreement:
    from nas.model.host.onnx_runtime import run_onnx

    answers = origin.int8_answers if name == "tflite" else run_onnx(content, rows.x, origin.model.origin)
    if name == "onnx-int8":
        reference, step = origin.int8_answers, origin.int8.output_quantization[0] or None
    else:
        reference, step = origin.keras_answers, None
    return compared(origin.model, name, (answers, reference), rows.y, step, bounds)


def _written(folder: str | Path | None, file: ConvertedFile) -> ConvertedFile:
    if folder is None or file.content is None:
        return file
    return replace(file, file=str(write_atomic(Path(folder) / CONVERSIONS[file.format], file.content)))
