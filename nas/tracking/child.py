"""The program of the process that logs a study to MLflow, so that the search's own process need not."""

import os
import pickle
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from nas.files import locked
from nas.tracking.tracker import MlflowTracker, Tracker

# The search goes first; while its workers are busy, logging may lag.
NICENESS = 5
# Seconds that the process goes on for, if the search has ended before everything was logged.
LINGER_SECONDS = 3600.0


def serve(handle: int) -> None:
    """Log what the search's process sends until it closes the connection, or is killed; then log what is left.

    The first message holds the arguments of `MlflowTracker`. Each further one is a method's name and its arguments.
    Messages that go back are a kind and its content: a warning, the logged trials, that a closed tracker waits for
    a store that does not answer, the seconds of a tracker that has ended.

    Args:
        handle: the file descriptor of the connection.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    os.nice(NICENESS)
    connection: Connection[Any, Any] = Connection(handle)
    address, study, folder, tags = connection.recv()
    folder.mkdir(parents=True, exist_ok=True)
    # The process of an earlier run may still be at work; both would write the same runs.
    with locked(folder / "tracking"):
        tracker = MlflowTracker(
            *(address, study, folder, tags),
            warn=lambda text: _answer(connection, "warning", text),
            lingers=lambda: _answer(connection, "lingers", None),
        )
        while (message := _next(connection)) is not None:
            name, arguments = message
            if name == Tracker.logged_trials.__name__:
                _answer(connection, "logged", tracker.logged_trials())
            else:
                getattr(tracker, name)(*arguments)
        tracker.close(LINGER_SECONDS)
    _answer(connection, "closed", tracker.seconds)


def _next(connection: "Connection[Any, Any]") -> tuple[str, tuple[Any, ...]] | None:
    """Return the next call of a method of the tracker; None if there will be no more."""
    try:
        name, arguments = connection.recv()
    except (EOFError, OSError, pickle.UnpicklingError):
        return None
    return None if name == Tracker.close.__name__ else (name, arguments)


def _answer(connection: "Connection[Any, Any]", kind: str, content: object) -> None:
    with suppress(OSError):  # the search's process may be gone
        connection.send((kind, content))


if __name__ == "__main__":
    serve(int(sys.argv[1]))
