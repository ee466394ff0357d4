"""The machines of a search that are reached by SSH, and the tasks on them."""

import asyncio
from itertools import count
from typing import Any

from nas.data.splits import Splits
from nas.errors import InputError
from nas.optimizer.executor.executor import Answer, Failed
from nas.optimizer.executor.machines.home import Home
from nas.optimizer.executor.machines.link import CommandError, Link, OutOfReachError
from nas.optimizer.executor.pool import LostError, Pool, Worker
from nas.optimizer.executor.versions import difference
from nas.optimizer.executor.work import Work
from nas.study.cluster import Cluster
from nas.study.tasks import Task

# The pause before a machine is tried again that does not answer.
RETRY_SECONDS = 15.0


class Machines(Pool):
    """Machines that are reached by SSH; each performs as many tasks at a time as it has cores.

    A machine that does not answer any more is tried again and again. One that has never answered, or that ssh refuses
    to connect to, is an InputError when the search begins.
    """

    def __init__(self, cluster: Cluster, splits: Splits, work: Work) -> None:
        super().__init__()
        self._jobs = cluster.jobs
        self._given = (splits, cluster.jobs, work)
        self._homes = {str(host): Home(host, cluster.config, cluster.python) for host in cluster.hosts}
        self._links: dict[str, Link] = {}
        self._asked: dict[str, dict[int, asyncio.Future[Answer | Failed]]] = {}
        self._told: dict[str, str] = {}
        self._useless: set[str] = set()
        self._numbers = count()
        self._keeping: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        try:
            await asyncio.gather(*(home.look() for home in self._homes.values()))
        except (OutOfReachError, CommandError) as error:
            raise InputError("--cluster", f"every machine must answer when a search begins ({error})") from None
        self._keeping = [asyncio.create_task(self._keep(name, home)) for name, home in self._homes.items()]

    async def close(self) -> None:
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*self._keeping, return_exceptions=True)

    async def _keep(self, name: str, home: Home) -> None:
        """Use a machine for as long as it can be used, and again when it comes back."""
        while True:
            try:
                command = await home.prepare(lambda text: self._tell(name, text))
                await self._use(name, await Link.open(home.host, command, home.config))
            except InputError as error:
                self._useless.add(name)
                self._tell(name, f"is not used: {error}")
                return
            except (OutOfReachError, CommandError) as error:
                self._tell(name, f"does not answer ({error}); it is tried again")
            await asyncio.sleep(RETRY_SECONDS)

    async def _use(self, name: str, link: Link) -> None:
        """Perform tasks on a machine until its connection ends."""
        self._links[name], self._asked[name] = link, {}
        try:
            if (other := difference(await link.read())) is not None:
                raise InputError(f"--cluster: {name}", "must have the versions of this machine", got=other)
            await link.write(self._given)
            self._add(Worker(name, await link.read()))
            self._tell(name, None)
            while True:
                number, answer = await link.read()
                if number is None:
                    raise InputError(f"--cluster: {name}", "must be able to train", got=answer)
                self._asked[name].pop(number).set_result(answer)
        finally:
            self._remove(name)
            await link.close()

    async def _perform_on(self, worker: Worker, task: Task[Any]) -> Answer | Failed:
        answer: asyncio.Future[Answer | Failed] = asyncio.get_running_loop().create_future()
        number = next(self._numbers)
        self._asked[worker.name][number] = answer
        await self._links[worker.name].write((number, task))
        gone = asyncio.create_task(worker.gone.wait())
        try:
            waited: list[asyncio.Future[Any]] = [answer, gone]
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
        if answer.done():
            return answer.result()
        raise LostError

    def _tell(self, name: str, text: str | None) -> None:
        """Say what the user should know of a machine, or with None that all is well with it."""
        if text is None:
            self._told.pop(name, None)
        else:
            self._told[name] = f"machine {name} {text}"
        self.notice = "; ".join(self._told.values()) or None
        self.trouble = self.notice if len(self._useless) == len(self._homes) else None
