"""The work of a worker process: a table maps each type of task to the function that performs it."""

import resource
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from nas.data.axes import find_axes
from nas.data.dataset import Part
from nas.data.prepared import Prepared
from nas.data.splits import Splits
from nas.model.chosen_rows import ChosenRows, choose_rows
from nas.model.rows import rows_of
from nas.model.winner import evaluate_winner
from nas.signal.kind import as_input
from nas.space.architecture import Architecture
from nas.study.record import Record, State
from nas.study.rungs import HalvingRule
from nas.study.tasks import (
    EvaluationTask,
    Fold,
    Task,
    TeacherAnswers,
    TeacherTask,
    TrainingOutcome,
    TrainingTask,
)
from nas.target.front_end import behind_front_end
from nas.target.profiler import profile
from nas.task.task import validation_curve

if TYPE_CHECKING:
    from nas.model.network.network import Network
    from nas.model.training.training import Trained, TrainingRun

A = TypeVar("A")


@dataclass(slots=True)
class _Worker:
    """The data that a worker process keeps from one task to the next."""

    splits: Splits | None = None


_worker = _Worker()


class _Stages(dict[str, float]):
    """Seconds by stage: `with stages("train"): ...`."""

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = time.monotonic()
        try:
            yield
        finally:
            self[stage] = round(time.monotonic() - start, 4)

    def split(self, stage: str, part: str, seconds: float) -> None:
        """Count some seconds of a stage as a stage of their own."""
        self[part] = min(round(seconds, 4), self[stage])
        self[stage] = round(self[stage] - self[part], 4)


def initialize(splits: Splits) -> None:
    """Make this process ready for tasks: load TensorFlow with one thread, the data and all modules."""
    from nas.model import runtime
    from nas.model.deploy import convert, tflite_model  # noqa: F401 - loaded before `settle`
    from nas.model.training import quantization_aware, training  # noqa: F401 - loaded before `settle`

    runtime.use_one_thread()
    runtime.leave_graphs_as_written()
    _worker.splits = splits
    runtime.settle()


def perform(task: Task[A]) -> A:
    """Perform a task in this process."""
    from nas.model import runtime

    assert _worker.splits is not None, "initialize() comes first"
    try:
        answer: A = PERFORM[type(task)](task, rows_of(_worker.splits, task))
        return answer
    finally:
        runtime.clear()


def train_candidate(task: TrainingTask, data: Prepared) -> TrainingOutcome:
    """Build, train, quantize, profile and evaluate one candidate; if something fails, the record says so."""
    from nas.model import runtime

    stages = _Stages()
    record = Record(
        trial=task.trial,
        state=State.COMPLETE,
        digest=task.architecture.digest(),
        params=task.params,
        architecture=task.architecture.to_json(),
        seed=task.seed,
        metric=task.metric,
        continues=task.continues,
        versions=runtime.versions(),
        host=socket.gethostname(),
    )
    try:
        training = _train(task, data, stages)
        record = replace(record, history=training.trained.history, resumed_at=training.resumed_at)
        record = replace(record, reason=_cut_short(task, training))
        outcome = _pruned(task, training, record) or _deploy(task, training, record, stages)
    except Exception as error:  # One candidate that fails must not end the search.
        outcome = TrainingOutcome(_failed(record, f"{type(error).__name__}: {error}"[:500]))
    return replace(outcome, record=replace(outcome.record, seconds=dict(stages), peak_rss_bytes=_peak_rss_bytes()))


@dataclass(frozen=True, slots=True)
class _Training:
    """A network after its training.

    Attributes:
        network: the float network, with its best weights.
        rows: what it was trained and validated on.
        trained: its learning curves and how the training ended.
        run: what training and quantization-aware training have in common.
        resumed_at: epochs that the checkpoint had; 0 without one.
        below_rung: why the training was stopped at a rung; None if it was not.
    """

    network: "Network"
    rows: ChosenRows
    trained: "Trained"
    run: "TrainingRun"
    resumed_at: int
    below_rung: str | None


def _train(task: TrainingTask, data: Prepared, stages: _Stages) -> _Training:
    """Train the float network, from the task's checkpoint if it has one, until it ends or a rung stops it."""
    from nas.model.network.network import Network
    from nas.model.training.checkpoint import Checkpoint
    from nas.model.training.training import TrainingRun, train

    deadline = None if task.seconds is None else time.monotonic() + task.seconds
    rows = choose_rows(task.rows, data, task.architecture.task)
    with stages("build"):
        network = Network(task.architecture.lower(), task.seed)
    run = TrainingRun(
        seed=task.seed,
        axes=find_axes(data),
        is_sound=data.is_sound,
        soft_labels=task.soft_labels,
        task=task.architecture.task,
        input_range=data.input_range,
        deadline=deadline,
    )
    with stages("train"):
        checkpoint = None if task.checkpoint is None else Checkpoint.loads(task.checkpoint)
        rule = HalvingRule(task.rungs, task.epochs, validation_curve(checkpoint.history) if checkpoint else ())
        float_run = replace(
            run,
            epochs=task.epochs,
            restart_epochs=task.restart_epochs,
            checkpoint=checkpoint,
            after_epoch=rule.after_epoch,
        )
        trained = train(network, rows.train, rows.val, task.recipe, float_run)
    stages.split("train", "trace", trained.start_seconds)
    return _Training(network, rows, trained, run, checkpoint.epochs if checkpoint else 0, rule.reason)


