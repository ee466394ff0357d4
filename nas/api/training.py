"""The training of one model, from its specification to the int8 `.tflite` and everything that describes it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypedDict, Unpack

import numpy as np

from nas.api import STUDIES
from nas.api.training_archive import RESULT, write_training_archive
from nas.api.training_data import TrainingData, load_training_data
from nas.api.training_files import (
    HISTORY,
    KERAS,
    PICTURE,
    TFLITE,
    deployed,
    write_history,
    write_models,
)
from nas.api.training_progress import TrainingProgress
from nas.api.training_source import Source, changed, clear, folder_of, found_source, write_spec
from nas.codec import to_data
from nas.data.given import Data
from nas.errors import InputError
from nas.files import write_atomic
from nas.study.model_spec import ModelSpec
from nas.study.model_spec_tables import UNTIL_STOPPED
from nas.study.training_result import Checkpoints, TrainingResult, weights_sha256
from nas.text import document
from nas.tracking.address import find_address
from nas.tracking.training_run import TrainingLog, log_training

TEST_EPOCHS, TEST_BATCH = 2, 8
"""Epochs and rows in a batch of a dry run."""
CHECKPOINTS = "checkpoints"
# What `training.json` leaves out: it moves with its folder, and the learning curves have a file of their own.
_PATHS = ("folder", "tflite", "keras", "archive", "history")


class TrainingOptions(TypedDict, total=False):
    """Settings of the table [training] that a call overrides, and where the run is shown and logged.

    `epochs`, `batch_size`, `learning_rate` and `seed` are those of the specification; `weights` is a file of weights to
    begin with (an `.npz` checkpoint, a `.keras` or a `.weights.h5` file); `tracking_uri` is MLflow's, `none` for no
    tracking; `progress` says whether the training is shown on standard error; `trust` whether the code in an archive
    may run.
    """

    epochs: int | None
    batch_size: int | None
    learning_rate: float | None
    seed: int | None
    weights: str | Path | None
    tracking_uri: str | None
    progress: bool
    trust: bool


def train(
    spec: ModelSpec | str | Path,
    *,
    data: Data | str | None = None,
    folder: Path | str | None = None,
    resume: bool | int = False,
    clean: bool = False,
    test: bool = False,
    **options: Unpack[TrainingOptions],
) -> TrainingResult:
    """Train a model, quantize it to int8, and write everything about it into a folder.

    A checkpoint is kept after each epoch. A training that goes on from one ends in exactly the weights of one that was
    never interrupted.

    Args:
        spec: a specification, the path of a TOML or a Python file or of a `.nas.zip` with one, or the folder of a
            training.
        data: rows in memory, or the name or path of data, in place of those of the specification.
        folder: where to write; `models/<name>` by default.
        resume: go on from the latest checkpoint, or from the one of this number of epochs.
        clean: begin anew, and remove the checkpoints that are there.
        test: a dry run of seconds: a few rows of each class, two epochs, in a folder of its own, `<name>-test`.
        options: settings that override those of the specification, see `TrainingOptions`.

    Raises:
        InputError: the specification or the data are wrong, the user's code raises or gives something else than it
            should, the loss is no finite number, or there is a training that has not ended and neither `resume` nor
            `clean` is given.
        KeyboardInterrupt: as raised by Ctrl-C; the checkpoints are kept.
    """
    with ExitStack() as stack:
        source = stack.enter_context(found_source(spec, trust=options.get("trust", False)))
        asked = str(source.folder or (spec if not isinstance(spec, ModelSpec) else spec.name))
        request = _requested(asked, source, data, folder, options, test=test)
        _make_room(request, resume=bool(resume) and not test, clean=clean or test)
        epochs = request.spec.training.epochs
        shown = options.get("progress", True)
        view = TrainingProgress(request.title, None if epochs == UNTIL_STOPPED else epochs) if shown else None
        if view is not None:
            stack.enter_context(view)
        stack.enter_context(_saying_what_is_kept(request))
        at = resume if resume is not True and resume is not False else None
        return _train(request, Checkpoints(request.folder / CHECKPOINTS, bool(resume) and not test, at), view)


@dataclass(frozen=True, slots=True)
class _Request:
    """What is trained, and where; `given` are rows in memory, `asked` what the user has named."""

    asked: str
    spec: ModelSpec
    folder: Path
    given: Data | None
    weights: Path | None
    tracking_uri: str | None
    test: bool

    @property
    def title(self) -> str:
        return f"nas train: {self.spec.name} in {self.folder}/{' (dry run)' if self.test else ''}"


def _requested(
    asked: str,
    source: Source,
    data: Data | str | None,
    folder: Path | str | None,
    options: TrainingOptions,
    *,
    test: bool,
) -> _Request:
    from nas.model.deploy.params.kinds import make_params

    find_address(options.get("tracking_uri"), STUDIES)
    settings: dict[str, Any] = {key: options.get(key) for key in ("epochs", "batch_size", "learning_rate", "seed")}
    made = changed(source.spec, data if isinstance(data, str) else None, settings)
    make_params(made.parameters)  # refuses now what could not be written when the training has ended
    if test:
        epochs = made.training.epochs if 0 < made.training.epochs < TEST_EPOCHS else TEST_EPOCHS
        batch = min(TEST_BATCH, made.training.batch_size)
        made = made.replace("training", epochs=epochs, min_steps=0, batch_size=batch, patience=0)
    weights = options.get("weights")
    return _Request(
        asked=asked,
        spec=made,
        folder=folder_of(source, None if folder is None else Path(folder), test=test),
        given=None if data is None or isinstance(data, str) else data,
        weights=None if weights is None else Path(weights),
        tracking_uri="none" if test else options.get("tracking_uri"),
        test=test,
    )


def _make_room(request: _Request, *, resume: bool, clean: bool) -> None:
    """Refuse to lose a training that has not ended; InputError."""
    checkpoints = request.folder / CHECKPOINTS
    if resume:
        return
    if not clean and any(checkpoints.glob("*.npz")) and not (request.folder / HISTORY).is_file():
        hint = "go on with --resume, begin anew with --clean, or write elsewhere with -o"
        raise InputError(request.folder, "holds a training that has not ended", hint=hint)
    clear(request.folder)


@contextmanager
def _saying_what_is_kept(request: _Request) -> Iterator[None]:
    """Let an interruption say what is kept and how to go on."""
    try:
        yield
    except KeyboardInterrupt as end:
        kept = len(list((request.folder / CHECKPOINTS).glob("*.npz")))
        if hasattr(end, "kept") and kept:
            end.kept = f"the checkpoint is kept; go on with: nas train {request.asked} --resume"
        raise


def _train(request: _Request, checkpoints: Checkpoints, view: TrainingProgress | None) -> TrainingResult:
    from nas.model.user_code import UserCode

    start, spec, code = time.monotonic(), request.spec, UserCode()
    _say(view, f"reading data: {spec.data.function or spec.data.source or 'in memory'}")
    data = load_training_data(spec, code, request.given)
    data = data.few() if request.test else data
    write_spec(spec, request.folder)
    _say(view, f"training on {len(data.prepared.train):,} rows, validating on {len(data.prepared.val):,}")
    fitted = _fit(request, code, data, checkpoints, view)
    keras = _keep_float_model(request.folder, fitted)
    _say(view, "quantizing to int8")
    model = deployed(spec, _quantized(spec, fitted.model, data), data)
    write_models(request.folder, spec, data, keras, model, probabilities=fitted.probabilities)
    from nas.model.keras_training.deploy import accuracy_of_keras, accuracy_of_tflite

    val = data.prepared.val
    result = TrainingResult(
        name=spec.name,
        folder=str(request.folder),
        tflite=str(request.folder / TFLITE),
        keras=str(request.folder / KERAS),
        archive=None,
        epochs=max(map(len, fitted.history.values()), default=0),
        best_epoch=fitted.best_epoch + 1,
        weights_sha256=weights_sha256(fitted.model.get_weights()),
        val_accuracy=accuracy_of_tflite(model.tflite, val),
        float_val_accuracy=accuracy_of_keras(fitted.model, val),
        baseline_accuracy=float(np.mean(val.y == data.prepared.train.majority)),
        seconds=round(time.monotonic() - start, 2),
        stopped_by=fitted.stopped_by,
        resumed_at=fitted.resumed_at,
        history=fitted.history,
        target=spec.target.name,
        footprint=model.footprint.summary(),
        problems=model.problems,
        notes=(*data.notes, *fitted.notes),
    )
    return _archived(request, _logged(request, result, view))


def _archived(request: _Request, result: TrainingResult) -> TrainingResult:
    """Write what the training reports, and its archive; return the result with the archive's path."""
    facts = {key: value for key, value in result.to_json().items() if key not in _PATHS}
    write_atomic(request.folder / RESULT, document(facts))
    return replace(result, archive=str(write_training_archive(request.folder)))


