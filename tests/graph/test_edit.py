"""Editing a graph: what counts as constant, and which operators and tensors remain."""

import pytest

from nas.graph.edit import Draft
from nas.graph.graph import Graph, Op, Tensor


def chain(*kinds: str, shapes: tuple[tuple[int, ...], ...] = ()) -> Graph:
    """A chain of operators with one input each: tensor i is read by operator i, which writes tensor i + 1."""
    tensors = tuple(Tensor(f"t{i}", shapes[i] if shapes else (1, 4)) for i in range(len(kinds) + 1))
    ops = tuple(Op(kind, (i,), (i + 1,)) for i, kind in enumerate(kinds))
    return Graph(tensors, ops, (0,), (len(kinds),))


def behind(kind: str) -> Graph:
    """A constant (tensor 0) that an operator turns into tensor 1, which an addition adds to the input (tensor 2)."""
    tensors = (Tensor("weights", (1, 4), constant=True), *(Tensor(name, (1, 4)) for name in ("made", "input", "sum")))
    return Graph(tensors, (Op(kind, (0,), (1,)), Op("ADD", (2, 1), (3,))), (2,), (3,))


def test_a_constant_is_constant_and_an_activation_or_a_missing_input_is_not() -> None:
    draft = Draft(behind("ABS"))
    assert draft.constant(0)
    assert not draft.constant(2)
    assert not draft.constant(-1)


def test_the_first_tensor_is_constant_only_if_it_says_so() -> None:
    assert not Draft(chain("ABS")).constant(0)


@pytest.mark.parametrize(("kind", "constant"), [("DEQUANTIZE", True), ("ABS", False)])
def test_only_a_dequantize_keeps_a_constant_constant(kind: str, constant: bool) -> None:
    assert Draft(behind(kind)).constant(1) is constant


def test_a_dequantized_activation_is_no_constant() -> None:
    assert not Draft(chain("DEQUANTIZE", "ABS")).constant(1)


def test_producer_and_readers_of_a_tensor_are_found_and_removed_operators_are_neither() -> None:
    draft = Draft(chain("ABS", "NEG", "RELU"))
    assert (draft.producer(2), draft.readers(2), draft.producer(0)) == (1, [2], None)
    draft.bypass(1)
    assert (draft.producer(2), draft.readers(1)) == (None, [2])


def test_a_bypassed_operator_leaves_the_others_in_order_with_its_input() -> None:
    draft = Draft(chain("ABS", "NEG", "RELU"))
    draft.bypass(1)
    graph = draft.graph()
    assert [(op.kind, op.inputs, op.outputs) for op in graph.ops] == [("ABS", (0,), (1,)), ("RELU", (1,), (2,))]
    assert [t.name for t in graph.tensors] == ["t0", "t1", "t3"]


def test_the_last_operator_bypassed_makes_its_input_the_output_of_the_graph() -> None:
    draft = Draft(chain("ABS", "SOFTMAX"))
    draft.bypass(1)
    assert draft.graph().outputs == (1,)


def test_a_bypass_keeps_the_input_that_was_asked_for() -> None:
    draft = Draft(behind("ABS"))
    draft.bypass(1, kept=0)
    assert [draft.tensors[i].name for i in draft.outputs] == ["input"]
    draft = Draft(behind("ABS"))
    draft.bypass(1, kept=1)
    assert [draft.tensors[i].name for i in draft.outputs] == ["made"]


def test_what_only_a_removed_operator_read_is_removed_as_well() -> None:
    draft = Draft(behind("ABS"))
    draft.bypass(1, kept=0)
    graph = draft.graph()
    assert (graph.ops, [t.name for t in graph.tensors]) == ((), ["input"])


def test_an_operator_without_outputs_stays() -> None:
    graph = chain("ABS")
    graph = Graph(graph.tensors, (*graph.ops, Op("ASSIGN_VARIABLE", (1,), ())), graph.inputs, graph.outputs)
    assert [op.kind for op in Draft(graph).graph().ops] == ["ABS", "ASSIGN_VARIABLE"]


def test_a_tensor_that_nothing_ever_mentioned_stays_since_the_file_has_it() -> None:
    graph = chain("ABS")
    graph = Graph((*graph.tensors, Tensor("idle", (3,))), graph.ops, graph.inputs, graph.outputs)
    assert Draft(graph).graph() == graph


def test_a_missing_optional_input_stays_missing() -> None:
    graph = chain("ABS", "FULLY_CONNECTED")
    last = Op("FULLY_CONNECTED", (1, 0, -1), (2,))
    draft = Draft(Graph(graph.tensors, (graph.ops[0], last), graph.inputs, graph.outputs))
    assert draft.graph().ops[1].inputs == (1, 0, -1)


def test_options_are_changed_one_by_one() -> None:
    draft = Draft(Graph(chain("ABS").tensors, (Op("ABS", (0,), (1,), {"a": 1, "b": 2}),), (0,), (1,)))
    draft.set_options(0, b=3, c=4)
    assert draft.graph().ops[0].options == {"a": 1, "b": 3, "c": 4}


def test_a_chain_of_reshapes_becomes_the_last_of_them_reading_the_first_ones_input() -> None:
    shapes = ((1, 4), (1, 4), (1, 2, 2), (1, 4, 1))
    draft = Draft(chain("ABS", "RESHAPE", "EXPAND_DIMS", shapes=shapes))
    draft.merge_reshapes()
    assert [(op.kind, op.inputs) for op in draft.graph().ops] == [("ABS", (0,)), ("EXPAND_DIMS", (1,))]


def test_reshapes_that_end_at_the_shape_they_began_with_are_removed() -> None:
    shapes = ((1, 4), (1, 4), (1, 2, 2), (1, 4), (1, 4))
    draft = Draft(chain("ABS", "RESHAPE", "SQUEEZE", "NEG", shapes=shapes))
    draft.merge_reshapes()
    assert [(op.kind, op.inputs) for op in draft.graph().ops] == [("ABS", (0,)), ("NEG", (1,))]


def test_the_shape_that_a_reshape_reads_stays_its_second_input() -> None:
    tensors = (Tensor("in", (1, 4)), Tensor("shape", (3,), "int32", constant=True, scales=0), Tensor("out", (1, 2, 2)))
    draft = Draft(Graph(tensors, (Op("RESHAPE", (0, 1), (2,)),), (0,), (2,)))
    draft.merge_reshapes()
    assert draft.graph().ops[0].inputs == (0, 1)


def test_a_new_tensor_is_found_by_the_index_that_adding_it_returns() -> None:
    draft, tensor = Draft(chain("ABS")), Tensor("new", (1, 4))
    assert draft.tensors[draft.add(tensor)] is tensor
