"""A trained model as Python uses it: raw rows in, probabilities out, computed by LiteRT as the device computes them."""

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nas.api import STUDIES
from nas.api.studies import open_study
from nas.arrays import Floats
from nas.codec import Place, from_data, parse_json
from nas.data.prepared import Scaling
from nas.errors import InputError
from nas.files import read_regular
from nas.study.archive_file import load_archive
from nas.target.profiler import MOST_FILE_BYTES, profile
from nas.target.target import DEFAULT_TARGET

METADATA = "metadata.json"
"""The file beside an exported model that says how its input is scaled."""


@dataclass(frozen=True, slots=True, repr=False)
class Model:
    """An int8 model with what it needs to take raw rows; `nas.load` gives one.

    Attributes:
        tflite: the content of the `.tflite` file.
        input_shape: shape of one row: [features], [time, channels] or [height, width, channels].
        class_names: one for each column of the predictions.
        scaling: of each channel, applied to the rows before they are quantized; None for a file that nothing is known
            of, whose rows must be scaled already.
        units_scale: factors that brought the data's whole numbers to units, one a channel; None if there were none.
        is_logit: whether the model gives logits, of which `predict` makes probabilities.
    """

    tflite: bytes
    input_shape: tuple[int, ...]
    class_names: tuple[str, ...]
    scaling: Scaling | None = None
    units_scale: tuple[float, ...] | None = None
    is_logit: bool = False

    def predict(self, rows: npt.ArrayLike) -> Floats:
        """Return the probability of each class [n, classes].

        The rows are scaled as the study scaled its own, quantized, and computed by LiteRT's int8 kernels.

        Args:
            rows: [n, *input_shape], in the units of the study's data. Whole numbers are multiplied by `units_scale`,
                if the study's were; numbers with a fraction are taken to be in units.

        Raises:
            InputError: the rows have another shape, or hold what is no finite number.
        """
        from nas.model.deploy.int8_model import Int8Model

        x = self._units(rows)
        if not len(x):
            return np.empty((0, len(self.class_names)), np.float32)
        outputs = Int8Model(self.tflite).predict(x if self.scaling is None else self.scaling.apply(x))
        if not self.is_logit:
            return outputs
        raised = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)

    def _units(self, rows: npt.ArrayLike) -> Floats:
        """Return rows in units as float32 [n, *input_shape]; InputError for any other shape."""
        x = np.asarray(rows)
        if x.dtype.kind not in "iufb":
            raise InputError("rows", "must be an array of numbers", got=x.dtype)
        shape = self.input_shape
        if x.shape[1:] not in {shape, (1, *shape), shape[:-1] if shape[-1] == 1 else shape}:
            hint = "give one row as rows[None]" if x.shape == shape else None
            words = ", ".join(map(str, shape))
            raise InputError("rows", f"must have the shape [n, {words}]", got=list(x.shape), hint=hint)
        whole, x = x.dtype.kind in "iu", x.reshape(len(x), *shape).astype(np.float32)
        if not np.isfinite(x).all():
            raise InputError("rows", "must be finite numbers", got="an infinite or missing one")
        return x * np.asarray(self.units_scale, np.float32) if whole and self.units_scale else x

    def __repr__(self) -> str:
        rows = " x ".join(map(str, self.input_shape))
        names = ", ".join(self.class_names)
        raw = "" if self.scaling else "; rows must be scaled already, since no metadata.json is beside the file"
        return f"<nas.Model: {len(self.tflite):,} B, rows of {rows} to {len(self.class_names)} classes ({names}){raw}>"


def load(source: str | Path, root: Path | str = STUDIES) -> Model:
    """Load a study's winner, or any int8 `.tflite`, to predict in Python what the device would.

    The scaling and the class names of an exported file come from the `metadata.json` beside it.

    Args:
        source: name or folder of a study, or path of a `.tflite` file.
        root: folder of studies.

    Raises:
        InputError: there is no such study or file, the study has no winner yet, or the file is damaged, does not belong
            to its `metadata.json`, or has no int8 input and output.
    """
    if not str(source).endswith(".tflite"):
        archive = load_archive(open_study(str(source), Path(root))[1])
        shape = _row_shape(archive.input_shape)
        logit = archive.output_is == "logit"
        return Model(archive.tflite, shape, archive.class_names, archive.scaling, archive.units_scale, logit)
    path = Path(source)
    tflite = read_regular(path, MOST_FILE_BYTES)
    shape, outputs = _shapes(tflite, path)
    if (path.parent / METADATA).is_file():
        return _described(tflite, shape, path.parent / METADATA)
    return Model(tflite, shape, tuple(map(str, range(outputs))))


def _described(tflite: bytes, shape: tuple[int, ...], path: Path) -> Model:
    """Return a model with what `metadata.json` says of it; InputError if it is another's, or damaged."""
    facts = parse_json(path.read_bytes(), path)
    try:
        known: Any = facts
        if known["sha256"] != hashlib.sha256(tflite).hexdigest():
            hint = f"move the .tflite away from {path.name}, or export it again"
            raise InputError(path, "must describe the .tflite beside it", got="another model's SHA-256", hint=hint)
        scaling = from_data(Scaling, known["input"]["scaling"], Place(path, "input.scaling"))
        factors = known["input"]["units_scale"]
        return Model(
            tflite,
            shape,
            tuple(map(str, known["class_names"])),
            scaling,
            None if factors is None else tuple(map(float, factors)),
            known["output"]["is"] == "logit",
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(path, "must be the metadata.json of an exported model", got=repr(error)) from error


def _shapes(tflite: bytes, path: Path) -> tuple[tuple[int, ...], int]:
    """Return the shape of a row and the number of outputs; InputError if it is no model of int8 in and out."""
    tensors = profile(tflite, DEFAULT_TARGET).to_json()["tensors"]
    ends = {kind: [t for t in tensors if t["kind"] == kind] for kind in ("input", "output")}
    for kind, found in ends.items():
        if len(found) != 1 or found[0]["dtype"] != "int8" or len(found[0]["shape"]) < 2:
            got = ", ".join(f"{t['dtype']} {t['shape']}" for t in found) or "none"
            raise InputError(path, f"must have one {kind}, of int8 with a batch axis", got=got)
    return _row_shape(tuple(ends["input"][0]["shape"])), math.prod(ends["output"][0]["shape"][1:])


def _row_shape(tensor: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of a row of data; windows are images of height 1 to the model."""
    return tensor[2:] if len(tensor) == 4 and tensor[1] == 1 else tensor[1:]
