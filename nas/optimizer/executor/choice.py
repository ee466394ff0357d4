"""Which executor a study's definition asks for."""

from functools import partial

from nas.optimizer.executor.dask import connected
from nas.optimizer.executor.executor import EXECUTORS, MakeExecutor
from nas.optimizer.executor.ssh import on_machines
from nas.study.cluster import LOCAL
from nas.study.study import Study


def executor_of(study: Study) -> MakeExecutor:
    """Return what makes the executor of a study: processes on this machine, or the workers of its cluster."""
    cluster = study.cluster
    if cluster is None:
        return EXECUTORS["local"]
    if cluster.hosts:
        return partial(on_machines, cluster=cluster)
    return partial(connected, address=None if cluster.address == LOCAL else cluster.address)
