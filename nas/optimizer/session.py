"""One run of a study, and what its parts share."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nas.data.splits import Splits
from nas.files import write_atomic
from nas.optimizer.executor.executor import Answer, Executor, Failed
from nas.optimizer.ledger import Ledger
from nas.optimizer.observer import Observer
from nas.space.dims import Chooser, Value
from nas.space.space import Space
from nas.study.candidate import Candidate, examine
from nas.study.feasibility import shrink
from nas.study.objectives import OBJECTIVES, Objective, Scale
from nas.study.record import Record, State
from nas.study.result import Result, Trained, front
from nas.study.rungs import correlations
from nas.study.study import Study
from nas.study.tasks import Task
from nas.target.budget import Budget
from nas.target.target import Target
from nas.task.metrics import resolve
from nas.tracking import Tracker

# How long one wait for the workers lasts; the live view moves at this pace.
TICK_SECONDS = 0.5


@dataclass(slots=True)
class Session:
    """One run of a study: its definition, its data, and the open ends of storage, workers and tracking.

    `before` is the wall time that earlier runs of the study took, in seconds.
    """

    study: Study
    space: Space
    target: Target
    splits: Splits
    folder: Path
    ledger: Ledger
    workers: Executor
    tracker: Tracker
    observer: Observer
    started: float
    before: float
    records: list[Record] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Wall time of this run so far."""
        return time.monotonic() - self.started

    @property
    def limit(self) -> float | None:
        """Wall time of this run at the most, in seconds."""
        return None if self.study.minutes is None else 60 * self.study.minutes

    @property
    def objective(self) -> Objective:
        return OBJECTIVES[self.study.objective]

    @property
    def metric(self) -> str:
        """Name of the metric that counts as accuracy, for these data."""
        return resolve(self.study.metric, self.splits.train.y)

    @property
    def scale(self) -> Scale:
        return Scale(self.budget.weights_bytes, self.study.accuracy_weight)

    @property
    def budget(self) -> Budget:
        return self.study.budget(self.target)

    def sample(self, chooser: Chooser) -> Candidate:
        """Let `chooser` pick a member of the space, and look at its footprint."""
        architecture = self.space.sample(chooser, self.splits.input_shape, len(self.splits.class_names))
        return examine(architecture, self.target, self.budget)

    def starts(self) -> list[dict[str, Value]]:
        """Return the space's known good members, scaled down to the budget, if the study begins with them."""
        shape, outputs = self.splits.input_shape, len(self.splits.class_names)
        known = self.space.starts if self.study.starts else ()
        shrunk = [shrink(self.space, params, shape, outputs, self.target, self.budget) for params in known]
        return [params for params in shrunk if params is not None]

    def violations(self, candidate: Candidate) -> dict[str, float]:
        """Return the excess over each limit as a fraction of it; 0 tells the sampler that the limit is kept."""
        return {**dict.fromkeys(self.budget.limits(), 0.0), **candidate.over}

    def score(self, record: Record) -> float:
        """Return what ranks a complete record, higher is better."""
        return self.objective.values(record, self.scale)[0]

    def gains(self, record: Record) -> tuple[float, ...]:
        """Return the objective's values of a record, higher is better in each."""
        values = zip(self.objective.values(record, self.scale), self.objective.directions, strict=True)
        return tuple(value if direction == "maximize" else -value for value, direction in values)

    def left(self, deadline: float | None) -> float | None:
        """Seconds of this run until `deadline`, which counts from its start; None for no limit."""
        return None if deadline is None else max(0.0, deadline - self.seconds)

    def wait(self, *, at_once: bool = False) -> Sequence[tuple[Task[Any], Answer | Failed]]:
        """Wait a moment for the workers, or not at all, tell the observer, and return the tasks that have ended."""
        ended = list(self.workers.collect(0.0 if at_once else TICK_SECONDS))
        self.observer.tick(self.workers.running, self.seconds, self.limit)
        return ended

    def add(self, record: Record, tflite: bytes | None = None) -> None:
        """Take up a trial that has ended: the list, the observer, the tracker."""
        self.records.append(record)
        self.observer.recorded(record)
        self.tracker.log(record, tflite)
        self.keep_time()

    def keep_time(self) -> None:
        """Keep the wall time of all runs, for the next one and for reports."""
        self.ledger.put("seconds", round(self.before + self.seconds, 1))

    def complete(self) -> list[Record]:
        return [record for record in self.records if record.state == State.COMPLETE]

    def file(self, name: str) -> Path:
        """Where a model's file is kept: `<trial>.tflite`, or `final-<trial>-<seed>.tflite` and its weights."""
        return self.folder / "models" / name

    def keep(self, name: str, content: bytes) -> None:
        write_atomic(self.file(name), content)

    def result(self) -> Result:
        """Return the study's outcome as it stands."""
        return summarize(self.study.name, self.folder, self.ledger, self.records, self.before + self.seconds)


def summarize(name: str, folder: Path, ledger: Ledger, records: Sequence[Record], seconds: float) -> Result:
    """Return a study's outcome, of its records and of what its ledger keeps."""
    winner = ledger.get("winner")
    return Result(
        study=name,
        folder=str(folder),
        seconds=round(seconds, 1),
        states={state.value: sum(r.state == state for r in records) for state in State},
        winner=None if winner is None else Trained.from_json(winner),
        front=front([record for record in records if record.state == State.COMPLETE]),
        rungs=correlations(records, ledger.get("rungs") or ()),
        stopped=ledger.get("stopped"),
    )
