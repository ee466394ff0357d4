"""Tracking by a process of its own, as the search's process sees it.

A call puts a message into a queue, from which a thread passes it on; so no call waits, however far the other process
lags behind. If that process dies, another one gets all messages again, and skips the trials that are logged. If the
search's process dies, the other one logs what it has been sent.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing import Pipe
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

from nas.study.record import Record
from nas.study.result import Result
from nas.tracking.address import Address, find_address
from nas.tracking.entries import BUILT
from nas.tracking.tracker import AWAY_SECONDS, OPEN_SECONDS, Tracker, Warn

# The program of the process.
_PROGRAM = "nas.tracking.child"
# Processes that may die in one run before tracking is given up until the next one.
MOST_DEATHS = 5
# Seconds that a process which has logged everything may take to be gone.
END_SECONDS = 5.0


class TrackerApart(Tracker):
    """Hands all that is to be logged to a process of its own.

    Args:
        address: of the MLflow store.
        study: the study's name.
        folder: the study's folder.
        tags: of the study's run.
        warn: called from another thread with one line if the store fails, and once more if it does so at the end.
    """

    def __init__(self, address: Address, study: str, folder: Path, tags: Mapping[str, str], warn: Warn) -> None:
        self._arguments = address, study, folder, dict(tags)
        self._warn = warn
        self._sent: list[tuple[str, tuple[Any, ...]]] = []
        self._queue: SimpleQueue[tuple[str, tuple[Any, ...]]] = SimpleQueue()
        self._logged: set[int] = set()
        self._asked = Event()
        self._ended = Event()
        self._is_closing = self._lingers = False
        self._deaths = 0
        self._begin()
        Thread(target=self._pass_on, name="tracking", daemon=True).start()

    def log(self, record: Record, model: bytes | Path | None = None) -> None:
        if record.state in BUILT:
            self._queue.put((Tracker.log.__name__, (record, model)))

    def logged_trials(self) -> set[int]:
        self._queue.put((Tracker.logged_trials.__name__, ()))
        self._asked.wait(OPEN_SECONDS)
        return self._logged

    def counts(self, states: Mapping[str, int]) -> None:
        self._queue.put((Tracker.counts.__name__, (dict(states),)))

    def finish(self, result: Result, files: Mapping[str, Path | str]) -> None:
        self._queue.put((Tracker.finish.__name__, (result, dict(files))))

    def close(self, timeout: float | None = None) -> None:
        if not self._is_closing:
            self._is_closing = True
            self._queue.put((Tracker.close.__name__, ()))
        if not self._ended.wait(timeout):
            self._warn(f"tracking at {self._arguments[0].uri} is slow; a process goes on with it until all is logged")
            return
        if not self._lingers:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(END_SECONDS)

    def _begin(self) -> None:
        """Start a process."""
        self._connection, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", _PROGRAM, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                pass_fds=[theirs.fileno()],
                # A Ctrl-C in the terminal, which goes to the whole foreground group, is for the search alone.
                start_new_session=True,
            )
        Thread(target=self._listen, args=(self._connection,), name="tracking answers", daemon=True).start()

    def _pass_on(self) -> None:
        with suppress(OSError):
            self._connection.send(self._arguments)
        while not self._ended.is_set():
            message = self._queue.get()
            self._sent.append(message)
            self._send([message])

    def _send(self, messages: list[tuple[str, tuple[Any, ...]]]) -> None:
        """Send messages; if the process has died, send all that were ever sent to another one."""
        try:
            for message in messages:
                self._connection.send(message)
        except OSError:
            if self._deaths < MOST_DEATHS:
                self._deaths += 1
                self._process.kill()  # it may hang, with its end of the connection closed
                self._process.wait(END_SECONDS)
                self._begin()
                with suppress(OSError):
                    self._connection.send(self._arguments)
                self._send(list(self._sent))

    def _listen(self, connection: Any) -> None:
        """Take the answers of a process until it ends."""
        with suppress(EOFError, OSError):
            while True:
                kind, content = connection.recv()
                if kind == "warning":
                    self._warn(content)
                elif kind == "logged":
                    self._logged = content
                    self._asked.set()
                elif kind == "lingers":
                    minutes = f"{AWAY_SECONDS / 60:.0f} minutes"
                    what = f"a process goes on trying for {minutes}, and the next run logs what is missing then"
                    self._warn(f"tracking at {self._arguments[0].uri} does not answer at the end; {what}")
                    self._lingers = True
                    self._ended.set()
                    return
                else:
                    self.seconds = content
                    self._ended.set()
                    return
        if self._deaths < MOST_DEATHS:
            # The thread that sends finds the connection broken, and starts another process.
            self._queue.put((Tracker.logged_trials.__name__, ()))
        else:
            self._warn(f"tracking at {self._arguments[0].uri} fails; what is missing is logged by the next run")
            self._ended.set()


def track_apart(
    uri: str | None,
    *,
    study: str,
    folder: Path,
    tags: Mapping[str, str] | None = None,
    warn: Warn | None = None,
) -> Tracker:
    """Start to track a study in a process of its own; the arguments are those of `open_tracker`."""
    address = find_address(uri, folder)
    if address is None:
        return Tracker()
    tell = warn or logging.getLogger("nas.tracking").warning
    return TrackerApart(address, study, folder / study, tags or {}, tell)
