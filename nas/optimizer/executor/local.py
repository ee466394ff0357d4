"""Worker processes: one core, one TensorFlow thread and one job at a time each."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from typing import TypeAlias

from nas.data.splits import Splits
from nas.errors import InputError
from nas.model import worker
from nas.optimizer.executor.process import Process
from nas.study.job import Job, Lesson, Outcome, TeachJob, TestJob, TestOutcome

Task: TypeAlias = Job | TeachJob | TestJob
Done: TypeAlias = Outcome | TestOutcome | Lesson
End: TypeAlias = Done | str  # a text says why there is no outcome

# TensorFlow's memory grows with every network it has seen, 0.5 MB of 1,400, whatever is cleared; a new process takes
# 4 s to start and traces its graphs anew.
JOBS_PER_PROCESS = 400
# A job watches its own deadline; one that is this much late is stuck, and its process is killed.
GRACE_SECONDS = 60.0
# A process that dies while it starts may have been killed; so many in a row cannot start at all.
FALSE_STARTS = 3
# A job that takes so many processes down with it is at fault itself.
DEATHS = 2


@dataclass(slots=True)
class _Slot:
    """One worker's place: its process, what it is doing, and how much it has done."""

    process: Process | None = None
    done: int = 0
    task: Task | None = None
    future: "Future[Done] | None" = None
    started: float = 0.0
    deaths: int = 0  # of processes while they did this task


class Workers:
    """A fixed number of worker processes.

    Life cycle: made with the data that every job reads; a process starts with the first job of its slot, is
    replaced after `JOBS_PER_PROCESS` jobs, after a crash, and when it is stuck; `close` ends all of them. A job
    whose process dies is done once more, since whoever killed the process may have meant another one.

    Args:
        splits: the data.
        jobs: number of processes; 0 for one a core.
        initialize: makes a process ready.
        perform: does a task in a process.
    """

    def __init__(
        self,
        splits: Splits,
        jobs: int,
        initialize: Callable[[Splits], None] = worker.initialize,
        perform: Callable[[Task], Done] = worker.perform,
    ) -> None:
        self._splits = splits
        self._initialize = initialize
        self._perform = perform
        self._slots = [_Slot() for _ in range(jobs or os.cpu_count() or 1)]
        self._false_starts = 0

    @property
    def size(self) -> int:
        return len(self._slots)

    @property
    def idle(self) -> int:
        return sum(slot.task is None for slot in self._slots)

    @property
    def running(self) -> list[Task]:
        return [slot.task for slot in self._slots if slot.task is not None]

    def submit(self, task: Task) -> None:
        """Start `task` on an idle worker."""
        slot = next(slot for slot in self._slots if slot.task is None)
        slot.task, slot.started, slot.deaths = task, time.monotonic(), 0
        self._begin(slot, task)

    def collect(self, timeout: float) -> Iterator[tuple[Task, End]]:
        """Yield tasks that have ended within `timeout` seconds, each with how it ended.

        Raises:
            InputError: worker processes cannot start on this machine.
        """
        futures = [slot.future for slot in self._slots if slot.future is not None]
        wait(futures, timeout=timeout, return_when=FIRST_COMPLETED)
        for slot in self._slots:
            if slot.task is not None and (end := self._look(slot, slot.task)) is not None:
                yield self._finish(slot, slot.task, end)

    def close(self) -> None:
        for slot in self._slots:
            self._stop(slot)

    def _begin(self, slot: _Slot, task: Task) -> None:
        if slot.process is None:
            slot.process = Process(self._splits, self._initialize)
            slot.done = 0
        slot.future = slot.process.submit(_perform, self._perform, task, slot.started)

    def _look(self, slot: _Slot, task: Task) -> End | None:
        """Return how the task has ended; None if it has not, or had to begin again."""
        assert slot.process is not None
        assert slot.future is not None
        if slot.process.trouble is not None:
            self._count_false_start(slot.process.trouble)
            self._begin_again(slot, task)
            return None
        if slot.future.done():
            self._false_starts = 0
            died = isinstance(slot.future.exception(), BrokenProcessPool)
            slot.deaths += died
            if not died or slot.deaths >= DEATHS:
                return _end(slot.future)
            self._begin_again(slot, task)
            return None
        if task.seconds is not None and time.monotonic() - slot.started > task.seconds + GRACE_SECONDS:
            self._stop(slot)
            return "stuck past its time limit; its process was killed"
        return None

    def _begin_again(self, slot: _Slot, task: Task) -> None:
        """Give the task to another process."""
        self._stop(slot)
        self._begin(slot, task)

    def _count_false_start(self, trouble: str) -> None:
        self._false_starts += 1
        if self._false_starts >= FALSE_STARTS:
            hint = "look at what `python -c 'import tensorflow'` says, and at the free memory"
            raise InputError("worker process", "must start", got=trouble, hint=hint)

    def _finish(self, slot: _Slot, task: Task, end: End) -> tuple[Task, End]:
        slot.task = slot.future = None
        slot.done += 1
        if isinstance(end, str) or slot.done >= JOBS_PER_PROCESS:
            self._stop(slot)
        return task, end

    def _stop(self, slot: _Slot) -> None:
        if slot.process is not None:
            slot.process.kill()
        slot.process = None


def _perform(perform: Callable[[Task], Done], task: Task, started: float) -> Done:
    """Do a task, in a worker process, in the time left of it: starting the process has taken some seconds."""
    if task.seconds is not None:
        # This clock is the same one in all processes.
        task = replace(task, seconds=max(0.0, task.seconds - (time.monotonic() - started)))
    return perform(task)


def _end(future: "Future[Done]") -> End:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BrokenProcessPool):
        return "its worker process died, perhaps for want of memory"
    return f"{type(error).__name__}: {error}"
