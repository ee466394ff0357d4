"""Where a study's trials are kept: Optuna's journal in the study's folder, or a storage that the user names.

A journal takes a line for each event; a trial of this program's spaces costs a database 40 ms of CPU, for every
dimension is a row with a query before it.
"""

from pathlib import Path

from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

from nas.errors import InputError

JOURNAL = "journal:///"
# A process killed while it wrote leaves its lock behind; writing takes milliseconds. Optuna's other lock, a link to
# the journal, is never found old where the journal's path is relative, since the link then leads nowhere.
_LOCK_SECONDS = 3


def journal_url(file: Path) -> str:
    """Return the URL of a journal."""
    return f"{JOURNAL}{file}"


def open_storage(url: str) -> BaseStorage:
    """Open, or begin, what `url` names: `journal:///FILE`, or a database; InputError if it is neither."""
    try:
        file = _file(url)
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        if file is not None and url.startswith(JOURNAL):
            return JournalStorage(JournalFileBackend(str(file), JournalFileOpenLock(str(file), _LOCK_SECONDS)))
        return RDBStorage(url)
    except Exception as error:  # SQLAlchemy and the database drivers raise many kinds
        raise InputError("--storage", f"must be a storage that opens: {type(error).__name__}", got=url) from None


def mend(url: str) -> None:
    """Take away a journal's last line if a process was killed in the middle of it; only its owner may do so."""
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
