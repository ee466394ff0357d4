"""One candidate's way from architecture to record; each arrow of it is one call."""

import resource
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from nas.data.axes import axes
from nas.data.splits import Splits
from nas.graph.graph import digest
from nas.study.job import Given, Job, Lesson, Outcome, TeachJob, TestJob, TestOutcome
from nas.study.record import Record, State
from nas.study.rungs import HalvingRule
from nas.target.footprint import profile
from nas.task.metrics import confusion, confusions, constant_answer, drawn_from, estimates, scores


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
    from nas.model import runtime
    from nas.model.deploy import convert, int8_model  # noqa: F401 - loaded before `settle`
    from nas.model.training import training  # noqa: F401 - loaded before `settle`

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
    from nas.model.deploy.convert import calibration_rows, quantize
    from nas.model.deploy.fake_quantized import rounded
    from nas.model.deploy.int8_model import Int8Model
    from nas.model.network.network import Network
    from nas.model.training.checkpoint import Checkpoint
    from nas.model.training.training import train
    from nas.model.weights import dump_weights

    deadline = None if job.seconds is None else time.monotonic() + job.seconds
    graph = job.architecture.lower()
    rows, val = job.rows.pick(splits)
    with clock("build"):
        network = Network(graph, job.seed)
    how: dict[str, Any] = {"seed": job.seed, "axes": axes(splits), "taught": job.taught, "deadline": deadline}
    with clock("train"):
        checkpoint = None if job.checkpoint is None else Checkpoint.loads(job.checkpoint)
        rule = HalvingRule(job.rungs, checkpoint.history["val_accuracy"] if checkpoint else ())
        trained = train(
            network,
            rows,
            val,
            job.recipe,
            epochs=job.epochs,
            go_on=rule.after_epoch,
            checkpoint=checkpoint,
            rests=job.rests,
            **how,
        )
    facts |= {"history": trained.history, "resumed_at": checkpoint.epochs if checkpoint else 0}
    if rule.reason or (trained.stopped_by == "deadline" and isinstance(job.rows, Given)):
        epochs = len(trained.history["loss"])
        reason = rule.reason or f"time limit after {epochs} epochs"
        facts |= {"state": State.PRUNED, "reason": reason, "at_rung": epochs if rule.reason else None}
        return {"checkpoint": trained.checkpoint.dumps()} if trained.checkpoint else {}
    with clock("quantize"):
        deployed = rounded(network, calibration_rows(rows, seed=job.seed))
        epochs = 0 if isinstance(job.rows, Given) else job.recipe.finals.qat_epochs_after(job.epochs)
        if epochs:
            gentle = job.recipe.replace(learning_rate=job.recipe.training.learning_rate / 8)
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
    from nas.model.network.network import Network
    from nas.model.training.teacher import answers, teacher_graph, train_teacher

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
        taught=answers(network, splits.train.join(splits.val).x, job.recipe.finals.temperature),
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
    from nas.model.deploy.int8_model import Int8Model, float_labels
    from nas.model.network.network import Network
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
