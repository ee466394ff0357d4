"""Workers elsewhere that come and go, and the tasks on them: what a Dask cluster and machines reached by SSH share.

All of it runs in one event loop. Each task goes to one worker that has room for it, so that no task waits behind
another one, and a worker that is lost costs only what it was doing. A task whose worker is lost is performed once more
on another one.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from nas.optimizer.executor.executor import Answer, Failed
from nas.study.tasks import Task

# A task fails when so many workers were lost while they performed it.
LOSSES = 2
# The pause before a task is tried again that was lost for another reason; longer than it takes to see a lost worker.
PAUSE_SECONDS = 1.5


class LostError(Exception):
    """The worker of a task was lost."""


class AgainError(Exception):
    """A task was not answered, through no fault of its own or of its worker."""


@dataclass(eq=False, slots=True)
class Worker:
    """A worker that may perform `size` tasks at a time.

    Attributes:
        busy: number of tasks that it performs now.
        gone: set when it has left.
    """

    name: str
    size: int
    busy: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)


class Pool(ABC):
    """The workers that a search has elsewhere.

    Life cycle: `open` connects, `perform` performs a task, `close` gives all tasks up.

    Attributes:
        notice: what the user should know now, such as that there is no worker; None if all is well.
        trouble: why none of the workers that are there can be used; None if one can, or none is there.
    """

    def __init__(self) -> None:
        self.notice: str | None = None
        self.trouble: str | None = None
        self._workers: dict[str, Worker] = {}
        self._freed = asyncio.Event()

    @property
    def size(self) -> int:
        """Number of tasks that the present workers can perform at a time."""
        return sum(worker.size for worker in list(self._workers.values()))

    @abstractmethod
    async def open(self) -> None:
        """Connect, and find the workers that are there; InputError if the user has to mend something."""

    @abstractmethod
    async def close(self) -> None:
        """Give all tasks up, and disconnect."""

    @abstractmethod
    async def _perform_on(self, worker: Worker, task: Task[Any]) -> Answer | Failed:
        """Perform a task on a worker, which has room for it.

        Raises:
            LostError: the worker was lost.
            AgainError: something else was lost.
        """

    async def perform(self, task: Task[Any]) -> Answer | Failed:
        """Perform a task on some worker, and once more on another one if that worker is lost."""
        clock = asyncio.get_running_loop().time
        deadline = None if task.seconds is None else clock() + task.seconds
        losses = 0
        while losses < LOSSES:
            try:
                async with asyncio.timeout_at(deadline):
                    worker = await self._free_worker()
            except TimeoutError:
                return Failed("no worker was free within its time limit")
            left = None if deadline is None else max(0.0, deadline - clock())
            with self._occupied(worker):
                try:
                    return await self._perform_on(worker, replace(task, seconds=left))
                except LostError:
                    losses += 1
                except AgainError:
                    # Meanwhile no other task goes to this worker, which may turn out to be what was lost.
                    await asyncio.sleep(PAUSE_SECONDS)
                    losses += worker.gone.is_set()
        return Failed(f"its worker was lost {losses} times, perhaps because memory ran out")

    def _add(self, worker: Worker) -> None:
        """Use a worker that has come."""
        self._workers[worker.name] = worker
        self._freed.set()

    def _remove(self, name: str) -> None:
        """Use a worker no longer that has left."""
        if (worker := self._workers.pop(name, None)) is not None:
            worker.gone.set()

    async def _free_worker(self) -> Worker:
        """Return the worker with the largest share of free room, when one has any."""
        while True:
            free = [worker for worker in self._workers.values() if worker.busy < worker.size]
            if free:
                return min(free, key=lambda worker: worker.busy / worker.size)
            self._freed.clear()
            await self._freed.wait()

    @contextmanager
    def _occupied(self, worker: Worker) -> Iterator[None]:
        worker.busy += 1
        try:
            yield
        finally:
            worker.busy -= 1
            self._freed.set()
