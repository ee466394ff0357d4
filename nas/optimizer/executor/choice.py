"""Which executor a study's definition asks for."""

from functools import partial

from nas.optimizer.executor.dask import connected
from nas.optimizer.executor.executor import EXECUTORS, MakeExecutor
from nas.study.cluster import LOCAL
from nas.study.study import Study


def executor_of(study: Study) -> MakeExecutor:
    """Return what makes the executor of a study: processes on this machine, or the workers of its cluster."""
    if study.cluster is None:
        return EXECUTORS["local"]
    address = study.cluster.address
    return partial(connected, address=None if address == LOCAL else address)
