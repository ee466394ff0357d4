"""One candidate's way from architecture to record; each arrow of it is one call."""

import resource
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from nas.architecture import Architecture, digest
from nas.budget import Budget
from nas.data.axes import axes
from nas.data.dataset import Floats, Part
from nas.data.folds import folds
from nas.data.splits import Splits
from nas.footprint import Totals, estimate_many, profile
from nas.graph import Graph
from nas.metrics import Estimate, confusion, confusions, constant_answer, drawn_from, estimates, scores
from nas.recipe import Recipe
from nas.record import Record, State
from nas.rungs import Climb, Rung
from nas.target import Target


@dataclass(frozen=True, slots=True)
class Candidate:
    """An architecture with all that is known of it before training."""

    architecture: Architecture
    graph: Graph
    digest: str
    footprint: Totals
    over: Mapping[str, float]


def examine(architecture: Architecture, target: Target, budget: Budget) -> Candidate:
    """Lower and estimate; no TensorFlow, a fraction of a millisecond."""
    graph = architecture.lower()
    (footprint,) = estimate_many([graph], target)
    return Candidate(architecture, graph, digest(graph), footprint, budget.over(footprint))


@dataclass(frozen=True, slots=True)
class Given:
    """Train on the training rows, validate on the validation rows."""

    def pick(self, splits: Splits) -> tuple[Part, Part | None]:
        return splits.train, splits.val


@dataclass(frozen=True, slots=True)
class Fold:
    """Train on training and validation rows but one of `count` folds, and validate on that one."""

    index: int
    count: int
    seed: int

    def pick(self, splits: Splits) -> tuple[Part, Part | None]:
        part = splits.train.join(splits.val)
        kept, held = folds(part, self.count, self.seed)[self.index]
        return part.take(kept), part.take(held)


@dataclass(frozen=True, slots=True)
class Everything:
    """Train on training and validation rows; there is no validation accuracy then, but float weights."""

    def pick(self, splits: Splits) -> tuple[Part, Part | None]:
        return splits.train.join(splits.val), None


Rows: TypeAlias = Given | Fold | Everything


@dataclass(frozen=True, slots=True)
class Job:
    """A training that a worker process is asked for.

    Attributes:
        trial: number of the trial that it belongs to.
        params: the sampled dimensions.
        target: whose footprint is profiled; `budget` is checked again on the `.tflite`.
        epochs: passes over the training rows.
        seed: of weights, batches and dropout.
        seconds: time after which training stops at the next epoch; None for no limit.
        rows: what to train on and what to validate on.
        rungs: what the training must reach to go on.
        rests: epochs of all rungs of the study, at each of which the learning rate has come down.
        metric: name of the metric that the study judges by.
        taught: a teacher's probabilities for the training rows, [n, classes].
        continues: trial whose training this one takes further, from `checkpoint`, or without one from zero.
    """

    trial: int
    architecture: Architecture
    params: Mapping[str, Any]
    target: Target
    budget: Budget
    recipe: Recipe
    epochs: int
    seed: int
    seconds: float | None = None
    rows: Rows = field(default_factory=Given)
    rungs: tuple[Rung, ...] = ()
    rests: tuple[int, ...] = ()
    metric: str = "accuracy"
    taught: Floats | None = None
    continues: int | None = None
    checkpoint: bytes | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a worker gives back: the record, without objective values, and the model.

    Where asked for, also the float weights; of a candidate that pauses on a rung, the checkpoint to go on from.
    """

    record: Record
    tflite: bytes | None = None
    weights: bytes | None = None
    checkpoint: bytes | None = None


@dataclass(frozen=True, slots=True)
class TeachJob:
    """A large network is to be trained on a fold, and to answer; fields are those of `Job`."""

    rows: Fold
    recipe: Recipe
    epochs: int
    seed: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a teacher says.

    Attributes:
        taught: probabilities [n, classes] of training and validation rows, the held-out ones among them.
        val_accuracy: of the float model, on the rows that were held out.
        epochs: that it was trained for; `seconds` that it took.
    """

    taught: Floats
    val_accuracy: float
    epochs: int
    seconds: float


