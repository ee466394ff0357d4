"""A study with rungs, with stand-ins for the workers: who pauses, who is promoted, and what of them is kept."""

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

RECIPE = Recipe.of(epochs=9, first_rung=1, rung_factor=3, min_steps=0, finalists=1, final_folds=2)


class Climbing(StandIns):
    """Stand-ins that climb rungs; a checkpoint holds the curve so far."""

    seen: ClassVar[dict[Any, int]] = {}

    def collect(self, timeout: float) -> Iterator[tuple[Any, Any]]:
        for task, end in super().collect(timeout):
            yield task, climbed(task) if isinstance(task, TrainingTask) and isinstance(task.rows, HoldOut) else end


def curve(job: TrainingTask) -> list[float]:
    """A learning curve, the best epoch last; later networks tend to be worse, so that earlier ones are promoted."""
    number = Climbing.seen.setdefault(job.architecture, len(Climbing.seen))
    final = accuracy(job) - number / 100
    return [round(final * (0.5 + (epoch + 1) / (2 * job.epochs)), 4) for epoch in range(job.epochs)]


def climbed(job: TrainingTask) -> TrainingOutcome:
    done: list[float] = []
    if job.checkpoint is not None:
        done = json.loads(job.checkpoint)
        assert done == curve(job)[: len(done)]
    rule = HalvingRule(job.rungs)
    reached = list(done)
    for epoch, value in list(enumerate(curve(job)))[len(done) :]:
        reached.append(value)
        if not rule.after_epoch(epoch, {"val_accuracy": value}):
            break
    whole = outcome(job)
    assert isinstance(whole, TrainingOutcome)
    history = {"loss": (1.0,) * len(reached), "val_accuracy": tuple(reached)}
    record = replace(whole.record, history=history, continues=job.continues, resumed_at=len(done))
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
    patch.setattr(Climbing, "seen", {})
    patch.setattr(StandIns, "log", Log())
    return StandIns.log


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    """What the workers of this test are asked for."""
    return stand_in(monkeypatch)


@dataclass(frozen=True)
class Whole:
    """A study that nothing disturbs: what was trained, and what came of it."""

    jobs: list[TrainingTask]
    records: list[Record]
    result: Result

    @property
    def first(self) -> int:
        """Which training was the first that went on from a checkpoint."""
        return next(i for i, job in enumerate(self.jobs) if job.continues is not None)


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
    with run(Problem(definition, space, target, splits), folder, Observer(), time.monotonic(), Climbing) as ended:
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
    further = [job for job in whole.jobs if job.continues is not None]
    assert further
    assert all(job.checkpoint is not None for job in further)
    assert len({job.continues for job in further}) == len(further)
    assert all(job.checkpoint is None for job in whole.jobs if job.continues is None)


def test_no_network_is_trained_twice_but_where_it_goes_on(whole: Whole) -> None:
    begun = [job.architecture for job in whole.jobs if job.continues is None]
    assert len(set(begun)) == len(begun)


def test_every_candidate_rests_on_every_rung_so_that_their_curves_compare(whole: Whole) -> None:
    assert {job.restart_epochs for job in whole.jobs} == {(1, 3)}


def test_controls_pass_all_rungs_and_judge_them(whole: Whole) -> None:
    controls = [job for job in whole.jobs if is_control(job.seed)]
    assert controls
    assert all(job.rungs == () for job in controls)
    complete = {record.trial for record in whole.records if record.state == State.COMPLETE}
    assert {job.trial for job in controls} <= complete
    assert [(rung.epoch, rung.pairs) for rung in whole.result.rungs] == [(1, len(controls)), (3, len(controls))]


def test_checkpoints_are_kept_while_one_may_go_on_and_dropped_at_the_end(
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


def test_an_interrupted_promotion_goes_on_from_its_checkpoint(
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


def test_a_promotion_whose_worker_dies_is_not_tried_again(
    whole: Whole, log: Log, splits: Splits, tmp_path: Path
) -> None:
    log.lose = {whole.first}
    go(study(), splits, tmp_path)
    assert [job.continues for job in log.searched].count(whole.jobs[whole.first].continues) == 1


@pytest.mark.parametrize("objective", ["accuracy", "pareto-weights"])
def test_a_search_ends_when_nothing_better_comes(log: Log, splits: Splits, tmp_path: Path, objective: str) -> None:
    result = go(study(trials=300, patience=12, objective=objective), splits, tmp_path)
    assert result.stopped == "stopped after 12 candidates without a better one"
    judged = [r for r in records(tmp_path, objective) if r.state == State.COMPLETE or r.at_rung is not None]
    complete = [record for record in judged if record.state == State.COMPLETE]
    if objective == "accuracy":
        best = max(complete, key=lambda record: (record.values or ())[0])
        assert sum(record.trial > best.trial for record in judged) == 12
    more = go(study(trials=result.trials + 5, objective=objective), splits, tmp_path)
    assert (more.trials, more.stopped) == (result.trials + 5, None)
