"""What holds for every objective."""

import dataclasses
import math

import pytest

from nas.study.costs import COSTS
from nas.study.objectives import OBJECTIVES, ObjectiveContext
from nas.study.record import Record, State


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_gives_a_number_for_each_direction_and_label(name: str) -> None:
    objective = OBJECTIVES[name]
    values = objective.values(complete(0.8, 2000), ObjectiveContext(4096, 0.9))
    assert len(values) == len(objective.directions) == len(objective.labels)
    assert all(math.isfinite(value) for value in values)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_prefers_the_more_accurate_of_two_that_cost_the_same(name: str) -> None:
    objective, context = OBJECTIVES[name], ObjectiveContext(4096, 0.9)
    better, worse = (objective.values(complete(accuracy, 2000), context) for accuracy in (0.9, 0.8))
    assert objective.directions[0] == "maximize"
    assert better[0] > worse[0]
    assert better[1:] == worse[1:]


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_names_the_costs_that_its_values_beside_accuracy_are(name: str) -> None:
    objective, record = OBJECTIVES[name], complete(0.8, 2000)
    assert objective.costs
    assert set(objective.costs) <= set(COSTS.values())
    if objective.is_pareto:
        values = objective.values(record, ObjectiveContext(None, 0.9))
        assert values[1:] == tuple(cost.of(record) for cost in objective.costs)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_no_objective_prefers_the_more_expensive_of_two_that_are_as_accurate(name: str) -> None:
    objective, context = OBJECTIVES[name], ObjectiveContext(4096, 0.9)
    cheap, dear = (objective.values(complete(0.8, cost), context) for cost in (1000, 3000))
    for direction, one, other in zip(objective.directions, cheap, dear, strict=True):
        assert one >= other if direction == "maximize" else one <= other


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_is_linear_in_accuracy_so_that_thresholds_of_rungs_can_be_computed(name: str) -> None:
    context = ObjectiveContext(4096, 0.9)
    low, high, between = (OBJECTIVES[name].values(complete(accuracy, 2000), context) for accuracy in (0.0, 1.0, 0.3))
    assert between == pytest.approx([a + 0.3 * (b - a) for a, b in zip(low, high, strict=True)])


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_says_whether_it_needs_latency_or_a_budget(name: str) -> None:
    objective, record = OBJECTIVES[name], complete(0.8, 2000)
    without_latency = dataclasses.replace(record, profiled={**(record.profiled or {}), "latency_ms": None})
    for needed, given, context in (
        (objective.needs_latency, without_latency, ObjectiveContext(4096, 0.9)),
        (objective.needs_weights_budget, record, ObjectiveContext(None, 0.9)),
    ):
        if needed:
            with pytest.raises((TypeError, AssertionError)):
                objective.values(given, context)
        else:
            assert objective.values(given, context)


def complete(accuracy: float, cost: int) -> Record:
    """A record of a candidate all of whose costs are `cost`."""
    profiled = dict.fromkeys(("weights_bytes", "arena_min_bytes", "arena_bytes", "macs", "latency_ms"), cost)
    return Record(0, State.COMPLETE, "0" * 12, {}, {}, 0, profiled=profiled, val_metrics={"accuracy": accuracy})
