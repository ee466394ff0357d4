"""Other processes that search the same study, in a database that all of them reach: PostgreSQL.

Each process beats for the trials that it runs. A trial without a beat for a minute is that of a process which is dead
or cut off; one of the others fails it and runs its candidate again. What only one may do goes through a lock of the
database, which the server frees when a process dies.
"""

import time
import warnings
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import optuna
from optuna.exceptions import ExperimentalWarning, StorageInternalError, UpdateFinishedTrialError
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

# Seconds between two looks at the database, and without a beat after which a trial is taken from its process.
LOOK_SECONDS = 2.0
GRACE_SECONDS = 60
# Seconds that a server may be away, and between two attempts to reach it.
AWAY_SECONDS = 600.0
PAUSE_SECONDS = 1.0

T = TypeVar("T")


def is_shared(url: str) -> bool:
    """Return whether several processes may search a study of the storage at the same time."""
    return url.startswith("postgresql")


def open_shared(url: str) -> RDBStorage:
    """Open a database whose connections are checked before use, since its server may have been started again."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        # Optuna beats only in a loop of its own; here the interval does no more than to allow beats.
        return RDBStorage(url, {"pool_pre_ping": True}, heartbeat_interval=1, grace_period=GRACE_SECONDS)


def patiently(action: Callable[[], T]) -> T:
    """Return what an action on a database returns; while its server is away, try again."""
    end = time.monotonic() + AWAY_SECONDS
    while True:
        try:
            return action()
        except (StorageInternalError, SQLAlchemyError):
            if time.monotonic() > end:
                raise
            time.sleep(PAUSE_SECONDS)


class Patient:
    """A storage whose methods wait while its server is away."""

    def __init__(self, storage: RDBStorage) -> None:
        self._storage = storage

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._storage, name)
        return lambda *args, **kwargs: patiently(lambda: method(*args, **kwargs))


class Peers:
    """What other processes do in the same study.

    Life cycle: made when a run begins; `add` takes the numbers of the trials that this process knows to have ended, and
    `look` is called every few seconds.

    Attributes:
        running: number of trials that other processes run.
    """

    def __init__(self, study: optuna.Study, storage: RDBStorage) -> None:
        self.running = 0
        self._study = study
        self._storage = storage
        self._known = set[int]()
        self._beaten = set[int]()
        self._looked = 0.0

    def look(self, own: Collection[int]) -> tuple[list[FrozenTrial], list[FrozenTrial]]:
        """Return the trials that others have ended, and those that they have left, since the last look.

        Args:
            own: ids of the trials that this process runs.
        """
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return [], []
        found = patiently(lambda: self._look(set(own)))
        self._looked = time.monotonic()
        return found

    def add(self, numbers: Iterable[int]) -> None:
        """Take note of trials that have ended, which `look` need not return."""
        self._known.update(numbers)

    def beat(self, trial: int) -> None:
        """Show that this process runs a trial, which is given by its id."""
        patiently(lambda: self._storage.record_heartbeat(trial))

    def _look(self, own: set[int]) -> tuple[list[FrozenTrial], list[FrozenTrial]]:
        for trial in own:
            self._storage.record_heartbeat(trial)
        trials = self._study.get_trials(deepcopy=False)
        running = {trial._trial_id for trial in trials if trial.state == TrialState.RUNNING} - own
        # A process that was killed before its first beat leaves a trial that would never be without one.
        for trial in running - self._beaten:
            self._storage.record_heartbeat(trial)
        self._beaten |= running
        left = [trial for trial in self._storage._get_stale_trial_ids(self._study._study_id) if self._take(trial, own)]
        self.running = len(running - set(left))
        new = [trial for trial in trials if trial.state.is_finished() and trial.number not in self._known]
        self._known |= {trial.number for trial in new}
        abandoned = [trial for trial in trials if trial._trial_id in left]
        self._known |= {trial.number for trial in abandoned}
        return new, abandoned

    def _take(self, trial: int, own: Collection[int]) -> bool:
        """Fail a trial that has no beat; return whether this process has, and no other one before."""
        with suppress(UpdateFinishedTrialError):
            return trial not in own and self._storage.set_trial_state_values(trial, TrialState.FAIL)
        return False

    @contextmanager
    def one_at_a_time(self, waits: Callable[[], bool]) -> Iterator[bool]:
        """Hold the study's lock, which only one process has at a time; yield False if it could not be had.

        Args:
            waits: called each second while another process has it; returns whether to wait on.
        """
        while (connection := patiently(self._locked)) is None:
            if not waits():
                yield False
                return
            time.sleep(PAUSE_SECONDS)
        try:
            yield True
        finally:
            with suppress(SQLAlchemyError):  # a server that was started again has freed it
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), self._key)
            connection.close()

    @property
    def _key(self) -> dict[str, int]:
        return {"key": zlib.crc32(f"nas {self._study.study_name}".encode())}

    def _locked(self) -> Connection | None:
        """Return a connection that holds the lock, which is freed when it ends; None if another one holds it."""
        connection = self._storage.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), self._key).scalar():
            return connection
        connection.close()
        return None
