"""A study's journal as the process sees it that runs the study, which need not hold what is in each trial."""

import errno
import json
import os
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from optuna.storages.journal import BaseJournalBackend

# What is left out of a trial.
_CONTENTS = ("distributions", "params", "user_attrs", "system_attrs", "intermediate_values")
# Seconds after which what was written is on the disk.
_SYNC_SECONDS = 1.0

Log: TypeAlias = dict[str, Any]
"""A line of a journal."""


class ThinJournal(BaseJournalBackend):
    """A journal of which Optuna's `JournalStorage` sees only that trials exist, and in which states.

    What is written is on its way to the disk at once, so that a kill of this process loses nothing, and is on the disk
    a second later. Waiting for the disk after each line would take as long as all other work on a trial.

    Lines that this process has written are not read from the file again, unless another one has written before them.

    Only the process that runs the study writes to its journal, or nearly so: `nas evaluate` adds a line when it opens
    the test set. Nothing is locked, since each call writes its lines at once at the end of the file, where the system
    does not mix them with those of another process. A lock would be a file that is made and deleted for each line.

    Args:
        file: the journal, which must exist.
    """

    def __init__(self, file: Path) -> None:
        self._path = file
        self._handle = os.open(file, os.O_WRONLY | os.O_APPEND)
        weakref.finalize(self, os.close, self._handle)
        self._known_bytes = 0  # of the file: those that were read or written here
        self._own: list[Log] = []  # what was written here, until the storage asks for it
        self._synced = 0.0

    def append_logs(self, logs: list[Log]) -> None:
        lines = "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in logs).encode()
        if (written := os.write(self._handle, lines)) < len(lines):
            self._take_back(written)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
        if os.fstat(self._handle).st_size == self._known_bytes + len(lines):
            self._known_bytes += len(lines)
            self._own += map(_thin, logs)
        if time.monotonic() - self._synced > _SYNC_SECONDS:
            os.fsync(self._handle)
            self._synced = time.monotonic()

    def _take_back(self, written: int) -> None:
        """Remove what the last write has left of its lines, so that the next line does not continue a broken one.

        It stays if another process has written behind it, whose lines must not be lost.
        """
        end = os.lseek(self._handle, 0, os.SEEK_CUR)
        if os.fstat(self._handle).st_size == end:
            os.ftruncate(self._handle, end - written)

    def read_logs(self, log_number_from: int) -> Iterator[Log]:
        """Yield the lines that the storage does not know yet; it asks for each once, and in order."""
        while self._own:
            yield self._own.pop(0)
        if os.fstat(self._handle).st_size == self._known_bytes:
            return
        with self._path.open("rb") as journal:
            journal.seek(self._known_bytes)
            for line in journal:
                if not line.endswith(b"\n"):
                    return  # another process is writing it
                self._known_bytes += len(line)
                yield _thin(json.loads(line))


def _thin(log: Log) -> Log:
    """Return a line without the contents of a trial; what is set for the whole study stays."""
    thin = {**log, **{key: {} for key in _CONTENTS if key in log}}
    if "trial_id" in log and "user_attr" in log:
        thin["user_attr"] = dict.fromkeys(log["user_attr"])
    return thin
