"""Whole runs of a study, with stand-ins for the workers: trials, storage, finals, the winner."""

import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pytest
from stand_in import Log, StandIns, accuracy, outcome, score

from nas.data.folds import folds
from nas.data.prepared import prepare
from nas.data.source import load
from nas.data.splits import Splits, split
from nas.errors import InputError
from nas.optimizer.finals import choose
from nas.optimizer.judge import Judge
from nas.optimizer.observer import Observer
from nas.optimizer.problem import Problem
from nas.optimizer.run import open_ledger, run, stored_result
from nas.optimizer.trials import Trials
from nas.space.file import load_space
from nas.study.feasibility import shrink
from nas.study.finals import Final
from nas.study.objectives import OBJECTIVES, ObjectiveContext
from nas.study.recipe import Recipe
from nas.study.record import Record, State
from nas.study.result import Result, Trained
from nas.study.scores import uses_of_test_set
from nas.study.study import Study
from nas.study.tasks import Fold, TrainingTask
from nas.target.budget import Budget
from nas.target.target import Target, find_target

TARGET = find_target("cortex-m4")


@pytest.fixture(scope="module")
def splits() -> Splits:
    return split(load("wine"), 0)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    """The tasks of this test."""
    monkeypatch.setattr(StandIns, "log", Log())
    return StandIns.log


def study(**fields: Any) -> Study:
    recipe = Recipe.of(finalists=1, final_folds=2)
    settings = {
        "recipe": recipe,
        "trials": 8,
        "jobs": 1,
        "budget_kb": 12.0,
        "tracking_uri": "none",
        "name": "mine",
        **fields,
    }
    return Study(space="mlp_tabular", data="wine", **settings)


class Watcher(Observer):
    """Keeps the phases and records that it is told."""

    def __init__(self) -> None:
        self.phases: list[str] = []
        self.records: list[Record] = []

    def phase(self, text: str) -> None:
        self.phases.append(text)

    def recorded(self, record: Record) -> None:
        self.records.append(record)


def go(
    definition: Study,
    splits: Splits,
    folder: Path,
    observer: Observer | None = None,
    *,
    target: Target = TARGET,
    finish: bool = False,
) -> Result:
    """Run a study as the API does."""
    with run(
        Problem(definition, load_space(definition.space), target, splits),
        folder,
        observer or Observer(),
        time.monotonic(),
        StandIns,
        finish=finish,
    ) as ended:
        return ended.result()


def records(definition: Study, folder: Path) -> list[Record]:
    return open_ledger(definition, folder).records()


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_study_runs_its_number_of_trials_and_numbers_them_consecutively(
    log: Log, splits: Splits, tmp_path: Path, jobs: int
) -> None:
    result = go(study(jobs=jobs), splits, tmp_path)
    kept = records(study(), tmp_path)
    assert sorted(r.trial for r in kept) == list(range(8))
    assert result.trials == 8
    assert dict(result.states) == {state.value: sum(r.state == state for r in kept) for state in State}


@pytest.mark.parametrize("jobs", [1, 3])
def test_candidates_over_budget_and_duplicates_are_never_trained(
    log: Log, splits: Splits, tmp_path: Path, jobs: int
) -> None:
    go(study(jobs=jobs, trials=40, budget_kb=0.5), splits, tmp_path)
    digests = [task.architecture for task in log.searched]
    assert len(set(digests)) == len(digests)
    assert all(task.architecture.lower().weights_bytes <= 512 for task in log.tasks if isinstance(task, TrainingTask))
    by_state = defaultdict(list)
    for kept in records(study(), tmp_path):
        by_state[kept.state].append(kept)
    assert {kept.trial for kept in by_state[State.COMPLETE]} == {task.trial for task in log.searched}
    assert all(kept.estimated and kept.estimated["weights_bytes"] > 512 for kept in by_state[State.OVER_BUDGET])
    first = {kept.digest: kept.trial for kept in by_state[State.COMPLETE]}
    assert by_state[State.DUPLICATE]
    assert all(kept.reason == f"same network as trial {first[kept.digest]}" for kept in by_state[State.DUPLICATE])


