"""The head, which turns feature maps into a vector, and dense blocks with their regularizers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.graph.builder import GraphBuilder
from nas.space.blocks.dense import Dense
from nas.space.blocks.head import Head

maps = st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))


@given(maps, st.sampled_from(["global_average", "flatten"]))
def test_after_a_head_there_is_one_axis(shape: tuple[int, int, int], kind: str) -> None:
    g = GraphBuilder(shape)
    Head(kind).lower(g)
    expected = math.prod(shape) if kind == "flatten" else shape[-1]
    assert (math.prod(g.shape), g.shape[-1]) == (expected, expected)


@pytest.mark.parametrize(
    ("regularizer", "training"), [("none", {}), ("dropout", {"dropout": 0.3}), ("l2", {"l2": 1e-3})]
)
def test_only_the_chosen_regularizer_is_used(regularizer: str, training: dict[str, float]) -> None:
    g = GraphBuilder((12,))
    Dense(units=5, regularizer=regularizer, dropout=0.3, l2=1e-3).lower(g)
    (op,) = g.graph().ops
    assert (op.kind, dict(op.training)) == ("FULLY_CONNECTED", training)


@given(maps, st.integers(1, 9))
def test_a_dense_layer_reads_all_values_of_its_input(shape: tuple[int, int, int], units: int) -> None:
    g = GraphBuilder(shape)
    Dense(units).lower(g)
    weights = next(t for t in g.graph().tensors if t.name == "weights")
    assert weights.shape == (units, math.prod(shape))
    assert g.shape == (units,)


@pytest.mark.parametrize(
    ("kind", "operators"), [("global_average", ["AVERAGE_POOL_2D"]), ("last", ["SLICE"]), ("flatten", [])]
)
def test_a_head_of_a_map_reads_all_of_it_or_its_last_position(kind: str, operators: list[str]) -> None:
    g = GraphBuilder((1, 9, 4))
    Head(kind).lower(g)
    assert [op.kind for op in g.graph().ops] == operators


@pytest.mark.parametrize("kind", ["global_average", "last", "flatten"])
def test_a_head_of_a_vector_leaves_it_as_it_is(kind: str) -> None:
    g = GraphBuilder((7,))
    Head(kind).lower(g)
    assert (g.shape, g.graph().ops) == ((7,), ())
