"""What holds for every objective."""

import math

import pytest

from nas.study.objectives import OBJECTIVES, Scale
from nas.study.record import Record, State


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_gives_a_number_for_each_direction_and_label(name: str) -> None:
    objective = OBJECTIVES[name]
    values = objective.values(complete(0.8, 2000), Scale(4096, 0.9))
    assert len(values) == len(objective.directions) == len(objective.labels)
    assert all(math.isfinite(value) for value in values)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_prefers_the_more_accurate_of_two_that_cost_the_same(name: str) -> None:
    objective, scale = OBJECTIVES[name], Scale(4096, 0.9)
    better, worse = (objective.values(complete(accuracy, 2000), scale) for accuracy in (0.9, 0.8))
    assert objective.directions[0] == "maximize"
    assert better[0] > worse[0]
    assert better[1:] == worse[1:]


@pytest.mark.parametrize("name", OBJECTIVES)
def test_no_objective_prefers_the_more_expensive_of_two_that_are_as_accurate(name: str) -> None:
    objective, scale = OBJECTIVES[name], Scale(4096, 0.9)
    cheap, dear = (objective.values(complete(0.8, cost), scale) for cost in (1000, 3000))
    for direction, one, other in zip(objective.directions, cheap, dear, strict=True):
        assert one >= other if direction == "maximize" else one <= other


def complete(accuracy: float, cost: int) -> Record:
    """A record of a candidate all of whose costs are `cost`."""
    profiled = dict.fromkeys(("weights_bytes", "arena_min_bytes", "arena_bytes", "macs", "latency_ms"), cost)
    return Record(0, State.COMPLETE, "0" * 12, {}, {}, 0, profiled=profiled, val_metrics={"accuracy": accuracy})