def test_a_seed_repeats_a_study_and_another_does_not(log: Log, splits: Splits, tmp_path: Path) -> None:
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        go(study(name=name, seed=seed), splits, tmp_path / name)
    a, b, c = (records(study(name=name), tmp_path / name) for name in "abc")
    assert a == b
    assert [kept.params for kept in a] != [kept.params for kept in c]


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize("after", [1, 5])
def test_an_interrupted_study_finishes_its_running_trials_first(
    log: Log, splits: Splits, tmp_path: Path, jobs: int, after: int
) -> None:
    log.interrupt = after
    with pytest.raises(KeyboardInterrupt):
        go(study(jobs=jobs), splits, tmp_path)
    before = records(study(), tmp_path)
    running = {task.trial for task in log.searched} - {kept.trial for kept in before}
    assert running

    log.tasks.clear()
    go(study(jobs=jobs), splits, tmp_path)
    kept = {r.trial: r for r in records(study(), tmp_path)}
    assert sorted(kept) == list(range(8))
    assert [kept[r.trial] for r in before] == before
    assert running <= {task.trial for task in log.searched}
    assert not {r.trial for r in before} & {task.trial for task in log.searched}


@pytest.mark.parametrize("after", [1, 2, 4])
def test_a_study_begins_with_the_known_good_candidates_once_even_if_interrupted(
    log: Log, splits: Splits, tmp_path: Path, after: int
) -> None:
    space, definition = load_space("mlp_tabular"), study(budget_kb=2.0)
    shrunk = [shrink(space, known, splits.input_shape, 3, TARGET, definition.budget(TARGET)) for known in space.starts]
    log.interrupt = after
    with pytest.raises(KeyboardInterrupt):
        go(definition, splits, tmp_path)
    go(definition, splits, tmp_path)
    params = [kept.params for kept in sorted(records(definition, tmp_path), key=lambda kept: kept.trial)]
    assert params[: len(shrunk)] == shrunk
    assert [params.count(known) for known in shrunk if known is not None] == [1] * len(shrunk)


def test_a_study_may_begin_without_the_known_good_candidates(log: Log, splits: Splits, tmp_path: Path) -> None:
    go(study(starts=False), splits, tmp_path)
    starts = load_space("mlp_tabular").starts
    assert not [kept for kept in records(study(starts=False), tmp_path) if kept.params in starts]


def test_a_finished_study_trains_nothing_and_gives_the_same_result(log: Log, splits: Splits, tmp_path: Path) -> None:
    first = go(study(), splits, tmp_path)
    log.tasks.clear()
    watcher = Watcher()
    second = go(study(), splits, tmp_path, watcher)
    assert log.tasks == []
    latest = {"seconds": first.seconds, "run_seconds": first.run_seconds, "run_trials": first.run_trials}
    assert (first.run_trials, second.run_trials) == (8, 0)
    assert replace(second, **latest) == first
    assert len(watcher.records) == 8
    stored = stored_result(tmp_path, open_ledger(study(), tmp_path))
    assert replace(stored, **latest) == first


def test_raising_the_number_of_trials_adds_to_those_that_were_run(log: Log, splits: Splits, tmp_path: Path) -> None:
    go(study(trials=5), splits, tmp_path)
    before = records(study(), tmp_path)
    result = go(study(trials=9), splits, tmp_path)
    assert result.trials == 9
    assert result.run_trials == 4
    assert records(study(), tmp_path)[:5] == before


def test_a_study_can_be_finished_with_the_candidates_that_it_has(log: Log, splits: Splits, tmp_path: Path) -> None:
    log.interrupt = 5
    with pytest.raises(KeyboardInterrupt):
        go(study(recipe=FINALS), splits, tmp_path)
    before = records(study(), tmp_path)
    complete = {kept.trial for kept in before if kept.state == State.COMPLETE}
    log.tasks.clear()
    result = go(study(recipe=FINALS), splits, tmp_path, finish=True)
    assert log.searched == []
    assert records(study(), tmp_path) == before
    assert {task.trial for task in log.finals} <= complete
    assert result.winner is not None
    assert result.winner.tested is not None
    # The search can go on afterwards.
    assert go(study(recipe=FINALS), splits, tmp_path).trials == 8


