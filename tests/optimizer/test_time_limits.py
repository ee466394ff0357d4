"""The minutes of a run, on a clock of our own: workers take the time that we say, in no time."""

from collections.abc import Iterator
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
from nas.study.recipe import Recipe
from nas.study.record import State
from nas.study.result import Result
from nas.study.study import Study
from nas.study.tasks import Fold, HoldOut, TrainingTask
from nas.target.target import find_target

# Importing TensorFlow, and what a training takes beside its epochs, on a usual laptop.
START_SECONDS, OVERHEAD_SECONDS = 8.0, 2.0


class Timed(StandIns):
    """Stand-ins whose tasks take time: the next one to end does so as soon as anyone asks."""

    now = 0.0
    epoch_seconds = 0.1
    fold_slowness = 1.0  # how much longer an epoch of the finals takes than one of the search

    def __init__(self, splits: Any, jobs: int) -> None:
        super().__init__(splits, jobs)
        self._ends: list[float] = []
        self._started = 0

    def submit(self, task: Any) -> None:
        super().submit(task)
        start = START_SECONDS if self._started < self.size else 0.0
        self._started += 1
        self._ends.append(Timed.now + start + OVERHEAD_SECONDS + taken(task))

    def collect(self, timeout: float) -> Iterator[tuple[Any, Any]]:
        if self.running:
            first = self._ends.index(min(self._ends))
            Timed.now = max(Timed.now, self._ends.pop(first))
            task = self.running.pop(first)
            yield task, trained(task) if isinstance(task, TrainingTask) else outcome(task)


def taken(task: Any) -> float:
    return epochs(task) * epoch_seconds(task) if isinstance(task, TrainingTask) else 0.0


def epochs(task: Any) -> int:
    """The epochs that a task does in its time; one at least, as the pipeline does."""
    if not isinstance(task, TrainingTask):
        return 0
    fitting = task.epochs if task.seconds is None else int(task.seconds / epoch_seconds(task))
    return max(1, min(task.epochs, fitting))


def epoch_seconds(task: TrainingTask) -> float:
    return Timed.epoch_seconds * (Timed.fold_slowness if isinstance(task.rows, Fold) else 1.0)


def trained(task: TrainingTask) -> Any:
    """What the pipeline brings back of a training, cut short or not."""
    whole: Any = outcome(task)
    done = epochs(task)
    record = replace(
        whole.record,
        history={name: curve * done for name, curve in whole.record.history.items()},
        seconds={"train": taken(task), "quantize": OVERHEAD_SECONDS},
    )
    if done < task.epochs and isinstance(task.rows, HoldOut):
        return replace(whole, record=replace(record, state=State.PRUNED, profiled=None, val_metrics={}), tflite=None)
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
def test_a_run_keeps_its_minutes_and_ends_with_a_winner(
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
    # A training cut shorter than the search's own would be a worse judge, and a worse winner.
    assert all(Recipe().training.epochs <= job.epochs <= Recipe().finals.final_epochs for job in log.finals)
    assert all(Recipe().training.epochs <= job.epochs <= Recipe().finals.winner_epochs for job in log.last)
    folds = [job.trial for job in log.finals]
    assert all(folds.count(trial) == 3 for trial in folds)


def test_short_of_time_fewer_finalists_are_trained_for_at_least_half_the_epochs(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Timed, "epoch_seconds", 0.5)
    recipe = Recipe.of(min_steps=0)
    go(splits, tmp_path, minutes=10, jobs=1, recipe=recipe)
    assert 1 <= len({job.trial for job in log.finals}) < recipe.finals.finalists
    assert all(job.epochs >= recipe.finals.final_epochs // 2 for job in log.finals + log.last)


def test_folds_that_take_longer_than_foreseen_leave_the_winner_its_last_training(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Timed, "epoch_seconds", 0.3)
    monkeypatch.setattr(Timed, "fold_slowness", 2.0)
    go(splits, tmp_path, minutes=5, jobs=2, recipe=Recipe.of(min_steps=0))
    (last,) = log.last
    assert epochs(last) == last.epochs >= Recipe().training.epochs
    assert Timed.now <= 5 * 60


def test_a_candidate_that_would_take_the_finals_time_is_cut_short(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Timed, "epoch_seconds", 20.0)
    result = go(splits, tmp_path, minutes=1, jobs=1, recipe=Recipe.of(min_steps=0))
    assert (result.winner, result.states["complete"]) == (None, 0)
    assert result.states["pruned"] > 0
    assert Timed.now <= 60 + 2 * START_SECONDS
    assert all(job.seconds is not None and job.seconds <= 60 for job in log.searched)


def test_a_decided_study_is_not_decided_anew_for_having_time_again(
    log: Log, splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Timed, "epoch_seconds", 0.2)
    limits = {"minutes": 1, "trials": 4, "jobs": 1, "recipe": Recipe.of(min_steps=0)}
    first = go(splits, tmp_path, **limits)
    assert first.trials == 4
    assert len({job.trial for job in log.finals}) < first.states["complete"]
    asked = len(log.tasks)
    monkeypatch.setattr(Timed, "now", 0.0)
    assert go(splits, tmp_path, **limits).winner == first.winner
    assert len(log.tasks) == asked


def test_without_minutes_everything_takes_its_time(log: Log, splits: Splits, tmp_path: Path) -> None:
    assert go(splits, tmp_path, trials=3, jobs=1, recipe=Recipe.of(min_steps=0)).winner is not None
    assert all(job.seconds is None for job in log.searched + log.finals + log.last)
    assert {job.epochs for job in log.finals} == {Recipe().finals.final_epochs}
    assert {job.epochs for job in log.last} == {Recipe().finals.winner_epochs}