@dataclass(frozen=True, slots=True)
class TestJob:
    """The one look at the test set: the winner's `.tflite` and float weights."""

    architecture: Architecture
    tflite: bytes
    weights: bytes
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """What the winner does on the test rows; each field is the `Winner`'s of the same name."""

    test_accuracy: float
    float_test_accuracy: float
    baseline_accuracy: float
    confusion: tuple[tuple[int, ...], ...]
    test_metrics: Mapping[str, Estimate]
    float_test_metrics: Mapping[str, Estimate]
    baseline_metrics: Mapping[str, float]
    drawn_from: str


@dataclass(slots=True)
class _Worker:
    """What a worker process holds between jobs."""

    splits: Splits | None = None


_worker = _Worker()


class _Clock(dict[str, float]):
    """Seconds by stage: `with clock("train"): ...`."""

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = time.monotonic()
        try:
            yield
        finally:
            self[stage] = round(time.monotonic() - start, 4)


def initialize(splits: Splits) -> None:
    """Make this process ready for jobs: TensorFlow with one thread, the data and all modules at hand."""
    from nas.model import evaluate, quantize, runtime, training  # noqa: F401 - loaded before `settle`

    runtime.use_one_thread()
    runtime.leave_graphs_as_written()
    _worker.splits = splits
    runtime.settle()


def perform(task: Job | TeachJob | TestJob) -> Outcome | TestOutcome | Lesson:
    """Do a task in this process."""
    from nas.model import runtime

    assert _worker.splits is not None, "initialize() comes first"
    try:
        if isinstance(task, TeachJob):
            return teach(task, _worker.splits)
        return run(task, _worker.splits) if isinstance(task, Job) else test(task, _worker.splits)
    finally:
        runtime.clear()


def run(job: Job, splits: Splits) -> Outcome:
    """Build, train, quantize, profile and evaluate one candidate; what fails is told by the record."""
    clock = _Clock()
    facts: dict[str, Any] = {"state": State.COMPLETE}
    try:
        products = _run(job, splits, clock, facts)
    except Exception as error:  # One candidate that fails must not end the search.
        facts |= {"state": State.FAILED, "reason": f"{type(error).__name__}: {error}"[:500]}
        products = {}
    return Outcome(_record(job, clock, facts), **products)


def _run(job: Job, splits: Splits, clock: _Clock, facts: dict[str, Any]) -> dict[str, bytes]:
    """Write what is found out into `facts`, and return the files of the outcome."""
    from nas.model.checkpoint import Checkpoint
    from nas.model.evaluate import Int8Model
    from nas.model.network import Network
    from nas.model.quantize import calibration_rows, quantize
    from nas.model.rounded import rounded
    from nas.model.training import train
    from nas.model.weights import dump_weights

    deadline = None if job.seconds is None else time.monotonic() + job.seconds
    graph = job.architecture.lower()
    rows, val = job.rows.pick(splits)
    with clock("build"):
        network = Network(graph, job.seed)
    how: dict[str, Any] = {"seed": job.seed, "axes": axes(splits), "taught": job.taught, "deadline": deadline}
    with clock("train"):
        checkpoint = None if job.checkpoint is None else Checkpoint.loads(job.checkpoint)
        climb = Climb(job.rungs, max(checkpoint.history["val_accuracy"]) if checkpoint else 0.0)
        trained = train(
            network,
            rows,
            val,
            job.recipe,
            epochs=job.epochs,
            go_on=climb.go_on,
            checkpoint=checkpoint,
            rests=job.rests,
            **how,
        )
    facts |= {"history": trained.history, "resumed_at": checkpoint.epochs if checkpoint else 0}
    if climb.failed or (trained.stopped_by == "deadline" and isinstance(job.rows, Given)):
        epochs = len(trained.history["loss"])
        reason = climb.failed or f"time limit after {epochs} epochs"
        facts |= {"state": State.PRUNED, "reason": reason, "at_rung": epochs if climb.failed else None}
        return {"checkpoint": trained.checkpoint.dumps()} if trained.checkpoint else {}
    with clock("quantize"):
        deployed = rounded(network, calibration_rows(rows, seed=job.seed))
        epochs = 0 if isinstance(job.rows, Given) else job.recipe.rounded(job.epochs)
        if epochs:
            gentle = replace(job.recipe, learning_rate=job.recipe.learning_rate / 8)
            train(deployed, rows, val, gentle, epochs=epochs, **how)
        tflite = quantize(deployed)
    footprint = profile(tflite, job.target)
    facts["profiled"] = footprint.summary()
    if job.budget.over(footprint):
        facts |= {"state": State.FAILED, "reason": f"the .tflite is over budget: {job.budget.describe(footprint)}"}
        return {"tflite": tflite}
    if val is None:
        return {"tflite": tflite, "weights": dump_weights(network)}
    with clock("evaluate"):
        counts = confusion(Int8Model(tflite).labels(val.x), val.y, len(splits.class_names))
        facts["val_metrics"] = scores(counts)
        facts["val_accuracy"] = facts["val_metrics"]["accuracy"]
        facts["float_val_accuracy"] = trained.val_accuracy
    return {"tflite": tflite}


