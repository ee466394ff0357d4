"""The stored trials of a study, read back through Optuna's own interface."""

import json
import os
import signal
import socket
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.trial import TrialState

from nas.errors import InputError
from nas.optimizer.ledger import Ledger
from nas.optimizer.samplers.random import RandomSampler
from nas.optimizer.storage import open_storage, open_study
from nas.optimizer.trial import Trial
from nas.space.dims import Choice, Dim, GivenChooser, Range
from nas.study.record import Record, State

DIMS: dict[str, Dim] = {
    "count": Range(1, 3),
    "filters": Range(4, 30, 4),
    "rate": Range(0.1, 0.65, 0.1),
    "half": Range(0.5, 3.5),
    "kernel": Choice((3, 5, 7)),
    "odd": Choice((1, 2, 4)),
    "pool": Choice(("max", "average")),
    "norm": Choice((False, True)),
}


@pytest.fixture(params=["journal:///{}/study.journal", "sqlite:///{}/study.db"], ids=["journal", "sqlite"])
def url(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    return str(request.param).format(tmp_path)


def ledger(url: str, seed: int = 0) -> Ledger:
    return Ledger("mine", url, ["maximize"], seed)


def sample(trial: Any) -> dict[str, Any]:
    return {name: trial.choose(name, dim) for name, dim in DIMS.items()}


def record(number: int, state: State = State.COMPLETE, params: Any = None, score: float = 0.5) -> Record:
    values = (score,) if state == State.COMPLETE else None
    return Record(number, state, f"digest{number}", params or {}, {"blocks": []}, 0, values=values, reason="some")


def run(book: Ledger, state: State = State.COMPLETE, score: float = 0.5, over: float = 0.0) -> Record:
    """One trial, from its sampling to its end."""
    trial = book.ask()
    params = sample(trial)
    number = book.start(trial) if state in (State.COMPLETE, State.FAILED, State.PRUNED) else book.number(trial)
    ended = record(number, state, params, score)
    book.finish(trial, ended, {"weights": over})
    return ended


def stored(url: str) -> list[optuna.trial.FrozenTrial]:
    return optuna.load_study(study_name="mine", storage=open_storage(url)).trials


@pytest.mark.parametrize("seed", range(5))
def test_chosen_values_belong_to_the_dimension_and_cause_no_warning(seed: int) -> None:
    book = ledger("sqlite://", seed)
    for _ in range(20):
        for name, value in sample(trial := book.ask()).items():
            assert GivenChooser({name: value}).choose(name, DIMS[name]) == value
            assert type(value) is type(DIMS[name].values[0])
        book.finish(trial, record(book.number(trial)), {})


@given(low=st.integers(-20, 20), length=st.integers(0, 30), step=st.integers(1, 7), tenth=st.booleans())
def test_any_range_offers_the_sampler_the_values_of_the_space(low: int, length: int, step: int, tenth: bool) -> None:
    unit = 10 if tenth else 1
    dim = Range(low / unit, (low + length) / unit, step / unit) if tenth else Range(low, low + length, step)
    trial = Trial(0, lambda: RandomSampler(0).draw)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert trial.choose("x", dim) in dim.values


@pytest.mark.parametrize("kind", ["journal", "sqlite"])
def test_a_new_storage_makes_its_folder(tmp_path: Path, kind: str) -> None:
    url = f"{kind}:///{tmp_path / 'deep' / 'study'}"
    run(ledger(url))
    assert len(stored(url)) == 1


def test_a_stored_trial_has_its_record_parameters_and_score(url: str) -> None:
    ended = run(ledger(url), score=0.75)
    (trial,) = stored(url)
    assert (trial.number, trial.state, trial.values) == (0, TrialState.COMPLETE, [0.75])
    assert trial.params == ended.params
    assert Record.from_json(trial.user_attrs["record"]) == ended
    assert ledger(url).records() == [ended]


@pytest.mark.parametrize(
    ("state", "kept"),
    [
        (State.COMPLETE, TrialState.COMPLETE),
        (State.OVER_BUDGET, TrialState.PRUNED),
        (State.PRUNED, TrialState.PRUNED),
        (State.DUPLICATE, TrialState.PRUNED),
        (State.FAILED, TrialState.FAIL),
    ],
)
def test_every_state_is_stored_as_one_of_optuna_s(url: str, state: State, kept: TrialState) -> None:
    run(ledger(url), state)
    assert [trial.state for trial in stored(url)] == [kept]
    assert [ended.state for ended in ledger(url).records()] == [state]


def test_violations_reach_the_storage_as_constraints(url: str) -> None:
    run(ledger(url), State.OVER_BUDGET, over=0.25)
    (trial,) = stored(url)
    assert trial.constraints == {"weights": 0.25}


def test_a_trial_that_is_running_is_stored_before_it_ends(url: str) -> None:
    book = ledger(url)
    trial = book.ask()
    params = sample(trial)
    assert book.start(trial) == 0
    (kept,) = stored(url)
    assert (kept.state, kept.params) == (TrialState.RUNNING, params)
    assert book.records() == []


def test_trials_left_running_by_a_killed_run_go_to_the_next_run(url: str) -> None:
    dead = ledger(url)
    run(dead)
    params = sample(trial := dead.ask())
    dead.start(trial)

    heir = ledger(url)
    (unfinished,) = heir.unfinished()
    assert unfinished.number == 1
    assert sample(unfinished) == params
    heir.finish(unfinished, record(1, params=params, score=0.9), {"weights": 0.0})
    assert [(t.number, t.state) for t in stored(url)] == [(0, TrialState.COMPLETE), (1, TrialState.COMPLETE)]
    assert ledger(url).unfinished() == []


def test_a_trial_that_was_only_sampled_is_not_stored(url: str) -> None:
    book = ledger(url)
    sample(book.ask())
    assert stored(url) == []
    assert run(book).trial == 0


def test_trial_numbers_continue_those_of_the_storage(url: str) -> None:
    one = ledger(url)
    sample(one.ask())  # lost with the run
    run(one)
    two = ledger(url)
    assert [run(two, state).trial for state in (State.OVER_BUDGET, State.COMPLETE)] == [1, 2]
    assert [ended.trial for ended in ledger(url).records()] == [0, 1, 2]


def test_equal_seeds_choose_alike_but_a_resumed_study_does_not_repeat_its_choices(url: str) -> None:
    first = [run(ledger(url), score=0.1).params]
    assert sample(ledger("sqlite://").ask()) == first[0]
    assert sample(ledger("sqlite://", seed=1).ask()) != first[0]
    assert sample(ledger(url).ask()) != first[0]


def test_a_resumed_study_learns_from_its_earlier_trials(url: str) -> None:
    before = ledger(url)
    for _ in range(18):
        trial = before.ask()
        params = sample(trial)
        score = float(params["pool"] == "max") - abs(params["filters"] - 16) / 100
        before.finish(trial, record(before.number(trial), params=params, score=score), {})
    after = ledger(url)
    chosen = [sample(after.ask())["pool"] for _ in range(20)]
    assert chosen.count("max") > 14


def test_facts_about_the_study_are_kept(url: str) -> None:
    ledger(url).put("winner", {"trial": 3})
    assert ledger(url).get("winner") == {"trial": 3}
    assert ledger(url).get("loser") is None


def test_a_study_refuses_another_definition(url: str) -> None:
    identity = {"space": "mlp_tabular", "budget_kb": 4, "recipe": {"epochs": 3}}
    ledger(url).lock(identity, Path())
    ledger(url).lock(json.loads(json.dumps(identity)), Path())
    ledger(url).lock(identity | {"a_limit_of_a_later_release": None}, Path())
    with pytest.raises(InputError, match=r"study mine: .*: budget_kb was 4, is 6; leave it"):
        ledger(url).lock(identity | {"budget_kb": 6}, Path())
    with pytest.raises(InputError, match=r"study mine: .*: epochs was 3, is 4; leave it"):
        ledger(url).lock(identity | {"recipe": {"epochs": 4}}, Path())
    ledger(url).lock(identity, Path())


def test_one_process_at_a_time_runs_a_study(url: str) -> None:
    ledger(url).put("owner", f"{socket.gethostname()}:{os.getppid()}")
    with pytest.raises(InputError, match="is being searched by process"):
        ledger(url).lock({}, Path())


def test_the_owner_is_this_process_until_it_ends(url: str) -> None:
    ledger(url).lock({}, Path())
    owner = str(ledger(url).get("owner"))
    assert owner.startswith(f"{socket.gethostname()}:{os.getpid()}:")
    code = "import sys; from nas.optimizer.owner import is_alive; sys.exit(is_alive(sys.argv[1]))"
    assert subprocess.run([sys.executable, "-c", code, owner], check=False).returncode == 1


@pytest.mark.parametrize(
    "owner",
    [
        f"{socket.gethostname()}:999999999",
        "elsewhere:1",
        f"{socket.gethostname()}:x",
        # Another process has this number now: the parent of the tests did not begin in 1970.
        f"{socket.gethostname()}:{os.getppid()}:1000",
    ],
)
def test_a_study_whose_process_is_gone_may_be_taken_over(url: str, owner: str) -> None:
    ledger(url).put("owner", owner)
    ledger(url).lock({}, Path())
    assert str(ledger(url).get("owner")).startswith(f"{socket.gethostname()}:{os.getpid()}:")


def test_a_study_whose_run_has_ended_is_free_though_its_process_lives(url: str) -> None:
    ledger(url).lock({}, Path())
    ledger(url).unlock()
    assert ledger(url).get("owner") is None


def test_a_run_does_not_free_the_study_of_another_process(url: str) -> None:
    other = f"{socket.gethostname()}:{os.getppid()}"
    ledger(url).put("owner", other)
    ledger(url).unlock()
    assert ledger(url).get("owner") == other


def test_of_two_processes_that_begin_a_study_at_once_one_runs_it(url: str) -> None:
    code = f"""
import time
import nas.optimizer.ledger as module
repair = module.repair
module.repair = lambda url: (time.sleep(1), repair(url))  # both are there before one has written that it runs the study
book = module.Ledger("mine", "{url}", ["maximize"], 0)
print("ready", flush=True)
input()
try:
    book.lock({{}}, module.Path())
    print("runs", flush=True)
except module.InputError as error:
    print(error, flush=True)
input()
"""
    ledger(url)
    words = [sys.executable, "-c", code]
    two = [subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = []
    for _ in range(2):
        told = [str(process.stdout and process.stdout.readline()) for process in two]
        for process in two:
            print(file=process.stdin, flush=True)
    for process in two:
        process.communicate(timeout=60)
    assert sorted("is being searched by process" in line for line in told) == [False, True]
    assert "runs\n" in told


def test_a_run_reckons_with_trials_that_ended_between_its_reading_and_its_turn(url: str) -> None:
    earlier = ledger(url)
    left = earlier.ask()
    sample(left)
    earlier.start(left)
    late = ledger(url)
    earlier.finish(left, record(0, params=left.params), {})
    run(earlier)
    late.lock({}, Path())
    assert late.unfinished() == []
    assert run(late).trial == 2


def test_a_journal_that_another_process_has_begun_meanwhile_is_not_repaired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, journal = f"journal:///{tmp_path}/study.journal", tmp_path / "study.journal"
    late = open_storage(url)
    ledger(url)
    load, found = optuna.load_study, []

    def load_late(**words: Any) -> optuna.Study:
        found.append(words)
        if len(found) == 1:  # before the other process began the study
            raise KeyError("mine")
        return load(**words)

    monkeypatch.setattr(optuna, "load_study", load_late)
    written = journal.read_bytes() + b'{"a line that is being written'
    journal.write_bytes(written)
    assert open_study(late, "mine", ["maximize"], url).study_name == "mine"
    assert journal.read_bytes() == written


def test_a_list_grows_without_being_written_again(url: str) -> None:
    first = ledger(url)
    first.put("finals", ["kept by an earlier release"])
    for number in range(3):
        first.append("finals", number)
    assert ledger(url).listed("finals") == ["kept by an earlier release", 0, 1, 2]
    assert ledger(url).get("finals") == ["kept by an earlier release"]
    assert ledger(url).listed("teachers") == []


def test_another_number_of_objectives_is_refused_and_nothing_is_lost(url: str) -> None:
    ended = run(ledger(url))
    with pytest.raises(InputError, match="study mine: objective: must"):
        Ledger("mine", url, ["maximize", "minimize"], 0)
    assert ledger(url).records() == [ended]


@pytest.mark.parametrize("bad", ["no-such-database://x", "nonsense", "sqlite:////proc/nowhere/study.db"])
def test_a_storage_that_does_not_open_is_an_input_error(bad: str) -> None:
    with pytest.raises(InputError, match="storage: must be a storage that opens"):
        ledger(bad)


def test_a_file_that_is_no_database_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "study").write_text("no storage, but a note of some length\n" * 20)
    with pytest.raises(InputError, match=r"storage: must be a storage that opens: .*not a database"):
        ledger(f"sqlite:///{tmp_path / 'study'}")


def test_the_error_for_a_storage_hides_its_password() -> None:
    with pytest.raises(InputError, match=r"no-such-database://me:\*\*\*@host/studies"):
        ledger("no-such-database://me:secret@host/studies")


def test_a_database_whose_driver_is_missing_is_refused_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)  # as if it were not installed
    with pytest.raises(InputError, match=r"module psycopg, which is not installed.*pip install 'psycopg\[binary\]'"):
        ledger("postgresql+psycopg://me:secret@127.0.0.1/studies")


