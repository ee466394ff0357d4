"""Workers that train nothing: they make up an accuracy from a network's name, in this process."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nas.graph.graph import digest
from nas.study.job import Everything, Fold, Given, Job, Lesson, Outcome, TeachJob, TestJob, TestOutcome
from nas.study.record import Record, State
from nas.target.footprint import estimate
from nas.task.metrics import METRICS, constant_answer, estimates, scores

# Training and validation rows of `wine`.
TAUGHT_ROWS = 142
CURVE = {"loss": (1.0,), "accuracy": (0.5,), "val_loss": (1.0,), "val_accuracy": (0.5,)}


def accuracy(job: Job) -> float:
    """An accuracy that only the network and the seed decide."""
    return round(random.Random(f"{digest(job.architecture.lower())} {job.seed}").uniform(0.5, 0.95), 3)


def score(job: Job, metric: str) -> float:
    """A metric that ranks networks otherwise than the others do."""
    if metric == "accuracy":
        return accuracy(job)
    return round(random.Random(f"{metric} {digest(job.architecture.lower())} {job.seed}").uniform(0.5, 0.95), 3)


@dataclass
class Log:
    """What all stand-ins of a test were asked for, and what they are to do wrong.

    Attributes:
        lose: tasks, counted from 0, whose process dies.
        interrupt: number of tasks after which Ctrl-C comes, while the next one runs.
    """

    tasks: list[Job | TeachJob | TestJob] = field(default_factory=list)
    lose: set[int] = field(default_factory=set)
    interrupt: int | None = None

    @property
    def searched(self) -> list[Job]:
        return self._on(Given)

    @property
    def finals(self) -> list[Job]:
        return self._on(Fold)

    @property
    def last(self) -> list[Job]:
        return self._on(Everything)

    def _on(self, rows: type) -> list[Job]:
        return [task for task in self.tasks if isinstance(task, Job) and isinstance(task.rows, rows)]

    @property
    def teachers(self) -> list[TeachJob]:
        return [task for task in self.tasks if isinstance(task, TeachJob)]

    @property
    def tests(self) -> list[TestJob]:
        return [task for task in self.tasks if isinstance(task, TestJob)]


class StandIns:
    """The interface of `nas.optimizer.executor.local.Workers`; tasks end in the order in which they began."""

    log = Log()

    def __init__(self, splits: Any, jobs: int) -> None:
        self.size = jobs or 2
        self.running: list[Job | TeachJob | TestJob] = []
        self._numbers: list[int] = []

    @property
    def idle(self) -> int:
        return self.size - len(self.running)

    def submit(self, task: Job | TeachJob | TestJob) -> None:
        assert self.idle
        self._numbers.append(len(self.log.tasks))
        self.log.tasks.append(task)
        self.running.append(task)

    def collect(self, timeout: float) -> Iterator[tuple[Job | TeachJob | TestJob, Any]]:
        if self.log.interrupt is not None and len(self.log.tasks) >= self.log.interrupt:
            self.log.interrupt = None
            raise KeyboardInterrupt
        if self.running:
            task, number = self.running.pop(0), self._numbers.pop(0)
            yield task, "its worker process died" if number in self.log.lose else outcome(task)

    def close(self) -> None:
        self.running.clear()


def outcome(task: Job | TeachJob | TestJob) -> Outcome | Lesson | TestOutcome:
    """What a worker would bring back."""
    if isinstance(task, TeachJob):
        # Each says its own number for every row.
        return Lesson(np.full((TAUGHT_ROWS, 3), task.rows.index, np.float32), 0.9, task.epochs, 1.0)
    if isinstance(task, TestJob):
        counts = np.array([[1, 0], [0, 1]])
        tested, baseline = estimates(counts[None]), scores(constant_answer(counts, 0))
        return TestOutcome(0.8, 0.81, 0.3, ((1, 0), (0, 1)), tested, tested, baseline, "2 rows")
    graph = task.architecture.lower()
    facts = estimate(graph, task.target).summary()
    validated = None if isinstance(task.rows, Everything) else accuracy(task)
    record = Record(
        *(task.trial, State.COMPLETE, digest(graph), task.params, task.architecture.to_json(), task.seed),
        profiled=facts,
        val_accuracy=validated,
        float_val_accuracy=validated,
        metric=task.metric,
        val_metrics={} if validated is None else {name: score(task, name) for name in METRICS},
        history=CURVE,
        seconds={"train": 0.01},
    )
    weights = b"weights" if validated is None else None
    return Outcome(record, tflite=f"model {record.digest} {task.seed}".encode(), weights=weights)
