"""Asynchronous successive halving: thresholds of rungs, promotion, and how well rungs predict the final score."""

import math
import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from nas.study.record import Record, State
from nas.study.rungs import (
    _TIE,
    CONTROL,
    MIN_RESULTS,
    HalvingRule,
    Rung,
    accuracy_at,
    correlations,
    rung_epochs,
    spearman,
)
from nas.study.standings import Standings


def paused(curve: list[float], trial: int = 0, size: int = 0) -> Record:
    """A candidate that was stopped at a rung at the end of its curve."""
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


def stopped(accuracies: list[float]) -> list[Record]:
    """Candidates that were stopped at a rung after one epoch."""
    return [paused([accuracy], trial) for trial, accuracy in enumerate(accuracies)]


def sized(points: list[tuple[int, int]]) -> list[Record]:
    """Candidates with accuracies in fiftieths and sizes in bytes that were stopped after one epoch."""
    return [paused([accuracy / 50], trial, size) for trial, (accuracy, size) in enumerate(points)]


def accuracy_alone(_: Record, accuracy: float) -> tuple[float, ...]:
    """The gains in a study of accuracy."""
    return (accuracy,)


def pareto(record: Record, accuracy: float) -> tuple[float, ...]:
    """The gains in a study of accuracy against weights."""
    assert record.estimated is not None
    return accuracy, -record.estimated["weights_bytes"]


def weighted(record: Record, accuracy: float) -> tuple[float, ...]:
    """The gain in a study of a weighted sum of accuracy and free memory."""
    assert record.estimated is not None
    return (0.7 * accuracy + 0.3 * (1 - record.estimated["weights_bytes"] / 64),)


def thresholds(candidate, records, epochs, factor, gains_at, perfect=1.0):
    return Standings(epochs, factor, gains_at, records).thresholds(candidate, perfect)


def promotable(records, waiting, epochs, factor, gains_at):
    return Standings(epochs, factor, gains_at, records, waiting).promotable()


def dominates(a, b):
    return a != b and all(x >= y for x, y in zip(a, b, strict=True))


def domination_ranks(points):
    return np.array([sum(dominates(a, b) for a in points) for b in points])


NEW = paused([], trial=1000)
ACCURACIES = st.lists(st.integers(0, 2000).map(lambda n: n / 2000), min_size=MIN_RESULTS, max_size=40, unique=True)
SIZED = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), min_size=MIN_RESULTS + 1, max_size=30)


def test_rungs_lie_a_factor_apart_and_below_the_end():
    assert rung_epochs(2, 3, 12) == (2, 6)
    assert rung_epochs(2, 3, 18) == (2, 6)
    assert rung_epochs(1, 2, 9) == (1, 2, 4, 8)


def test_without_a_first_rung_there_are_no_rungs():
    assert rung_epochs(0, 3, 12) == ()


