"""One worker process: how it starts, and how it ends when it is killed or when its parent has died."""

import math
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from joblib.externals.loky import process_executor
from joblib.externals.loky.process_executor import ProcessPoolExecutor

from nas.data.splits import Splits

P = ParamSpec("P")
R = TypeVar("R")

ONE_THREAD = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
# oneDNN stays on: without it an epoch takes three times as long.
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
# How often a process checks that its parent is still alive.
WATCH_SECONDS = 1.0


class Process:
    """A process that calls functions, one at a time.

    Life cycle: starts when it is made, and calls `initialize(splits)` once; `ready` is done when that has ended. Then
    it calls what `submit` gives it; `kill` ends it.
    """

    def __init__(self, splits: Splits, initialize: Callable[[Splits], None]) -> None:
        self._executor: Any = ProcessPoolExecutor(
            max_workers=1,
            initializer=_prepare,
            initargs=(os.getpid(), initialize, splits),
            env={**ONE_THREAD, **QUIET},
        )
        with _interrupts_blocked():
            self.ready: Future[str | None] = self._executor.submit(_trouble_at_start)

    @property
    def is_ready(self) -> bool:
        """Whether `initialize` has ended without an error."""
        return self.ready.done() and self.trouble is None

    @property
    def trouble(self) -> str | None:
        """Why the process could not start; None if it is ready, or still starting."""
        if not self.ready.done():
            return None
        return "it died" if self.ready.exception() else self.ready.result()

    def submit(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> "Future[R]":
        """Call a function in the process; BrokenProcessPool if the process has died."""
        with _interrupts_blocked():
            future: Future[R] = self._executor.submit(function, *args, **kwargs)
        return future

    def kill(self) -> None:
        self._executor.shutdown(wait=False, kill_workers=True)


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Keep Ctrl-C, which is sent to the whole process group, from processes and threads that start in this block.

    Only the parent reacts to an interrupt; one that arrives during the block reaches it afterwards.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# What went wrong in `_prepare`, in a worker process. If the initializer raised, loky would print a traceback.
_trouble: list[str] = []


def _prepare(parent: int, initialize: Callable[[Splits], None], splits: Splits) -> None:
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    # Otherwise loky collects garbage every second, and ends a process that has grown by 300 MB. Tasks end with a
    # collection of what is new (`nas.model.runtime.clear`), and `LocalExecutor` replaces processes itself.
    process_executor._MEMORY_LEAK_CHECK_DELAY = math.inf
    try:
        initialize(splits)
    except Exception as error:
        _trouble.append(f"{type(error).__name__}: {error}")


def _trouble_at_start() -> str | None:
    return _trouble[0] if _trouble else None


def _end_with(parent: int) -> None:
    """End this process when its parent has died, since a parent that is killed cannot end its workers."""
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(1)
