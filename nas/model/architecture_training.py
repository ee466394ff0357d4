"""The training of one architecture outside a search: float epochs, quantization-aware epochs, and the int8 model.

It takes the same steps as a training of a search, so a winner that is trained again on the same machine becomes the
same `.tflite`. After every epoch a checkpoint is stored; a training that was killed at any time goes on from there, and
ends with exactly the bytes of one without interruption.
"""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from nas.codec import to_data
from nas.data.axes import find_axes
from nas.data.dataset import Part
from nas.data.prepared import Prepared
from nas.errors import InputError
from nas.model import runtime
from nas.model.chosen_rows import choose_rows
from nas.model.deploy.tflite_model import float_outputs, judge
from nas.model.deploy.units import deploy
from nas.model.network.network import Network
from nas.model.training.checkpoint_folder import CheckpointFolder
from nas.model.training.quantization_aware import round_and_tune
from nas.model.training.training import Trained, TrainingRun, train
from nas.model.weights import dump_weights
from nas.study.retraining import Retraining
from nas.task.task import Task

Stage: TypeAlias = Literal["float", "quantization-aware"]


@dataclass(frozen=True, slots=True)
class Epoch:
    """An epoch that has ended.

    Attributes:
        stage: `float`, or `quantization-aware`.
        number: counted from 1; `epochs` is how many the stage has.
        numbers: those of the learning curves.
    """

    stage: Stage
    number: int
    epochs: int
    numbers: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class TrainedArchitecture:
    """An architecture after its training.

    Attributes:
        weights: of the float network after its own epochs, see `nas.model.weights`.
        tflite: the int8 model, after the quantization-aware epochs.
        history: learning curves of the float epochs; `qat_history` those of the quantization-aware ones, empty without.
        best_epoch: of the float network, counted from 0; `stopped_by` is what ended its epochs.
        learned: the task, with what it takes from the model's answers for validation rows.
        val_metrics: of the int8 model on these rows, by name; empty without such rows.
        float_val_accuracy: accuracy of the float network on them, of regression its RMSE; None without.
        resumed_at: epochs of both stages that had been trained before.
        seconds: wall time of this run.
        is_repeatable: whether TensorFlow computed with one thread, so that another run gives the same bytes.
    """

    weights: bytes
    tflite: bytes
    history: Mapping[str, tuple[float, ...]]
    qat_history: Mapping[str, tuple[float, ...]]
    best_epoch: int
    stopped_by: str
    learned: Task
    val_metrics: Mapping[str, float]
    float_val_accuracy: float | None
    resumed_at: int
    seconds: float
    is_repeatable: bool


def train_architecture(
    plan: Retraining,
    data: Prepared,
    checkpoints: Path,
    *,
    resume: bool = False,
    progress: Callable[[Epoch], None] | None = None,
) -> TrainedArchitecture:
    """Train an architecture, and quantize it.

    Args:
        plan: the training.
        data: the rows, behind the architecture's front-end.
        checkpoints: folder of the checkpoints.
        resume: whether to go on from the checkpoints that are there.
        progress: called after each epoch, when its checkpoint has been stored.

    Raises:
        InputError: the checkpoints belong to another training or are damaged, or the loss is no number any longer.
    """
    start = time.monotonic()
    rows = choose_rows(plan.rows, data, plan.architecture.task)
    plan.check_soft_labels(len(rows.train))
    stages = _Stages(CheckpointFolder(checkpoints), progress)
    stages.folder.begin(_identity(plan, rows.train, rows.judged), resume=resume)
    with runtime.repeatable() as is_repeatable:
        network, trained, tflite, tuned = _train(plan, data, stages)
    learned, val_metrics = _judged(plan, tflite, rows.judged)
    return TrainedArchitecture(
        weights=dump_weights(network),
        tflite=tflite,
        history=trained.history,
        qat_history={} if tuned is None else tuned.history,
        best_epoch=trained.best_epoch,
        stopped_by=trained.stopped_by,
        learned=learned,
        val_metrics=val_metrics,
        float_val_accuracy=None if rows.judged is None else _float_score(plan, network, trained, rows.judged),
        resumed_at=stages.resumed_at,
        seconds=time.monotonic() - start,
        is_repeatable=is_repeatable,
    )