@pytest.mark.parametrize(("minutes", "is_limited"), [(60, False), (30, True)])
def test_the_minutes_of_the_search_do_not_limit_the_finals_that_are_asked_for_but_others_do(
    log: Log, splits: Splits, tmp_path: Path, minutes: float, is_limited: bool
) -> None:
    log.interrupt = 5
    with pytest.raises(KeyboardInterrupt):
        go(study(recipe=FINALS, minutes=60), splits, tmp_path)
    log.tasks.clear()
    go(study(recipe=FINALS, minutes=minutes), splits, tmp_path, finish=True)
    assert log.finals
    assert {task.seconds is not None for task in log.finals} == {is_limited}


def test_a_study_without_a_complete_candidate_cannot_be_finished(log: Log, splits: Splits, tmp_path: Path) -> None:
    log.interrupt = 1
    with pytest.raises(KeyboardInterrupt):
        go(study(), splits, tmp_path)
    line = rf"study mine: must have a complete trial to be finished, got none in 0 trials; .*nas search {tmp_path}"
    with pytest.raises(InputError, match=line):
        go(study(), splits, tmp_path, finish=True)


def test_reading_the_trials_of_a_study_that_has_none_is_an_input_error_and_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^/[^:]*study\.journal: must hold the trials of study mine"):
        open_ledger(study(), tmp_path, begin=False)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "study.journal").touch()
    with pytest.raises(InputError, match=r"^/[^:]*study\.journal: must hold the trials of study mine"):
        open_ledger(study(), tmp_path, begin=False)


def test_runs_that_end_at_the_same_numbers_of_trials_repeat_a_study_of_several_runs(
    log: Log, splits: Splits, tmp_path: Path
) -> None:
    for trials in (4, 4, 9):
        result = go(study(trials=trials, name="a"), splits, tmp_path / "a")
    assert result.ends == (4, 9)
    for trials in result.ends:
        again = go(study(trials=trials, name="a"), splits, tmp_path / "b")
    first, second = (records(study(name="a"), tmp_path / folder) for folder in "ab")
    assert first == second
    assert again.winner == result.winner


def test_another_definition_is_refused_before_anything_is_done(log: Log, splits: Splits, tmp_path: Path) -> None:
    go(study(), splits, tmp_path)
    log.tasks.clear()
    definition = (tmp_path / "study.toml").read_text()
    with pytest.raises(
        InputError, match=r"study mine: must keep the settings .*: budget_kb was 12\.0, is 3\.0; leave it"
    ):
        go(study(budget_kb=3.0, trials=99), splits, tmp_path)
    with pytest.raises(InputError, match=r"study mine: .*: the data content has changed"):
        go(study(trials=99), split(load("wine"), 1), tmp_path)
    assert log.tasks == []
    assert (tmp_path / "study.toml").read_text() == definition


def test_only_the_settings_that_differ_are_named(log: Log, splits: Splits, tmp_path: Path) -> None:
    go(study(), splits, tmp_path)
    changed = study(recipe=Recipe.of(finalists=1, final_folds=2, epochs=12), metric="macro_f1")
    with pytest.raises(InputError) as error:
        go(changed, splits, tmp_path)
    assert str(error.value) == (
        "study mine: must keep the settings that it began with: metric was auto, is macro_f1, epochs was 10, is 12; "
        "leave them as before, or give another name"
    )


@pytest.mark.parametrize("storages", [("sqlite:///{}/a.db", None), (None, "sqlite:///{}/a.db")])
def test_a_folder_keeps_its_study_when_the_storage_is_another(
    log: Log, splits: Splits, tmp_path: Path, storages: tuple[str | None, str | None]
) -> None:
    first, second = (url and url.format(tmp_path) for url in storages)
    go(study(storage=first), splits, tmp_path / "mine")
    log.tasks.clear()
    definition = (tmp_path / "mine" / "study.toml").read_text()
    with pytest.raises(InputError, match=r"study mine: .*budget_kb was 12\.0, is 3\.0"):
        go(study(storage=second, budget_kb=3.0), splits, tmp_path / "mine")
    with pytest.raises(InputError, match=r"study mine: must go on where its trials are, "):
        go(study(storage=second), splits, tmp_path / "mine")
    assert (log.tasks, (tmp_path / "mine" / "study.toml").read_text()) == ([], definition)
    assert go(study(storage=first, trials=9), splits, tmp_path / "mine").trials == 9


