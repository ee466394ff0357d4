"""A study with one worker repeats exactly, however long its trainings take."""

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from stand_in import Log, StandIns

from nas.data.source import load
from nas.data.splits import Splits, split
from nas.optimizer import search
from nas.optimizer.observer import Observer
from nas.optimizer.problem import Problem
from nas.optimizer.run import run
from nas.space.file import load_space
from nas.study.recipe import Recipe
from nas.study.record import Record, State
from nas.study.study import Study
from nas.target.target import find_target

AT_ONCE, LAST = 0, 10**9


class Late(StandIns):
    """Stand-ins that are asked some times for an answer, without waiting, before they give it."""

    moments: ClassVar[Iterator[int]]

    def submit(self, task: Any) -> None:
        super().submit(task)
        self._left = next(self.moments)

    def collect(self, timeout: float) -> Iterator[tuple[Any, Any]]:
        self._left -= 1
        if timeout == 0.0 and self._left >= 0:
            return
        yield from super().collect(timeout)


class Told(Observer):
    """Keeps the records in the order in which trials have ended."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def recorded(self, record: Record) -> None:
        self.records.append(record)


@pytest.fixture(scope="module")
def splits() -> Splits:
    return split(load("wine"), 0)


def moments(kind: int | str) -> Iterator[int]:
    chance = random.Random(kind)
    while True:
        yield kind if isinstance(kind, int) else chance.randrange(12)


def ended(
    kind: int | str, splits: Splits, folder: Path, monkeypatch: pytest.MonkeyPatch, **fields: Any
) -> list[Record]:
    """Run a study whose budget most candidates exceed; return its records in the order in which they ended."""
    monkeypatch.setattr(StandIns, "log", Log())
    monkeypatch.setattr(Late, "moments", moments(kind), raising=False)
    recipe = Recipe.of(finalists=1, final_folds=2)
    limits = {"budget_kb": 0.5, "trials": 80, "jobs": 1, "tracking_uri": "none", **fields}
    study = Study(space="mlp_tabular", data="wine", name="mine", recipe=recipe, **limits)
    told = Told()
    problem = Problem(study, load_space(study.space), find_target("cortex-m4"), splits)
    with run(problem, folder / str(kind), told, time.monotonic(), Late):
        return told.records


@pytest.mark.parametrize("most_rejected", [0, 2, search.MOST_REJECTED])
def test_when_answers_come_changes_nothing_with_one_worker(
    splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_rejected: int
) -> None:
    monkeypatch.setattr(search, "MOST_REJECTED", most_rejected)
    first, *others = (ended(kind, splits, tmp_path, monkeypatch) for kind in (AT_ONCE, 1, LAST, "now and then"))
    assert {record.state for record in first} == {State.COMPLETE, State.OVER_BUDGET, State.DUPLICATE}
    assert all(other == first for other in others)


def test_an_answer_waits_for_few_rejected_candidates_only(
    splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_REJECTED", 2)
    records = ended(AT_ONCE, splits, tmp_path, monkeypatch)
    passed = [
        sum(other.trial > record.trial and other.state != State.COMPLETE for other in records[:place])
        for place, record in enumerate(records)
        if record.state == State.COMPLETE
    ]
    assert max(passed) == 2


def test_the_search_with_several_workers_takes_up_answers_at_once(
    splits: Splits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    early, late = (ended(kind, splits, tmp_path, monkeypatch, jobs=2) for kind in (AT_ONCE, LAST))
    assert early != late
