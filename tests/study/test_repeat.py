"""The commands that repeat a study."""

import itertools
import shlex
from dataclasses import replace

import pytest

from nas.study.recipe import Recipe
from nas.study.record import Record, State
from nas.study.repeat import commands, ends, note
from nas.study.result import Result, Trained
from nas.study.study import Study

STUDY = Study("mlp_tabular", budget_kb=2, minutes=0.7, jobs=1, storage="sqlite:///x.db", patience=9)


def record(trial: int, state: State = State.COMPLETE, at_rung: int | None = None) -> Record:
    return Record(trial, state, "", {}, {}, 0, at_rung=at_rung, val_metrics={"accuracy": 0.5})


def result(finalists: int = 2, folds: int = 40, last: int | None = 100, **fields: object) -> Result:
    finals = tuple(
        {"trial": trial, "fold": fold, "epochs": folds, "val_accuracy": 0.9, "val_score": 0.9}
        for trial in range(finalists)
        for fold in range(3)
    )
    ended = Result("s", "studies/s", 1.0, {"complete": 12}, Trained(record(0), finals, epochs=last), ())
    return replace(ended, ends=(12,), search_epochs=10, **fields)


def flags(command: str) -> dict[str, str]:
    """Return the flags of a command; settings of the recipe by their own names."""
    pairs = {}
    for name, value in itertools.pairwise(shlex.split(command)):
        if name == "--recipe":
            key, _, number = value.partition("=")
            pairs[key] = number
        elif name.startswith("--"):
            pairs[name] = value
    return pairs


def test_trials_take_the_place_of_minutes_and_of_limits_that_only_end_a_run() -> None:
    told = flags(commands(STUDY, result()))
    assert told["--trials"] == "12"
    assert not {"--minutes", "--patience", "--storage"} & set(told)
    assert "--trials replaces --minutes" in note(STUDY, result())


def test_each_run_that_added_trials_has_a_command_of_its_own() -> None:
    first, *later = commands(STUDY, replace(result(), ends=(5, 9, 12))).split(" && ")
    assert flags(first)["--trials"] == "5"
    assert later == [f"nas search {STUDY.name} --trials 9", f"nas search {STUDY.name} --trials 12"]


def test_runs_end_where_the_next_one_begins_and_trials_that_the_time_limit_stopped_at_the_end_do_not_count() -> None:
    whole = [record(trial) for trial in range(8)]
    cut, paused = record(8, State.PRUNED), record(8, State.PRUNED, at_rung=2)
    assert ends([0, 3, 3, 8], [*whole, cut]) == (3, 8)
    assert ends([0, 3], [*whole, paused]) == (3, 9)
    assert ends([], whole) == (8,)


def test_finals_that_had_less_time_are_told_by_the_recipe() -> None:
    told = flags(commands(STUDY, result(finalists=2, folds=40, last=160)))
    assert {name: told[name] for name in ("finalists", "final_epochs", "winner_epochs", "qat_epochs")} == {
        "finalists": "2",
        "final_epochs": "40",
        "winner_epochs": "160",
        "qat_epochs": "5",
    }
    recipe = Recipe.of(**{name: int(told[name]) for name in ("final_epochs", "winner_epochs", "qat_epochs")})
    for epochs in (40, 160):
        assert recipe.finals.qat_epochs_after(epochs) == Recipe().finals.qat_epochs_after(epochs)


@pytest.mark.parametrize(("folds", "last"), [(40, None), (40, 9), (9, 40), (41, 160)])
def test_finals_that_no_recipe_can_tell_are_said_to_differ(folds: int, last: int | None) -> None:
    ended = result(folds=folds, last=last)
    assert "The finals were short of time" in note(STUDY, ended)
    assert "final_epochs" not in commands(STUDY, ended)


def test_finals_with_all_their_epochs_need_no_settings() -> None:
    ended = result(finalists=8, folds=80, last=320)
    assert "--recipe" not in commands(STUDY, ended)
    assert "short of time" not in note(STUDY, ended)


def test_a_last_training_that_ended_early_ends_early_again() -> None:
    ended = result(finalists=8, folds=80, last=4)
    assert "short of time" in note(STUDY, ended)
    assert ended.winner is not None
    ended = replace(ended, winner=replace(ended.winner, ended_early=True))
    assert "short of time" not in note(STUDY, ended)
    assert "--recipe" not in commands(STUDY, ended)


def test_finals_on_some_of_the_folds_cannot_be_told_by_a_recipe() -> None:
    ended = result(finalists=8, folds=80, last=320)
    assert ended.winner is not None
    short = replace(ended, winner=replace(ended.winner, planned_folds=4))
    assert "short of time" in note(STUDY, short)
    whole = replace(ended, winner=replace(ended.winner, planned_folds=3))
    assert "short of time" not in note(STUDY, whole)


@pytest.mark.parametrize(("jobs", "said"), [(1, False), (0, True), (4, True)])
def test_it_is_said_that_several_workers_do_not_repeat_exactly(jobs: int, said: bool) -> None:
    assert ("more than one worker" in note(replace(STUDY, jobs=jobs), result())) is said


@pytest.mark.parametrize("finalists", [1, 2])
def test_fewer_finalists_than_asked_for_are_told(finalists: int) -> None:
    assert flags(commands(STUDY, result(finalists=finalists, folds=80, last=320)))["finalists"] == str(finalists)
