"""One worker process, as its parent sees it.

It is a plain program behind a socket (`child`). It shares no semaphores with its parent, so nothing of it is left
behind when either is killed, and it is in a session of its own, so that a Ctrl-C in the terminal, which goes to the
whole foreground group, reaches the parent alone.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from multiprocessing import Pipe
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

import cloudpickle

from nas.optimizer.executor import child

R = TypeVar("R")
T = TypeVar("T")

ONE_THREAD = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
# oneDNN stays on: without it an epoch takes three times as long.
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
# Seconds that a killed process may take to be gone.
KILL_SECONDS = 10.0


class DiedError(Exception):
    """The process ended before it answered."""


class CallError(Exception):
    """The function that the process called has raised; the message names the error."""


class Process:
    """A process that calls functions, one at a time.

    Life cycle: starts when it is made, and calls `initialize(given)` once; `ready` is done when that has ended. Then
    it calls what `submit` gives it; `kill` ends it. A thread sends each call and waits for its answer. The future of a
    call that fails has a `CallError`, that of a process that has died a `DiedError`.
    """

    def __init__(self, given: T, initialize: Callable[[T], None]) -> None:
        self._connection, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                # With -P, the current folder hides no library.
                [sys.executable, "-P", "-m", child.__name__, str(theirs.fileno()), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, **ONE_THREAD, **QUIET, "PYTHONPATH": os.pathsep.join(sys.path)},
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._calls: SimpleQueue[tuple[tuple[Any, ...], Future[Any]] | None] = SimpleQueue()
        Thread(target=self._converse, name="worker", daemon=True).start()
        self.ready = self.submit(initialize, given)

    @property
    def is_ready(self) -> bool:
        """Whether `initialize` has ended without an error."""
        return self.ready.done() and self.trouble is None

    @property
    def trouble(self) -> str | None:
        """Why the process could not start; None if it is ready, or still starting."""
        error = self.ready.exception() if self.ready.done() else None
        if error is None:
            return None
        return str(error) if isinstance(error, CallError) else "it died"

    def submit(self, function: Callable[..., R], *arguments: Any) -> "Future[R]":
        """Call a function in the process."""
        future: Future[R] = Future()
        self._calls.put(((function, arguments), future))
        return future

    def cpu_seconds(self) -> float | None:
        """Return the processor time that the process has used; None where the system does not tell."""
        try:
            # The fields after the name, which may hold spaces, begin with the state; see proc(5).
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        self._process.kill()
        self._calls.put(None)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(KILL_SECONDS)

    def _converse(self) -> None:
        with self._connection:
            while (call := self._calls.get()) is not None:
                self._call(*call)

    def _call(self, call: tuple[Any, ...], future: "Future[Any]") -> None:
        try:
            self._connection.send_bytes(cloudpickle.dumps(call))
            succeeded, answer = pickle.loads(self._connection.recv_bytes())
        except (EOFError, OSError):
            future.set_exception(DiedError())
        except Exception as error:  # what cannot be pickled
            future.set_exception(CallError(f"{type(error).__name__}: {error}"))
        else:
            if succeeded:
                future.set_result(answer)
            else:
                future.set_exception(CallError(answer))
