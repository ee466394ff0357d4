"""The database of runs is never left half made, and a damaged one is set aside, not lost."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from tracked import candidates, record, track

from nas.tracking import database
from nas.tracking.database import prepare_database

BYTES = b"this is no database, but a note of some length\n" * 400


def execute(file, *statements):
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def rows(file, query):
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def quick(monkeypatch, empty_store):
    """Makes empty databases by copying one, since MLflow takes seconds for each."""
    made = []
    real = database._create_tables

    def create(file):
        if file.exists():
            real(file)
        else:
            made.append(file)
            file.write_bytes(empty_store.read_bytes())

    monkeypatch.setattr(database, "_create_tables", create)
    return made


def truncated(file):
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def overwritten(file):
    content = bytearray(file.read_bytes())
    content[4096:-4096] = b"\xff" * (len(content) - 8192)
    file.write_bytes(content)


def text(file):
    file.write_bytes(BYTES)


def cut_short(file):
    """As a kill leaves it while MLflow makes the tables: there are more than the version says."""
    execute(file, "PRAGMA user_version = 0", "UPDATE alembic_version SET version_num = '728d730b5ebd'")


def without_version(file):
    execute(file, "PRAGMA user_version = 0", "DROP TABLE alembic_version")


def of_the_future(file):
    execute(file, "PRAGMA user_version = 0", "UPDATE alembic_version SET version_num = 'not yet known'")


FAULTS = [truncated, overwritten, text, cut_short, without_version, of_the_future]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_database_that_cannot_be_mended_is_renamed_and_the_study_is_logged_anew(fault, root, quick):
    fault(root / "mlflow.db")
    damaged = (root / "mlflow.db").read_bytes()
    told = []
    track(root, record(0), record(1), warn=told.append).close(60)
    (aside,) = root.glob("mlflow-damaged-*.db")
    assert aside.read_bytes() == damaged
    assert {run.data.tags["trial"] for run in candidates(root)} == {"0", "1"}
    (line,) = told
    assert f"{root}/mlflow.db was damaged" in line
    assert aside.name in line


def test_a_kill_while_the_database_is_made_leaves_none_behind(tmp_path, monkeypatch, empty_store):
    def killed(file):
        file.write_bytes(BYTES)
        raise KeyboardInterrupt

    file = tmp_path / "mlflow.db"
    monkeypatch.setattr(database, "_create_tables", killed)
    with pytest.raises(KeyboardInterrupt):
        prepare_database(file, print)
    assert not file.exists()
    monkeypatch.setattr(database, "_create_tables", lambda new: new.write_bytes(empty_store.read_bytes()))
    prepare_database(file, print)
    assert rows(file, "SELECT count(*) FROM experiments") != [(0,)]


def test_what_a_kill_left_beside_the_database_is_removed_by_the_next_run(tmp_path, quick):
    (tmp_path / ".mlflow.db.new.x").mkdir()
    (tmp_path / ".mlflow.db.new.x" / "mlflow.db").write_bytes(BYTES)
    prepare_database(tmp_path / "mlflow.db", print)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".mlflow.db.lock", "mlflow.db"]


def test_an_empty_file_which_a_kill_has_left_is_no_damage(root, quick):
    (root / "mlflow.db").write_bytes(b"")
    told = []
    track(root, record(0), warn=told.append).close(60)
    assert len(candidates(root)) == 1
    assert told == []


def test_a_database_of_an_older_release_gets_its_new_tables_and_keeps_its_runs(root, monkeypatch):
    track(root, record(0)).close(60)
    file = root / "mlflow.db"
    execute(file, "PRAGMA user_version = 0")
    monkeypatch.setattr(database, "_create_tables", lambda copy: execute(copy, "CREATE TABLE newer (a INTEGER)"))
    prepare_database(file, print)
    assert rows(file, "SELECT name FROM sqlite_master WHERE name = 'newer'")
    assert [run.data.tags["trial"] for run in candidates(root)] == ["0"]
    assert rows(file, "PRAGMA user_version") == [(database._mark(),)]


def test_a_sound_database_is_not_replaced(root):
    track(root, record(0)).close(60)
    file = root / "mlflow.db"
    execute(file, "PRAGMA user_version = 0")  # no release has marked it
    node = file.stat().st_ino
    prepare_database(file, print)
    assert file.stat().st_ino == node
    assert [run.data.tags["trial"] for run in candidates(root)] == ["0"]


def test_a_database_that_another_process_is_writing_is_not_taken_for_damaged(root, monkeypatch):
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0.1)
    file = root / "mlflow.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            prepare_database(file, print)
    assert not list(root.glob("mlflow-damaged-*"))


def test_where_no_database_can_be_made_the_old_one_stays(root, monkeypatch):
    def full(file):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(database, "_create_tables", full)
    execute(root / "mlflow.db", "PRAGMA user_version = 0")
    before = (root / "mlflow.db").read_bytes()
    with pytest.raises(sqlite3.OperationalError, match="full"):
        prepare_database(root / "mlflow.db", print)
    assert (root / "mlflow.db").read_bytes() == before


def test_what_sqlite_keeps_beside_a_damaged_database_goes_with_it(root):
    (root / "mlflow.db-journal").write_bytes(b"half written")
    aside = database._set_aside(root / "mlflow.db")
    assert aside.with_name(f"{aside.name}-journal").read_bytes() == b"half written"
    assert list(root.glob("mlflow.db*")) == []


def test_of_searches_that_begin_at_once_in_a_new_folder_one_makes_the_database(tmp_path: Path, quick):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: prepare_database(tmp_path / "mlflow.db", print), range(4)))
    assert len(quick) == 1
