"""A connection to the scheduler of a Dask cluster, which can be given up and made again."""

import asyncio
import logging
import warnings
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from distributed import Client
from distributed.versions import VersionMismatchWarning

from nas.data.splits import Splits
from nas.optimizer.executor.versions import describe

# A scheduler must be connected within this time.
CONNECT_SECONDS = 15.0
# One answer of the scheduler or of a worker may take this long.
ANSWER_SECONDS = 10.0
# Data that take longer to reach all workers are sent again, since a worker may have been lost in the meantime.
SPREAD_SECONDS = 300.0

# The package whose version must be equal too, since it has a protocol of its own.
DASK = "distributed"

UNREACHABLE = (OSError, asyncio.TimeoutError)
"""What is raised if a scheduler or worker does not answer."""


@dataclass(eq=False, slots=True)
class Connection:
    """A client of a scheduler.

    Attributes:
        client: of Dask.
        scheduler: identity of the scheduler; one that is started again at the same address has another.
        broken: set when this connection is given up; no task that it has submitted will be answered.
    """

    client: Client
    scheduler: str
    broken: asyncio.Event = field(default_factory=asyncio.Event)
    _data: Any = None
    _spreading: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    async def open(cls, address: str) -> "Connection":
        """Connect to a scheduler.

        Raises:
            OSError: or another of `UNREACHABLE`; it does not answer.
            ValueError: the address is none.
        """
        # `Pool.notice` says what happens to a connection.
        for logger in ("distributed", "distributed.client"):
            logging.getLogger(logger).setLevel(logging.CRITICAL)
        with warnings.catch_warnings():
            # Versions are compared by `nas.optimizer.executor.versions`.
            warnings.simplefilter("ignore", VersionMismatchWarning)
            client = await Client(address, asynchronous=True, set_as_default=False, timeout=CONNECT_SECONDS)
        try:
            identity = await asyncio.wait_for(client.scheduler.identity(n_workers=0), ANSWER_SECONDS)
        except BaseException:
            await client.close()
            raise
        return cls(client, identity["id"])

    async def threads(self) -> dict[str, int]:
        """Return the number of threads of each worker, by its address.

        Raises:
            OSError: or another of `UNREACHABLE`; the scheduler does not answer.
            ConnectionResetError: another scheduler answers at this address.
        """
        identity = await asyncio.wait_for(self.client.scheduler.identity(n_workers=-1), ANSWER_SECONDS)
        if identity["id"] != self.scheduler:
            raise ConnectionResetError("the scheduler has been started again")
        return {address: worker["nthreads"] for address, worker in identity["workers"].items()}

    async def data(self, digest: str, splits: Splits) -> Any:
        """Return the future of the data: each worker gets them once, also one that comes later.

        Args:
            digest: of the data; searches of the same data on one cluster share them.
            splits: the data.
        """
        async with self._spreading:
            if self._data is None or self._data.status != "finished":
                sent = self.client.scatter({f"nas-{digest}": splits}, broadcast=True)
                (self._data,) = (await asyncio.wait_for(sent, SPREAD_SECONDS)).values()
            return self._data

    async def described(self, workers: Iterable[str]) -> dict[str, object]:
        """Return what `describe` returns or raises on each of these workers; those that do not answer are left out."""
        asked = self.client.run(describe, DASK, workers=list(workers), on_error="return")
        answers = await asyncio.wait_for(asked, ANSWER_SECONDS)
        return {address: answer for address, answer in answers.items() if not isinstance(answer, OSError)}

    async def described_scheduler(self) -> object:
        """Return what `describe` returns or raises on the scheduler, through whose libraries all tasks pass."""
        try:
            return await asyncio.wait_for(self.client.run_on_scheduler(describe, DASK), ANSWER_SECONDS)
        except ImportError as error:
            return error

    async def close(self) -> None:
        """Give the connection up; the scheduler then forgets all its tasks."""
        self.broken.set()
        with suppress(*UNREACHABLE):
            await asyncio.wait_for(self.client.close(), ANSWER_SECONDS)
