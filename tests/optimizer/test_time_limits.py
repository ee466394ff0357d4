"""Time limits of a run, on a simulated clock: tasks take the seconds that a test sets."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from stand_in import Log, StandIns, outcome

from nas.data.source import load
from nas.data.splits import Splits, split
from nas.optimizer.clock import Clock
from nas.optimizer.observer import Observer
from nas.optimizer.problem import Problem
from nas.optimizer.run import run
from nas.space.file import load_space
from nas.study.decision import why_won
from nas.study.recipe import Recipe
from nas.study.record import State
from nas.study.result import Result
from nas.study.study import Study
from nas.study.tasks import Fold, HoldOut, TrainingTask
from nas.target.target import find_target

# Importing TensorFlow, and what a training takes beside its epochs, on a usual laptop.
START_SECONDS, OVERHEAD_SECONDS = 8.0, 2.0


class Timed(StandIns):
    """Stand-ins whose tasks take simulated time: each `collect` moves the clock to the end of the next task."""

    now = 0.0
    epoch_seconds = 0.1
    overfits = False  # whether networks are best on a fold after a quarter of a training
    fold_slowness = 1.0  # how much longer an epoch of the finals takes than one of the search
    trace_seconds = 0.0  # for the first training of each worker, before its first epoch
    slow_trials: Mapping[int, float] = {}  # how much longer an epoch of a trial of the search takes

    def __init__(self, splits: Any, jobs: int) -> None:
        super().__init__(splits, jobs)
        self._ends: list[float] = []
        self._started = 0

    def submit(self, task: Any) -> None:
        super().submit(task)
        start = START_SECONDS + Timed.trace_seconds if self._started < self.size else 0.0
        self._started += 1
        self._ends.append(Timed.now + start + OVERHEAD_SECONDS + taken(task))

    def collect(self, timeout: float) -> Iterator[tuple[Any, Any]]:
        self.press_ctrl_c()
        if self.running:
            first = self._ends.index(min(self._ends))
            Timed.now = max(Timed.now, self._ends.pop(first))
            task = self.running.pop(first)
            yield task, trained(task) if isinstance(task, TrainingTask) else outcome(task)


def taken(task: Any) -> float:
    return epochs(task) * epoch_seconds(task) if isinstance(task, TrainingTask) else 0.0


def epochs(task: Any) -> int:
    """Return the number of epochs within the time limit of a task, at least one."""
    if not isinstance(task, TrainingTask):
        return 0
    fitting = task.epochs if task.seconds is None else int(task.seconds / epoch_seconds(task))
    return max(1, min(task.epochs, fitting))


def epoch_seconds(task: TrainingTask) -> float:
    slowness = Timed.slow_trials.get(task.trial, 1.0) if isinstance(task.rows, HoldOut) else 1.0
    return Timed.epoch_seconds * slowness * (Timed.fold_slowness if isinstance(task.rows, Fold) else 1.0)


def trained(task: TrainingTask) -> Any:
    """Return the outcome of a training, which may have been stopped by its time limit."""
    whole: Any = outcome(task)
    done = epochs(task)
    history = {name: curve * done for name, curve in whole.record.history.items()}
    if Timed.overfits and isinstance(task.rows, Fold):
        best = done // 4
        history["val_accuracy"] = tuple(0.9 - 0.02 * abs(epoch - best) for epoch in range(done))
    record = replace(
        whole.record,
        history=history,
        seconds={"train": taken(task), "quantize": OVERHEAD_SECONDS},
    )
    if done < task.epochs and isinstance(task.rows, HoldOut):
        cut = f"cut short by the time limit after {done} of {task.epochs} epochs"
        if task.needed:
            return replace(whole, record=replace(record, reason=cut), weights=b"weights of the search")
        return replace(whole, record=replace(record, state=State.PRUNED, profiled=None, val_metrics={}), tflite=None)
    if done < task.epochs:
        record = replace(record, reason=f"cut short by the time limit after {done} of {task.epochs} epochs")
    return replace(whole, record=record)


@pytest.fixture(scope="module")
def splits() -> Splits:
    return split(load("wine"), 0)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    monkeypatch.setattr(Clock, "seconds", property(lambda clock: Timed.now))
    monkeypatch.setattr(Timed, "now", 0.0)
    monkeypatch.setattr(StandIns, "log", Log())
    return StandIns.log


def go(splits: Splits, folder: Path, **fields: Any) -> Result:
    study = Study(space="mlp_tabular", data="wine", budget_kb=12.0, name="mine", tracking_uri="none", **fields)
    problem = Problem(study, load_space(study.space), find_target("host"), splits)
    with run(problem, folder, Observer(), 0.0, Timed) as ended:
        return ended.result()


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(("minutes", "epoch_seconds"), [(1, 0.05), (2, 0.5), (5, 0.3), (5, 3.0), (10, 6.0)])
def test_a_run_keeps_its_time_limit_and_ends_with_a_winner(
    log: Log,
    splits: Splits,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    jobs: int,
    minutes: float,
    epoch_seconds: float,
) -> None:
    monkeypatch.setattr(Timed, "epoch_seconds", epoch_seconds)
    result = go(splits, tmp_path, minutes=minutes, jobs=jobs, recipe=Recipe.of(min_steps=0))
    assert result.winner is not None
    assert 0.6 * 60 * minutes < Timed.now <= 60 * minutes
    # With fewer epochs than in the search, finals would judge worse, and the winner would be worse.
    assert all(Recipe().training.epochs <= task.epochs <= Recipe().finals.final_epochs for task in log.finals)
    assert all(Recipe().training.epochs <= task.epochs <= Recipe().finals.winner_epochs for task in log.last)
    folds = [task.trial for task in log.finals]
    assert all(folds.count(trial) == 3 for trial in folds)


def test_if_time_is_short_fewer_finalists_are_trained_for_at_least_half_of_their_epochs(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Timed, "epoch_seconds", 0.5)
    recipe = Recipe.of(min_steps=0)
    go(splits, tmp_path, minutes=20, jobs=1, recipe=recipe)
    assert 2 <= len({task.trial for task in log.finals}) < recipe.finals.finalists
    assert all(task.epochs >= recipe.finals.final_epochs // 2 for task in log.finals + log.last)


@pytest.mark.parametrize("minutes", [1, 2, 4, 10])
def test_the_winner_s_last_training_has_at_least_as_many_epochs_as_its_finalists_and_says_if_they_are_few(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minutes: float
) -> None:
    monkeypatch.setattr(Timed, "epoch_seconds", 0.5)
    result = go(splits, tmp_path, minutes=minutes, jobs=2, recipe=Recipe.of(min_steps=0))
    (last,) = log.last
    assert all(epochs(task) <= epochs(last) for task in log.finals)
    assert (f"its last training had {epochs(last)} of 320 epochs" in (result.lacked or "")) == (epochs(last) < 80)
    assert (result.lacked is None) == (minutes >= 10)


def test_new_minutes_go_to_the_finals_of_a_winner_that_lacked_time_before_the_search_goes_on(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Timed, "epoch_seconds", 0.5)
    settings = {"jobs": 1, "recipe": Recipe.of(min_steps=0)}
    short = go(splits, tmp_path, minutes=2, **settings)
    assert short.lacked is not None
    searched, (before,) = len(log.searched), log.last
    monkeypatch.setattr(Timed, "now", 0.0)
    longer = go(splits, tmp_path, minutes=5, **settings)
    assert len(log.searched) <= searched + 1
    assert epochs(log.last[-1]) >= 2 * epochs(before)
    assert longer.lacked is None


def test_new_minutes_that_are_too_few_for_a_better_winner_are_searched(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Timed, "epoch_seconds", 0.5)
    settings = {"jobs": 1, "recipe": Recipe.of(min_steps=0)}
    assert go(splits, tmp_path, minutes=2, **settings).lacked is not None
    searched = len(log.searched)
    monkeypatch.setattr(Timed, "now", 0.0)
    go(splits, tmp_path, minutes=1, **settings)
    assert len(log.searched) > searched + 1


def test_folds_that_are_slower_than_estimated_leave_time_for_the_winner_s_last_training(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Timed, "epoch_seconds", 0.3)
    monkeypatch.setattr(Timed, "fold_slowness", 2.0)
    go(splits, tmp_path, minutes=5, jobs=2, recipe=Recipe.of(min_steps=0))
    (last,) = log.last
    assert epochs(last) == last.epochs >= Recipe().training.epochs
    assert Timed.now <= 5 * 60


@pytest.mark.parametrize("minutes", [None, 30])
def test_the_last_training_ends_where_longer_ones_were_worse_on_the_folds(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minutes: float | None
) -> None:
    monkeypatch.setattr(Timed, "overfits", True)
    settings = {"jobs": 2, "trials": 6, "recipe": Recipe.of(min_steps=0), "minutes": minutes}
    winner = go(splits, tmp_path, **settings).winner
    (last,), (rival,) = log.last, log.hand_made
    assert winner is not None
    assert winner.ended_early
    # The learning rates up to epoch 20 of 80 have the same sum as those of a whole training of 31 epochs.
    assert 28 <= last.epochs == rival.epochs == winner.epochs <= 34
    log.tasks.clear()
    result = go(splits, tmp_path, **settings)
    assert result.lacked is None
    assert not log.tasks


@pytest.mark.parametrize("then", [3, 4, 6, 10, None])
@pytest.mark.parametrize("done", [1, 5])
def test_finals_that_go_on_with_another_time_limit_compare_trainings_of_as_many_epochs(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: int, then: float | None
) -> None:
    monkeypatch.setattr(Timed, "epoch_seconds", 0.5)
    settings = {"jobs": 1, "trials": 4, "recipe": Recipe.of(min_steps=0)}
    log.interrupt = 4 + done + 1
    with pytest.raises(KeyboardInterrupt):
        go(splits, tmp_path, minutes=6, **settings)
    first = {(task.trial, task.rows.index): task.epochs for task in log.finals[:-1]}
    assert (len(first), set(first.values())) == (done, {32})
    log.tasks.clear()
    monkeypatch.setattr(Timed, "now", 0.0)
    winner = go(splits, tmp_path, minutes=then, **settings).winner
    assert winner is not None
    (compared,) = {entry["epochs"] for entry in winner.finals}
    again = {(task.trial, task.rows.index) for task in log.finals} & first.keys()
    assert again == (set() if compared == 32 else first.keys())
    assert compared == Recipe().finals.final_epochs or then is not None
    assert compared >= 32 or (then == 3 and done == 1)


@pytest.mark.parametrize("slowness", [1.0, 1.5, 2.0, 3.0, 8.0])
def test_finalists_are_compared_on_the_same_folds_and_by_whole_trainings_alone(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slowness: float
) -> None:
    monkeypatch.setattr(Timed, "epoch_seconds", 0.3)
    monkeypatch.setattr(Timed, "fold_slowness", slowness)
    winner = go(splits, tmp_path, minutes=8, jobs=2, recipe=Recipe.of(min_steps=0)).winner
    assert winner is not None
    whole = {(task.trial, task.rows.index) for task in log.finals if epochs(task) == task.epochs}
    counted = {(entry["trial"], entry["fold"]) for entry in winner.finals}
    assert counted <= whole
    trials, on = {trial for trial, _ in counted}, {fold for _, fold in counted}
    assert len(counted) == len(trials) * len(on)
    assert winner.folds_left_out == (3 - len(on) if counted else 0)
    assert (f"{len(on)} of 3 folds of a cross-validation" in why_won(winner)) == (winner.folds_left_out > 0)
    if slowness == 1.0:
        assert on == {0, 1, 2}
    if slowness >= 3.0:  # at the pace of the first of them, the last are not begun
        assert len(log.finals) < 3 * len({task.trial for task in log.finals})


def test_a_training_that_would_use_the_time_of_the_finals_is_stopped(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Timed, "epoch_seconds", 20.0)
    result = go(splits, tmp_path, minutes=1, jobs=1, recipe=Recipe.of(min_steps=0))
    assert Timed.now <= 60 + 2 * START_SECONDS
    assert all(task.seconds is not None and task.seconds <= 60 for task in log.searched)
    assert all((record.reason or "").startswith("cut short by the time limit") for record in result.front)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(("minutes", "epoch_seconds"), [(0.5, 2.0), (0.5, 5.0), (0.5, 40.0), (1, 20.0), (1, 200.0)])
def test_a_run_of_half_a_minute_or_more_ends_with_a_winner_on_any_machine_and_says_what_it_lacked(
    log: Log,
    splits: Splits,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    jobs: int,
    minutes: float,
    epoch_seconds: float,
) -> None:
    monkeypatch.setattr(Timed, "epoch_seconds", epoch_seconds)
    result = go(splits, tmp_path, minutes=minutes, jobs=jobs, recipe=Recipe.of(min_steps=0))
    assert result.winner is not None
    done = len(result.winner.record.history["loss"])
    assert f"cut short by the time limit after {done} of 10 epochs" in (result.lacked or "")
    assert "not compared with others in a cross-validation" in (result.lacked or "")
    assert re.search(r"--minutes \d+ is enough$", result.lacked or "")
    # It keeps the model of its trial, since there is no time for another one as good.
    if not log.last:
        assert result.winner.epochs is None
        assert (tmp_path / "models" / "winner.npz").read_bytes() == b"weights of the search"
    else:
        assert epochs(log.last[0]) >= done


def enough(result: Result) -> int:
    """Return the minutes that a run which lacked time asks for."""
    found = re.search(r"--minutes (\d+) is enough$", result.lacked or "")
    assert found
    return int(found[1])


@pytest.mark.parametrize(("epoch_seconds", "trace_seconds"), [(4.0, 0.0), (0.5, 25.0), (0.05, 40.0)])
def test_the_time_that_a_short_run_asks_for_is_enough_and_not_much_more(
    log: Log,
    splits: Splits,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    epoch_seconds: float,
    trace_seconds: float,
) -> None:
    monkeypatch.setattr(Timed, "epoch_seconds", epoch_seconds)
    monkeypatch.setattr(Timed, "trace_seconds", trace_seconds)
    settings = {"trials": 6, "jobs": 1, "recipe": Recipe.of(min_steps=0)}
    short = go(splits, tmp_path / "one", minutes=1, **settings)
    longer = {}
    for minutes in (enough(short), enough(short) // 4):
        monkeypatch.setattr(Timed, "now", 0.0)
        longer[minutes] = go(splits, tmp_path / f"{minutes}", minutes=max(1, minutes), **settings)
    whole, quarter = longer.values()
    assert whole.lacked is None
    assert whole.winner is not None
    assert whole.winner.cross_validated_score is not None
    assert quarter.lacked is not None


def test_a_study_that_lacked_time_and_goes_on_for_as_long_as_it_asks_lacks_nothing(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Timed, "epoch_seconds", 4.0)
    settings = {"trials": 1, "jobs": 1, "recipe": Recipe.of(min_steps=0)}
    short = go(splits, tmp_path, minutes=1, **settings)
    monkeypatch.setattr(Timed, "now", 0.0)
    longer = go(splits, tmp_path, minutes=enough(short), **settings)
    assert longer.trials == short.trials == 1
    assert longer.lacked is None
    assert longer.winner is not None
    assert longer.winner.cross_validated_score is not None
    assert longer.winner.test_uses == 2


def test_a_first_candidate_is_trained_even_if_reading_the_data_has_taken_the_time_of_the_search(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Timed, "now", 29.0)
    assert go(splits, tmp_path, minutes=0.5, jobs=2, recipe=Recipe.of(min_steps=0)).winner is not None
    assert len(log.searched) == 1


def test_a_training_that_was_cut_short_does_not_count_once_another_one_is_complete(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first of two workers is cut short when the second has already finished.
    monkeypatch.setattr(StandIns, "log", log)
    monkeypatch.setattr(Timed, "slow_trials", {0: 50.0})
    result = go(splits, tmp_path, minutes=1, trials=2, jobs=2, recipe=Recipe.of(min_steps=0))
    assert (result.states["complete"], result.states["pruned"]) == (1, 1)
    assert result.winner is not None
    assert "cut short" not in (result.lacked or "")


def test_a_decided_study_stays_decided_if_it_gets_more_time(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Timed, "epoch_seconds", 0.2)
    limits = {"minutes": 1, "trials": 4, "jobs": 1, "recipe": Recipe.of(min_steps=0)}
    first = go(splits, tmp_path, **limits)
    assert first.trials == 4
    assert len({task.trial for task in log.finals}) < first.states["complete"]
    asked = len(log.tasks)
    monkeypatch.setattr(Timed, "now", 0.0)
    assert go(splits, tmp_path, **limits).winner == first.winner
    assert len(log.tasks) == asked


def test_without_a_time_limit_all_trainings_have_all_their_epochs(log: Log, splits: Splits, tmp_path: Path) -> None:
    assert go(splits, tmp_path, trials=3, jobs=1, recipe=Recipe.of(min_steps=0)).winner is not None
    assert all(task.seconds is None for task in log.searched + log.finals + log.last)
    assert {task.epochs for task in log.finals} == {Recipe().finals.final_epochs}
    assert {task.epochs for task in log.last} == {Recipe().finals.winner_epochs}
