"""Training of a Keras model: the same call gives the same weights, also when it goes on from a checkpoint."""

import contextlib
import dataclasses
import sys
import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nas.arrays import Array
from nas.data.dataset import Part
from nas.data.prepared import Prepared
from nas.errors import InputError
from nas.model import runtime
from nas.model.keras_runtime import gives_probabilities, keras, require_tensorflow
from nas.model.keras_training import checkpoint as checkpoints
from nas.model.keras_training.build import build
from nas.model.keras_training.callbacks import make_callbacks
from nas.model.keras_training.checkpoint import KerasCheckpoint
from nas.model.keras_training.compiling import Length, compile_model, takes_index
from nas.model.keras_training.feeding import DatasetFeed, Feed, RowFeed
from nas.model.keras_training.keeping import Guard, Keeper
from nas.model.keras_training.weights import load_weights
from nas.model.user_code import UserCode
from nas.study.model_spec import ModelSpec, ResolvedSpec
from nas.study.model_spec_tables import MOST_EPOCHS, UNTIL_STOPPED, TrainingTable
from nas.study.training_result import AfterEpoch, Checkpoints

# Settings of the computer or of the length of a training, which may change when it goes on.
_MAY_CHANGE = ("epochs", "callbacks", "tensorboard", "patience", "keep")


@dataclass(frozen=True, slots=True, eq=False)
class FitData:
    """What a network is trained on.

    Attributes:
        feed: the training rows.
        rows: scaled, of which those of `val` are what it is validated on.
        digest: of all rows, to be compared when a training goes on.
    """

    feed: Feed
    rows: Prepared
    digest: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A Keras model after its training.

    Attributes:
        model: with the weights that are kept, not compiled.
        history: one number for each epoch, by name.
        best_epoch: whose weights it has, counted from 0.
        probabilities: whether it ends in a softmax.
        stopped_by: what ended the training.
        resumed_at: epochs of earlier runs.
        seconds: wall time of this run.
        notes: what the user should know, one line each.
    """

    model: Any
    history: Mapping[str, tuple[float, ...]]
    best_epoch: int
    probabilities: bool
    stopped_by: str
    resumed_at: int
    seconds: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One call of `fit`.

    Attributes:
        spec: the specification.
        resolved: what functions of the user's are given.
        code: the user's files.
        checkpoints: where checkpoints are, and whether to go on from one.
        folder: of the training, for what callbacks write.
        weights: file of weights to begin with; None for fresh ones.
        after_epoch: called when the checkpoint of an epoch is written.
    """

    spec: ModelSpec
    resolved: ResolvedSpec
    code: UserCode
    checkpoints: Checkpoints
    folder: Path
    weights: Path | None = None
    after_epoch: AfterEpoch | None = None


def fit(job: Job, data: FitData) -> Fitted:
    """Build a model and train it, or go on with its training.

    Raises:
        InputError: the user's code raises or gives something else than it should, a setting is wrong, the loss is no
            finite number, or the checkpoint does not belong to this training.
    """
    start, table = time.monotonic(), job.spec.training
    with _deterministic():
        model, probabilities = _compiled(job, data)
        resumed = find_checkpoint(job.checkpoints)
        notes: list[str] = []
        if resumed is not None:
            path = checkpoints.path_of(job.checkpoints.folder, resumed.epochs)
            checkpoints.restore(model, resumed, path)
            notes += _compare(resumed, _facts(job, data), path)
        done = 0 if resumed is None else resumed.epochs
        others = make_callbacks(table, job.code, job.folder, done)
        keeps_best = _keeps_best(table, others)
        keeper = Keeper(
            others,
            job.checkpoints.folder,
            _facts(job, data),
            resumed,
            keeps_best=keeps_best,
            after_epoch=job.after_epoch,
        )
        guard = Guard(job.spec.name, table.seed, job.checkpoints.folder)
        with _told(notes):
            _run(model, data, table, [guard, *others, keeper], resumed)
        if keeps_best and keeper.best:
            model.set_weights(keeper.best)
        clean = _uncompiled(job, model.get_weights())
    epochs = len(keeper.history.get("loss", ()))
    return Fitted(
        model=clean,
        history={name: tuple(curve) for name, curve in keeper.history.items()},
        best_epoch=_kept_epoch(keeper, others, keeps_best, epochs),
        probabilities=probabilities,
        stopped_by=keeper.stopped_by or "epochs",
        resumed_at=done,
        seconds=time.monotonic() - start,
        notes=tuple(notes),
    )


def make_feed(rows: Prepared, dataset: Any, table: TrainingTable) -> Feed:
    """Return the feed of training rows, with their targets and weights.

    Args:
        rows: in memory.
        dataset: a `tf.data.Dataset` of the same training rows in batches, which is read instead; None for none.
        table: the settings.
    """
    weights, part = class_weights(table, rows), rows.train
    if dataset is not None:
        return DatasetFeed(dataset, len(rows.class_names), takes_index(table), weights)
    targets = _targets(table, rows, part)
    seed = table.seed if table.shuffle else None
    return RowFeed(part, targets, None if weights is None else weights[part.y], table.batch_size, seed)


def _targets(table: TrainingTable, rows: Prepared, part: Part) -> Array:
    """Return what the loss takes for the rows of a part, one entry each."""
    return part.y if takes_index(table) else rows.learns.targets(part.x, part.y, len(rows.class_names))


