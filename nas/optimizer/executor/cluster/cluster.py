"""The workers of a Dask cluster as they come and go, and the tasks on them; all of it runs in one event loop.

Each task is pinned to one worker that has a free thread, so that no task waits behind another one, and a worker that
is lost costs only what it was doing. A task whose worker is lost is performed once more on another one.
"""

import asyncio
import hashlib
import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from distributed import CancelledError
from distributed.scheduler import KilledWorker

from nas.data.splits import Splits
from nas.errors import InputError
from nas.optimizer.executor.cluster import host
from nas.optimizer.executor.cluster.connection import UNREACHABLE, Connection
from nas.optimizer.executor.cluster.host import Work
from nas.optimizer.executor.cluster.versions import difference, refuse
from nas.optimizer.executor.executor import Answer, Failed
from nas.study.tasks import Task

# How often the scheduler is asked which workers there are.
WATCH_SECONDS = 1.0
# A scheduler that has not answered for this long is connected to anew; a shorter gap in the network costs nothing.
GIVE_UP_SECONDS = 45.0
# Workers end tasks at their time limits; one that is this much later will not be answered.
LATE_SECONDS = 90.0
# A task fails when so many workers were lost while they performed it.
LOSSES = 2
# The pause before a task is tried again that was lost with the scheduler, and not with its worker.
PAUSE_SECONDS = 0.5


class _LostError(Exception):
    """The worker of a task was lost."""


class _AgainError(Exception):
    """A task was not answered, through no fault of its own or of its worker."""


@dataclass(eq=False, slots=True)
class _Worker:
    """A worker that may perform as many tasks at a time as it has threads.

    Attributes:
        busy: number of tasks that it performs now.
        gone: set when it has left the cluster.
    """

    address: str
    threads: int
    busy: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)


