"""The costs of candidates, and Pareto fronts by them."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nas.reports.plot import places
from nas.study.costs import COSTS, front, known_costs
from nas.study.objectives import OBJECTIVES
from nas.study.record import Record, State
from nas.target.ram import ram_title
from nas.task.task import TASKS, find_metric

WEIGHTS, ARENA, MACS, LATENCY = (COSTS[name] for name in ("weights", "arena", "macs", "latency"))


def candidate(trial: int, accuracy: float, **costs: float | None) -> Record:
    return Record(
        trial, State.COMPLETE, f"{trial}", {}, {}, 0, profiled=costs, val_metrics={"accuracy": accuracy, "macro_f1": 0}
    )


@example([(1, 0, 1), (1, 1, 1)])
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 4), st.integers(1, 3)), max_size=8))
def test_the_front_holds_what_no_other_candidate_beats_in_accuracy_and_all_costs(
    numbers: list[tuple[int, int, int]],
) -> None:
    records = [candidate(i, score / 4, weights_bytes=w, macs=m) for i, (w, score, m) in enumerate(numbers)]
    for costs, used in (((WEIGHTS,), (0, 1)), ((WEIGHTS, MACS), (0, 1, 2))):
        points = [tuple(-p[k] if k != 1 else p[k] for k in used) for p in numbers]
        beaten = {p for p in points if any(o != p and all(b >= a for a, b in zip(p, o, strict=True)) for o in points)}
        kept = [points[record.trial] for record in front(records, costs)]
        assert sorted(kept) == sorted(set(points) - beaten)
        assert [point[0] for point in kept] == sorted((point[0] for point in kept), reverse=True)  # cheapest first


def test_of_candidates_equal_in_everything_the_front_keeps_the_first_trial() -> None:
    records = [candidate(trial, 0.9, macs=100) for trial in (5, 2, 7)]
    assert [record.trial for record in front(records, [MACS])] == [2]


def test_a_cost_that_some_target_does_not_tell_is_left_out_of_the_known_ones() -> None:
    timed = candidate(0, 0.9, weights_bytes=1, arena_min_bytes=16, macs=2, latency_ms=0.5)
    untimed = candidate(1, 0.9, weights_bytes=1, arena_min_bytes=16, macs=2, latency_ms=None)
    assert known_costs([timed]) == (WEIGHTS, ARENA, MACS, LATENCY)
    assert known_costs([timed, untimed]) == (WEIGHTS, ARENA, MACS)
    assert front([timed, untimed], [LATENCY]) == (timed,)


@pytest.mark.parametrize("metric", [metric for kind in TASKS.values() for metric in kind.metrics])
def test_without_a_score_a_candidate_ranks_behind_all_others_and_is_neither_on_the_front_nor_drawn(metric: str) -> None:
    worst = -1e9 if find_metric(metric).greater_is_better else 1e9
    scored = replace(candidate(0, 0.9, weights_bytes=2), metric=metric, val_metrics={metric: worst})
    unscored = replace(scored, trial=1, val_metrics={}, profiled={"weights_bytes": 1})
    assert unscored.rank < scored.rank
    assert front([unscored, scored], [WEIGHTS]) == (scored,)
    assert places([unscored, scored], WEIGHTS)[0] == [2]


def test_the_front_is_that_of_the_study_s_metric_even_if_accuracy_ranks_otherwise() -> None:
    def judged(trial: int, weights: int, accuracy: float, balanced: float) -> Record:
        metrics = {"accuracy": accuracy, "balanced_accuracy": balanced}
        costs = {"weights_bytes": weights}
        return Record(
            trial, State.COMPLETE, "", {}, {}, 0, metric="balanced_accuracy", val_metrics=metrics, profiled=costs
        )

    records = [judged(0, 100, 0.9, 0.5), judged(1, 200, 0.7, 0.6), judged(2, 300, 0.95, 0.55), judged(3, 50, 0.1, 0.4)]
    assert [record.trial for record in front(records, [WEIGHTS])] == [3, 0, 1]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("weighted", "weights_bytes"),
        ("accuracy", "weights_bytes"),
        ("pareto-weights", "weights_bytes"),
        ("pareto-arena", "arena_min_bytes"),
        ("pareto-macs", "macs"),
        ("pareto-latency", "latency_ms"),
    ],
)
def test_equally_accurate_candidates_are_ordered_by_the_objective_s_own_cost_and_then_by_trial(
    name: str, key: str
) -> None:
    costs = {"weights_bytes": 7.0, "arena_min_bytes": 7.0, "macs": 7.0, "latency_ms": 7.0}
    dear, cheap, later = (candidate(trial, 0.9, **(costs | {key: cost})) for trial, cost in ((0, 9), (1, 3), (2, 3)))
    ordered = sorted([later, dear, cheap], key=lambda record: OBJECTIVES[name].order(record, 0.9))
    assert ordered == [cheap, later, dear]
    assert OBJECTIVES[name].order(dear, 0.91) < OBJECTIVES[name].order(cheap, 0.9)


def test_memory_is_called_an_arena_where_tflm_runs_and_ram_where_a_front_end_or_plain_c_does() -> None:
    tflm = candidate(1, 0.9, arena_min_bytes=100)
    plain = candidate(2, 0.9, arena_min_bytes=100, ram_bytes=80)
    assert ARENA.titled([tflm]) == ram_title(tflm.profiled or {}) == ARENA.title
    assert ARENA.titled([plain]) == ram_title(plain.profiled or {})
    assert WEIGHTS.titled([tflm]) == WEIGHTS.titled([plain]) == WEIGHTS.title
