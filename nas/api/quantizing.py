"""Quantizing a trained model by several schemes, and comparing what comes out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from nas.api import STUDIES
from nas.api.apart import Apart, RefusedError
from nas.api.calibration import Calibration, calibration_of
from nas.api.labelled import DataSource, baseline_score, judged_by, judged_in, labelled, score
from nas.api.loading import load
from nas.api.model import Model
from nas.api.quantized import Quantized, SchemeResult
from nas.arrays import Floats
from nas.data.dataset import Part
from nas.errors import InputError
from nas.files import write_atomic
from nas.keywords import explains_keywords
from nas.study.model_spec import FILE, read_model_spec
from nas.study.quantization import Quantization, Scheme
from nas.target.footprint import Footprint
from nas.target.numbers import Numbers, numbers_of
from nas.target.profiler import profile
from nas.target.target import DEFAULT_TARGET, Target, find_target

if TYPE_CHECKING:
    from nas.study.layer_error import LayerError

DEPLOYED = "deployed"
"""The name of the `.tflite` that a model came with, beside those of schemes."""
_SECONDS = 600.0


class Source(Protocol):
    """A float model that can be converted; see `KerasSource` and `TfliteSource`."""

    def convert(self, scheme: Scheme, settings: Quantization, rows: Floats | None = None) -> bytes: ...


class _TfliteSource:
    """A float `.tflite`, which TensorFlow quantizes in a process of its own, since it may end the process."""

    def __init__(self, tflite: bytes, apart: Apart) -> None:
        self._tflite, self._apart = tflite, apart

    def convert(self, scheme: Scheme, settings: Quantization, rows: Floats | None = None) -> bytes:
        from nas.model.deploy.float_tflite import convert_tflite

        if scheme is Scheme.FLOAT32:
            return self._tflite
        try:
            return self._apart.call(convert_tflite, self._tflite, scheme, settings, rows)
        except RefusedError as error:
            raise InputError(scheme, "cannot be made", got=error) from None


@dataclass(frozen=True, slots=True)
class _Job:
    """What all schemes of a comparison share."""

    model: Model
    settings: Quantization
    target: Target
    parts: Mapping[str, Part]
    judged: str
    calibration: Calibration

    @property
    def metric(self) -> str:
        return judged_in(self.model, self.parts[self.judged].y if self.parts else None)

    def measure(self, scheme: str, content: bytes) -> SchemeResult:
        """Return what a `.tflite` costs on the target, how accurate it is, and whether TFLM runs it."""
        footprint = profile(content, self.target)
        runs = not footprint.refused and footprint.complete
        reached, trouble = self._score(content)
        return SchemeResult(
            scheme=scheme,
            content=content,
            weights_bytes=footprint.weights_bytes,
            file_bytes=len(content),
            arena_bytes=footprint.detail.used if runs else None,
            arena_min_bytes=footprint.ram_bytes if runs else None,
            latency_ms=footprint.latency_ms if runs else None,
            score=reached,
            metric=self.metric,
            supported=runs,
            reason=_reason(footprint) or trouble,
        )

    def _score(self, content: bytes) -> tuple[float | None, str | None]:
        """Return the score on the rows that are judged by, or why there is none."""
        from nas.model.deploy.tflite_model import TfliteModel

        if not self.parts:
            return None, None
        rows = self.parts[self.judged]
        try:
            return score(self.model, TfliteModel(content, "LiteRT").predict(rows.x), rows.y), None
        except InputError as error:
            return None, str(error)


@explains_keywords
def quantize(
    model: Model | str | Path,
    *,
    data: DataSource | None = None,
    settings: Quantization | Mapping[str, Any] | None = None,
    target: Target | str = DEFAULT_TARGET,
    folder: str | Path | None = None,
    root: str | Path = STUDIES,
) -> Quantized:
    """Convert a model by several schemes, and compare sizes, accuracy, and what runs on TFLM.

    Args:
        model: a model, or what `nas.load` takes.
        data: rows to calibrate on, and test rows to measure accuracy with. By default, what the model was trained on,
            and its validation rows, since a scheme is chosen by them. Without data, ranges are those of noise.
        settings: of the converter; or those by name that are to differ from the specification of its training.
        target: a target, its name, or the path of a TOML file that describes it.
        folder: where to write `<scheme>.tflite` for each scheme; None to write nothing.
        root: folder of studies.

    Raises:
        InputError: the model cannot be loaded, or is quantized already, or the data do not fit it.
    """
    loaded = model if isinstance(model, Model) else load(model, root)
    settings = settings if isinstance(settings, Quantization) else settings_of(loaded).replace(**(settings or {}))
    with Apart(_SECONDS) as apart:
        source, notes = _source(loaded, apart)
        parts = labelled(loaded, data)
        calibration = calibration_of(settings, parts, loaded.input_shape, loaded.scaled)
        board = find_target(target) if isinstance(target, str) else target
        job = _Job(loaded, settings, board, parts or {}, judged_by(data), calibration)
        made = {scheme: _made(job, source, scheme) for scheme in settings.schemes}
        layers_of, layers = _layers(job, source, made)
    return Quantized(
        name=loaded.name,
        target=board.name,
        schemes=tuple(_written(folder, row) for _, row in made.values()),
        layers=tuple(layers),
        layers_of=layers_of,
        deployed=_deployed(job),
        settings=settings,
        calibrated_on=calibration.words,
        part=job.judged,
        rows=len(parts[job.judged]) if parts else 0,
        baseline=baseline_score(parts, job.judged) if parts else None,
        notes=(*notes, *calibration.notes, *_unscaled(loaded, parts)),
        metric=job.metric,
    )


def _deployed(job: _Job) -> SchemeResult | None:
    """Return the figures of the `.tflite` that a Keras model came with."""
    model = job.model
    return None if model.tflite is None or model.keras is None else job.measure(DEPLOYED, model.tflite)


def settings_of(model: Model) -> Quantization:
    """Return the table [quantization] of the specification in a training's folder; the defaults if there is none."""
    if not (model.origin / FILE).is_file():
        return Quantization()
    return read_model_spec(model.origin).quantization


