"""A stand-in for the executor: it trains nothing, and makes up each accuracy from the network and the seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nas.graph.graph import digest
from nas.optimizer.executor.executor import Failed
from nas.study.record import Record, State
from nas.study.tasks import (
    HAND_MADE,
    AllButTest,
    EvaluationTask,
    Fold,
    HoldOut,
    TeacherAnswers,
    TeacherTask,
    TrainingOutcome,
    TrainingTask,
)
from nas.study.tested import Tested
from nas.target.profiler import estimate
from nas.task.metrics import METRICS, constant_answer, estimates, scores

# Training and validation rows of `wine`.
TAUGHT_ROWS = 142
CURVE = {"loss": (1.0,), "accuracy": (0.5,), "val_loss": (1.0,), "val_accuracy": (0.5,)}


def accuracy(task: TrainingTask) -> float:
    """Return an accuracy that depends on the network and the seed alone."""
    return round(random.Random(f"{digest(task.architecture.lower())} {task.seed}").uniform(0.5, 0.95), 3)


def score(task: TrainingTask, metric: str) -> float:
    """Return the value of a metric; each metric ranks networks differently."""
    if metric == "accuracy":
        return accuracy(task)
    return round(random.Random(f"{metric} {digest(task.architecture.lower())} {task.seed}").uniform(0.5, 0.95), 3)


@dataclass
class Log:
    """The tasks that all stand-ins of a test were given, and the faults that they simulate.

    Attributes:
        tasks: in the order of their submission.
        lose: numbers of the tasks, from 0, that fail.
        interrupt: number of submitted tasks at which the next wait is interrupted by Ctrl-C.
    """

    tasks: list[TrainingTask | TeacherTask | EvaluationTask] = field(default_factory=list)
    lose: set[int] = field(default_factory=set)
    interrupt: int | None = None

    @property
    def searched(self) -> list[TrainingTask]:
        return self._on(HoldOut)

    @property
    def finals(self) -> list[TrainingTask]:
        return self._on(Fold)

    @property
    def last(self) -> list[TrainingTask]:
        return [task for task in self._on(AllButTest) if task.trial != HAND_MADE]

    @property
    def hand_made(self) -> list[TrainingTask]:
        return [task for task in self._on(AllButTest) if task.trial == HAND_MADE]

    def _on(self, rows: type) -> list[TrainingTask]:
        return [task for task in self.tasks if isinstance(task, TrainingTask) and isinstance(task.rows, rows)]

    @property
    def teachers(self) -> list[TeacherTask]:
        return [task for task in self.tasks if isinstance(task, TeacherTask)]

    @property
    def tests(self) -> list[EvaluationTask]:
        return [task for task in self.tasks if isinstance(task, EvaluationTask) and task.whose == "the winner"]


class StandIns:
    """An executor with made-up answers; tasks end in the order in which they were submitted."""

    log = Log()
    notice = None

    def __init__(self, splits: Any, jobs: int) -> None:
        self.size = jobs or 2
        self.running: list[TrainingTask | TeacherTask | EvaluationTask] = []
        self._numbers: list[int] = []

    @property
    def idle(self) -> int:
        return self.size - len(self.running)

    def submit(self, task: TrainingTask | TeacherTask | EvaluationTask) -> None:
        assert self.idle
        self._numbers.append(len(self.log.tasks))
        self.log.tasks.append(task)
        self.running.append(task)

    def press_ctrl_c(self) -> None:
        """Interrupt the run if it is time for it."""
        if self.log.interrupt is not None and len(self.log.tasks) >= self.log.interrupt:
            self.log.interrupt = None
            raise KeyboardInterrupt

    def collect(self, timeout: float) -> Iterator[tuple[TrainingTask | TeacherTask | EvaluationTask, Any]]:
        self.press_ctrl_c()
        if self.running:
            task, number = self.running.pop(0), self._numbers.pop(0)
            yield task, Failed("its worker process died") if number in self.log.lose else outcome(task)

    def close(self) -> None:
        self.running.clear()


def outcome(task: TrainingTask | TeacherTask | EvaluationTask) -> TrainingOutcome | TeacherAnswers | Tested:
    """Return what a worker would answer."""
    if isinstance(task, TeacherTask):
        # The soft labels of a teacher are all the number of its fold.
        return TeacherAnswers(np.full((TAUGHT_ROWS, 3), task.rows.index, np.float32), 0.9, task.epochs, 1.0)
    if isinstance(task, EvaluationTask):
        counts = np.array([[1, 0], [0, 1]])
        metrics, baseline = estimates(counts[None], grouped=False), scores(constant_answer(counts, 0))
        return Tested(metrics, metrics, baseline, ((1, 0), (0, 1)), "2 rows")
    graph = task.architecture.lower()
    facts = estimate(graph, task.target).summary()
    validated = None if isinstance(task.rows, AllButTest) else accuracy(task)
    record = Record(
        *(task.trial, State.COMPLETE, digest(graph), task.params, task.architecture.to_json(), task.seed),
        profiled=facts,
        float_val_accuracy=validated,
        metric=task.metric,
        val_metrics={} if validated is None else {name: score(task, name) for name in METRICS},
        history=CURVE,
        seconds={"train": 0.01},
    )
    weights = b"weights" if validated is None else None
    return TrainingOutcome(record, tflite=f"model {record.digest} {task.seed}".encode(), weights=weights)
