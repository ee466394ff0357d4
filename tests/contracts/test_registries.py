"""What holds for every member of every extension point; an addition needs no test of its own for this."""

import dataclasses
import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nas.data.source import SOURCES
from nas.data.splits import split
from nas.errors import InputError
from nas.graph.builder import GraphBuilder
from nas.graph.graph import Graph
from nas.space.blocks.block import BLOCKS, Block, check_value
from nas.space.dims import RandomChooser
from nas.space.file import load_space, space_names
from nas.space.space import INPUT_RANKS
from nas.study.feasibility import shrink
from nas.study.objectives import OBJECTIVES, Scale
from nas.study.record import Record, State
from nas.target.budget import Budget
from nas.target.footprint import estimate, estimate_many
from nas.target.target import find_target, known_targets

SHAPES = {"window": (64, 3), "image": (12, 12, 1), "table": (20,)}
HOST = find_target("host")

feature_maps = st.tuples(st.integers(1, 16), st.integers(1, 64), st.integers(1, 8))


def fields(kind: type[Block]) -> dict[str, st.SearchStrategy[Any]]:
    """Values of every field, from what its declaration allows."""
    return {field.name: _values(field) for field in dataclasses.fields(kind)}


def _values(field: "dataclasses.Field[Any]") -> st.SearchStrategy[Any]:
    if "choices" in field.metadata:
        return st.sampled_from(field.metadata["choices"])
    if isinstance(field.default, bool):
        return st.booleans()
    low = field.metadata["low"]
    if isinstance(field.default, int):
        return st.integers(low, low + 12)
    return st.floats(low, low + 0.9)


@pytest.mark.parametrize("name", BLOCKS)
@settings(max_examples=60)
@given(shape=feature_maps, data=st.data())
def test_every_block_lowers_to_a_graph_that_can_be_estimated(
    name: str, shape: tuple[int, int, int], data: st.DataObject
) -> None:
    values = data.draw(st.fixed_dictionaries(fields(BLOCKS[name])))
    for key, value in values.items():
        check_value(BLOCKS[name], key, value, name)
    graph = lowered(BLOCKS[name](**values), shape)
    footprint = estimate(graph, HOST)
    assert footprint.supported
    assert footprint.weights_bytes == graph.weights_bytes
    # The classifier behind it can be written, so the block left something to read.
    assert all(n > 0 for tensor in graph.tensors for n in tensor.shape)


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_can_be_made_of_its_defaults_and_says_what_it_is(name: str) -> None:
    assert BLOCKS[name].__doc__
    lowered(BLOCKS[name](), (1, 32, 3))


@pytest.mark.parametrize("name", BLOCKS)
def test_every_field_of_a_block_is_explained(name: str) -> None:
    for field in dataclasses.fields(BLOCKS[name]):
        assert f"        {field.name}: " in (BLOCKS[name].__doc__ or "")


def lowered(block: Block, shape: tuple[int, int, int]) -> Graph:
    """The block alone, between an input and a classifier."""
    g = GraphBuilder(shape)
    block.lower(g)
    g.flatten()
    g.fully_connected(3, activation="NONE")
    g.softmax()
    return g.graph()


@pytest.mark.parametrize("name", space_names())
def test_every_space_draws_members_that_can_be_estimated(name: str) -> None:
    space, chooser = load_space(name), RandomChooser(0)
    members = [space.sample(chooser, SHAPES[space.input], 4) for _ in range(100)]
    assert all(totals.supported for totals in estimate_many([m.lower() for m in members], HOST))


@pytest.mark.parametrize("name", space_names())
def test_every_space_is_large_enough_to_search_and_says_what_it_is(name: str) -> None:
    space = load_space(name)
    assert space.members > 1000
    assert space.description
    json.dumps(space.source)


@pytest.mark.parametrize("name", space_names())
def test_every_space_begins_with_members_that_can_be_scaled_down_to_a_small_budget(name: str) -> None:
    space, shape, budget = load_space(name), SHAPES[load_space(name).input], Budget(2048)
    assert space.starts
    shrunk = [shrink(space, params, shape, 4, HOST, budget) for params in space.starts]
    members = [space.from_params(params, shape, 4) for params in shrunk if params is not None]
    assert len(set(members)) == len(space.starts)
    assert all(member.lower().weights_bytes <= 2048 for member in members)


@pytest.mark.parametrize("name", space_names())
def test_every_space_runs_on_its_own_data(name: str) -> None:
    space = load_space(name)
    assert SOURCES[space.data](0).train.x.ndim == 1 + INPUT_RANKS[space.input]


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_repeats_itself_and_can_be_split(name: str) -> None:
    assert SOURCES[name].__doc__
    one, two = (split(SOURCES[name](3), 3) for _ in range(2))
    assert one.digest == two.digest
    assert one.train.x.dtype == np.float32
    for part in one.parts().values():
        assert set(part.y) == set(range(len(one.class_names)))


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
    return Record(0, State.COMPLETE, "0" * 12, {}, {}, 0, profiled=profiled, val_accuracy=accuracy)


@pytest.mark.parametrize("name", known_targets())
def test_every_target_estimates_every_space(name: str) -> None:
    graphs = [graph for space in space_names() for graph in drawn(space, 5)]
    for totals in estimate_many(graphs, find_target(name)):
        assert 0 < totals.arena.head <= totals.arena_bytes <= totals.arena.min
        assert totals.arena.min % 16 == 0
        assert totals.latency_ms is None or totals.latency_ms > 0
        assert totals.latency_ms is None or find_target(name).clock_hz is not None


def drawn(name: str, count: int) -> Iterator[Graph]:
    space, chooser = load_space(name), RandomChooser(1)
    return (space.sample(chooser, SHAPES[space.input], 4).lower() for _ in range(count))


@pytest.mark.parametrize("registry", [BLOCKS, SOURCES], ids=lambda registry: registry.what)
def test_a_name_that_no_registry_has_is_told_with_those_it_has(registry: Any) -> None:
    with pytest.raises(InputError, match=next(iter(registry))):
        registry.find("no-such-name", "here")
