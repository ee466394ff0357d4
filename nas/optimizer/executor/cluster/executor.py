"""The executor on a Dask cluster, as the search sees it."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as LateError
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from nas.data.splits import Splits
from nas.errors import InputError
from nas.optimizer.executor.cluster.cluster import Cluster
from nas.optimizer.executor.cluster.host import Work
from nas.optimizer.executor.cluster.serve import ServedCluster
from nas.optimizer.executor.executor import Answer, Failed
from nas.study.tasks import Task

# Saying goodbye to the scheduler may take this long; then it finds out by itself.
CLOSE_SECONDS = 5.0

R = TypeVar("R")


class DaskExecutor:
    """The workers of a Dask cluster, each of which performs as many tasks at a time as it has threads.

    Workers may come and go at any time. As long as there is none, one task can be submitted, which waits for one.

    Args:
        splits: the data.
        jobs: how many tasks may run at a time; 0 for as many as the workers have threads.
        address: of the scheduler; None starts one and workers, `jobs` or one per core, on this machine.
        work: what the workers do.

    Raises:
        InputError: the scheduler does not answer, or versions differ.
    """

    def __init__(self, splits: Splits, jobs: int, address: str | None = None, work: Work | None = None) -> None:
        self._jobs = jobs
        self._served = None
        if address is None:
            self._served = ServedCluster(jobs)
            address = self._served.address
        self._running: list[Task[Any]] = []
        self._ended: SimpleQueue[tuple[Task[Any], Future[Answer | Failed]]] = SimpleQueue()
        self._loop = asyncio.new_event_loop()
        # Dask leaves errors of its own tasks behind when a connection ends; what counts of them comes with the answers.
        self._loop.set_exception_handler(lambda loop, context: None)
        self._thread: Thread | None = Thread(target=self._loop.run_forever, name="cluster", daemon=True)
        self._thread.start()
        try:
            self._cluster = Cluster(address, splits, work or Work())
            self._call(self._cluster.open()).result()
        except BaseException:
            self._stop()
            raise

    @property
    def size(self) -> int:
        threads = self._cluster.threads
        return max(1, min(threads, self._jobs) if self._jobs else threads)

    @property
    def idle(self) -> int:
        return max(0, self.size - len(self._running))

    @property
    def running(self) -> list[Task[Any]]:
        return list(self._running)

    @property
    def notice(self) -> str | None:
        return self._cluster.notice

    def submit(self, task: Task[Any]) -> None:
        self._running.append(task)
        self._call(self._cluster.perform(task)).add_done_callback(lambda end: self._ended.put((task, end)))

    def collect(self, timeout: float) -> Iterator[tuple[Task[Any], Answer | Failed]]:
        if self._cluster.trouble is not None:
            raise InputError("--cluster", "must have a worker that can be used", got=self._cluster.trouble)
        with suppress(Empty):
            ended = self._ended.get(timeout=timeout) if timeout > 0 else self._ended.get_nowait()
            while True:
                yield self._finish(*ended)
                ended = self._ended.get_nowait()

    def close(self) -> None:
        if self._thread is not None:
            with suppress(LateError, CancelledError):
                self._call(self._cluster.close()).result(CLOSE_SECONDS)
            self._stop()

    def _finish(self, task: Task[Any], end: "Future[Answer | Failed]") -> tuple[Task[Any], Answer | Failed]:
        # Tasks may be equal, and compare by their arrays.
        self._running = [other for other in self._running if other is not task]
        return task, end.result()

    def _call(self, coroutine: "Coroutine[Any, Any, R]") -> "Future[R]":
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def _stop(self) -> None:
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(CLOSE_SECONDS)
            self._thread = None
        if self._served is not None:
            self._served.close()