def teach(job: TeachJob, splits: Splits) -> Lesson:
    """Train a teacher, and let it answer."""
    from nas.model.network import Network
    from nas.model.teacher import answers, teacher_graph, train_teacher

    start = time.monotonic()
    deadline = None if job.seconds is None else start + job.seconds
    rows, val = job.rows.pick(splits)
    assert val is not None
    shape = (1, *splits.input_shape) if splits.kind == "series" else splits.input_shape
    network = Network(teacher_graph(shape, len(splits.class_names)), job.seed)
    trained = train_teacher(
        network, rows, val, job.recipe, epochs=job.epochs, seed=job.seed, axes=axes(splits), deadline=deadline
    )
    return Lesson(
        taught=answers(network, splits.train.join(splits.val).x, job.recipe.temperature),
        val_accuracy=trained.val_accuracy,
        epochs=len(trained.history["loss"]),
        seconds=round(time.monotonic() - start, 2),
    )


def _record(job: Job, clock: _Clock, facts: Mapping[str, Any]) -> Record:
    from nas.model import runtime

    return Record(
        trial=job.trial,
        digest=digest(job.architecture.lower()),
        params=job.params,
        architecture=job.architecture.to_json(),
        seed=job.seed,
        metric=job.metric,
        continues=job.continues,
        seconds=dict(clock),
        versions=runtime.versions(),
        peak_rss_bytes=_peak_rss_bytes(),
        **facts,
    )


def test(task: TestJob, splits: Splits) -> TestOutcome:
    """Evaluate the winner on the test rows: the int8 model as deployed, and the float one it came from."""
    from nas.model.evaluate import Int8Model, float_labels
    from nas.model.network import Network
    from nas.model.weights import load_weights

    network = Network(task.architecture.lower())
    load_weights(network, task.weights)
    part, classes = splits.test, len(splits.class_names)
    counts = confusions(Int8Model(task.tflite).labels(part.x), part.y, part.groups, classes)
    float_counts = confusions(float_labels(network, part.x), part.y, part.groups, classes)
    total = counts.sum(0)
    int8, float_ = estimates(counts), estimates(float_counts)
    baseline = scores(constant_answer(total, splits.majority))
    return TestOutcome(
        test_accuracy=int8["accuracy"].value,
        float_test_accuracy=float_["accuracy"].value,
        baseline_accuracy=baseline["accuracy"],
        confusion=tuple(map(tuple, total.tolist())),
        test_metrics=int8,
        float_test_metrics=float_,
        baseline_metrics=baseline,
        drawn_from=drawn_from(counts, grouped=part.groups is not None),
    )


def _peak_rss_bytes() -> int:
    """Return the most memory that this process ever held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
