"""Where a study's trials are kept: Optuna's journal in the study's folder, or a storage that the user names.

A journal needs one line for each event. A database needs a query and a row for each dimension: 40 ms of CPU for a
trial of this program's spaces.
"""

from pathlib import Path

from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

from nas.errors import InputError

JOURNAL = "journal:///"
# Writing takes milliseconds, so an older lock was left by a process that was killed. Optuna's other kind of lock, a
# symbolic link to the journal, never counts as old if the journal's path is relative, since the link is then broken.
_LOCK_SECONDS = 3


def journal_url(file: Path) -> str:
    """Return the URL of a journal."""
    return f"{JOURNAL}{file}"


def is_missing(url: str) -> bool:
    """Return whether a storage is a file that does not exist."""
    file = _file(url)
    return file is not None and not file.is_file()


def open_storage(url: str) -> BaseStorage:
    """Open the storage at `url`, or make it: `journal:///FILE` or a database; InputError if it does not open."""
    try:
        file = _file(url)
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        if file is not None and url.startswith(JOURNAL):
            return JournalStorage(JournalFileBackend(str(file), JournalFileOpenLock(str(file), _LOCK_SECONDS)))
        return RDBStorage(url)
    except Exception as error:  # SQLAlchemy and the database drivers raise many kinds
        raise InputError("--storage", f"must be a storage that opens: {type(error).__name__}", got=url) from None


def repair(url: str) -> None:
    """Remove an incomplete last line, which a killed process has left, from a journal; only the study's owner may."""
    file = _file(url)
    if file is None or not url.startswith(JOURNAL):
        return
    with file.open("r+b") as journal:
        content = journal.read()
        journal.truncate(content.rfind(b"\n") + 1)


def _file(url: str) -> Path | None:
    for kind in (JOURNAL, "sqlite:///"):
        if url.startswith(kind) and url != kind:
            return Path(url.removeprefix(kind))
    return None
