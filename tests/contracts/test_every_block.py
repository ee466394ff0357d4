"""What holds for every block of `nas.space.blocks`; a new block needs no test of its own for this."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nas.graph.builder import GraphBuilder
from nas.graph.graph import Graph
from nas.space.blocks.block import BLOCKS, Block, check_value
from nas.target.profiler import estimate
from nas.target.target import find_target

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
    footprint = estimate(graph, find_target("host"))
    assert footprint.supported
    assert footprint.weights_bytes == graph.weights_bytes
    # The classifier behind it can be written, so the block left something to read.
    assert all(tensor.elements > 0 or tensor.name == "intermediate" for tensor in graph.tensors)


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_can_be_made_of_its_defaults(name: str) -> None:
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