def _fit(
    request: _Request, code: Any, data: TrainingData, checkpoints: Checkpoints, view: TrainingProgress | None
) -> Any:
    from nas.model.keras_training.fit import FitData, Job, fit, make_feed

    spec, rows = request.spec, data.prepared
    if not spec.model.builder:
        hint = 'write [model] builder = "my_model.py:build" into it'
        raise InputError(spec.name, "must say which model it trains", hint=hint)
    job = Job(
        spec=spec,
        resolved=data.resolved(spec),
        code=code,
        checkpoints=checkpoints,
        folder=request.folder,
        weights=request.weights,
        after_epoch=None if view is None else view.epoch,
    )
    feed = make_feed(rows.train, data.dataset, spec.training, rows.class_names)
    return fit(job, FitData(feed, rows.val, data.digest))


def _keep_float_model(folder: Path, fitted: Any) -> bytes:
    """Write the float model and the learning curves, which are kept even if the model cannot be quantized."""
    from nas.model.keras_file import dump_keras

    keras = dump_keras(fitted.model)
    write_atomic(folder / KERAS, keras)
    write_history(folder, fitted.history, fitted.best_epoch)
    return keras


def _quantized(spec: ModelSpec, model: Any, data: TrainingData) -> bytes:
    from nas.model.deploy.convert import calibration_rows
    from nas.model.keras_training.deploy import quantize_keras

    table, rows = spec.quantization, data.prepared
    part = rows.val if table.calibration == "val" else rows.train
    chosen = calibration_rows(part, part.y, count=table.calibration_rows, seed=table.seed)
    return quantize_keras(model, chosen, spec.name)


def _logged(request: _Request, result: TrainingResult, view: TrainingProgress | None) -> TrainingResult:
    """Log the training to MLflow, and return its result with the id of its run."""
    if request.tracking_uri == "none":
        return result
    _say(view, "logging to MLflow")
    log = TrainingLog(
        name=result.name,
        settings=_flat(to_data(request.spec)),
        history=result.history,
        figures=result.to_json(),
        tags={"data": request.spec.data.source, "target": result.target, "weights_sha256": result.weights_sha256},
        files=tuple(request.folder / name for name in (TFLITE, KERAS, HISTORY, PICTURE, "metadata.json", "spec.toml")),
    )
    warnings: list[str] = []
    run = log_training(log, request.tracking_uri, STUDIES, warnings.append)
    return replace(result, mlflow_run=run, notes=(*result.notes, *warnings))


def _flat(table: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Return the values of nested tables by their dotted keys."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        flat |= _flat(value, f"{path}{key}.") if isinstance(value, Mapping) else {f"{path}{key}": value}
    return flat


def _say(view: TrainingProgress | None, text: str) -> None:
    if view is not None:
        view.phase(text)
