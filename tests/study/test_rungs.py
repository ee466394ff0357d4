from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from nas.study.record import Record, State
from nas.study.rungs import (
    CONTROL,
    MIN_RESULTS,
    Climb,
    Rung,
    accuracy_at,
    correlations,
    dominators,
    promotable,
    rung_epochs,
    spearman,
    thresholds,
)


def paused(curve: list[float], trial: int = 0, size: int = 0) -> Record:
    """A candidate that ended at a rung at the end of its curve."""
    return Record(
        trial=trial,
        state=State.PRUNED,
        digest=f"network {trial}",
        params={},
        architecture={},
        seed=1,
        estimated={"weights_bytes": size},
        history={"val_accuracy": tuple(curve)},
        at_rung=len(curve),
    )


def field(accuracies: list[float]) -> list[Record]:
    """Candidates that ended at a rung after one epoch."""
    return [paused([accuracy], trial) for trial, accuracy in enumerate(accuracies)]


def alone(_: Record, accuracy: float) -> tuple[float, ...]:
    """Measure of a study that looks at accuracy alone."""
    return (accuracy,)


def pareto(record: Record, accuracy: float) -> tuple[float, ...]:
    """Measure of a study of accuracy against weights."""
    assert record.estimated is not None
    return accuracy, -record.estimated["weights_bytes"]


NEW = paused([], trial=1000)
ACCURACIES = st.lists(st.integers(0, 2000).map(lambda n: n / 2000), min_size=MIN_RESULTS, max_size=40, unique=True)
SIZED = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), min_size=MIN_RESULTS + 1, max_size=30)
# Few values, so that many are equal.
POINTS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=40)


def test_rungs_lie_a_factor_apart_and_below_the_end():
    assert rung_epochs(2, 3, 12) == (2, 6)
    assert rung_epochs(2, 3, 18) == (2, 6)
    assert rung_epochs(1, 2, 9) == (1, 2, 4, 8)


def test_a_first_rung_of_0_is_none():
    assert rung_epochs(0, 3, 12) == ()


@given(ACCURACIES, st.integers(2, 5))
def test_of_one_objective_one_in_a_factor_of_those_that_came_to_a_rung_would_pass_it(accuracies, factor):
    records = field(accuracies)
    others = [(r, [other for other in records if other is not r]) for r in records]
    asked = [(r, thresholds(r, rest, [1], factor, alone)) for r, rest in others]
    passing = sum(accuracy_at(r, 1) >= rungs[0].threshold for r, rungs in asked if rungs)
    assert passing == (max(1, len(records) // factor) if len(records) > MIN_RESULTS else 0)


@given(ACCURACIES, st.integers(2, 5))
def test_the_threshold_is_the_accuracy_of_the_last_that_would_pass(accuracies, factor):
    (rung,) = thresholds(NEW, field(accuracies), [1], factor, alone)
    place = max(1, (len(accuracies) + 1) // factor)
    assert rung.threshold == pytest.approx(sorted(accuracies, reverse=True)[place - 1], abs=1e-6)


def test_few_results_ask_for_nothing():
    assert thresholds(NEW, field([0.9] * (MIN_RESULTS - 1)), [1], 3, alone) == ()


def test_a_candidate_that_ended_before_a_rung_does_not_count_there():
    early, late = field([0.9] * 10), [paused([0.1, 0.2], trial) for trial in range(10, 10 + MIN_RESULTS)]
    (rung,) = thresholds(NEW, early + late, [2], 3, alone)
    assert (rung.epoch, rung.threshold) == (2, pytest.approx(0.2))


def test_a_network_counts_once_on_a_rung_however_many_trials_it_took():
    first = field([0.5] * MIN_RESULTS)
    further = [replace(r, trial=r.trial + 100, continues=r.trial, history={"val_accuracy": (0.5, 0.6)}) for r in first]
    assert thresholds(NEW, first[1:] + further[1:], [1], 3, alone) == ()


@given(POINTS)
def test_dominators_are_those_as_good_in_all_and_better_in_one(points):
    def dominates(a, b):
        return a != b and all(x >= y for x, y in zip(a, b, strict=True))

    assert dominators(np.array(points)).tolist() == [sum(dominates(a, b) for a in points) for b in points]


@given(SIZED, st.data())
def test_in_a_pareto_study_nothing_on_the_front_is_asked_for_more_than_it_has(points, data):
    records = [paused([accuracy / 50], trial, size) for trial, (accuracy, size) in enumerate(points)]
    counts = dominators(np.array([pareto(r, accuracy_at(r, 1)) for r in records]))
    best = records[data.draw(st.sampled_from(np.flatnonzero(counts == 0).tolist()))]
    (rung,) = thresholds(best, [r for r in records if r is not best], [1], 3, pareto)
    assert accuracy_at(best, 1) >= rung.threshold


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), min_size=MIN_RESULTS, max_size=30), st.integers(1, 50)
)
def test_in_a_pareto_study_a_smaller_network_is_never_asked_for_more(points, size):
    records = [paused([accuracy / 50], trial, size) for trial, (accuracy, size) in enumerate(points)]
    asked = [thresholds(paused([], 1000, size + more), records, [1], 3, pareto)[0].threshold for more in (0, 1, 10)]
    assert asked == sorted(asked)