def _source(model: Model, apart: Apart) -> tuple[Source, list[str]]:
    """Return the float model to convert, and what to know of it; InputError if there is none."""
    if model.keras is not None:
        from nas.model.deploy.refusals import layer_notes
        from nas.model.deploy.schemes import KerasSource
        from nas.model.keras_file import load_keras

        keras_model = load_keras(model.keras, model.origin)
        return KerasSource(keras_model), layer_notes(keras_model)
    if model.tflite is None:
        raise InputError(model.origin, "must hold a .keras or .tflite file")
    from nas.model.deploy.weights_only import float_weights

    numbers = numbers_of(profile(model.tflite, DEFAULT_TARGET))
    if not numbers.has_floats:
        hint = "give the .keras file or the float .tflite that it was made of; nas benchmark measures it as it is"
        raise InputError(model.origin, f"is quantized already: {numbers.words}", hint=hint)
    if numbers is Numbers.FLOAT32:
        return _TfliteSource(model.tflite, apart), []
    note = f"the file is {numbers.words}; its weights are taken as floats"
    return _TfliteSource(float_weights(model.tflite), apart), [note]


def _made(job: _Job, source: Source, scheme: Scheme) -> tuple[bytes | None, SchemeResult]:
    """Return a model by one scheme as the converter writes it, and as it is deployed; None with the reason."""
    from nas.model.deploy.schemes import finish

    try:
        if scheme is Scheme.INT8_QAT:
            source = _trained_on(job, source)
        converted = source.convert(scheme, job.settings, job.calibration.rows)
    except InputError as error:
        return None, SchemeResult(scheme.value, reason=str(error).removeprefix(f"{scheme}: "))
    return converted, job.measure(scheme.value, finish(converted, job.settings))


def _trained_on(job: _Job, source: Source) -> Source:
    """Return the model after quantization-aware training; InputError if there is no Keras model, or no data."""
    from nas.model.deploy.schemes import KerasSource

    if not isinstance(source, KerasSource):
        raise InputError("training with quantization", "needs the Keras model", hint="give the .keras file")
    if not job.parts:
        raise InputError("training with quantization", "needs data", hint="give them with --data")
    return source.trained_on(job.parts["train"].x, job.settings)


def _layers(
    job: _Job, source: Source, made: Mapping[Scheme, tuple[bytes | None, SchemeResult]]
) -> tuple[str | None, "list[LayerError]"]:
    """Return the errors of the layers of the first integer model, with its scheme."""
    from nas.model.deploy.layer_errors import layer_errors

    if not job.settings.report:
        return None, []
    rows = job.parts[job.judged].x if job.parts else job.calibration.rows
    for scheme in (Scheme.INT8, *made):
        content = made.get(scheme, (None, None))[0]
        if content is None or not scheme.is_calibrated:
            continue
        exact = made.get(Scheme.FLOAT32, (None, None))[0] or source.convert(Scheme.FLOAT32, job.settings)
        picked = np.random.default_rng(job.settings.seed).permutation(len(rows))
        return scheme.value, layer_errors(exact, content, rows[picked])
    return None, []


def _unscaled(model: Model, parts: Mapping[str, Part] | None) -> Iterator[str]:
    """Yield what to know of accuracies if it is not known how rows were scaled in training."""
    if parts is not None and model.scaling is None:
        yield (
            "no metadata.json says how rows were scaled in training, so the model reads them as the data hold them; if "
            "it was trained on scaled rows, accuracies and ranges are wrong"
        )


def _written(folder: str | Path | None, row: SchemeResult) -> SchemeResult:
    if folder is None or row.content is None:
        return row
    return replace(row, file=str(write_atomic(Path(folder) / f"{row.scheme}.tflite", row.content)))


def _reason(footprint: Footprint) -> str | None:
    """Return why TFLM does not run a model, with the operators; None if it does."""
    reasons: dict[str, list[str]] = {}
    for op in footprint.ops:
        if op.reason:
            reasons.setdefault(op.reason, []).append(op.name)
    return "; ".join(f"{_names(names)}: {reason}" for reason, names in reasons.items()) or None


def _names(names: list[str]) -> str:
    return ", ".join(dict.fromkeys(names))
