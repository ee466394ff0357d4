"""The workers of a Dask scheduler as they come and go, and the tasks on them."""

import asyncio
import hashlib
import pickle
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import cloudpickle
from distributed import CancelledError
from distributed.scheduler import KilledWorker

from nas.data.splits import Splits
from nas.errors import InputError
from nas.optimizer.executor.cluster import host
from nas.optimizer.executor.cluster.connection import UNREACHABLE, Connection
from nas.optimizer.executor.executor import Answer, Failed
from nas.optimizer.executor.pool import AgainError, LostError, Pool, Worker
from nas.optimizer.executor.versions import difference, refuse
from nas.optimizer.executor.work import Work
from nas.study.tasks import Task

# How often the scheduler is asked which workers there are.
WATCH_SECONDS = 1.0
# A scheduler that has not answered for this long is connected to anew; a shorter gap in the network costs nothing.
GIVE_UP_SECONDS = 45.0
# Workers end tasks at their time limits; one that is this much later will not be answered.
LATE_SECONDS = 90.0


class DaskWorkers(Pool):
    """The workers of a scheduler, each of which performs as many tasks at a time as it has threads."""

    def __init__(self, address: str, splits: Splits, work: Work) -> None:
        super().__init__()
        self._address = address
        self._splits = splits
        self._digest = hashlib.sha256(pickle.dumps(splits)).hexdigest()
        self._work = work
        # Functions of a user's own script are other objects each time that they are unpickled.
        self._purpose = hashlib.sha256(self._digest.encode() + cloudpickle.dumps(work)).hexdigest()
        self._refused: dict[str, str] = {}
        self._silent_since: float | None = None
        self._watching: asyncio.Task[None] | None = None
        self._connection: Connection

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
        self._workers = {address: Worker(address, threads[address]) for address in described}
        if described:
            await self._connection.data(self._digest, self._splits)
        self._judge(threads)

    async def close(self) -> None:
        """Give all tasks up, and disconnect."""
        if self._watching is not None:
            self._watching.cancel()
            await self._connection.close()

    async def _perform_on(self, worker: Worker, task: Task[Any]) -> Answer | Failed:
        connection = self._connection
        try:
            data = await connection.data(self._digest, self._splits)
            future = connection.client.submit(
                host.perform,
                *(task, data, self._work, self._purpose),
                key=f"nas-{uuid4().hex}",
                workers=[worker.name],
                pure=False,
            )
            try:
                answer = await self._answer(connection, worker, future, task.seconds)
            finally:
                # Without an answer, this makes the scheduler forget the task, and the worker end it.
                future.release()
        except (LostError, AgainError):
            raise
        except KilledWorker:
            raise LostError from None
        except InputError as error:
            self._leave_out(worker, str(error))
            raise AgainError from None
        except (CancelledError, *UNREACHABLE, ValueError):
            raise AgainError from None
        except Exception as error:  # Whatever a worker raises must not end the search.
            if connection.broken.is_set() or connection.client.status != "running":
                raise AgainError from None
            return Failed(f"{type(error).__name__}: {_first_line(error)}")
        if answer is None:
            raise AgainError
        return answer

    async def _answer(
        self, connection: Connection, worker: Worker, future: Any, seconds: float | None
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
            raise AgainError
        if worker.gone.is_set():
            raise LostError
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
            self._remove(address)
        self._refused = {address: why for address, why in self._refused.items() if address in threads}
        if strangers := threads.keys() - self._workers.keys() - self._refused.keys():
            for address, answer in (await self._connection.described(strangers)).items():
                if (other := difference(answer)) is None:
                    self._add(Worker(address, threads[address]))
                else:
                    self._refused[address] = other

    def _leave_out(self, worker: Worker, why: str) -> None:
        """Use a worker no longer, since no process can start on its machine."""
        self._refused[worker.name] = why
        self._workers.pop(worker.name, None)

    def _judge(self, threads: Mapping[str, int]) -> None:
        """Say what the user should know of the workers."""
        left_out = "; ".join(f"worker {address} is not used: {why}" for address, why in self._refused.items())
        self.trouble = left_out if left_out and not self._workers else None
        self.notice = left_out or (None if threads else f"no worker is connected to {self._address}; waiting for one")


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).partition("\n")[0]
