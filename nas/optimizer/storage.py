"""Where a study's trials are kept: Optuna's journal in the study's folder, or a storage that the user names.

A journal needs one line for each event. A database needs a query and a row for each dimension: 40 ms of CPU for a
trial of this program's spaces.
"""

import re
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import optuna
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from nas.errors import InputError
from nas.files import locked
from nas.optimizer.peers import is_shared, open_shared
from nas.optimizer.thin_journal import ThinJournal
from nas.study.objectives import Direction

JOURNAL = "journal:///"
# Writing takes milliseconds, so an older lock was left by a process that was killed. Optuna's other kind of lock, a
# symbolic link to the journal, never counts as old if the journal's path is relative, since the link is then broken.
_LOCK_SECONDS = 3
# What databases say of a table or a row that another process has made in the meantime, and seconds to wait then.
_MADE_BY_ANOTHER = (IntegrityError, OperationalError, ProgrammingError)
_PAUSES = (0.2, 0.5, 1.0)
_HINT = "use sqlite:///FILE.db or postgresql://USER:PASSWORD@HOST/DATABASE, or leave it out"


def journal_url(file: Path) -> str:
    """Return the URL of a journal."""
    return f"{JOURNAL}{file}"


class NoTrialsError(InputError):
    """A study's trials are not where its definition says."""

    def __init__(self, name: str, place: object) -> None:
        super().__init__(place, f"must hold the trials of study {name}", hint="run the study with `nas search` first")


class NoStorageError(NoTrialsError):
    """The file that would hold a study's trials does not exist, as beside results that are published alone."""


def open_study(storage: BaseStorage, name: str, begin: Sequence[Direction] | None, url: str) -> optuna.Study:
    """Load the study, or begin it with these directions if it is not there.

    Loading writes nothing, since another process may be running the study.
    """
    try:
        return optuna.load_study(study_name=name, storage=storage)
    except KeyError:
        if begin is None:
            raise NoTrialsError(name, shown(url)) from None
        with alone(url):
            # Another process may have begun it in the meantime, and write to it.
            if name in optuna.get_all_study_names(storage):
                return optuna.load_study(study_name=name, storage=storage)
            repair(url)
            # On a server, one may begin it at this moment.
            return optuna.create_study(storage=storage, study_name=name, directions=list(begin), load_if_exists=True)


def is_missing(url: str) -> bool:
    """Return whether a storage is a file that does not exist."""
    file = _file(url)
    return file is not None and not file.is_file()


def shown(url: str) -> str:
    """Return a storage as messages name it: a journal by its path, a database by its URL without the password."""
    return str(_file(url)) if url.startswith(JOURNAL) else _without_password(url)


def open_storage(url: str) -> BaseStorage:
    """Open the storage at `url`, or make it: `journal:///FILE` or a database; InputError if it does not open."""
    file = _file(url)
    if file is not None and url.startswith(JOURNAL):
        return _open_journal(file)
    try:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        return _open_database(url)
    except ImportError as error:
        raise _missing(url, error) from None
    except Exception as error:  # SQLAlchemy and the database drivers raise many kinds
        rule = f"must be a storage that opens: {_reason(error)}"
        raise InputError("--storage", rule, got=_without_password(url), hint=_HINT) from None


def open_thin(url: str) -> JournalStorage | None:
    """Open a journal to write trials, without holding what is in them; None for a database, which holds nothing."""
    file = _file(url)
    if file is None or not url.startswith(JOURNAL):
        return None
    return JournalStorage(ThinJournal(file))


def _open_journal(file: Path) -> JournalStorage:
    """Open a journal; an InputError is about the file and its folder, since no option names it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return JournalStorage(JournalFileBackend(str(file), JournalFileOpenLock(str(file), _LOCK_SECONDS)))
    except OSError as error:
        rule = f"must be a file that can be read and written: {error.strerror or error}"
        raise InputError(file, rule, hint="check the folder, or name another one with --studies") from None
    except Exception as error:  # whatever Optuna meets in a file that it did not write
        rule = f"must be a journal as a search writes it: {_reason(error)}"
        raise InputError(file, rule, hint="put a copy of it in its place, or begin anew with another --name") from None


def _open_database(url: str) -> RDBStorage:
    """Open a database, and make its tables if it has none.

    Where two processes make them at once, each finds tables and rows that it was about to make; the next attempt
    finds them all.
    """
    for pause in _PAUSES:
        try:
            return open_shared(url) if is_shared(url) else RDBStorage(url)
        except _MADE_BY_ANOTHER as error:
            if isinstance(error, OperationalError) and "exist" not in str(error):
                raise  # there is no such server, or it does not answer
            time.sleep(pause)
    return open_shared(url) if is_shared(url) else RDBStorage(url)


def _missing(url: str, error: ImportError) -> InputError:
    """Return the error for a database whose driver, a Python package, is not installed."""
    cause = error.__cause__ if isinstance(error.__cause__, ImportError) else error
    module = cause.name or str(cause)
    package = "'psycopg[binary]', which is the extra `postgresql` of nas" if module == "psycopg" else module
    return InputError(
        "--storage",
        f"needs the Python module {module}, which is not installed",
        got=_without_password(url),
        hint=f"pip install {package}",
    )


def _reason(error: Exception) -> str:
    """Return the kind of an error and the first line of its message, which for a database is the driver's."""
    told = str(getattr(error, "orig", None) or error).splitlines()
    return f"{type(error).__name__}: {told[0]}" if told else type(error).__name__


def _without_password(url: str) -> str:
    return re.sub(r"(?<=://)([^/@:]*):[^/@]*@", r"\1:***@", url)


def alone(url: str) -> AbstractContextManager[None]:
    """Let one process at a time begin to run a study that is kept in a file; databases on servers have own locks."""
    file = _file(url)
    return nullcontext() if file is None else locked(file)


def repair(url: str) -> None:
    """Remove an incomplete last line, which a killed process has left, from a journal.

    Nobody may write to it meanwhile: it is called within `alone`, while the study has no owner.
    """
    file = _file(url)
    if file is None or not url.startswith(JOURNAL):
        return
    with file.open("r+b") as journal:
        content = journal.read()
        if not content.endswith(b"\n"):
            journal.truncate(content.rfind(b"\n") + 1)


def _file(url: str) -> Path | None:
    for kind in (JOURNAL, "sqlite:///"):
        if url.startswith(kind) and url != kind:
            return Path(url.removeprefix(kind))
    return None
