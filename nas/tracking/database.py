"""The SQLite database of a folder of studies: made whole, checked when it is opened, set aside if it is damaged.

MLflow makes a database in many transactions, which takes seconds, and neither continues one that a kill has cut short
nor says how to mend it.
"""

import importlib.metadata
import shutil
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from nas.files import locked

# SQLite keeps what a killed process was writing in files of these names; they belong to one database and to no other.
_COMPANIONS = ("-journal", "-wal", "-shm")
# A folder beside a database, in which another is made.
_NEW = ".new."
# The seconds that SQLite waits for another process which is writing.
_BUSY_SECONDS = 20.0


def prepare_database(file: Path, tell: Callable[[str], None]) -> None:
    """Make sure that there is a database which MLflow can open.

    A database that is missing is made. One of an older release of MLflow gets the tables of the present one. One that
    is damaged, or that has tables which MLflow does not know, is renamed, and an empty one takes its place.

    Args:
        file: of the database.
        tell: called with one line if the database was renamed.

    Raises:
        OSError: the folder cannot be written.
        sqlite3.OperationalError: the database cannot be read now: it is locked, or the disk fails.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with locked(file):
        for left in file.parent.glob(f".{file.name}{_NEW}*"):  # by a kill
            shutil.rmtree(left, ignore_errors=True)
        if not file.is_file() or not file.stat().st_size:
            file.unlink(missing_ok=True)
            _make(file)
            return
        fault = _damage(file) or _upgrade(file)
        if fault is not None:
            aside = _make(file)
            tell(
                f"{file} was damaged ({fault}); it is now {aside.name}. The runs of a study are logged again when it "
                "is run, and those of all studies by `nas ui`"
            )


def look_at(file: Path) -> str | None:
    """Return why a database cannot be read, and change nothing; None if it can be read."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=1)) as database:
            answer = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
            database.execute("SELECT count(*) FROM experiments").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return None if answer == "ok" else answer


def _make(file: Path) -> Path:
    """Make an empty database beside and rename it; return where the one that was there before is now.

    It is renamed last, so that a full disk, which looks like damage to MLflow, leaves everything as it is.
    """
    with _beside(file) as new:
        _create_tables(new)
        _stamp(new)
        aside = _set_aside(file)
        new.replace(file)
        return aside


def _damage(file: Path) -> str | None:
    """Return what SQLite finds wrong in a database; None if nothing is."""
    try:
        with closing(_open(file)) as database:
            answer = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise
        return str(error)
    return None if answer == "ok" else " ".join(answer.split())


def _upgrade(file: Path) -> str | None:
    """Bring the tables to the present release of MLflow; return why that is impossible, or None.

    MLflow changes tables in many transactions too, so a copy is changed, which then takes the database's place. A
    database that this release of MLflow has seen before carries its mark.
    """
    if _query(file, "PRAGMA user_version") == _mark():
        return None
    with _beside(file) as copy:
        with closing(_open(file)) as old, closing(sqlite3.connect(copy)) as new:
            old.backup(new)
        try:
            _create_tables(copy)
        except Exception as error:  # MLflow, Alembic and SQLAlchemy raise many kinds
            return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        if _schema(copy) == _schema(file):
            _stamp(file)
        else:
            _stamp(copy)
            for companion in _COMPANIONS:  # they would damage the new one
                file.with_name(file.name + companion).unlink(missing_ok=True)
            copy.replace(file)
    return None


def _create_tables(file: Path) -> None:
    """Let MLflow make the tables, or bring them to its present release, and check that it can use them."""
    from mlflow import MlflowClient
    from mlflow.db import commands

    uri = f"sqlite:///{file}"
    if file.exists():
        upgrade = commands.commands["upgrade"].callback  # `mlflow db upgrade`
        assert upgrade is not None
        upgrade(uri)
    MlflowClient(tracking_uri=uri).search_experiments(max_results=1)


def _set_aside(file: Path) -> Path:
    """Rename a database and what belongs to it; return its new path."""
    aside = file.with_name(f"{file.stem}-damaged-{time.strftime('%Y%m%d-%H%M%S')}{file.suffix}")
    for companion in ("", *_COMPANIONS):
        part = file.with_name(file.name + companion)
        if part.exists():
            part.replace(aside.with_name(aside.name + companion))
    return aside


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """Give a path for a database beside a file; it is gone at the end unless it was renamed."""
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}{_NEW}") as folder:
        yield Path(folder, file.name)


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=_BUSY_SECONDS)


def _query(file: Path, query: str) -> object:
    with closing(_open(file)) as database:
        return database.execute(query).fetchone()[0]


def _schema(file: Path) -> list[tuple[str, ...]]:
    with closing(_open(file)) as database:
        return sorted(database.execute("SELECT type, name, sql FROM sqlite_master").fetchall())


def _mark() -> int:
    """Return a number for the installed release of MLflow."""
    return zlib.crc32(importlib.metadata.version("mlflow").encode()) & 0x7FFFFFFF


def _stamp(file: Path) -> None:
    with closing(_open(file)) as database:
        database.execute(f"PRAGMA user_version = {_mark()}")