class Cluster:
    """The workers of a scheduler.

    Life cycle: `open` connects and compares versions, `perform` performs a task, `close` gives all tasks up.

    Attributes:
        notice: what the user should know now, such as that there is no worker; None if all is well.
        trouble: why none of the workers that are there can be used; None if one can, or none is there.
    """

    def __init__(self, address: str, splits: Splits, work: Work) -> None:
        self.notice: str | None = None
        self.trouble: str | None = None
        self._address = address
        self._splits = splits
        self._digest = hashlib.sha256(pickle.dumps(splits)).hexdigest()
        self._work = work
        self._workers: dict[str, _Worker] = {}
        self._refused: dict[str, str] = {}
        self._freed = asyncio.Event()
        self._silent_since: float | None = None
        self._watching: asyncio.Task[None] | None = None
        self._connection: Connection

    @property
    def threads(self) -> int:
        """Number of tasks that the present workers can perform at a time."""
        return sum(worker.threads for worker in list(self._workers.values()))

    async def open(self) -> None:
        """Connect to the scheduler, and compare the versions on it and on the workers that are there.

        Raises:
            InputError: the scheduler does not answer, or versions differ.
        """
        try:
            self._connection = await Connection.open(self._address)
        except (*UNREACHABLE, ValueError, ImportError) as error:
            raise self._silent(error) from None
        try:
            await self._begin()
        except BaseException as error:
            await self._connection.close()
            raise self._silent(error) if isinstance(error, UNREACHABLE) else error from None
        self._watching = asyncio.create_task(self._watch())

    def _silent(self, error: BaseException) -> InputError:
        rule = f"must be the address of a Dask scheduler that answers ({_first_line(error)})"
        return InputError("--cluster", rule, got=self._address, hint="start one with `dask scheduler`")

    async def _begin(self) -> None:
        refuse({f"scheduler {self._address}": await self._connection.described_scheduler()})
        threads = await self._connection.threads()
        described = await self._connection.described(threads) if threads else {}
        refuse({f"worker {address}": answer for address, answer in described.items()})
        self._workers = {address: _Worker(address, threads[address]) for address in described}
        if described:
            await self._connection.data(self._digest, self._splits)
        self._judge(threads)

    async def close(self) -> None:
        """Give all tasks up, and disconnect."""
        if self._watching is not None:
            self._watching.cancel()
        await self._connection.close()

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
                return Failed("no worker of the cluster was free within its time limit")
            left = None if deadline is None else max(0.0, deadline - clock())
            try:
                with self._occupied(worker):
                    return await self._perform_on(worker, replace(task, seconds=left))
            except _LostError:
                losses += 1
            except _AgainError:
                await asyncio.sleep(PAUSE_SECONDS)
        return Failed(f"its worker was lost {losses} times, perhaps because memory ran out")

    async def _free_worker(self) -> _Worker:
        """Return the worker with the largest share of free threads, when one has any."""
        while True:
            free = [worker for worker in self._workers.values() if worker.busy < worker.threads]
            if free:
                return min(free, key=lambda worker: worker.busy / worker.threads)
            self._freed.clear()
            await self._freed.wait()

    @contextmanager
    def _occupied(self, worker: _Worker) -> Iterator[None]:
        worker.busy += 1
        try:
            yield
        finally:
            worker.busy -= 1
            self._freed.set()

    async def _perform_on(self, worker: _Worker, task: Task[Any]) -> Answer | Failed:
        connection = self._connection
        try:
            data = await connection.data(self._digest, self._splits)
            future = connection.client.submit(
                host.perform,
                *(task, data, self._digest, self._work),
                key=f"nas-{uuid4().hex}",
                workers=[worker.address],
                pure=False,
            )
            try:
                answer = await self._answer(connection, worker, future, task.seconds)
            finally:
                # Without an answer, this makes the scheduler forget the task, and the worker end it.
                future.release()
        except (_LostError, _AgainError):
            raise
        except KilledWorker:
            raise _LostError from None
        except InputError as error:
            self._leave_out(worker, str(error))
            raise _AgainError from None
        except (CancelledError, *UNREACHABLE, ValueError):
            raise _AgainError from None
        except Exception as error:  # Whatever a worker raises must not end the search.
            return Failed(f"{type(error).__name__}: {_first_line(error)}")
        if answer is None:
            raise _AgainError
        return answer

    async def _answer(
        self, connection: Connection, worker: _Worker, future: Any, seconds: float | None
    ) -> Answer | Failed | None:
        """Wait for an answer as long as the worker is there."""
        answer = asyncio.ensure_future(connection.client.gather(future))
        ends = [asyncio.ensure_future(event.wait()) for event in (worker.gone, connection.broken)]
        most = None if seconds is None else seconds + LATE_SECONDS
        try:
            await asyncio.wait([answer, *ends], timeout=most, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                result: Answer | Failed | None = await answer
                return result
        finally:
            for one in (answer, *ends):
                one.cancel()
        if connection.broken.is_set():
            raise _AgainError
        if worker.gone.is_set():
            raise _LostError
        return Failed("its worker did not answer long after its time limit")

    async def _watch(self) -> None:
        """Follow which workers there are, and connect again when the scheduler was lost."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                threads = await self._connection.threads()
                await self._admit(threads)
            except ConnectionResetError:
                await self._connect_again()
            except UNREACHABLE:
                await self._wait_for_scheduler()
            else:
                self._silent_since = None
                self._judge(threads)

    async def _wait_for_scheduler(self) -> None:
        now = asyncio.get_running_loop().time()
        self._silent_since = now if self._silent_since is None else self._silent_since
        self.notice = f"the scheduler {self._address} does not answer; waiting for it"
        if now - self._silent_since > GIVE_UP_SECONDS or self._connection.client.status == "closed":
            await self._connect_again()

    async def _connect_again(self) -> None:
        """Replace the connection; all tasks that run begin again."""
        try:
            connection = await Connection.open(self._address)
        except (*UNREACHABLE, ImportError):
            return
        old, self._connection = self._connection, connection
        self._workers, self._silent_since = {}, None
        await old.close()

    async def _admit(self, threads: Mapping[str, int]) -> None:
        """Let go of workers that have left, and use those that have come, unless their versions differ."""
        for address in self._workers.keys() - threads.keys():
            self._workers.pop(address).gone.set()
        self._refused = {address: why for address, why in self._refused.items() if address in threads}
        if strangers := threads.keys() - self._workers.keys() - self._refused.keys():
            for address, answer in (await self._connection.described(strangers)).items():
                if (other := difference(answer)) is None:
                    self._workers[address] = _Worker(address, threads[address])
                    self._freed.set()
                else:
                    self._refused[address] = other

    def _leave_out(self, worker: _Worker, why: str) -> None:
        """Use a worker no longer, since no process can start on its machine."""
        self._refused[worker.address] = why
        self._workers.pop(worker.address, None)

    def _judge(self, threads: Mapping[str, int]) -> None:
        """Say what the user should know of the workers."""
        left_out = "; ".join(f"worker {address} is not used: {why}" for address, why in self._refused.items())
        self.trouble = left_out if left_out and not self._workers else None
        self.notice = left_out or (None if threads else f"no worker is connected to {self._address}; waiting for one")


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).partition("\n")[0]
