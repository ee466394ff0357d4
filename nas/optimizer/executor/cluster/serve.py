"""A Dask cluster on this machine: a program that runs one as long as its input is open, and what starts it."""

import os
import subprocess
import sys
from contextlib import suppress

from distributed import LocalCluster

from nas.errors import InputError

# A scheduler that has lost its owner and its workers may take this long to end.
END_SECONDS = 10.0


class ServedCluster:
    """A scheduler and workers of one thread each, in processes that end with this one, however it ends.

    Args:
        workers: number of workers; 0 for one per core.

    Attributes:
        address: of the scheduler.
    """

    def __init__(self, workers: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, str(workers or os.cpu_count() or 1)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().decode().strip()
        if not self.address:
            self.close()
            raise InputError(
                "--cluster", "must be able to start Dask workers here", hint="look at what `dask worker` says"
            )

    def close(self) -> None:
        """End the scheduler and the workers; may be called more than once."""
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
