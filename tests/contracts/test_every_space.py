"""What holds for every space and for every target that come with the package."""

import json
from functools import cache

import pytest
from space_walk import row_of

from nas.data.source import SOURCES
from nas.graph.graph import Graph
from nas.signal.kind import Kind
from nas.space.dims import RandomChooser
from nas.space.file import load_space, space_names
from nas.study.feasibility import shrink
from nas.target.budget import Budget
from nas.target.profiler import estimate_many
from nas.target.target import find_target, known_targets

SHAPES = {"window": (64, 3), "image": (12, 12, 1), "table": (20,)}
HOST = find_target("host")


@pytest.mark.parametrize("name", space_names())
def test_every_space_draws_members_that_can_be_estimated(name: str) -> None:
    space, chooser = load_space(name), RandomChooser(0)
    members = [space.sample(chooser, row_of(space, SHAPES), 4) for _ in range(100)]
    assert all(totals.supported for totals in estimate_many([m.lower() for m in members], HOST))


@pytest.mark.parametrize("name", space_names())
def test_every_space_is_large_enough_to_search_and_says_what_it_is(name: str) -> None:
    space = load_space(name)
    assert space.members > 1000
    assert space.description
    json.dumps(space.source)


@pytest.mark.parametrize("name", space_names())
def test_every_space_begins_with_members_that_can_be_scaled_down_to_a_small_budget(name: str) -> None:
    space, shape, budget = load_space(name), row_of(load_space(name), SHAPES), Budget(2048)
    assert space.starts
    shrunk = [shrink(space, params, shape, 4, HOST, budget) for params in space.starts]
    members = [space.from_params(params, shape, 4) for params in shrunk if params is not None]
    assert len(set(members)) == len(space.starts)
    assert all(member.lower().weights_bytes <= 2048 for member in members)


@pytest.mark.parametrize("name", space_names())
def test_every_space_runs_on_its_own_data(name: str) -> None:
    space = load_space(name)
    assert kind_of(space.data) == space.input


@pytest.mark.parametrize("name", known_targets())
def test_every_target_estimates_every_space(name: str) -> None:
    for totals in estimate_many(drawn(), find_target(name)):
        assert 0 < totals.detail.head <= totals.detail.used <= totals.ram_bytes
        assert totals.ram_bytes % 16 == 0 or totals.runtime != "tflm"  # TFLM aligns its arena
        assert totals.latency_ms is None or totals.latency_ms > 0
        assert totals.latency_ms is None or find_target(name).clock_hz is not None


@cache
def kind_of(source: str) -> Kind:
    """The kind of the rows of an embedded source."""
    return SOURCES[source](0).kind


@cache
def drawn() -> list[Graph]:
    """Five members of every space."""
    spaces = [(load_space(name), RandomChooser(1)) for name in space_names()]
    return [space.sample(chooser, row_of(space, SHAPES), 4).lower() for space, chooser in spaces for _ in range(5)]
