"""A trained model as Python uses it: raw rows in, probabilities or values out, as the device computes them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from nas.arrays import Array, Floats
from nas.data.choice import DataChoice
from nas.data.prepared import Scaling
from nas.errors import InputError
from nas.signal.front_end import FrontEnd
from nas.signal.raw import RAW
from nas.task.classification import Classification
from nas.task.task import Task

# What users look for in a model, and where it is.
_ELSEWHERE = {
    **{
        verb: f"call nas.{verb}(model)"
        for verb in ("evaluate", "profile", "advise", "quantize", "convert", "summarize", "params", "export")
    },
    "classes": "its classes are model.class_names",
    "predict_proba": "model.predict gives probabilities",
    "summary": "call nas.summarize(model)",
    "save": "model.tflite is the content of the file, and nas.export writes more",
}


@dataclass(frozen=True, slots=True, repr=False)
class Model:
    """A trained model with what it needs to take raw rows; `nas.load` gives one.

    Attributes:
        tflite: the content of the `.tflite` file, usually int8; None for a model that was not converted yet.
        input_shape: shape of one row: [features], [time, channels] or [height, width, channels].
        class_names: one for each column of the predictions; numbers if nothing is known of them.
        front_end: what computes features from a row before they are scaled.
        scaling: of each channel, applied to the rows before the model sees them; None for a file that nothing is known
            of, whose rows must be scaled already.
        units_scale: factors that brought the data's whole numbers to units, one a channel; None if there were none.
        is_logit: whether the model gives logits, of which `predict` makes probabilities.
        task: what the model answers, with what brings its outputs to answers, such as thresholds; classification for a
            file that nothing is known of.
        channel_names: of the rows, one for each entry of their last axis, or empty.
        sample_rate_hz: of the signal that windows were cut from; None if it is unknown or there is no signal.
        name: of its study, its training or its file.
        keras: the float model, content of a `.keras` file; None if there is none.
        data: the data that it was trained on; None if they are not known.
        origin: the folder or file that it came from.

    Models are equal if their `.tflite` answers alike for equal rows.
    """

    tflite: bytes | None
    input_shape: tuple[int, ...]
    class_names: tuple[str, ...]
    scaling: Scaling | None = None
    units_scale: tuple[float, ...] | None = None
    is_logit: bool = False
    front_end: FrontEnd = RAW
    channel_names: tuple[str, ...] = field(default=(), compare=False)
    sample_rate_hz: float | None = field(default=None, compare=False)
    name: str = field(default="model", compare=False)
    keras: bytes | None = field(default=None, compare=False)
    data: DataChoice | None = field(default=None, compare=False)
    origin: Path = field(default=Path(), compare=False)
    task: Task = field(default_factory=Classification)

    def predict(self, rows: npt.ArrayLike) -> Array:
        """Return the probability of each class or label [n, classes], as the `.tflite` gives it on the device.

        A regression gives the value of each target [n, targets], in its units. A detector of anomalies gives the score
        of each row and that of the constant answer [n, 2], see `nas.task.anomaly`.

        The rows are scaled as the training rows were, and quantized.

        Args:
            rows: `[n, *input_shape]`, in the units of the training data. Whole numbers are multiplied by `units_scale`,
                if the training data's were; numbers with a fraction are taken to be in units.

        Raises:
            InputError: the rows have another shape, or hold what is no finite number, or there is no `.tflite`.
        """
        return self.answer(self.scaled(rows))

    def predict_float(self, rows: npt.ArrayLike) -> Array:
        """Return what `predict` returns, computed by the float model; InputError if there is none."""
        return self.answer_float(self.scaled(rows))

    def answer(self, x: Floats) -> Array:
        """Return the probabilities [n, classes] of the `.tflite` for scaled rows `[n, *input_shape]`."""
        from nas.model.deploy.tflite_model import TfliteModel

        if self.tflite is None:
            raise InputError(self.origin, "must hold a .tflite", hint="make one with nas quantize")
        if not len(x):
            return np.empty((0, len(self.class_names)), np.float32)
        outputs, read = TfliteModel(self.tflite, self.origin).answered(x, self.task)
        return self.task.predicted(self._probabilities(outputs), read)

    def answer_float(self, x: Floats) -> Array:
        """Return the probabilities [n, classes] of the float model for scaled rows `[n, *input_shape]`."""
        from nas.model.keras_file import load_keras
        from nas.model.keras_runtime import keras_outputs

        if self.keras is None:
            hint = "load the study, its .nas.zip or its .keras file: a .tflite has no float model"
            raise InputError(self.origin, "must hold the float model, a .keras file", hint=hint)
        outputs = keras_outputs(load_keras(self.keras, self.origin), self.task.read(x))
        return self.task.predicted(self._probabilities(outputs), x)

    def scaled(self, rows: npt.ArrayLike) -> Floats:
        """Return raw rows as the model takes them, float32 `[n, *input_shape]`; see `predict`."""
        x = self.front_end.apply(self._units(rows))
        return x if self.scaling is None else self.scaling.apply(x)

    def _probabilities(self, outputs: Array) -> Array:
        """Return the probabilities that logits stand for; outputs of another meaning as they are."""
        if not self.is_logit or self.task.output_is or not len(outputs):
            return outputs
        if outputs.shape[1] == 1:  # the logit of the second of two classes
            return np.asarray(0.5 + 0.5 * np.tanh(outputs / 2), np.float32)
        raised = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)

    def _units(self, rows: npt.ArrayLike) -> Floats:
        """Return rows in units as float32 `[n, *input_shape]`; InputError for any other shape."""
        x = self.checked(rows)
        whole, x = x.dtype.kind in "iu", x.astype(np.float32)
        if not np.isfinite(x).all():
            raise InputError("rows", "must be finite numbers", got="an infinite or missing one")
        return x * np.asarray(self.units_scale, np.float32) if whole and self.units_scale else x

    def checked(self, rows: npt.ArrayLike) -> Array:
        """Return raw rows as an array `[n, *input_shape]` of numbers; InputError if they are none, or another shape."""
        try:
            x = np.asarray(rows)
        except ValueError as error:
            raise InputError("rows", "must be an array of numbers", got=error) from error
        if x.dtype.kind not in "iufb":
            raise InputError("rows", "must be an array of numbers", got=x.dtype)
        shape = self.input_shape
        if x.shape[1:] not in {shape, (1, *shape), shape[:-1] if shape[-1] == 1 else shape}:
            hint = "give one row as rows[None]" if x.shape == shape else None
            words = ", ".join(map(str, shape))
            raise InputError("rows", f"must have the shape [n, {words}]", got=list(x.shape), hint=hint)
        return x.reshape(len(x), *shape)

    def __getattr__(self, name: str) -> NoReturn:
        instead = _ELSEWHERE.get(name)
        hint = f"; {instead}" if instead else ""
        raise AttributeError(f"nas.Model has no attribute {name!r}{hint}", name=name, obj=self)

    def __repr__(self) -> str:
        rows = " x ".join(map(str, self.input_shape))
        names = ", ".join(self.class_names)
        sizes = {"int8": self.tflite, "float": self.keras}
        parts = " + ".join(f"{kind} {len(content):,} B" for kind, content in sizes.items() if content is not None)
        raw = "" if self.scaling else "; rows must be scaled already, since no scaling is known"
        given = f"{len(self.class_names)} {self.task.names_are} ({names})"
        return f"<nas.Model {self.name}: {parts}, rows of {rows} to {given}{raw}>"
