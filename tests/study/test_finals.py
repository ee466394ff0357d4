"""Which folds and which trainings of the finals count, so that finalists are compared on the same folds."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.data.dataset import Part
from nas.study.finals import Final, comparable, telling_folds
from nas.study.record import Record, State
from nas.study.tasks import Fold
from nas.task.anomaly import Anomaly
from nas.task.classification import Classification

trainings = st.sets(st.tuples(st.integers(0, 7), st.integers(0, 2)))


def final(trial: int, fold: int, reason: str | None = None, state: State = State.COMPLETE) -> Final:
    return Final(Record(trial, state, "", {}, {}, 0, reason=reason), fold)


def finals(*pairs: tuple[int, int]) -> list[Final]:
    return [final(*pair) for pair in pairs]


def pairs(found: list[Final]) -> set[tuple[int, int]]:
    return {(each.record.trial, each.fold) for each in found}


def test_a_training_is_whole_if_it_ended_and_no_time_limit_cut_it_short() -> None:
    assert final(0, 0).is_whole
    assert not final(0, 0, "cut short by the time limit after 1 of 48 epochs").is_whole
    assert not final(0, 0, state=State.FAILED).is_whole


@pytest.mark.parametrize(("on_the_last_fold", "compared", "folds"), [(8, 8, 3), (5, 5, 3), (4, 8, 2), (0, 8, 2)])
def test_a_fold_counts_if_more_than_half_of_the_finalists_have_it(
    on_the_last_fold: int, compared: int, folds: int
) -> None:
    ended = finals(*itertools.product(range(8), range(2)), *((trial, 2) for trial in range(on_the_last_fold)))
    assert pairs(comparable(ended)) == set(itertools.product(range(compared), range(folds)))


def test_a_finalist_whose_training_failed_is_left_out_and_the_others_keep_the_fold() -> None:
    ended = finals((0, 0), (0, 1), (1, 0), (2, 0), (2, 1))
    assert pairs(comparable(ended)) == {(0, 0), (0, 1), (2, 0), (2, 1)}


def test_of_two_finalists_both_are_compared_on_the_fold_that_both_have() -> None:
    assert pairs(comparable(finals((0, 0), (1, 0), (0, 1)))) == {(0, 0), (1, 0)}


def test_without_trainings_nobody_is_compared() -> None:
    assert comparable([]) == []


@given(trainings)
def test_whoever_is_compared_is_judged_on_the_same_folds(ended: set[tuple[int, int]]) -> None:
    found = pairs(comparable(finals(*sorted(ended))))
    trials, folds = {trial for trial, _ in found}, {fold for _, fold in found}
    assert found == set(itertools.product(trials, folds)) <= ended


@pytest.mark.parametrize(
    ("kinds", "telling"), [([(0, 1), (0,), (0,)], 1), ([(0, 1), (0, 1), (0,)], 2), ([(1,), (0,), (0,)], 0)]
)
def test_folds_whose_rows_cannot_tell_the_metric_are_left_out(kinds: list[tuple[int, ...]], telling: int) -> None:
    y = np.concatenate([np.resize(own, 10) for own in kinds])
    part = Part(np.arange(len(y), dtype=np.float32)[:, None], y, np.repeat(np.arange(len(kinds)), 10))
    found = telling_folds(part, Fold(0, 3, 5), Anomaly(), "roc_auc")
    assert len(found) == telling
    for fold in found:
        assert set(y[held_out(part, fold)]) == {0, 1}
    assert telling_folds(part, Fold(0, 3, 5), Classification(), "accuracy") == [Fold(i, 3, 5) for i in range(3)]
    assert len(telling_folds(part, Fold(0, 3, 5), Anomaly(), "explained")) == sum(0 in own for own in kinds)


def held_out(part: Part, fold: Fold) -> np.ndarray:
    """The rows of a fold, by the numbers that they hold."""
    _, val = fold.pick(SimpleNamespace(train=part.take(np.arange(7)), val=part.take(np.arange(7, len(part)))))
    assert val is not None
    return val.x[:, 0].astype(int)