def test_the_smallest_network_of_a_pareto_study_passes_whatever_it_is_worth():
    records = [paused([0.9], trial, size=100 + trial) for trial in range(20)]
    assert thresholds(paused([], 1000, size=10), records, [1], 3, pareto) == (Rung(1, 0.0),)


def test_a_training_ends_at_the_rung_that_it_does_not_reach():
    climb = Climb([Rung(2, 0.5), Rung(4, 0.8)])
    went_on = [climb.go_on(epoch, {"val_accuracy": accuracy}) for epoch, accuracy in enumerate([0.6, 0.4, 0.7, 0.75])]
    assert went_on == [True, True, True, False]
    assert climb.failed == "rung 4: 75.0 % is below 80.0 %"


def test_without_rungs_every_training_goes_on():
    climb = Climb([])
    assert all(climb.go_on(epoch, {"val_accuracy": 0.0}) for epoch in range(20))
    assert climb.failed is None


def test_a_paused_candidate_is_promoted_when_worse_ones_have_come():
    early = field([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3])
    assert promotable(early, {2}, [1], 3, alone) is None
    later = early + [paused([0.2], trial) for trial in range(7, 9)]
    assert promotable(later, {2}, [1], 3, alone) is later[2]
    assert promotable(later, set(), [1], 3, alone) is None


@given(ACCURACIES, st.integers(2, 4), st.data())
def test_those_that_may_be_promoted_are_the_ones_that_would_pass_the_rung_now(accuracies, factor, data):
    # As long as there is room: without it a new best passes, and nobody is promoted.
    gone_on = data.draw(st.integers(0, (len(accuracies) - 1) // factor))
    records = [paused([a, a] if trial < gone_on else [a], trial) for trial, a in enumerate(accuracies)]
    for r in records[gone_on:]:
        rungs = thresholds(r, [other for other in records if other is not r], [1], factor, alone)
        passes = bool(rungs) and accuracy_at(r, 1) >= rungs[0].threshold
        assert (promotable(records, {r.trial}, [1], factor, alone) is r) == passes


@given(ACCURACIES, st.data())
def test_where_too_many_have_gone_on_only_a_new_best_does(accuracies, data):
    factor = data.draw(st.integers(2, 4))
    gone_on = data.draw(st.integers(0, len(accuracies)))
    records = [paused([a, a] if trial < gone_on else [a], trial) for trial, a in enumerate(accuracies)]
    (rung,) = thresholds(NEW, records, [1], factor, alone)
    if gone_on * factor < len(records) + 1:
        assert rung == thresholds(NEW, field(accuracies), [1], factor, alone)[0]
    else:
        assert rung.threshold == pytest.approx(max(accuracies), abs=1e-6)
    if gone_on * factor >= len(records):
        assert promotable(records, {r.trial for r in records}, [1], factor, alone) is None


def test_the_highest_rung_and_the_best_candidate_on_it_come_first():
    low, high = field([0.99] + [0.1] * 19), [paused([0.1, 0.2 + trial / 100], trial) for trial in range(20, 28)]
    everyone = {r.trial for r in low + high}
    assert promotable(low + high, everyone, [1, 2], 3, alone) is high[-1]
    assert promotable(low + high, everyone - {r.trial for r in high}, [1, 2], 3, alone) is low[0]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=40))
def test_rank_correlation_is_scipy_s(pairs):
    a, b = np.array(pairs, np.float64).T
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        assert spearman(a, b) is None
    else:
        assert spearman(a, b) == pytest.approx(spearmanr(a, b).statistic)


def test_a_rung_is_judged_by_the_controls_that_were_trained_to_the_end():
    def complete(trial, curve, accuracy, seed=CONTROL):
        return replace(paused(curve, trial), state=State.COMPLETE, at_rung=None, seed=seed, val_accuracy=accuracy)

    controls = [complete(i, [0.0, i % 3 / 10], i / 10) for i in range(6)]
    chosen = [complete(10 + i, [0.9 - i / 10, 0.9], i / 10, seed=1) for i in range(6)]
    first, second = correlations(controls + chosen + field([0.1, 0.2]), [1, 2])
    assert (first.epoch, first.pairs, first.spearman) == (1, 6, None)
    assert second.spearman == pytest.approx(spearmanr([i % 3 for i in range(6)], range(6)).statistic)


def test_too_few_controls_say_nothing():
    (only,) = correlations(field([0.1]), [1])
    assert (only.pairs, only.spearman) == (0, None)