def test_a_study_whose_trials_were_removed_is_not_begun_anew(log: Log, splits: Splits, tmp_path: Path) -> None:
    go(study(), splits, tmp_path)
    (tmp_path / "study.journal").unlink()
    with pytest.raises(InputError, match=r"study\.journal: must hold the trials of study mine; restore it, or delete"):
        go(study(), splits, tmp_path)


def test_a_worker_that_dies_fails_only_its_trial(log: Log, splits: Splits, tmp_path: Path) -> None:
    log.lose = {1, 2}
    result = go(study(), splits, tmp_path)
    failed = [kept for kept in records(study(), tmp_path) if kept.state == State.FAILED]
    assert [kept.reason for kept in failed] == ["its worker process died"] * 2
    assert result.trials == 8
    assert result.winner is not None


FINALS = Recipe.of(finalists=3, final_folds=2)


def test_a_network_that_two_searches_have_trained_is_one_finalist(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if other processes had trained them, before this one heard of it.
    monkeypatch.setattr(Trials, "twin", lambda *_: None)
    recipe = Recipe.of(finalists=8, final_folds=2)
    result = go(study(recipe=recipe, trials=40, budget_kb=0.5), splits, tmp_path)
    complete = {kept.trial: kept for kept in records(study(), tmp_path) if kept.state == State.COMPLETE}
    assert len({kept.digest for kept in complete.values()}) < len(complete)
    assert result.winner is not None
    assert len({complete[one.trial].digest for one in result.winner.finalists}) == 8


def test_the_finalists_are_trained_on_every_fold(log: Log, splits: Splits, tmp_path: Path) -> None:
    go(study(recipe=FINALS), splits, tmp_path)
    complete = [kept for kept in records(study(), tmp_path) if kept.state == State.COMPLETE]
    best = sorted(complete, key=lambda kept: kept.values or (), reverse=True)[:3]
    asked = [(task.trial, task.rows.index, task.rows.count) for task in log.finals if isinstance(task.rows, Fold)]
    assert sorted(asked) == sorted((kept.trial, fold, 2) for kept in best for fold in range(2))
    assert len({task.seed for task in log.finals} | {kept.seed for kept in complete}) == 6 + len(complete)
    assert all(task.epochs >= FINALS.finals.final_epochs for task in log.finals)


def test_the_best_mean_over_the_folds_wins(log: Log, splits: Splits, tmp_path: Path) -> None:
    winner = go(study(recipe=FINALS, objective="accuracy"), splits, tmp_path).winner
    assert winner is not None
    means = {trial: fmean(found) for trial, found in accuracies(log).items()}
    best = max(means, key=lambda trial: means[trial])
    assert (winner.record.trial, winner.cross_validated_accuracy) == (best, pytest.approx(means[best]))
    finals = {(final["trial"], final["val_accuracy"]) for final in winner.finals}
    assert finals == {(trial, one) for trial, found in accuracies(log).items() for one in found}


def test_the_study_s_metric_ranks_candidates_and_decides_the_finals(log: Log, splits: Splits, tmp_path: Path) -> None:
    definition = study(recipe=FINALS, objective="accuracy", metric="macro_f1", trials=12)
    watcher = Watcher()
    winner = go(definition, splits, tmp_path, watcher).winner
    assert winner is not None
    assert watcher.phases[0] == (
        "searching for the best macro-F1; the finals then cross-validate the 3 best candidates on 2 folds"
    )
    complete = [kept for kept in records(definition, tmp_path) if kept.state == State.COMPLETE]
    assert all(kept.values == (score(task, "macro_f1"),) for kept, task in zip(complete, log.searched, strict=True))
    means = {
        trial: fmean(score(task, "macro_f1") for task in log.finals if task.trial == trial)
        for trial in {task.trial for task in log.finals}
    }
    best = max(means, key=lambda trial: means[trial])
    assert (winner.record.trial, winner.cross_validated_score) == (best, pytest.approx(means[best]))
    assert set(winner.fold_scores) == {score(task, "macro_f1") for task in log.finals if task.trial == best}


def test_by_default_the_labels_decide_the_metric(log: Log, splits: Splits, tmp_path: Path) -> None:
    train = splits.train
    rare = replace(splits, train=train.take(np.flatnonzero((train.y > 0) | (train.x[:, 0] > 14.2))))
    share = np.bincount(rare.train.y)
    assert share.max() >= 3 * share.min() > 0
    watcher = Watcher()
    result = go(study(), rare, tmp_path / "rare", watcher)
    assert watcher.phases[0].startswith("searching for the best balanced accuracy (the most frequent class has ")
    assert result.winner is not None
    assert result.winner.metric == "balanced_accuracy"
    assert go(study(), splits, tmp_path / "even", watcher).winner.metric == "accuracy"  # type: ignore[union-attr]
    assert any("searching for the best accuracy; the finals" in phase for phase in watcher.phases)


def accuracies(log: Log) -> dict[int, list[float]]:
    found = defaultdict(list)
    for task in log.finals:
        found[task.trial].append(accuracy(task))
    return found


def test_the_winner_is_trained_on_all_other_rows_and_tested_once(log: Log, splits: Splits, tmp_path: Path) -> None:
    winner = go(study(recipe=FINALS), splits, tmp_path).winner
    assert winner is not None
    ((last,), (test,)) = log.last, log.tests
    assert last.trial == winner.record.trial
    assert test.tflite == f"model {winner.record.digest} {last.seed}".encode()
    assert [task for task in log.tasks if task in (*log.last, *log.tests)] == [last, test]
    assert winner.tested == outcome(test)
    assert uses_of_test_set(winner) == "The test set was used once, for the study's winner."


def test_each_winner_of_a_study_that_goes_on_counts_as_a_use_of_the_test_set(
    log: Log, splits: Splits, tmp_path: Path
) -> None:
    uses = []
    for trials in (2, 4, 9):
        winner = go(study(recipe=FINALS, trials=trials), splits, tmp_path).winner
        assert winner is not None
        uses.append((winner.test_uses, len(log.tests)))
    assert all(counted == tested for counted, tested in uses)
    assert uses[-1][0] > 1
    assert f"has evaluated {uses[-1][0]} times on its test set" in uses_of_test_set(winner)


def test_a_hand_made_network_is_trained_and_tested_as_the_winner_is(log: Log, splits: Splits, tmp_path: Path) -> None:
    winner = go(study(recipe=FINALS), splits, tmp_path).winner
    assert winner is not None
    ((made,), (last,)) = log.hand_made, log.last
    assert made.architecture.digest() != last.architecture.digest()
    assert replace(made, trial=last.trial, architecture=last.architecture, params=last.params, seed=last.seed) == last
    assert winner.hand_made is not None
    assert winner.hand_made.record.digest == made.architecture.digest()
    assert winner.hand_made.tested is not None


def test_a_winner_needs_no_hand_made_network(log: Log, splits: Splits, tmp_path: Path) -> None:
    winner = go(study(recipe=FINALS.replace(hand_made=False)), splits, tmp_path).winner
    assert winner is not None
    assert (log.hand_made, winner.hand_made) == ([], None)
    assert "leaves it out" in winner.hand_made_missing


@pytest.fixture(scope="module")
def whole(splits: Splits, tmp_path_factory: pytest.TempPathFactory) -> tuple[Trained, int]:
    """The winner of a study that is not interrupted, and the number of trainings in its search."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StandIns, "log", Log())
        winner = go(study(recipe=FINALS), splits, tmp_path_factory.mktemp("whole")).winner
        assert winner is not None
        return winner, len(StandIns.log.searched)


@pytest.mark.parametrize("after", [1, 4, 6, 7, 8])
def test_interrupted_finals_repeat_no_training_and_have_the_same_winner(
    whole: tuple[Trained, int], log: Log, splits: Splits, tmp_path: Path, after: int
) -> None:
    expected, searched = whole
    log.interrupt = searched + after
    with pytest.raises(KeyboardInterrupt):
        go(study(recipe=FINALS), splits, tmp_path)
    done = len(log.finals) - (after <= 6)
    log.tasks.clear()
    assert go(study(recipe=FINALS), splits, tmp_path).winner == expected
    assert (log.searched, len(log.finals), len(log.tests)) == ([], 6 - done, 1)


@pytest.mark.parametrize(("done", "what"), [(6, "the winner's last training"), (7, "the winner's test")])
def test_a_failed_last_training_or_test_is_an_input_error_and_can_be_repeated(
    whole: tuple[Trained, int], log: Log, splits: Splits, tmp_path: Path, done: int, what: str
) -> None:
    expected, searched = whole
    log.lose = set(range(searched + done, 100))
    with pytest.raises(InputError, match=f"study mine: {what} must end, got its worker process died; run the same"):
        go(study(recipe=FINALS), splits, tmp_path)
    log.lose = set()
    assert go(study(recipe=FINALS), splits, tmp_path).winner == expected


def test_without_a_candidate_there_is_no_winner(log: Log, splits: Splits, tmp_path: Path) -> None:
    log.lose = set(range(100))
    result = go(study(trials=4), splits, tmp_path)
    assert result.winner is None
    assert result.front == ()
    assert log.tests == []


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1"])
def test_the_pareto_front_is_of_weights_and_the_study_s_metric(
    log: Log, splits: Splits, tmp_path: Path, metric: str
) -> None:
    result = go(study(trials=25, metric=metric), splits, tmp_path)
    points = {
        kept.trial: (kept.val_metrics[metric], -kept.profiled["weights_bytes"])
        for kept in records(study(metric=metric), tmp_path)
        if kept.state == State.COMPLETE and kept.profiled
    }
    beaten = {
        trial
        for trial, point in points.items()
        if any(other != point and all(o >= p for o, p in zip(other, point, strict=True)) for other in points.values())
    }
    assert {points[kept.trial] for kept in result.front} == {points[t] for t in set(points) - beaten}
    weights = [kept.profiled["weights_bytes"] for kept in result.front if kept.profiled]
    assert weights == sorted(weights)


@pytest.mark.parametrize("objective", ["accuracy", "pareto-macs"])
def test_every_kind_of_objective_runs_and_stores_its_values(
    log: Log, splits: Splits, tmp_path: Path, objective: str
) -> None:
    definition = study(objective=objective, budget_kb=None, trials=6)
    assert go(definition, splits, tmp_path).winner is not None
    for kept in records(definition, tmp_path):
        if kept.state == State.COMPLETE:
            assert kept.values is not None
            assert len(kept.values) == (2 if "pareto" in objective else 1)


def test_a_time_limit_bounds_every_task(log: Log, splits: Splits, tmp_path: Path) -> None:
    go(study(minutes=5.0), splits, tmp_path)
    assert all(task.seconds is not None and 0 < task.seconds < 300 for task in log.searched + log.finals)


def test_a_run_without_time_ends_at_once_and_trains_nothing(log: Log, splits: Splits, tmp_path: Path) -> None:
    result = go(study(minutes=0.001, trials=None), splits, tmp_path)
    assert (result.trials, log.tasks) == (0, [])


def test_an_observer_is_told_every_trial_and_every_phase(log: Log, splits: Splits, tmp_path: Path) -> None:
    watcher = Watcher()
    go(study(recipe=FINALS), splits, tmp_path, watcher)
    assert watcher.records == records(study(), tmp_path)
    assert watcher.phases[1].startswith("finals: cross-validating the 3 best candidates on 2 folds")
    assert watcher.phases[2:] == [
        "finals: training the winner on all training and validation data",
        "finals: evaluating the winner on the test set",
    ]


TAUGHT = FINALS.replace(distillation=0.5)


def test_finals_learn_from_the_teacher_of_their_fold(log: Log, splits: Splits, tmp_path: Path) -> None:
    winner = go(study(recipe=TAUGHT), splits, tmp_path).winner
    assert winner is not None
    assert [task.rows.index for task in log.teachers] == [0, 1]
    part = splits.train.join(splits.val)
    for task in log.finals:
        assert isinstance(task.rows, Fold)
        assert task.soft_labels is not None
        assert np.array_equal(task.soft_labels, np.full((len(task.rows.pick(prepare(splits))[0]), 3), task.rows.index))
    # The soft label of a row in the last training is by the teacher that has not seen the row.
    (last,) = log.last
    assert last.soft_labels is not None
    for index, (_, held) in enumerate(folds(part, 2, 0)):
        assert np.all(last.soft_labels[held] == index)
    assert [(t["fold"], t["val_accuracy"]) for t in winner.teachers] == [(0, 0.9), (1, 0.9)]
    assert all(task.soft_labels is None for task in log.searched)


def test_teachers_that_were_trained_are_not_trained_again(log: Log, splits: Splits, tmp_path: Path) -> None:
    expected = go(study(recipe=TAUGHT), splits, tmp_path / "whole").winner
    log.interrupt = len(log.searched) + 1
    log.tasks.clear()
    with pytest.raises(KeyboardInterrupt):
        go(study(recipe=TAUGHT), splits, tmp_path / "parts")
    assert go(study(recipe=TAUGHT), splits, tmp_path / "parts").winner == expected


def test_if_a_teacher_fails_finals_learn_from_labels_alone(log: Log, splits: Splits, tmp_path: Path) -> None:
    searched = len(plain(log, splits, tmp_path / "plain"))
    log.tasks.clear()
    log.lose = {searched}
    winner = go(study(recipe=TAUGHT), splits, tmp_path / "lost").winner
    assert winner is not None
    assert len(log.teachers) == 2
    assert all(task.soft_labels is None for task in log.finals + log.last)


def plain(log: Log, splits: Splits, folder: Path) -> list[TrainingTask]:
    go(study(recipe=FINALS), splits, folder)
    return log.searched


@pytest.mark.parametrize(
    ("latencies", "best"),
    [
        # Of the two best the quicker one wins, and of equally quick ones the earlier.
        ({7: 10.1, 3: 14.8, 5: 1.0}, 7),
        ({7: 10.1, 3: 10.1, 5: 1.0}, 3),
    ],
)
def test_of_equal_mean_scores_the_lower_cost_wins_and_then_the_earlier_trial(
    latencies: dict[int, float], best: int
) -> None:
    means = {7: (0.7, 0.9), 3: (0.9, 0.7), 5: (0.5, 0.9)}
    judge = Judge(OBJECTIVES["pareto-latency"], ObjectiveContext(None, 0.9), "accuracy", Budget())
    finals = [
        Final(finished(trial, score, latencies[trial]), fold)
        for trial, scores in means.items()
        for fold, score in enumerate(scores)
    ]
    for order in (finals, finals[::-1]):
        assert [(final.record.trial, final.fold) for final in choose(order, judge)] == [(best, 0), (best, 1)]


def finished(trial: int, accuracy: float, latency: float) -> Record:
    costs = {"latency_ms": latency}
    return Record(trial, State.COMPLETE, "", {}, {}, 0, profiled=costs, val_metrics={"accuracy": accuracy})


@pytest.mark.parametrize("objective", ["pareto-weights", "pareto-arena", "pareto-macs", "pareto-latency"])
def test_no_candidate_of_a_pareto_study_beats_its_finalists_and_winner_in_accuracy_and_cost(
    log: Log, splits: Splits, tmp_path: Path, objective: str
) -> None:
    definition = study(objective=objective, target="nucleo-f411re", budget_kb=None, trials=12, recipe=FINALS)
    result = go(definition, splits, tmp_path, target=find_target("nucleo-f411re"))
    (cost,) = result.costs
    complete = [kept for kept in records(definition, tmp_path) if kept.state == State.COMPLETE]
    assert {task.trial for task in log.finals} <= {kept.trial for kept in result.front}
    assert result.winner is not None
    (winner,) = (kept for kept in complete if kept.trial == result.winner.record.trial)
    for other in complete:
        assert (other.val_score, cost.of(other)) == (winner.val_score, cost.of(winner)) or not (
            (other.val_score or 0) >= (winner.val_score or 0) and (cost.of(other) or 0) <= (cost.of(winner) or 0)
        )


def test_a_run_whose_workers_cannot_start_lets_others_run_the_study(splits: Splits, tmp_path: Path) -> None:
    definition = study()
    problem = Problem(definition, load_space(definition.space), TARGET, splits)

    def none(*_: Any) -> Any:
        raise InputError("--cluster", "must answer")

    with (
        pytest.raises(InputError, match="cluster: must answer"),
        run(problem, tmp_path, Observer(), time.monotonic(), none),
    ):
        pytest.fail("the run has begun")
    assert open_ledger(definition, tmp_path, begin=False).get("owner") is None