@dataclass(slots=True)
class _Stages:
    """The checkpoints and the progress of both stages."""

    folder: CheckpointFolder
    progress: Callable[[Epoch], None] | None
    resumed_at: int = 0

    def run(self, run: TrainingRun, stage: Stage, epochs: int) -> TrainingRun:
        """Return a run of a stage that goes on from its checkpoint, and stores one after each epoch."""
        checkpoint = self.folder.load(stage)
        self.resumed_at += 0 if checkpoint is None else checkpoint.epochs

        def after_epoch(epoch: int, numbers: Mapping[str, float]) -> bool:
            if self.progress is not None:
                self.progress(Epoch(stage, epoch + 1, epochs, numbers))
            return True

        keep = self.folder.keeper(stage)
        return replace(run, epochs=epochs, checkpoint=checkpoint, keep=keep, after_epoch=after_epoch)


def _train(plan: Retraining, data: Prepared, stages: _Stages) -> tuple[Network, Trained, bytes, Trained | None]:
    """Return the float network, how its training went, the `.tflite`, and how its quantization-aware epochs went."""
    rows = choose_rows(plan.rows, data, plan.architecture.task)
    network = Network(plan.architecture.lower(), plan.seed)
    run = TrainingRun(
        seed=plan.seed,
        axes=find_axes(data),
        is_sound=data.is_sound,
        soft_labels=plan.soft_labels,
        task=plan.architecture.task,
        input_range=data.input_range,
    )
    try:
        first = replace(stages.run(run, "float", plan.epochs), restart_epochs=plan.restart_epochs)
        trained = train(network, rows.train, rows.val, plan.recipe, first)
        second = stages.run(run, "quantization-aware", plan.qat_epochs)
        rounded, tuned = round_and_tune(network, rows.train, rows.val, plan.recipe, second)
    except FloatingPointError as error:
        raise InputError("training", str(error).removeprefix("training ")) from None
    return network, trained, deploy(network, rounded, plan.architecture.task), tuned


def _float_score(plan: Retraining, network: Network, trained: Trained, val: Part) -> float:
    """Return what `float_val_accuracy` is: of a regression the RMSE, else the accuracy of the best epoch."""
    task = plan.architecture.task
    if task.main_metric == task.curve:
        return trained.val_accuracy
    outputs = float_outputs(network, task.read(val.x))
    return task.judged(outputs, val.y, plan.architecture.outputs, val.x)[task.main_metric]


def _judged(plan: Retraining, tflite: bytes, val: Part | None) -> tuple[Task, Mapping[str, float]]:
    if val is None:
        return plan.architecture.task, {}
    return judge(tflite, val, plan.architecture.task, plan.architecture.outputs)


def _identity(plan: Retraining, rows: Part, val: Part | None) -> dict[str, Any]:
    """Return all that decides the weights; rows and soft labels by a digest of their numbers."""
    parts = [rows.x, rows.y, *(() if rows.variants is None else (rows.variants,))]
    parts += [] if val is None else [val.x, val.y]
    labels = () if plan.soft_labels is None else (plan.soft_labels,)
    return {
        "architecture": plan.architecture.to_json(),
        "recipe": to_data(plan.recipe),
        "epochs": plan.epochs,
        "quantization-aware epochs": plan.qat_epochs,
        "seed": plan.seed,
        "restarts": list(plan.restart_epochs),
        "data": _digest(*parts),
        "soft labels": _digest(*labels),
        "versions": runtime.versions(),
    }


def _digest(*arrays: Any) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