def class_weights(table: TrainingTable, rows: Prepared) -> Any:
    """Return the weight of each class as a float32 array; None if all weigh the same."""
    given, class_names = table.class_weights, rows.class_names
    if not given:
        return None
    if not isinstance(given, Mapping):
        return rows.learns.class_weights(rows.train.y, len(class_names))
    for name in given:
        if name not in class_names:
            raise InputError(
                "training.class_weights", "must name classes", got=repr(name), hint=f"known: {', '.join(class_names)}"
            )
    return np.array([given.get(name, 1.0) for name in class_names], np.float32)


def find_checkpoint(place: Checkpoints) -> KerasCheckpoint | None:
    """Return the checkpoint to go on from; None to begin at the start.

    Raises:
        InputError: a number of epochs is asked for of which there is no checkpoint.
    """
    if not place.resume:
        return None
    known = checkpoints.known_epochs(place.folder)
    if place.epoch is not None and place.epoch not in known:
        listed = f"there are those of {known[0]} to {known[-1]} epochs" if known else "there is none yet"
        raise InputError(
            "--resume-epoch", f"must be that of a checkpoint in {place.folder}", got=place.epoch, hint=listed
        )
    if not known:
        return None
    return checkpoints.load(checkpoints.path_of(place.folder, known[-1] if place.epoch is None else place.epoch))


def _compiled(job: Job, data: FitData) -> tuple[Any, bool]:
    """Return the model, compiled, and whether it ends in a softmax."""
    require_tensorflow()
    model = build(job.code.find(job.spec.model.builder), job.resolved)
    if job.weights is not None:
        load_weights(model, job.weights)
    probabilities = gives_probabilities(model, job.resolved.input_shape)
    length = Length(job.spec.training.epochs, data.feed.steps)
    compile_model(model, job.spec.training, job.code, length, probabilities=probabilities)
    # Keras would trace a function again that made variables when it was traced first.
    model.optimizer.build(model.trainable_variables)
    return model, probabilities


def _run(
    model: Any, data: FitData, table: TrainingTable, callbacks: list[Any], resumed: KerasCheckpoint | None
) -> None:
    val, done = data.rows.val, 0 if resumed is None else resumed.epochs
    epochs = MOST_EPOCHS if table.epochs == UNTIL_STOPPED else table.epochs
    if resumed is not None and resumed.stopped_by:
        epochs = done  # a callback has ended it; what callbacks do at the end is done again
    model.fit(
        data.feed.batches(done),
        steps_per_epoch=data.feed.steps,
        initial_epoch=done,
        epochs=max(epochs, done),
        validation_data=(val.x, _targets(table, data.rows, val)),
        validation_batch_size=max(table.batch_size, 256),
        callbacks=callbacks,
        verbose=0,
        shuffle=False,  # the feed has its own order
    )


def _uncompiled(job: Job, weights: list[Array]) -> Any:
    """Return the same model without optimizer and loss, so that its file holds the network alone."""
    model = build(job.code.find(job.spec.model.builder), job.resolved)
    model.set_weights(weights)
    return model


def _keeps_best(table: TrainingTable, others: list[Any]) -> bool:
    if table.keep:
        return table.keep == "best"
    return not any(getattr(one, "restore_best_weights", False) for one in others)


def _kept_epoch(keeper: Keeper, others: list[Any], keeps_best: bool, epochs: int) -> int:
    """Return the epoch whose weights the model has."""
    if keeps_best:
        return max(0, keeper.best_epoch)
    restored = [one.best_epoch for one in others if getattr(one, "best_weights", None) is not None]
    return int(restored[-1]) if restored else max(0, epochs - 1)


def _facts(job: Job, data: FitData) -> dict[str, Any]:
    """Return what is stored in checkpoints of the settings and the data."""
    settings = dataclasses.asdict(job.spec.training)
    kept = {name: value for name, value in settings.items() if name not in _MAY_CHANGE}
    return {"data": data.digest, "settings": {name: _text(value) for name, value in kept.items()}}


def _text(value: Any) -> str:
    return str(dict(value)) if isinstance(value, Mapping) else str(value)


def _compare(resumed: KerasCheckpoint, now: Mapping[str, Any], path: Path) -> Iterator[str]:
    """Yield what has changed since the checkpoint was written; InputError if it is the data."""
    then = resumed.training
    if then["data"] != now["data"]:
        hint = "restore the data, or begin again with --clean"
        raise InputError(path, "must be a checkpoint of a training on the same rows", hint=hint)
    for name, value in now["settings"].items():
        if then["settings"].get(name) not in (None, value):
            yield f"goes on with training.{name} = {value}; the epochs before had {then['settings'][name]}"


@contextlib.contextmanager
def _told(notes: list[str]) -> Iterator[None]:
    """Turn warnings into notes, each once, and let what callbacks print go to standard error, as all progress does."""
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(sys.stderr):
        warnings.simplefilter("always")
        yield
    notes += dict.fromkeys(" ".join(str(one.message).split()) for one in caught if one.category is UserWarning)


@contextlib.contextmanager
def _deterministic() -> Iterator[None]:
    """Let TensorFlow compute the same numbers in every run, within this block."""
    from tensorflow.python.framework import config

    with contextlib.suppress(RuntimeError):  # TensorFlow has computed before, as in a notebook
        runtime.use_one_thread()
    keras.utils.set_random_seed(0)
    runtime.tf.config.experimental.enable_op_determinism()
    try:
        yield
    finally:
        config.disable_op_determinism()
