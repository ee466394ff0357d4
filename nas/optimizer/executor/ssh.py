"""The executor on machines that are reached by SSH."""

from nas.data.splits import Splits
from nas.optimizer.executor.executor import Executor
from nas.optimizer.executor.machines.machines import Machines
from nas.optimizer.executor.pooled import PooledExecutor
from nas.optimizer.executor.work import Work
from nas.study.cluster import Cluster


def on_machines(splits: Splits, jobs: int, cluster: Cluster, work: Work | None = None) -> Executor:
    """Return the machines of a cluster as an executor.

    Args:
        splits: the data.
        jobs: how many tasks may run at a time in all; 0 for as many as the machines can perform.
        cluster: whose hosts are the machines.
        work: what the workers do.

    Raises:
        InputError: ssh refuses to connect, or a machine cannot be used.
    """
    return PooledExecutor(Machines(cluster, splits, work or Work()), jobs)
