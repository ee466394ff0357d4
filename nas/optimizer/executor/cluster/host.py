"""What runs on a Dask worker: it hands each task to a process of its own, as a search on one machine does.

So a crash, a stuck training or memory that grows ends that process, and not the Dask worker. A task that the search no
longer waits for, because it has ended or was killed, is stopped within a second.
"""

import time
from dataclasses import dataclass
from threading import Lock, Timer
from typing import Any

from distributed import get_worker

from nas.data.splits import Splits
from nas.optimizer.executor.executor import Answer, Failed
from nas.optimizer.executor.local import LocalExecutor
from nas.optimizer.executor.work import Work
from nas.study.tasks import Task

# How often a running task looks whether it is still wanted.
TICK_SECONDS = 0.5
# A process without a task ends after this time: its search may have ended without saying so.
LINGER_SECONDS = 120.0


@dataclass(slots=True)
class _Idle:
    """An executor of one process that has no task, the digest of what it was made for, and since when it has none."""

    purpose: str
    executor: LocalExecutor
    since: float


class Processes:
    """The processes below this Dask worker: one for each of its threads that has had a task."""

    def __init__(self) -> None:
        self._idle: list[_Idle] = []
        self._lock = Lock()

    def take(self, purpose: str, splits: Splits, work: Work) -> LocalExecutor:
        """Return an executor of one process, whose data and work are these; `purpose` is their digest."""
        with self._lock:
            found = next((one for one in self._idle if one.purpose == purpose), None)
            # A process for other data makes room for the new one.
            ended = found or (self._idle[0] if self._idle else None)
            if ended is not None:
                self._idle.remove(ended)
        if found is not None:
            return found.executor
        if ended is not None:
            ended.executor.close()
        return LocalExecutor(splits, 1, work.initialize, work.perform)

    def give_back(self, purpose: str, executor: LocalExecutor) -> None:
        """Keep an executor that has no task for the next one."""
        with self._lock:
            self._idle.append(_Idle(purpose, executor, time.monotonic()))
        timer = Timer(LINGER_SECONDS, self._end_old)
        timer.daemon = True
        timer.start()

    def _end_old(self) -> None:
        oldest = time.monotonic() - LINGER_SECONDS
        with self._lock:
            old = [one for one in self._idle if one.since <= oldest]
            self._idle = [one for one in self._idle if one.since > oldest]
        for one in old:
            one.executor.close()


_processes = Processes()


def perform(task: Task[Any], splits: Splits, work: Work, purpose: str) -> Answer | Failed | None:
    """Perform a task in a process of this worker; None if the search no longer waits for it.

    Args:
        task: what to perform.
        splits: the data.
        work: what the process does.
        purpose: digest of data and work; a process is used for tasks of one purpose.

    Raises:
        InputError: no process can start on this machine.
    """
    executor = _processes.take(purpose, splits, work)
    try:
        executor.submit(task)
        while _is_wanted():
            for _, answer in executor.collect(TICK_SECONDS):
                _processes.give_back(purpose, executor)
                return answer
    except BaseException:
        executor.close()
        raise
    executor.close()
    return None


def _is_wanted() -> bool:
    """Return whether the scheduler still wants the result of the task that this thread performs."""
    here = get_worker()
    state = here.state.tasks.get(here.get_current_task())
    return state is not None and state.state != "cancelled"