def _cut_short(task: TrainingTask, training: _Training) -> str | None:
    """Return in words how far a training got that its time limit has ended; None for any other.

    Those of the finals count too if only some steps of the last epoch were left out: they cannot be repeated.
    """
    trained = training.trained
    if not (trained.cut_short if task.rows.final else trained.stopped_by == "deadline"):
        return None
    return f"cut short by the time limit after {len(trained.history['loss'])} of {task.epochs} epochs"


def _pruned(task: TrainingTask, training: _Training, record: Record) -> TrainingOutcome | None:
    """Return the outcome of a training that a rung or, in the search, the time limit has stopped; None otherwise.

    A training that the time limit has stopped is None too if the study needs it, or if it is of the finals.
    """
    trained, epochs = training.trained, len(record.history["loss"])
    if training.below_rung:
        assert trained.checkpoint is not None
        pruned = replace(record, state=State.PRUNED, reason=training.below_rung, at_rung=epochs)
        return TrainingOutcome(pruned, checkpoint=trained.checkpoint.dumps())
    if record.reason is not None and not task.needed and not task.rows.final:
        return TrainingOutcome(replace(record, state=State.PRUNED))
    return None


def _deploy(task: TrainingTask, training: _Training, record: Record, stages: _Stages) -> TrainingOutcome:
    """Quantize a trained network, check its budget, and evaluate the int8 model on the validation rows."""
    from nas.model.deploy.tflite_model import judge
    from nas.model.weights import dump_weights

    val = training.rows.judged
    with stages("quantize"):
        tflite, is_whole = _quantize(task, training)
    if not is_whole and record.reason is None:
        record = replace(record, reason="cut short by the time limit in its quantization-aware epochs")
    member = task.architecture
    footprint = behind_front_end(profile(tflite, task.target), member, task.target)
    record = replace(record, profiled=footprint.summary())
    if task.budget.over(footprint):
        reason = f"the .tflite is over budget: {task.budget.describe(footprint)}"
        return TrainingOutcome(_failed(record, reason), tflite)
    if val is None:
        return TrainingOutcome(record, tflite, dump_weights(training.network))
    with stages("evaluate"):
        learned, metrics = judge(tflite, val, member.task, member.outputs)
        before = _float_scores(member, training.network, val)
    record = replace(
        record,
        architecture=replace(member, task=learned).to_json(),
        val_metrics=metrics,
        float_val_metrics=before,
        float_val_accuracy=None if before else training.trained.val_accuracy,
    )
    return TrainingOutcome(record, tflite, None if isinstance(task.rows, Fold) else dump_weights(training.network))


def _float_scores(architecture: Architecture, network: "Network", val: Part) -> Mapping[str, float]:
    """Return the metrics of a float network; none of a classifier, whose accuracy is that of its best epoch."""
    from nas.model.deploy.tflite_model import float_outputs

    learns = architecture.task
    if learns.curve in learns.metrics and learns.main_metric == learns.curve:
        return {}
    return learns.judged(float_outputs(network, learns.read(val.x)), val.y, architecture.outputs, val.x)


def _quantize(task: TrainingTask, training: _Training) -> tuple[bytes, bool]:
    """Return the `.tflite` of a network, in the finals after its quantization-aware epochs, and if all were trained."""
    from nas.model.deploy.units import deploy
    from nas.model.training.quantization_aware import round_and_tune

    epochs = task.recipe.finals.qat_epochs_after(task.epochs) if task.rows.final else 0
    run = replace(training.run, epochs=epochs)
    rounded, tuned = round_and_tune(training.network, training.rows.train, training.rows.val, task.recipe, run)
    tflite = deploy(training.network, rounded, task.architecture.task)
    return tflite, tuned is None or not tuned.cut_short


def _failed(record: Record, reason: str) -> Record:
    return replace(record, state=State.FAILED, reason=reason)


def train_teacher(task: TeacherTask, data: Prepared) -> TeacherAnswers:
    """Train a teacher, and compute its soft labels for all training and validation rows."""
    from nas.model.deploy.tflite_model import float_outputs
    from nas.model.network.network import Network
    from nas.model.training import teacher
    from nas.model.training.training import TrainingRun

    start = time.monotonic()
    deadline = None if task.seconds is None else start + task.seconds
    rows, val = task.rows.pick(data)
    assert val is not None
    learns = task.learns
    outputs = learns.outputs(data.train.y, data.class_names, data.row_shape)
    network = Network(teacher.teacher_graph(as_input(data.row_shape), outputs, learns), task.seed)
    run = TrainingRun(
        epochs=task.epochs,
        seed=task.seed,
        axes=find_axes(data),
        is_sound=data.is_sound,
        task=learns,
        deadline=deadline,
    )
    trained = teacher.train_teacher(network, rows, val, task.recipe, run)
    return TeacherAnswers(
        soft_labels=learns.soften(float_outputs(network, data.train.join(data.val).x), task.recipe.finals.temperature),
        val_accuracy=trained.val_accuracy,
        epochs=len(trained.history["loss"]),
        seconds=round(time.monotonic() - start, 2),
    )


PERFORM: Mapping[type[Task[Any]], Callable[[Any, Prepared], Any]] = {
    TrainingTask: train_candidate,
    TeacherTask: train_teacher,
    EvaluationTask: evaluate_winner,
}


def _peak_rss_bytes() -> int:
    """Return the largest resident memory of this process so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
