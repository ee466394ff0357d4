"""An executor whose workers are elsewhere: the side of the search, which asks an event loop in a thread of its own."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as LateError
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from nas.errors import InputError
from nas.optimizer.executor.executor import Answer, Failed
from nas.optimizer.executor.pool import Pool
from nas.study.tasks import Task

# Saying goodbye to the workers may take this long; then they find out by themselves.
CLOSE_SECONDS = 5.0

R = TypeVar("R")


class PooledExecutor:
    """The workers of a pool; as long as there is none, one task can be submitted, which waits for one.

    Args:
        pool: the workers, not opened yet.
        jobs: how many tasks may run at a time; 0 for as many as the workers can perform.

    Raises:
        InputError: as raised by `Pool.open`.
    """

    def __init__(self, pool: Pool, jobs: int) -> None:
        self._pool = pool
        self._jobs = jobs
        self._running: list[Task[Any]] = []
        self._ended: SimpleQueue[tuple[Task[Any], Future[Answer | Failed]]] = SimpleQueue()
        self._loop = asyncio.new_event_loop()
        # Dask leaves errors of its own tasks behind when a connection ends; what counts of them comes with the answers.
        self._loop.set_exception_handler(lambda loop, context: None)
        self._thread: Thread | None = Thread(target=self._loop.run_forever, name="workers", daemon=True)
        self._thread.start()
        try:
            self._call(self._pool.open()).result()
        except BaseException:
            self.close()
            raise

    @property
    def size(self) -> int:
        size = self._pool.size
        return max(1, min(size, self._jobs) if self._jobs else size)

    @property
    def idle(self) -> int:
        return max(0, self.size - len(self._running))

    @property
    def running(self) -> list[Task[Any]]:
        return list(self._running)

    @property
    def notice(self) -> str | None:
        return self._pool.notice

    def submit(self, task: Task[Any]) -> None:
        self._running.append(task)
        self._call(self._pool.perform(task)).add_done_callback(lambda end: self._ended.put((task, end)))

    def collect(self, timeout: float) -> Iterator[tuple[Task[Any], Answer | Failed]]:
        if self._pool.trouble is not None:
            raise InputError("--cluster", "must have a worker that can be used", got=self._pool.trouble)
        with suppress(Empty):
            ended = self._ended.get(timeout=timeout) if timeout > 0 else self._ended.get_nowait()
            while True:
                yield self._finish(*ended)
                ended = self._ended.get_nowait()

    def close(self) -> None:
        if self._thread is not None:
            with suppress(LateError, CancelledError):
                self._call(self._end()).result(CLOSE_SECONDS)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(CLOSE_SECONDS)
            self._thread = None
            if not self._loop.is_running():
                self._loop.close()

    async def _end(self) -> None:
        await self._pool.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _finish(self, task: Task[Any], end: "Future[Answer | Failed]") -> tuple[Task[Any], Answer | Failed]:
        # Tasks may be equal, and compare by their arrays.
        self._running = [other for other in self._running if other is not task]
        return task, end.result()

    def _call(self, coroutine: "Coroutine[Any, Any, R]") -> "Future[R]":
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)
