"""Successive halving in a whole study, with stand-ins for the workers: pausing, promotion, checkpoints."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from stand_in import Log, StandIns, accuracy, outcome

from nas.data.source import load
from nas.data.splits import Splits, split
from nas.optimizer.ladder import Ladder
from nas.optimizer.models import ModelFolder
from nas.optimizer.observer import Observer
from nas.optimizer.problem import Problem
from nas.optimizer.run import open_ledger, run
from nas.space.file import load_space
from nas.study.recipe import Recipe
from nas.study.record import Record, State
from nas.study.result import Result
from nas.study.rungs import HalvingRule, is_control
from nas.study.study import Study
from nas.study.tasks import HoldOut, TrainingOutcome, TrainingTask
from nas.target.target import find_target
from nas.task.classification import Classification

RECIPE = Recipe.of(epochs=9, first_rung=1, rung_factor=3, min_steps=0, finalists=1, final_folds=2)


class WithRungs(StandIns):
    """Stand-ins whose trainings may stop at a rung; a checkpoint holds the learning curve so far."""

    seen: ClassVar[dict[Any, int]] = {}

    def collect(self, timeout: float) -> Iterator[tuple[Any, Any]]:
        for task, end in super().collect(timeout):
            yield task, trained(task) if isinstance(task, TrainingTask) and isinstance(task.rows, HoldOut) else end


def curve(task: TrainingTask) -> list[float]:
    """Return a rising learning curve; later networks tend to be worse, so that earlier ones are promoted."""
    number = WithRungs.seen.setdefault(task.architecture, len(WithRungs.seen))
    final = accuracy(task) - number / 100
    return [round(final * (0.5 + (epoch + 1) / (2 * task.epochs)), 4) for epoch in range(task.epochs)]


def trained(task: TrainingTask) -> TrainingOutcome:
    done: list[float] = []
    if task.checkpoint is not None:
        done = json.loads(task.checkpoint)
        assert done == curve(task)[: len(done)]
    rule = HalvingRule(task.rungs, task.epochs)
    reached = list(done)
    for epoch, value in list(enumerate(curve(task)))[len(done) :]:
        reached.append(value)
        if not rule.after_epoch(epoch, {"val_accuracy": value}):
            break
    whole = outcome(task)
    assert isinstance(whole, TrainingOutcome)
    history = {"loss": (1.0,) * len(reached), "val_accuracy": tuple(reached)}
    record = replace(whole.record, history=history, continues=task.continues, resumed_at=len(done))
    if rule.reason is None:
        return replace(whole, record=record)
    record = replace(
        record,
        state=State.PRUNED,
        reason=rule.reason,
        at_rung=len(reached),
        profiled=None,
        val_metrics={},
        float_val_accuracy=None,
    )
    return TrainingOutcome(record, checkpoint=json.dumps(reached).encode())


@pytest.fixture(scope="module")
def splits() -> Splits:
    return split(load("wine"), 0)


def stand_in(patch: pytest.MonkeyPatch) -> Log:
    patch.setattr(WithRungs, "seen", {})
    patch.setattr(StandIns, "log", Log())
    return StandIns.log


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    """The tasks of this test."""
    return stand_in(monkeypatch)


@dataclass(frozen=True)
class Whole:
    """The tasks, records and result of a study that is not interrupted."""

    jobs: list[TrainingTask]
    records: list[Record]
    result: Result

    @property
    def first(self) -> int:
        """Number of the first task that resumes from a checkpoint."""
        return next(i for i, task in enumerate(self.jobs) if task.continues is not None)


@pytest.fixture(scope="module")
def whole(splits: Splits, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    with pytest.MonkeyPatch.context() as patch:
        log, folder = stand_in(patch), tmp_path_factory.mktemp("whole")
        result = go(study(trials=60), splits, folder)
        return Whole(log.searched, records(folder), result)


def study(**fields: Any) -> Study:
    settings = {"recipe": RECIPE, "trials": 40, "jobs": 1, "tracking_uri": "none", "name": "mine", **fields}
    # Rungs are the same whoever samples, and chance is the quickest.
    settings["sampler"] = "random"
    return Study(space="mlp_tabular", data="wine", objective=settings.pop("objective", "accuracy"), **settings)


def go(definition: Study, splits: Splits, folder: Path) -> Result:
    space, target = load_space(definition.space), find_target("cortex-m4")
    with run(Problem(definition, space, target, splits), folder, Observer(), time.monotonic(), WithRungs) as ended:
        return ended.result()


def records(folder: Path, objective: str = "accuracy") -> list[Record]:
    return open_ledger(study(objective=objective), folder).records()


def checkpoints(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("models/*.checkpoint.npz"))


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize("objective", ["accuracy", "pareto-weights"])
def test_most_candidates_pause_and_some_are_promoted(
    log: Log, splits: Splits, tmp_path: Path, jobs: int, objective: str
) -> None:
    result = go(study(jobs=jobs, objective=objective, trials=60), splits, tmp_path)
    kept = {record.trial: record for record in records(tmp_path, objective)}
    paused = [record for record in kept.values() if record.at_rung is not None]
    promoted = [record for record in kept.values() if record.continues is not None]
    assert (result.trials, result.stopped) == (60, None)
    assert len(paused) > result.states["complete"] > 0
    assert promoted or objective != "accuracy"
    assert {record.state for record in paused} == {State.PRUNED}
    for record in promoted:
        before = kept[record.continues if record.continues is not None else -1]
        assert before.at_rung == record.resumed_at
        assert (record.digest, record.params, record.seed) == (before.digest, before.params, before.seed)
        assert record.history["val_accuracy"][: record.resumed_at] == before.history["val_accuracy"]


def test_a_promoted_candidate_gets_its_checkpoint_and_is_promoted_once(whole: Whole) -> None:
    further = [task for task in whole.jobs if task.continues is not None]
    assert further
    assert all(task.checkpoint is not None for task in further)
    assert len({task.continues for task in further}) == len(further)
    assert all(task.checkpoint is None for task in whole.jobs if task.continues is None)


def test_no_network_is_trained_again_from_the_start(whole: Whole) -> None:
    begun = [task.architecture for task in whole.jobs if task.continues is None]
    assert len(set(begun)) == len(begun)


def test_the_learning_rate_restarts_at_every_rung_for_all_candidates(whole: Whole) -> None:
    assert {task.restart_epochs for task in whole.jobs} == {(1, 3)}


def test_controls_are_never_stopped_and_measure_how_well_rungs_predict(whole: Whole) -> None:
    controls = [task for task in whole.jobs if is_control(task.seed)]
    assert controls
    assert all(task.rungs == () for task in controls)
    complete = {record.trial for record in whole.records if record.state == State.COMPLETE}
    assert {task.trial for task in controls} <= complete
    assert [(rung.epoch, rung.pairs) for rung in whole.result.rungs] == [(1, len(controls)), (3, len(controls))]


def test_checkpoints_of_paused_candidates_are_deleted_when_the_search_ends(
    log: Log, splits: Splits, tmp_path: Path
) -> None:
    log.interrupt = 25
    with pytest.raises(KeyboardInterrupt):
        go(study(), splits, tmp_path)
    kept = records(tmp_path)
    gone_on = {record.continues for record in kept}
    waiting = {f"{r.trial}.checkpoint.npz" for r in kept if r.at_rung is not None and r.trial not in gone_on}
    assert set(checkpoints(tmp_path)) == waiting
    go(study(), splits, tmp_path)
    assert checkpoints(tmp_path) == []


def test_an_interrupted_promotion_resumes_from_its_checkpoint(
    whole: Whole, log: Log, splits: Splits, tmp_path: Path
) -> None:
    log.interrupt = whole.first + 1
    with pytest.raises(KeyboardInterrupt):
        go(study(), splits, tmp_path)
    log.tasks.clear()
    go(study(), splits, tmp_path)
    again, promoted = log.searched[0], whole.jobs[whole.first]
    assert (again.trial, again.continues) == (promoted.trial, promoted.continues)
    assert again.checkpoint == promoted.checkpoint is not None


def test_a_promotion_whose_worker_dies_is_not_repeated(whole: Whole, log: Log, splits: Splits, tmp_path: Path) -> None:
    log.lose = {whole.first}
    go(study(), splits, tmp_path)
    assert [task.continues for task in log.searched].count(whole.jobs[whole.first].continues) == 1


@pytest.mark.parametrize("objective", ["accuracy", "pareto-weights"])
def test_a_search_ends_when_patience_is_used_up(log: Log, splits: Splits, tmp_path: Path, objective: str) -> None:
    result = go(study(trials=300, patience=12, objective=objective), splits, tmp_path)
    assert result.stopped == "stopped after 12 candidates without a better one"
    judged = [r for r in records(tmp_path, objective) if r.state == State.COMPLETE or r.at_rung is not None]
    complete = [record for record in judged if record.state == State.COMPLETE]
    if objective == "accuracy":
        best = max(complete, key=lambda record: (record.values or ())[0])
        assert sum(record.trial > best.trial for record in judged) == 12
    more = go(study(trials=result.trials + 5, objective=objective), splits, tmp_path)
    assert (more.trials, more.stopped) == (result.trials + 5, None)


def test_rungs_come_later_by_the_factor_by_which_small_data_takes_more_epochs(tmp_path: Path) -> None:
    recipe = Recipe.of(epochs=10, batch_size=64, first_rung=2, rung_factor=3)
    large, small = (
        Ladder(
            recipe.replace(min_steps=800),
            rows,
            [],
            ModelFolder(tmp_path),
            lambda record, accuracy: (accuracy,),
            Classification(),
        )
        for rows in (64 * 80, 64 * 2)
    )
    assert large.epochs == (2, 6)
    # 800 steps of 2 steps an epoch are 400 epochs, 40 times as many.
    assert small.epochs == (80, 240)


def test_rungs_compare_accuracies_in_a_study_with_another_metric(log: Log, splits: Splits, tmp_path: Path) -> None:
    definition = study(metric="macro_f1", trials=40)
    go(definition, splits, tmp_path)
    rungs = [rung for task in log.searched for rung in task.rungs]
    assert rungs
    for rung in rungs:
        reached = [curve(task)[rung.epoch - 1] for task in log.searched]
        assert min(abs(rung.threshold - value) for value in reached) < 1e-6
    kept = open_ledger(definition, tmp_path).records()
    assert any(record.at_rung for record in kept)
    complete = [record for record in kept if record.state == State.COMPLETE]
    assert complete
    assert all(record.values == (record.val_metrics["macro_f1"],) for record in complete)
