"""Objectives: what a search maximizes or minimizes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.errors import InputError
from nas.study.objectives import OBJECTIVES, ObjectiveContext
from nas.study.record import Record, State

COSTS = {"weights_bytes": 1024, "arena_min_bytes": 3000, "arena_bytes": 2900, "macs": 70_000, "latency_ms": 1.5}


def record(accuracy: float = 0.9, **costs: float) -> Record:
    return Record(0, State.COMPLETE, "d", {}, {}, 0, profiled=COSTS | costs, val_metrics={"accuracy": accuracy})


def test_the_weighted_score_is_the_formula() -> None:
    # 0.8 * 0.9 + 0.2 * (1 - 1024 / 4096)
    assert OBJECTIVES["weighted"].values(record(), ObjectiveContext(4096, 0.8)) == pytest.approx((0.87,))


@pytest.mark.parametrize("name", OBJECTIVES)
def test_another_metric_takes_the_place_of_accuracy(name: str) -> None:
    scale = ObjectiveContext(4096, 0.8)
    judged = replace(record(0.9), metric="macro_f1", val_metrics={"macro_f1": 0.6})
    assert OBJECTIVES[name].values(judged, scale) == OBJECTIVES[name].values(record(0.6), scale)


@given(accuracy=st.floats(0, 1), w=st.floats(0.01, 1), weights=st.integers(0, 4096))
def test_the_weighted_score_of_a_network_within_the_budget_is_between_0_and_1(
    accuracy: float, w: float, weights: int
) -> None:
    (score,) = OBJECTIVES["weighted"].values(record(accuracy, weights_bytes=weights), ObjectiveContext(4096, w))
    assert -1e-9 <= score <= 1 + 1e-9


def test_with_all_the_weight_on_accuracy_size_has_no_effect() -> None:
    scores = {OBJECTIVES["weighted"].values(record(weights_bytes=n), ObjectiveContext(4096, 1.0)) for n in (1, 4096)}
    assert scores == {(0.9,)}


@pytest.mark.parametrize(
    ("name", "cost"),
    [
        ("pareto-weights", 1024),
        # The arena that a user has to reserve, which is what a budget binds.
        ("pareto-arena", 3000),
        ("pareto-macs", 70_000),
        ("pareto-latency", 1.5),
    ],
)
def test_a_pareto_objective_has_accuracy_and_a_cost(name: str, cost: float) -> None:
    assert OBJECTIVES[name].values(record(), ObjectiveContext(None, 0.5)) == (0.9, cost)
    assert OBJECTIVES[name].directions == ("maximize", "minimize")


def test_the_error_for_an_unknown_objective_suggests_the_nearest_one() -> None:
    with pytest.raises(InputError, match=r"objective: unknown objective 'pareto-weight'; did you mean pareto-weights"):
        OBJECTIVES.find("pareto-weight", "--objective")


def test_complete_candidates_are_ranked_by_score_then_by_the_objective_s_cost_then_by_trial() -> None:
    def of(trial: int, value: float, weights: int, state: State = State.COMPLETE) -> Record:
        return replace(record(weights_bytes=weights), trial=trial, values=(value,), state=state)

    records = [of(0, 0.8, 10), of(1, 0.9, 20), of(2, 0.9, 10), of(3, 0.9, 10), of(4, 1.0, 1, State.PRUNED)]
    assert [each.trial for each in OBJECTIVES["accuracy"].ranked(reversed(records))] == [2, 3, 1, 0]
