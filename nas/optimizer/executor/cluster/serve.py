"""A Dask cluster on this machine: a program that runs one as long as its input is open, and what starts it."""

import os
import subprocess
import sys
from contextlib import suppress

from distributed import LocalCluster

from nas.data.splits import Splits
from nas.errors import InputError
from nas.optimizer.executor.cluster.workers import DaskWorkers
from nas.optimizer.executor.work import Work

# A scheduler that has lost its owner and its workers may take this long to end.
END_SECONDS = 3.0


class ServedWorkers(DaskWorkers):
    """A scheduler on this machine and workers of one thread each, in processes that end with this one, however it ends.

    Args:
        workers: number of workers; 0 for one per core.
        splits: the data.
        work: what the workers do.
    """

    def __init__(self, workers: int, splits: Splits, work: Work) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, str(workers or os.cpu_count() or 1)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            start_new_session=True,
        )
        assert self._process.stdout is not None
        address = self._process.stdout.readline().decode().strip()
        if not address:
            self._end()
            hint = "look at what `dask scheduler` and `dask worker` say"
            raise InputError("--cluster", "must be able to start Dask workers here", hint=hint)
        super().__init__(address, splits, work)

    async def close(self) -> None:
        await super().close()
        self._end()

    def _end(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def serve(workers: int) -> None:
    """Run a cluster until the standard input ends, as it does when the owner of this process dies."""
    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,
        # The workers train in processes of their own, whose memory Dask does not see.
        memory_limit=0,
    ) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
