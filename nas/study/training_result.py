"""The training of one model: where its checkpoints are, what it reports, and what comes of it."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from nas.arrays import Array
from nas.codec import to_data
from nas.study.scores import as_accuracy
from nas.task.classification import Classification
from nas.task.task import Task, find_metric, metric_title

AfterEpoch = Callable[[int, Mapping[str, float]], bool | None]
"""Called after each epoch, when its checkpoint is written, with its number, from 0, and its numbers by name: `loss`,
`accuracy`, `val_loss`, `val_accuracy`, `learning_rate`, and those of other metrics. If it returns true, this run ends
there; the training can go on from the checkpoint."""


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Where a training keeps a checkpoint of each epoch, and from which it goes on.

    Attributes:
        folder: of the checkpoints; made when the first is written.
        resume: whether to go on from a checkpoint; without one, the training begins at its start.
        epoch: number of epochs that the checkpoint to go on from has; None for the latest.
    """

    folder: Path
    resume: bool = False
    epoch: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TrainedModel:
    """A model after its training, whoever built it.

    Attributes:
        keras: the float model, the content of a `.keras` file; `weights` are all of its weights by layer.
        tflite: the int8 model.
        probabilities: whether it ends in a softmax.
        history: one number for each epoch, by name; of an architecture, `qat_...` are the quantization-aware epochs.
        best_epoch: whose weights the float model has, counted from 0.
        stopped_by: what ended the training.
        resumed_at: epochs of earlier runs.
        val_score: of the int8 model on the validation rows, in `metric`; None if it has learned from them.
        float_val_score: of the float model on them.
        notes: what the user should know, one line each.
        task: what the model answers, with what brings its outputs to answers.
    """

    keras: bytes
    weights: tuple[Array, ...]
    tflite: bytes
    probabilities: bool
    history: Mapping[str, tuple[float, ...]]
    best_epoch: int
    stopped_by: str
    resumed_at: int
    val_score: float | None
    float_val_score: float | None
    notes: tuple[str, ...] = ()
    task: Task = field(default_factory=Classification)

    @property
    def metric(self) -> str:
        """What the scores are: the main metric of the task, such as `accuracy`, or `rmse` of regression."""
        return self.task.main_metric


@dataclass(frozen=True, slots=True, repr=False)
class TrainingResult:
    """A training and the model that came of it; `nas.train` gives one.

    Attributes:
        name: of the model.
        folder: of the training, with all its files.
        tflite: path of the int8 model; `keras` of the float model, `archive` of everything as one file, if it is there.
        epochs: number of epochs that the model was trained for, earlier runs included.
        best_epoch: whose weights it has, counted from 1.
        weights_sha256: SHA-256 of all float weights in the order of the layers, as float32 little-endian.
        val_score: of the int8 model on the validation rows; `float_val_score` of the float model; None if it has
            learned from these rows too.
        baseline_score: of always answering the class that is most frequent in training, or the mean target, on the
            same rows.
        seconds: wall time of this run.
        stopped_by: what ended the training: `epochs`, or the name of the callback that did.
        resumed_at: number of epochs that earlier runs have trained; 0 if there was none.
        history: one number for each epoch, by name: `loss`, `accuracy`, `val_loss`, `val_accuracy`, `learning_rate`,
            and those of other metrics.
        footprint: what the int8 model costs on the target, by name; `target` is its name.
        problems: why it may not run there, in words; empty if it does.
        notes: what the user should know, one line each.
        mlflow_run: id of the training's run in MLflow; None if it is not tracked.
        metric: what the three scores are: `accuracy`, or the main metric of another task, such as `rmse` in the
            units of the target.
    """

    name: str
    folder: str
    tflite: str
    keras: str | None
    archive: str | None
    epochs: int
    best_epoch: int
    weights_sha256: str
    val_score: float | None
    float_val_score: float | None
    baseline_score: float
    seconds: float
    stopped_by: str
    resumed_at: int
    history: Mapping[str, tuple[float, ...]]
    target: str
    footprint: Mapping[str, Any]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    mlflow_run: str | None = None
    metric: str = "accuracy"

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain data; the figures of the footprint stand beside the others."""
        data = to_data(self)
        accuracies = {name: getattr(self, name) for name in ("val_accuracy", "float_val_accuracy", "baseline_accuracy")}
        return {**data.pop("footprint"), **data, **accuracies}

    @property
    def val_accuracy(self) -> float | None:
        """`val_score`, if it is an accuracy; `float_val_accuracy` and `baseline_accuracy` likewise."""
        return as_accuracy(self.metric, self.val_score)

    @property
    def float_val_accuracy(self) -> float | None:
        return as_accuracy(self.metric, self.float_val_score)

    @property
    def baseline_accuracy(self) -> float | None:
        return as_accuracy(self.metric, self.baseline_score)

    def __repr__(self) -> str:
        """Return the model, its scores and its size, in a line."""
        text = find_metric(self.metric).text
        scores = f"{metric_title(self.metric)} {text(self.val_score)} int8, {text(self.float_val_score)} float"
        size = f"{self.footprint['weights_bytes']:,} B of weights"
        return f"<nas.TrainingResult {self.name}: {self.epochs} epochs, validation {scores}, {size}>"


def weights_sha256(weights: Iterable[Array]) -> str:
    """Return the SHA-256 of float weights, one array after the other, as float32 little-endian."""
    sha = hashlib.sha256()
    for array in weights:
        sha.update(np.ascontiguousarray(array, dtype="<f4").tobytes())
    return sha.hexdigest()
