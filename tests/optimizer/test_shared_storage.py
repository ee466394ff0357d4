"""Several processes that search one study, in a database of a real PostgreSQL server."""

import multiprocessing
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from optuna.storages import RDBStorage

from nas.errors import InputError
from nas.optimizer import peers, storage
from nas.optimizer.ledger import Ledger
from nas.optimizer.trial import Trial
from nas.space.dims import Range
from nas.study.record import Record, State
from tests.postgres import Server, is_installed, server

pytestmark = pytest.mark.skipif(not is_installed(), reason="needs PostgreSQL (Debian: apt-get install postgresql)")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    pytest.importorskip("psycopg", reason="the driver of PostgreSQL is in the extra `postgresql`")
    with server() as running:
        yield running


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(peers, "PAUSE_SECONDS", 0.1)


@pytest.fixture(autouse=True)
def closed_at_the_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close connections, which otherwise end with the process."""
    opened = []

    def open_shared(url: str) -> RDBStorage:
        opened.append(peers.open_shared(url))
        return opened[-1]

    monkeypatch.setattr(storage, "open_shared", open_shared)
    yield
    for each in opened:
        each.remove_session()
        each.engine.dispose()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return str(request.node.name)


def parent(postgres: Server, name: str, folder: str) -> Ledger:
    """What one of the processes has of the study."""
    book = Ledger(name, postgres.url, ["maximize"], 0)
    book.lock({}, Path(folder))
    book.records()
    return book


def begin(book: Ledger) -> tuple[Trial, int]:
    trial = book.ask()
    trial.choose("x", Range(0, 9))
    return trial, book.start(trial)


def end(book: Ledger, trial: Trial) -> bool:
    number = book.number(trial)
    return book.finish(trial, Record(number, State.COMPLETE, "aa", trial.params, {}, 0, values=(0.5,)), {})


def die(book: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the grace of trials that have no beat be over, as if the process were gone for long."""
    assert book._kept is not None
    storage = book._kept._storage._backend  # type: ignore[attr-defined]
    monkeypatch.setattr(storage, "grace_period", -1)


def test_two_processes_give_numbers_only_once_and_learn_each_others_results(postgres: Server, name: str) -> None:
    one, other = parent(postgres, name, "one"), parent(postgres, name, "other")
    begun = [begin(book) for book in (one, other, one, other)]
    assert [number for _, number in begun] == [0, 1, 2, 3]
    for book, (trial, _) in zip((one, other, one, other), begun, strict=True):
        assert end(book, trial)
    assert [record.trial for record in one.hear()[0]] == [1, 3]
    assert [record.trial for record in other.hear()[0]] == [0, 2]
    assert one.hear() == other.hear() == ([], [])


def test_a_trial_without_a_beat_is_taken_by_one_other_process_and_counts_once(
    postgres: Server, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, one, other = (parent(postgres, name, folder) for folder in ("dead", "one", "other"))
    lost, number = begin(dead)
    assert one.hear() == other.hear() == ([], [])
    assert one.elsewhere == other.elsewhere == 1
    die(one, monkeypatch)
    (taken,) = one.hear()[1]
    taken.choose("x", Range(0, 9))
    assert taken.params == lost.params
    assert one.start(taken) != number
    assert end(one, taken)
    assert not end(dead, lost)  # it was only cut off, and comes too late
    assert [record.trial for record in other.hear()[0]] == [taken.number]
    assert [record.trial for record in parent(postgres, name, "later").records()] == [taken.number]


def test_trials_are_stored_after_the_server_was_away(postgres: Server, name: str) -> None:
    book = parent(postgres, name, "one")
    trial, _ = begin(book)
    postgres.stop()
    again = threading.Timer(0.5, postgres.start)
    again.start()
    assert end(book, trial)
    again.join()
    assert [record.trial for record in parent(postgres, name, "later").records()] == [0]


def _hold(url: str, name: str, holds: "multiprocessing.synchronize.Event") -> None:
    book = Ledger(name, url, ["maximize"], 0)
    book.lock({}, Path("holder"))
    with book.one_at_a_time(lambda: True):
        holds.set()
        threading.Event().wait()


def test_the_lock_of_a_study_is_had_by_one_process_until_it_is_killed(postgres: Server, name: str) -> None:
    book = parent(postgres, name, "one")
    context = multiprocessing.get_context("spawn")
    holds = context.Event()
    holder = context.Process(target=_hold, args=(postgres.url, name, holds))
    holder.start()
    assert holds.wait(60)
    with book.one_at_a_time(lambda: False) as alone:
        assert not alone
    holder.kill()
    holder.join()
    with book.one_at_a_time(lambda: True) as alone:
        assert alone


def test_two_processes_in_the_same_folder_are_refused(postgres: Server, name: str, tmp_path: Path) -> None:
    one = parent(postgres, name, str(tmp_path))
    owner = str(one.get(one._owner_key))
    host, _, _ = owner.split(":")
    one.put(one._owner_key, f"{host}:1")  # a process that lives
    with pytest.raises(InputError, match="is being searched in"):
        parent(postgres, name, str(tmp_path))