@pytest.mark.parametrize("folder", ["/proc/nowhere", "file/studies"])
def test_a_folder_of_studies_that_cannot_be_written_is_named_and_not_the_storage(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    with pytest.raises(InputError, match=f"^{folder}/study.journal: must be a file that can be read and written: "):
        ledger(f"journal:///{folder}/study.journal")


@pytest.mark.parametrize(
    "content", ["no storage, but a note of some length\n" * 20, '{"op_code": 0}\n', "[]\n", '{"op_code": 99}\n']
)
def test_a_damaged_journal_is_named_and_not_the_storage(content: str, tmp_path: Path) -> None:
    (tmp_path / "study.journal").write_text(content)
    with pytest.raises(InputError, match=r"^\S+/study\.journal: must be a journal as a search writes it"):
        ledger(f"journal:///{tmp_path / 'study.journal'}")


def test_studies_that_begin_at_once_in_one_empty_database_all_begin(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'study.db'}"
    with ThreadPoolExecutor(8) as pool:
        storages = list(pool.map(lambda _: open_storage(url), range(8)))
    names = [f"study {number % 4}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda name, storage: Ledger(name, url, ["maximize"], 0).name, names, storages))
    assert opened == names


def test_an_incomplete_line_of_a_killed_process_is_removed_from_the_journal(tmp_path: Path) -> None:
    journal, url = tmp_path / "study.journal", f"journal:///{tmp_path / 'study.journal'}"
    ended = run(ledger(url))
    whole = journal.read_bytes()
    with journal.open("ab") as file:
        file.write(whole[:25])
    assert ledger(url).records() == [ended]  # whoever only reads leaves it
    book = ledger(url)
    book.lock({"seed": 0}, Path())
    again = run(book)
    assert ledger(url).records() == [ended, again]
    assert journal.read_bytes().startswith(whole)


def test_a_killed_process_s_lock_delays_the_next_run_by_seconds_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # as a user's studies are, the journal is named from where the user stands
    url = "journal:///mine/study.journal"
    ended = run(ledger(url))
    dies = "import os, signal; os.fsync = lambda file: os.kill(os.getpid(), signal.SIGKILL)\n"
    writes = f'from nas.optimizer.ledger import Ledger; Ledger("mine", "{url}", ["maximize"], 0).put("key", "value")'
    killed = subprocess.run([sys.executable, "-c", dies + writes], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert os.path.lexists("mine/study.journal.lock")
    subprocess.run([sys.executable, "-c", writes], check=True, timeout=60)
    book = ledger(url)
    assert book.records() == [ended]
    assert book.get("key") == "value"


def test_importances_of_dimensions_sum_to_one(url: str) -> None:
    book = ledger(url)
    assert book.importances() == {}
    for _ in range(18):
        trial = book.ask()
        params = sample(trial)
        book.finish(trial, record(book.number(trial), params=params, score=float(params["filters"])), {})
    shares = ledger(url).importances()
    assert sum(shares.values()) == pytest.approx(1)
    assert max(shares, key=lambda name: shares[name]) == "filters"
