"""Worker processes: one core, one TensorFlow thread and one job at a time each."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import TypeAlias

from joblib.externals.loky.process_executor import ProcessPoolExecutor

from nas import pipeline
from nas.data.splits import Splits
from nas.pipeline import Job, Outcome, TestJob, TestOutcome

Task: TypeAlias = Job | TestJob
End: TypeAlias = Outcome | TestOutcome | str  # a text says why there is no outcome

# TensorFlow's memory grows with every model it has seen, whatever is cleared; a process is replaced in time.
JOBS_PER_PROCESS = 25
# A job watches its own deadline; one that is this much late is stuck, and its process is killed.
GRACE_SECONDS = 60.0

ONE_THREAD = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}


@dataclass(slots=True)
class _Slot:
    """One worker's place: its process, what it is doing, and how much it has done."""

    executor: ProcessPoolExecutor | None = None
    done: int = 0
    task: Task | None = None
    future: "Future[Outcome | TestOutcome] | None" = None
    started: float = field(default=0.0)


def _start(splits: Splits) -> None:
    # Ctrl-C reaches the whole process group; the parent alone decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipeline.initialize(splits)


class Workers:
    """A fixed number of worker processes.

    Life cycle: made with the data that every job reads; a process starts with the first job of its slot, is
    replaced after `JOBS_PER_PROCESS` jobs, after a crash, and when it is stuck; `close` ends all of them.
    """

    def __init__(self, splits: Splits, jobs: int) -> None:
        self._splits = splits
        self._slots = [_Slot() for _ in range(jobs or os.cpu_count() or 1)]

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
        if slot.executor is None:
            slot.executor = ProcessPoolExecutor(
                max_workers=1, initializer=_start, initargs=(self._splits,), env={**ONE_THREAD, **QUIET}
            )
            slot.done = 0
        slot.task, slot.started = task, time.monotonic()
        slot.future = slot.executor.submit(pipeline.perform, task)

    def collect(self, timeout: float) -> Iterator[tuple[Task, End]]:
        """Yield tasks that have ended within `timeout` seconds, each with how it ended."""
        futures = [slot.future for slot in self._slots if slot.future is not None]
        wait(futures, timeout=timeout, return_when=FIRST_COMPLETED)
        for slot in self._slots:
            if slot.task is None or slot.future is None:
                continue
            if slot.future.done():
                yield self._finish(slot, slot.task, _end(slot.future))
            elif slot.task.seconds is not None and time.monotonic() - slot.started > slot.task.seconds + GRACE_SECONDS:
                self._stop(slot)
                yield self._finish(slot, slot.task, "stuck past its time limit; its process was killed")

    def close(self) -> None:
        for slot in self._slots:
            self._stop(slot)

    def _finish(self, slot: _Slot, task: Task, end: End) -> tuple[Task, End]:
        slot.task = slot.future = None
        slot.done += 1
        if isinstance(end, str) or slot.done >= JOBS_PER_PROCESS:
            self._stop(slot)
        return task, end

    def _stop(self, slot: _Slot) -> None:
        if slot.executor is not None:
            slot.executor.shutdown(wait=False, kill_workers=True)
        slot.executor = None


def _end(future: "Future[Outcome | TestOutcome]") -> End:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BrokenProcessPool):
        return "its worker process died, perhaps for want of memory"
    return f"{type(error).__name__}: {error}"
