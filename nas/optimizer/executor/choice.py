"""Which executor a study's definition, or the address of a cluster, asks for."""

from collections.abc import Callable
from functools import partial

from nas.optimizer.executor.dask import connected
from nas.optimizer.executor.executor import EXECUTORS, Executor, MakeExecutor
from nas.optimizer.executor.ssh import on_machines
from nas.study.cluster import LOCAL, Cluster
from nas.study.study import Study


def executor_of(study: Study) -> MakeExecutor:
    """Return what makes the executor of a study: processes on this machine, or the workers of its cluster."""
    return EXECUTORS["local"] if study.cluster is None else workers_of(study.cluster)


def workers_of(cluster: Cluster) -> Callable[..., Executor]:
    """Return what makes the executor of a cluster, by data and jobs, and by `work` that is not that of a search."""
    if cluster.hosts:
        return partial(on_machines, cluster=cluster)
    return partial(connected, address=None if cluster.address == LOCAL else cluster.address)
