"""Worker processes on this machine, each with one core, one TensorFlow thread and one task at a time."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from typing import Any

from nas.data.splits import Splits
from nas.errors import InputError
from nas.model import worker
from nas.optimizer.executor.executor import EXECUTORS, Answer, Failed
from nas.optimizer.executor.process import CallError, Process
from nas.study.tasks import Task

# TensorFlow's memory grows by 0.5 MB with every network and cannot be freed (a process has about 1,400 MB); a new
# process takes 4 s to start and traces its graphs anew.
TASKS_PER_PROCESS = 400
# Tasks watch their own time limits. One that is this much late is stuck if its process has not computed for as long;
# on a busy machine it is only slow.
GRACE_SECONDS = 60.0
# A process that computes, but is this many times `GRACE_SECONDS` late, is taken to be in an endless loop.
ENDLESS = 10
# A process has computed if it has used this much processor time.
USED_SECONDS = 0.1
# A process that dies during its start may have been killed; if this many in a row die, processes cannot start at all.
FALSE_STARTS = 3
# A task is performed again if its process dies; after this many deaths the task itself is taken to be the cause.
DEATHS = 2


@dataclass(slots=True)
class _Slot:
    """The place of one worker process, and what it is doing.

    Attributes:
        done: number of tasks that the process has performed.
        task: the one that was submitted; `submitted` is when (`time.monotonic()`).
        answer: to that task; None as long as the process is starting.
        deaths: number of processes that have died during this task.
        used: processor time of the process when it was last seen to compute; `seen` is when that was.
    """

    process: Process | None = None
    done: int = 0
    task: Task[Any] | None = None
    submitted: float = 0.0
    answer: "Future[Answer] | None" = None
    deaths: int = 0
    used: float = 0.0
    seen: float = 0.0

    def is_stuck(self, late: float) -> bool:
        """Return whether the task, which is `late` seconds past its time limit, will not end by itself."""
        assert self.process is not None
        now, used = time.monotonic(), self.process.cpu_seconds()
        if not self.seen or used is None or used > self.used + USED_SECONDS:
            self.used, self.seen = used or 0.0, now
        return late > GRACE_SECONDS and (now - self.seen > GRACE_SECONDS or late > ENDLESS * GRACE_SECONDS)


@EXECUTORS.register("local")
class LocalExecutor:
    """A fixed number of worker processes on this machine.

    Life cycle: a process starts with the first task of its slot; it is replaced after `TASKS_PER_PROCESS` tasks, after
    a crash, and when it is stuck. A task whose process dies is performed once more, since the process may have been
    killed by mistake, or to free memory.

    Args:
        splits: the data.
        jobs: number of processes; 0 for as many as there are cores.
        initialize: makes a process ready.
        perform: performs a task in a process.
    """

    def __init__(
        self,
        splits: Splits,
        jobs: int,
        initialize: Callable[[Splits], None] = worker.initialize,
        perform: Callable[[Task[Any]], Answer] = worker.perform,
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
    def running(self) -> list[Task[Any]]:
        return [slot.task for slot in self._slots if slot.task is not None]

    @property
    def notice(self) -> None:
        return None

    def submit(self, task: Task[Any]) -> None:
        slot = next(slot for slot in self._slots if slot.task is None)
        slot.task, slot.submitted, slot.deaths, slot.seen = task, time.monotonic(), 0, 0.0
        self._begin(slot, task)

    def collect(self, timeout: float) -> Iterator[tuple[Task[Any], Answer | Failed]]:
        wait([_awaited(slot) for slot in self._slots if slot.task is not None], timeout, FIRST_COMPLETED)
        for slot in self._slots:
            if slot.task is not None and (end := self._look(slot, slot.task)) is not None:
                yield self._finish(slot, slot.task, end)

    def close(self) -> None:
        for slot in self._slots:
            self._stop(slot)

    def _begin(self, slot: _Slot, task: Task[Any]) -> None:
        """Give a task to the slot's process, or start one, which gets the task when it is ready."""
        if slot.process is None:
            slot.process = Process(self._splits, self._initialize)
            slot.done, slot.answer = 0, None
        elif slot.process.is_ready:
            self._hand_over(slot, slot.process, task)

    def _hand_over(self, slot: _Slot, process: Process, task: Task[Any]) -> None:
        """Let a process that is ready perform the task in the seconds that are left of its time limit."""
        if task.seconds is not None:
            task = replace(task, seconds=max(0.0, task.seconds - (time.monotonic() - slot.submitted)))
        slot.answer = process.submit(self._perform, task)

    def _look(self, slot: _Slot, task: Task[Any]) -> Answer | Failed | None:
        """Return how the task has ended; None if it has not, or had to begin again."""
        assert slot.process is not None
        if slot.process.trouble is not None:
            self._count_false_start(slot.process.trouble)
            self._begin_again(slot, task)
        elif slot.answer is None:
            self._begin(slot, task)
        elif slot.answer.done():
            return self._ended(slot, slot.answer, task)
        late = -1.0 if task.seconds is None else time.monotonic() - slot.submitted - task.seconds
        if late > 0 and slot.process is not None and slot.is_stuck(late):
            self._stop(slot)
            return Failed("stuck past its time limit; its process was killed")
        return None

    def _ended(self, slot: _Slot, answer: "Future[Answer]", task: Task[Any]) -> Answer | Failed | None:
        self._false_starts = 0
        error = answer.exception()
        if error is None:
            return answer.result()
        if isinstance(error, CallError):
            return Failed(str(error))
        slot.deaths += 1
        if slot.deaths >= DEATHS:
            return Failed("its worker process died, perhaps because memory ran out")
        self._begin_again(slot, task)
        return None

    def _begin_again(self, slot: _Slot, task: Task[Any]) -> None:
        """Give the task to another process."""
        self._stop(slot)
        self._begin(slot, task)

    def _count_false_start(self, trouble: str) -> None:
        self._false_starts += 1
        if self._false_starts >= FALSE_STARTS:
            hint = "look at what `python -c 'import tensorflow'` says, and at the free memory"
            raise InputError("worker process", "must start", got=trouble, hint=hint)

    def _finish(self, slot: _Slot, task: Task[Any], end: Answer | Failed) -> tuple[Task[Any], Answer | Failed]:
        slot.task = slot.answer = None
        slot.done += 1
        if isinstance(end, Failed) or slot.done >= TASKS_PER_PROCESS:
            self._stop(slot)
        return task, end

    def _stop(self, slot: _Slot) -> None:
        if slot.process is not None:
            slot.process.kill()
        slot.process = slot.answer = None


def _awaited(slot: _Slot) -> "Future[Any]":
    """Return what must happen next in a slot with a task: the process gets ready, or answers."""
    assert slot.process is not None
    return slot.process.ready if slot.answer is None else slot.answer
