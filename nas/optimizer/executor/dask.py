"""The executor on a Dask cluster; the library is imported when it is used, since it is in the extra `cluster`."""

from nas.data.splits import Splits
from nas.errors import InputError
from nas.optimizer.executor.executor import EXECUTORS, Executor
from nas.optimizer.executor.pooled import PooledExecutor
from nas.optimizer.executor.work import Work

WORK = Work()


@EXECUTORS.register("dask")
def served(splits: Splits, jobs: int) -> Executor:
    """Workers of a Dask cluster that is started on this machine."""
    return connected(splits, jobs, None)


def connected(splits: Splits, jobs: int, address: str | None, work: Work = WORK) -> Executor:
    """Return the workers of the scheduler at an address as an executor.

    Args:
        splits: the data.
        jobs: how many tasks may run at a time; 0 for as many as the workers have threads.
        address: such as `tcp://host:8786`; None starts a scheduler and workers on this machine.
        work: what the workers do.

    Raises:
        InputError: the library is not installed, the scheduler does not answer, or versions differ.
    """
    try:
        from nas.optimizer.executor.cluster.serve import ServedWorkers
        from nas.optimizer.executor.cluster.workers import DaskWorkers
    except ImportError as error:
        hint = "pip install distributed, which is the extra `cluster` of nas"
        raise InputError("--cluster", f"needs Dask, but its module {error.name} is not here", hint=hint) from None
    workers = ServedWorkers(jobs, splits, work) if address is None else DaskWorkers(address, splits, work)
    return PooledExecutor(workers, jobs)
