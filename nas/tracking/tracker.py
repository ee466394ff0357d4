"""A queue and a thread between a search and its MLflow store; a slow or failing store never stops the search."""

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread

from nas.study.record import Record
from nas.study.result import Result
from nas.tracking.address import Address, find_address
from nas.tracking.entries import BUILT
from nas.tracking.store import Store

# Pauses between attempts to reach a store that fails, in seconds: each is twice the one before, up to the last.
FIRST_PAUSE_SECONDS = 1.0
LAST_PAUSE_SECONDS = 60.0
# A task that a working store refuses this many times is dropped, so that it does not block the others.
MAX_REFUSALS = 3
# After the end of a search, a store that does not answer is tried again for so long, with pauses of so long at most.
AWAY_SECONDS = 600.0
AWAY_PAUSE_SECONDS = 10.0
# The longest that `logged_trials` waits for a store to open; a new SQLite store takes about 4 s.
OPEN_SECONDS = 20.0

Warn = Callable[[str], None]
Task = Callable[[Store], None]


class Tracker:
    """Follows a study while it runs; this base class logs nothing.

    Life cycle: opened when a study is run. Call `log` with each record, also with those of earlier runs, since a trial
    that the store has already is skipped; `counts` when the number of trials in each state has changed; `finish` when
    there is a winner; `close` at the end of every run, however it ended. No method raises, and only `logged_trials`
    and `close` wait, both for a limited time.

    Attributes:
        seconds: processor time that tracking has taken.
    """

    seconds: float = 0.0

    def log(self, record: Record, model: bytes | Path | None = None) -> None:
        """Log a candidate's record and its `.tflite`, as bytes or as a path; one that was not built is skipped."""

    def logged_trials(self) -> set[int]:
        """Return the numbers of the trials that the store has; an empty set if it does not answer."""
        return set()

    def counts(self, states: Mapping[str, int]) -> None:
        """Log the number of trials in each state."""

    def finish(self, result: Result, files: Mapping[str, Path | str]) -> None:
        """Log the outcome, and files by their paths among the artifacts: a file or a folder, or text."""

    def close(self, timeout: float | None = None) -> None:
        """Write what is still queued, for at most `timeout` seconds."""


class MlflowTracker(Tracker):
    """Writes to an MLflow store from a thread of its own.

    If the store fails, the thread tries again after growing pauses while the search continues. Trials that are not
    logged when the run ends are logged by the next run of the study.

    Args:
        address: of the store.
        study: the study's name.
        folder: the study's folder.
        tags: of the study's run.
        warn: called once, with one line, from another thread, if the store fails.
        lingers: called once, from another thread, if the store still fails after `close`; the thread goes on for
            `AWAY_SECONDS` then. Without it, it gives up.
    """

    def __init__(
        self,
        address: Address,
        study: str,
        folder: Path,
        tags: Mapping[str, str],
        warn: Warn,
        lingers: Callable[[], None] | None = None,
    ) -> None:
        self._address = address
        self._open: Callable[[], Store] = lambda: Store(address, study, folder, tags, warn)
        self._warn = warn
        self._lingers = lingers
        self._away_until: float | None = None
        self._warned = False
        self._store: Store | None = None
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._opened = Event()
        self._closing = Event()
        self._finished = False
        self._thread = Thread(target=self._work, name="tracking", daemon=True)
        self._tasks.put(lambda store: None)  # opens the store
        self._thread.start()

    def log(self, record: Record, model: bytes | Path | None = None) -> None:
        if record.state in BUILT:
            self._tasks.put(lambda store: store.log(record, _content(model)))

    def logged_trials(self) -> set[int]:
        self._opened.wait(OPEN_SECONDS)
        store = self._store
        return set() if store is None else store.logged

    def counts(self, states: Mapping[str, int]) -> None:
        counted = dict(states)
        self._tasks.put(lambda store: store.counts(counted))

    def finish(self, result: Result, files: Mapping[str, Path | str]) -> None:
        self._finished = result.winner is not None
        self._tasks.put(lambda store: store.finish(result, files))

    def close(self, timeout: float | None = None) -> None:
        if self._closing.is_set():
            return
        self._tasks.put(lambda store: store.end(self._finished))
        self._tasks.put(None)
        self._closing.set()
        self._thread.join(timeout)
        if self._thread.is_alive():
            self._tell("is too slow")

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            if not self._do(task):
                return

    def _do(self, task: Task) -> bool:
        """Repeat a task until it succeeds; return False if the tracker was closed before."""
        pause, refusals = FIRST_PAUSE_SECONDS, 0
        while not self._attempt(task):
            refusals += self._store is not None
            self._store = None  # a run may be half written; opening the store again deletes it
            if refusals == MAX_REFUSALS:
                return True
            if not self._closing.is_set():
                self._closing.wait(pause)
            elif not self._linger(pause):
                return False
            pause = min(2 * pause, LAST_PAUSE_SECONDS)
        return True

    def _linger(self, pause: float) -> bool:
        """Wait for a store that fails after the end of the search; return False if that has lasted too long."""
        if self._lingers is None:
            return False
        if self._away_until is None:
            self._away_until = time.monotonic() + AWAY_SECONDS
            self._lingers()
        time.sleep(min(pause, AWAY_PAUSE_SECONDS))
        return time.monotonic() < self._away_until

    def _attempt(self, task: Task) -> bool:
        start = time.thread_time()
        try:
            if self._store is None:
                self._store = self._open()
            task(self._store)
        except Exception as error:  # no failure of a server, a database or MLflow may end the search
            self._tell(f"fails ({type(error).__name__}: {error})")
            return False
        finally:
            self._opened.set()
            self.seconds += time.thread_time() - start
        return True

    def _tell(self, what: str) -> None:
        """Warn in one line of limited length, but only the first time."""
        if not self._warned:
            self._warned = True
            line = " ".join(what.split())
            line = line if len(line) <= 160 else f"{line[:157]}..."
            self._warn(
                f"tracking at {self._address.uri} {line}; the search continues, and what is missing is logged later"
            )


def open_tracker(
    uri: str | None,
    *,
    study: str,
    folder: Path,
    tags: Mapping[str, str] | None = None,
    warn: Warn | None = None,
) -> Tracker:
    """Start to track a study, without waiting for the store.

    Args:
        uri: MLflow's tracking URI; None for SQLite and local artifacts in `folder`, `none` for no tracking.
        study: the study's name.
        folder: of all studies; the study's own is `folder/<study>`.
        tags: by which the study's run can be searched.
        warn: called once, with one line, from another thread, if the store fails; by default the line is logged.

    Raises:
        InputError: `uri` is of a kind that MLflow does not know.
    """
    address = find_address(uri, folder)
    if address is None:
        return Tracker()
    return MlflowTracker(address, study, folder / study, tags or {}, warn or logging.getLogger("nas.tracking").warning)


def _content(model: bytes | Path | None) -> bytes | None:
    if not isinstance(model, Path):
        return model
    return model.read_bytes() if model.is_file() else None
