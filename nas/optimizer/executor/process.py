"""One worker process, and what it does beside its work: it outlives neither its parent nor its usefulness."""

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
# How often a process looks whether its parent still lives.
WATCH_SECONDS = 1.0


class Process:
    """A process that calls functions, one at a time.

    Life cycle: starts when it is made, calls `initialize(splits)` once, then what `submit` gives it; `kill` ends it.
    """

    def __init__(self, splits: Splits, initialize: Callable[[Splits], None]) -> None:
        self._executor: Any = ProcessPoolExecutor(
            max_workers=1,
            initializer=_prepare,
            initargs=(os.getpid(), initialize, splits),
            env={**ONE_THREAD, **QUIET},
        )
        with _deaf_to_interrupts():
            self._ready: Future[str | None] = self._executor.submit(_trouble_at_start)

    @property
    def trouble(self) -> str | None:
        """What kept the process from getting ready; None if it is, or may still be."""
        if not self._ready.done():
            return None
        return "it died" if self._ready.exception() else self._ready.result()

    def submit(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> "Future[R]":
        with _deaf_to_interrupts():
            future: Future[R] = self._executor.submit(function, *args, **kwargs)
        return future

    def kill(self) -> None:
        self._executor.shutdown(wait=False, kill_workers=True)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Let processes and threads that start meanwhile never see Ctrl-C, which reaches the whole process group.

    The parent alone decides what becomes of an interrupt; one that comes meanwhile reaches it afterwards.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# What went wrong in `_prepare`, in a worker process. An initializer that raises would be printed with its traceback.
_trouble: list[str] = []


def _prepare(parent: int, initialize: Callable[[Splits], None], splits: Splits) -> None:
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    # Else loky collects garbage every second, or ends a process that has grown by 300 MB. Jobs end with a collection of
    # what is new (`nas.model.runtime.clear`), and `Workers` replaces a process after so many of them.
    process_executor._MEMORY_LEAK_CHECK_DELAY = math.inf
    try:
        initialize(splits)
    except Exception as error:
        _trouble.append(f"{type(error).__name__}: {error}")


def _trouble_at_start() -> str | None:
    return _trouble[0] if _trouble else None


def _end_with(parent: int) -> None:
    """End this process when its parent is gone: killed, it could not say goodbye."""
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(1)