@given(ACCURACIES, st.integers(2, 5))
def test_with_one_objective_the_best_1_in_factor_pass_a_rung(accuracies, factor):
    records = stopped(accuracies)
    others = [(r, [other for other in records if other is not r]) for r in records]
    rungs = [(r, thresholds(r, rest, [1], factor, accuracy_alone)) for r, rest in others]
    passing = sum(accuracy_at(r, 1) >= found[0].threshold for r, found in rungs if found)
    assert passing == (max(1, len(records) // factor) if len(records) > MIN_RESULTS else 0)


@given(ACCURACIES, st.integers(2, 5))
def test_the_threshold_is_the_accuracy_of_the_last_candidate_that_passes(accuracies, factor):
    (rung,) = thresholds(NEW, stopped(accuracies), [1], factor, accuracy_alone)
    place = max(1, (len(accuracies) + 1) // factor)
    assert rung.threshold == sorted(accuracies, reverse=True)[place - 1]


@given(st.lists(st.integers(-100, 100), min_size=MIN_RESULTS, max_size=40), st.integers(2, 5))
def test_scores_may_be_of_any_size_and_sign(scores, factor):
    (rung,) = thresholds(NEW, stopped(scores), [1], factor, accuracy_alone, perfect=math.inf)
    place = max(1, (len(scores) + 1) // factor)
    assert rung.threshold == sorted(scores, reverse=True)[place - 1]


def passes_by_bisection(candidate: Record, others: list[Record], factor: int, gains_at: Callable) -> Callable:
    """The rule without sorting: the least passing accuracy, by 30 bisections of [0, 1]."""
    gains = [gains_at(r, accuracy_at(r, 1)) for r in others]
    room = sum(len(r.history["val_accuracy"]) > 1 for r in others) * factor < len(others) + 1
    kept = max(1, (len(others) + 1) // factor) if room else 1

    def passes(accuracy: float) -> bool:
        everyone = [*gains, gains_at(candidate, accuracy)]
        ranks = [sum(dominates(a, b) for a in everyone) for b in everyone]
        return ranks[-1] <= sorted(ranks)[kept - 1]

    low, high = 0.0, 1.0
    for _ in range(0 if passes(low) else 30):
        middle = (low + high) / 2
        low, high = (low, middle) if passes(middle) else (middle, high)
    return lambda accuracy: accuracy >= low


@pytest.mark.parametrize("gains_at", [accuracy_alone, pareto, weighted])
@given(SIZED, st.integers(1, 50), st.integers(2, 6), st.data())
def test_decisions_are_those_of_a_bisection_over_accuracies(gains_at, points, size, factor, data):
    continued = data.draw(st.integers(0, len(points)))
    records = [
        replace(r, history={"val_accuracy": r.history["val_accuracy"] * (2 if r.trial < continued else 1)})
        for r in sized(points)
    ]
    candidate = paused([], 1000, size)
    rungs = thresholds(candidate, records, [1], factor, gains_at)
    expected = passes_by_bisection(candidate, records, factor, gains_at)
    for accuracy in range(51):
        continues = HalvingRule(rungs, 10).after_epoch(0, {"val_accuracy": accuracy / 50})
        assert continues == expected(accuracy / 50)


def test_a_perfect_candidate_is_not_stopped_for_its_size():
    small = [paused([1.0], trial, size=1) for trial in range(20)]
    (rung,) = thresholds(paused([], 1000, size=50), small, [1], 3, weighted)
    assert rung.threshold == 1.0


def test_a_rung_with_few_results_stops_nobody():
    assert thresholds(NEW, stopped([0.9] * (MIN_RESULTS - 1)), [1], 3, accuracy_alone) == ()


def test_a_candidate_that_ended_before_a_rung_does_not_count_there():
    early, late = stopped([0.9] * 10), [paused([0.1, 0.2], trial) for trial in range(10, 10 + MIN_RESULTS)]
    (rung,) = thresholds(NEW, early + late, [2], 3, accuracy_alone)
    assert (rung.epoch, rung.threshold) == (2, 0.2)


def test_a_network_counts_once_on_a_rung_however_many_trials_trained_it():
    first = stopped([0.5] * MIN_RESULTS)
    further = [replace(r, trial=r.trial + 100, continues=r.trial, history={"val_accuracy": (0.5, 0.6)}) for r in first]
    assert thresholds(NEW, first[1:] + further[1:], [1], 3, accuracy_alone) == ()


@given(SIZED, st.lists(st.integers(0, 30), unique=True))
def test_domination_ranks_count_those_as_good_in_all_and_better_in_one_while_results_come_and_change(points, again):
    records = sized(points)
    standings = Standings([1], 3, pareto, records)
    for trial in (trial for trial in again if trial < len(records)):
        # The same network is trained once more, for longer and with another accuracy.
        records[trial] = replace(records[trial], trial=trial + 100, history={"val_accuracy": (trial / 30, 1.0)})
        standings.add(records[trial])
    results = standings._rungs[1]
    gains = {r.trial: pareto(r, accuracy_at(r, 1)) for r in records}
    found = {r.trial: rank for r, rank in zip(results._records, results.ranks.tolist(), strict=True)}
    assert found == {trial: sum(dominates(a, own) for a in gains.values()) for trial, own in gains.items()}


@given(SIZED, st.data())
def test_in_a_pareto_study_no_candidate_on_the_front_is_stopped(points, data):
    records = sized(points)
    ranks = domination_ranks([pareto(r, accuracy_at(r, 1)) for r in records])
    best = records[data.draw(st.sampled_from(np.flatnonzero(ranks == 0).tolist()))]
    rungs = thresholds(best, [r for r in records if r is not best], [1], 3, pareto)
    assert all(accuracy_at(best, 1) >= rung.threshold for rung in rungs)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), min_size=MIN_RESULTS, max_size=30), st.integers(1, 50)
)
def test_in_a_pareto_study_a_smaller_network_never_has_a_higher_threshold(points, size):
    def threshold(size):
        rungs = thresholds(paused([], 1000, size), sized(points), [1], 3, pareto)
        return rungs[0].threshold if rungs else -math.inf

    found = [threshold(size + more) for more in (0, 1, 10)]
    assert found == sorted(found)


def test_the_smallest_network_of_a_pareto_study_is_not_stopped_whatever_its_accuracy():
    records = [paused([0.9], trial, size=100 + trial) for trial in range(20)]
    assert thresholds(paused([], 1000, size=10), records, [1], 3, pareto) == ()


def test_a_training_stops_at_the_first_rung_whose_threshold_it_misses():
    rule = HalvingRule([Rung(2, 0.5), Rung(4, 0.859)], 10)
    continued = [rule.after_epoch(epoch, {"val_accuracy": value}) for epoch, value in enumerate([0.6, 0.4, 0.7, 0.714])]
    assert continued == [True, True, True, False]
    assert rule.reason == "stopped early after 4 of 10 epochs: validation accuracy 71.4 %, cut-off 85.9 %"


def test_where_all_classes_have_the_same_weight_balanced_accuracies_are_compared() -> None:
    rule = HalvingRule((Rung(2, 0.8),), 10)
    assert rule.after_epoch(0, {"val_accuracy": 0.98, "val_balanced_accuracy": 0.5})
    assert not rule.after_epoch(1, {"val_accuracy": 0.97, "val_balanced_accuracy": 0.714})
    assert rule.reason == "stopped early after 2 of 10 epochs: validation balanced accuracy 71.4 %, cut-off 80.0 %"


def test_an_accuracy_that_misses_a_threshold_by_rounding_alone_passes():
    within = 0.5 - _TIE
    assert HalvingRule([Rung(1, 0.5)], 10).after_epoch(0, {"val_accuracy": within})
    assert not HalvingRule([Rung(1, 0.5)], 10).after_epoch(0, {"val_accuracy": within - 1e-12})


def test_a_resumed_training_is_judged_by_its_best_epoch_before_the_checkpoint_too():
    assert HalvingRule([Rung(3, 0.5)], 10, earlier=(0.6, 0.4)).after_epoch(2, {"val_accuracy": 0.1})
    assert not HalvingRule([Rung(3, 0.5)], 10).after_epoch(2, {"val_accuracy": 0.1})


def test_without_rungs_every_training_continues():
    rule = HalvingRule([], 10)
    assert all(rule.after_epoch(epoch, {"val_accuracy": 0.0}) for epoch in range(20))
    assert rule.reason is None


def test_a_paused_candidate_is_promoted_when_worse_ones_have_come():
    early = stopped([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3])
    assert promotable(early, {2}, [1], 3, accuracy_alone) is None
    later = early + [paused([0.2], trial) for trial in range(7, 9)]
    assert promotable(later, {2}, [1], 3, accuracy_alone) is later[2]
    assert promotable(later, set(), [1], 3, accuracy_alone) is None


@given(ACCURACIES, st.integers(2, 4), st.data())
def test_a_paused_candidate_is_promoted_if_and_only_if_it_would_pass_its_rung_now(accuracies, factor, data):
    # As long as the quota is not used up: then a new best passes, and nobody is promoted.
    continued = data.draw(st.integers(0, (len(accuracies) - 1) // factor))
    records = [paused([a, a] if trial < continued else [a], trial) for trial, a in enumerate(accuracies)]
    for r in records[continued:]:
        rungs = thresholds(r, [other for other in records if other is not r], [1], factor, accuracy_alone)
        passes = bool(rungs) and accuracy_at(r, 1) >= rungs[0].threshold
        assert (promotable(records, {r.trial}, [1], factor, accuracy_alone) is r) == passes


@given(ACCURACIES, st.data())
def test_once_the_quota_of_a_rung_is_used_up_only_a_new_best_passes(accuracies, data):
    factor = data.draw(st.integers(2, 4))
    continued = data.draw(st.integers(0, len(accuracies)))
    records = [paused([a, a] if trial < continued else [a], trial) for trial, a in enumerate(accuracies)]
    (rung,) = thresholds(NEW, records, [1], factor, accuracy_alone)
    if continued * factor < len(records) + 1:
        assert rung == thresholds(NEW, stopped(accuracies), [1], factor, accuracy_alone)[0]
    else:
        assert rung.threshold == max(accuracies)
    if continued * factor >= len(records):
        assert promotable(records, {r.trial for r in records}, [1], factor, accuracy_alone) is None


def test_the_highest_rung_and_the_best_candidate_on_it_come_first():
    low, high = stopped([0.99] + [0.1] * 19), [paused([0.1, 0.2 + trial / 100], trial) for trial in range(20, 28)]
    everyone = {r.trial for r in low + high}
    assert promotable(low + high, everyone, [1, 2], 3, accuracy_alone) is high[-1]
    assert promotable(low + high, everyone - {r.trial for r in high}, [1, 2], 3, accuracy_alone) is low[0]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=40))
def test_rank_correlation_is_that_of_scipy(pairs):
    a, b = np.array(pairs, np.float64).T
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        assert spearman(a, b) is None
    else:
        assert spearman(a, b) == pytest.approx(spearmanr(a, b).statistic)


def test_a_rung_is_judged_by_the_controls_that_were_trained_to_the_end():
    def complete(trial, curve, accuracy, seed=CONTROL):
        return replace(
            paused(curve, trial), state=State.COMPLETE, at_rung=None, seed=seed, val_metrics={"accuracy": accuracy}
        )

    controls = [complete(i, [0.0, i % 3 / 10], i / 10) for i in range(6)]
    chosen = [complete(10 + i, [0.9 - i / 10, 0.9], i / 10, seed=1) for i in range(6)]
    first, second = correlations(controls + chosen + stopped([0.1, 0.2]), [1, 2])
    assert (first.epoch, first.pairs, first.spearman) == (1, 6, None)
    assert second.spearman == pytest.approx(spearmanr([i % 3 for i in range(6)], range(6)).statistic)
    longer = complete(6, [0.0, 0.1, 0.2, 0.3], 0.3)
    assert [each.epochs for each in correlations([*controls, longer], [1, 2])] == [4, 4]


def test_without_controls_a_rung_has_no_correlation():
    (only,) = correlations(stopped([0.1]), [1])
    assert (only.pairs, only.spearman) == (0, None)


@given(st.lists(st.integers(0, 5), min_size=3, max_size=12), st.randoms(use_true_random=False))
def test_the_rank_correlation_is_that_of_scipy_with_equal_values(values: list[int], chance: random.Random) -> None:
    others = [value + chance.randint(0, 2) for value in values]
    found = spearman(np.array(values, float), np.array(others, float))
    if len(set(values)) == 1 or len(set(others)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(spearmanr(values, others).statistic)
