"""The training of one model, from its specification to the int8 `.tflite` and everything that describes it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

from nas.api import STUDIES
from nas.api.labelled import baseline_score
from nas.api.training_architecture import front_end_of, train_named_architecture
from nas.api.training_archive import RESULT, write_training_archive
from nas.api.training_data import TrainingData, load_training_data
from nas.api.training_elsewhere import train_elsewhere
from nas.api.training_files import (
    HISTORY,
    KERAS,
    PICTURE,
    TFLITE,
    deployed,
    write_models,
)
from nas.api.training_keras import train_keras
from nas.api.training_progress import TrainingProgress
from nas.api.training_request import Request, TrainingOptions, requested
from nas.api.training_source import clear, found_source, write_spec
from nas.codec import to_data
from nas.data.given import Data
from nas.errors import InputError
from nas.files import write_atomic
from nas.keywords import explains_keywords
from nas.study.model_spec import ModelSpec
from nas.study.training_result import Checkpoints, TrainedModel, TrainingResult, weights_sha256
from nas.text import document
from nas.tracking.training_run import TrainingLog, log_training

CHECKPOINTS = "checkpoints"
# What `training.json` leaves out: it moves with its folder, and the learning curves have a file of their own.
_PATHS = ("folder", "tflite", "keras", "archive", "history")


@explains_keywords
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
    never interrupted. On a cluster, the epochs are trained by one of its workers, and their checkpoints come here about
    once a minute; the rest is done here.

    Args:
        spec: a specification, the path of a TOML or a Python file or of a `.nas.zip` with one, the folder of a
            training, or the name or folder of a study, for its winner.
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
        request = requested(asked, source, data, folder, options, test=test)
        _make_room(request, resume=bool(resume) and not test, clean=clean or test)
        shown = options.get("progress", True)
        view = TrainingProgress(request.title, request.epochs) if shown else None
        if view is not None:
            stack.enter_context(view)
        stack.enter_context(_saying_what_is_kept(request))
        at = resume if resume is not True and resume is not False else None
        return _train(request, Checkpoints(request.folder / CHECKPOINTS, bool(resume) and not test, at), view)


def _make_room(request: Request, *, resume: bool, clean: bool) -> None:
    """Refuse to lose a training that has not ended; InputError."""
    checkpoints = request.folder / CHECKPOINTS
    if resume:
        return
    if not clean and any(checkpoints.glob("*.npz")) and not (request.folder / HISTORY).is_file():
        hint = "go on with --resume, begin anew with --clean, or write elsewhere with -o"
        raise InputError(request.folder, "holds a training that has not ended", hint=hint)
    clear(request.folder)


@contextmanager
def _saying_what_is_kept(request: Request) -> Iterator[None]:
    """Let an interruption say what is kept and how to go on."""
    try:
        yield
    except KeyboardInterrupt as end:
        kept = len(list((request.folder / CHECKPOINTS).glob("*.npz")))
        if hasattr(end, "kept") and kept:
            elsewhere = "" if request.cluster is None else f" --cluster {request.cluster}"
            end.kept = f"the checkpoint is kept; go on with: nas train {request.folder} --resume{elsewhere}"
        raise


def _train(request: Request, checkpoints: Checkpoints, view: TrainingProgress | None) -> TrainingResult:
    from nas.model.user_code import UserCode

    start, spec, code = time.monotonic(), request.spec, UserCode()
    _say(view, f"reading data: {spec.data.function or spec.data.source or 'in memory'}")
    data = load_training_data(spec, code, request.given, front_end_of(request.source))
    data = data.few() if request.test else data
    request = replace(request, source=replace(request.source, spec=write_spec(request.source, request.folder)))
    _say(view, _rows_words(spec, len(data.prepared.train), len(data.prepared.val)))
    made = _trained(request, code, data, checkpoints, view)
    model, rows = deployed(spec, made, data), data.prepared
    write_models(request.folder, spec, data, made, model)
    result = TrainingResult(
        name=spec.name,
        folder=str(request.folder),
        tflite=str(request.folder / TFLITE),
        keras=str(request.folder / KERAS),
        archive=None,
        epochs=max(map(len, made.history.values()), default=0),
        best_epoch=made.best_epoch + 1,
        weights_sha256=weights_sha256(made.weights),
        val_score=made.val_score,
        float_val_score=made.float_val_score,
        baseline_score=baseline_score({"train": rows.train, "val": rows.val}, "val", made.task),
        seconds=round(time.monotonic() - start, 2),
        stopped_by=made.stopped_by,
        resumed_at=made.resumed_at,
        history=made.history,
        target=spec.target.name,
        footprint=model.footprint.summary(),
        problems=model.problems,
        notes=(*request.source.notes, *data.notes, *made.notes),
        metric=made.metric,
    )
    return _archived(request, _logged(request, result, view))


def _trained(
    request: Request, code: Any, data: TrainingData, checkpoints: Checkpoints, view: TrainingProgress | None
) -> TrainedModel:
    """Train and quantize; epochs of a cluster come home as checkpoints, and the training is ended here."""
    went = None
    if request.cluster is not None:
        went = train_elsewhere(request, data, checkpoints, view)
        checkpoints = went.checkpoints(checkpoints, numbered=not request.spec.model.architecture)
    if request.spec.model.architecture:
        made = train_named_architecture(request, data, checkpoints, view)
    else:
        made = train_keras(request, code, data, checkpoints, view)
    if went is None:
        return made
    return replace(made, resumed_at=went.resumed_at, notes=(went.note, *made.notes))


def _archived(request: Request, result: TrainingResult) -> TrainingResult:
    """Write what the training reports, and its archive; return the result with the archive's path."""
    facts = {key: value for key, value in result.to_json().items() if key not in _PATHS}
    write_atomic(request.folder / RESULT, document(facts))
    return replace(result, archive=str(write_training_archive(request.folder)))


def _logged(request: Request, result: TrainingResult, view: TrainingProgress | None) -> TrainingResult:
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


def _rows_words(spec: ModelSpec, train: int, val: int) -> str:
    """Return what a model learns from, in a few words."""
    if spec.model.architecture and spec.training.rows == "all":
        return f"training on {train + val:,} rows, those of validation among them"
    return f"training on {train:,} rows, validating on {val:,}"


def _say(view: TrainingProgress | None, text: str) -> None:
    if view is not None:
        view.phase(text)
