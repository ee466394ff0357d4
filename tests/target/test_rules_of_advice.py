"""Rules of advice on graphs made by hand, each for a case that no converted model has."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from nas.graph.graph import Graph, Op, Tensor
from nas.target.advice import RULES
from nas.target.advice.batch_norm import folded_batch_norm
from nas.target.advice.change import Change, message_of, operators
from nas.target.advice.conv1d import flat_conv2d
from nas.target.advice.int8 import full_int8, int8_ends
from nas.target.advice.order import lower_peak
from nas.target.advice.outputs import without_softmax
from nas.target.advice.wellformed import MOST_OPS, is_wellformed

CONV = {"stride": (1, 1), "padding": "SAME", "activation": "NONE"}


def scaled_convolution(dtype: str, *, scale: tuple[int, ...] = (3,), tail: tuple[str, ...] = ()) -> Graph:
    """A convolution without bias, a MUL by a constant, then operators of one input each."""
    tensors = [
        Tensor("input", (1, 1, 8, 2), dtype),
        Tensor("filter", (3, 1, 1, 2), dtype, constant=True, scales=3),
        Tensor("convolved", (1, 1, 8, 3), dtype),
        Tensor("scale", scale, dtype, constant=True),
        Tensor("scaled", (1, 1, 8, 3), dtype),
    ]
    ops = [Op("CONV_2D", (0, 1), (2,), CONV), Op("MUL", (2, 3), (4,), {"activation": "NONE"})]
    for kind in tail:
        tensors.append(Tensor(kind.lower(), (1, 1, 8, 3), dtype))
        ops.append(Op(kind, (len(tensors) - 2,), (len(tensors) - 1,)))
    return Graph(tuple(tensors), tuple(ops), (0,), (len(tensors) - 1,))


@pytest.mark.parametrize(("dtype", "bias"), [("int8", "int32"), ("float32", "float32")])
def test_a_scaling_is_folded_into_a_convolution_that_gets_a_bias_of_its_type(dtype: str, bias: str) -> None:
    change = folded_batch_norm(scaled_convolution(dtype))
    assert change is not None
    assert change.graph is not None
    (convolution,) = change.graph.ops
    added = change.graph.tensors[convolution.inputs[2]]
    assert (added.dtype, added.shape, added.constant) == (bias, (3,), True)
    assert convolution.outputs == change.graph.outputs
    assert change.ops == (1,)


def test_an_activation_behind_a_folded_scaling_is_fused() -> None:
    change = folded_batch_norm(scaled_convolution("int8", tail=("RELU",)))
    assert change is not None
    assert change.graph is not None
    assert [op.options["activation"] for op in change.graph.ops] == ["RELU"]


def test_a_constant_that_differs_by_position_is_not_folded() -> None:
    assert folded_batch_norm(scaled_convolution("int8", scale=(8, 3))) is None
    assert folded_batch_norm(scaled_convolution("int8", scale=(1,))) is not None


def test_a_scaling_whose_input_has_another_reader_is_not_folded() -> None:
    graph = scaled_convolution("int8")
    assert folded_batch_norm(replace(graph, outputs=(2, 4))) is None
    twice = replace(
        graph, tensors=(*graph.tensors, Tensor("abs", (1, 1, 8, 3))), ops=(*graph.ops, Op("ABS", (2,), (5,)))
    )
    assert folded_batch_norm(replace(twice, outputs=(4, 5))) is None


def test_operators_are_listed_up_to_eight() -> None:
    assert operators((3,)) == "operator 3"
    assert operators((1, 2)) == "operators 1, 2"
    assert operators(tuple(range(8))) == "operators 0, 1, 2, 3, 4, 5, 6, 7"
    assert operators(tuple(range(10))) == "operators 0, 1, 2, 3, 4, 5, 6, 7 and 2 more"


@pytest.mark.parametrize("rule", [*RULES.values(), lower_peak], ids=lambda rule: rule.__name__)
def test_every_rule_has_a_message_in_its_docstring(rule: Callable[..., Change | None]) -> None:
    names = ("operators", "found", "remedy", "last", "kinds", "reason", "first", "order", "tried")
    message = message_of(rule, **dict.fromkeys(names, "x"))
    assert len(message.split()) > 5
    assert "{" not in message


def chain(*kinds: str) -> Graph:
    """Operators of one input each, one after the other, on float vectors."""
    tensors = tuple(Tensor(f"t{i}", (1, 4), "float32") for i in range(len(kinds) + 1))
    return Graph(tensors, tuple(Op(kind, (i,), (i + 1,)) for i, kind in enumerate(kinds)), (0,), (len(kinds),))


@pytest.mark.parametrize(
    ("kinds", "dropped"),
    [
        (("ABS", "SOFTMAX"), (1,)),
        (("ABS", "LOGISTIC", "DEQUANTIZE"), (1,)),
        (("ABS", "SOFTMAX", "ABS"), None),
    ],
)
def test_a_softmax_is_dropped_only_at_the_end_or_before_the_last_dequantize(
    kinds: tuple[str, ...], dropped: tuple[int, ...] | None
) -> None:
    change = without_softmax(chain(*kinds))
    assert (None if change is None else change.ops) == dropped


def test_the_reason_for_leaving_an_operator_out_depends_on_its_kind() -> None:
    softmax, logistic = without_softmax(chain("SOFTMAX")), without_softmax(chain("LOGISTIC"))
    assert softmax is not None
    assert logistic is not None
    assert "largest score wins" in softmax.message
    assert "above one half" in logistic.message


@pytest.mark.parametrize(
    ("weights", "found"),
    [
        ("float32", "all is float"),
        ("float16", "weights are float16"),
        ("int8", "weights are quantized, but not activations"),
    ],
)
def test_advice_on_floats_says_what_is_float(weights: str, found: str) -> None:
    graph = scaled_convolution("float32")
    tensors = (graph.tensors[0], replace(graph.tensors[1], dtype=weights), *graph.tensors[2:])
    change = full_int8(replace(graph, tensors=tensors))
    assert change is not None
    assert change.message.startswith(f"{found}; convert to full int8")


def test_a_quantize_whose_input_has_two_readers_stays() -> None:
    tensors = (Tensor("input", (1, 4), "float32"), Tensor("a", (1, 4)), Tensor("b", (1, 4)))
    one = Graph(tensors[:2], (Op("QUANTIZE", (0,), (1,)),), (0,), (1,))
    two = Graph(tensors, (Op("QUANTIZE", (0,), (1,)), Op("QUANTIZE", (0,), (2,))), (0,), (1, 2))
    change = int8_ends(one)
    assert change is not None
    assert change.graph is not None
    assert change.graph.ops == ()
    assert int8_ends(two) is None


def lines(middle: str) -> Graph:
    """A 1-D convolution as TFLite has it: an axis is added before it and dropped behind, then one more operator."""
    tensors = (
        Tensor("input", (1, 8, 2)),
        Tensor("shape", (4,), "int32", constant=True, scales=0),
        Tensor("map", (1, 1, 8, 2)),
        Tensor("filter", (3, 1, 1, 2), constant=True, scales=3),
        Tensor("convolved", (1, 1, 8, 3)),
        Tensor("shape", (3,), "int32", constant=True, scales=0),
        Tensor("line", (1, 8, 3)),
        Tensor("output", (1, 8, 3)),
    )
    ops = (Op("RESHAPE", (0, 1), (2,)), Op("CONV_2D", (2, 3), (4,), CONV), Op("RESHAPE", (4, 5), (6,)))
    return Graph(tensors, (*ops, Op(middle, (6,), (7,))), (0,), (7,))


def test_copies_around_a_1d_convolution_are_dropped() -> None:
    change = flat_conv2d(lines("ABS"))
    assert change is not None
    assert change.graph is not None
    assert [op.kind for op in change.graph.ops] == ["CONV_2D", "ABS"]
    assert {tensor.shape for tensor in change.graph.tensors if not tensor.constant} == {(1, 1, 8, 2), (1, 1, 8, 3)}


def test_an_operator_whose_2d_form_is_not_known_leaves_advice_without_figures() -> None:
    change = flat_conv2d(lines("CUMSUM"))
    assert change is not None
    assert change.graph is None
    assert change.note == "what operator 3 (CUMSUM) becomes with one axis more is not known here"


@pytest.mark.parametrize(
    ("kind", "constant", "output", "wanted", "flat"),
    [
        ("MEAN", (1,), (1, 3), (2,), (1, 3)),
        ("PAD", (3, 2), (1, 10, 3), (4, 2), (1, 1, 10, 3)),
    ],
)
def test_axes_and_paddings_behind_a_dropped_copy_get_the_rank_of_the_map(
    kind: str, constant: tuple[int, ...], output: tuple[int, ...], wanted: tuple[int, ...], flat: tuple[int, ...]
) -> None:
    graph = lines("ABS")
    given = Tensor("constant", constant, "int32", constant=True, scales=0)
    tensors = (*graph.tensors[:7], Tensor("output", output), given)
    last = Op(kind, (6, 8), (7,), {"axes": (1,)} if kind == "MEAN" else {})
    change = flat_conv2d(replace(graph, tensors=tensors, ops=(*graph.ops[:3], last)))
    assert change is not None
    assert change.graph is not None
    changed = change.graph.ops[-1]
    assert changed.kind == kind
    assert [change.graph.tensors[t].shape for t in (*changed.inputs, *changed.outputs)] == [(1, 1, 8, 3), wanted, flat]


def test_a_graph_without_reshapes_has_no_copies() -> None:
    assert flat_conv2d(scaled_convolution("int8")) is None


@pytest.mark.parametrize(
    ("change", "good"),
    [
        ({}, True),
        ({"ops": ()}, False),
        ({"outputs": (3,)}, False),
        ({"ops": (Op("CONV_2D", (0, 1), (2,)),)}, True),
        ({"ops": (Op("CONV_2D", (0,), (2,)),)}, False),
        ({"ops": (Op("CONV_2D", (0, -1), (2,)),)}, False),
        ({"ops": (Op("CONV_2D", (0, 1, -1), (2,)),)}, True),
        ({"ops": (Op("CONV_2D", (0, 1), ()),)}, False),
        ({"ops": (Op("CONV_2D", (0, 1), (2,)), Op("CONV_2D", (0, 1), (2,)))}, False),
        ({"ops": (Op("CONV_2D", (0, 3), (2,)),)}, False),
        ({"ops": (Op("MAX_POOL_2D", (3,), (2,)),), "inputs": (3,)}, False),
        ({"ops": (Op("FULLY_CONNECTED", (0, 1), (2,)),)}, True),
        ({"ops": (Op("ADD", (0, 1), (2,)),)}, True),
        ({"ops": (Op("ADD", (0, 3), (2,)),)}, False),
        ({"ops": (Op("ADD", (0, -1), (2,)),)}, False),
        ({"ops": (Op("MAX_POOL_2D", (0, -1), (2,)),)}, True),
        ({"ops": (Op("ADD", (0, 1), (2,)),), "inputs": ()}, False),
    ],
)
def test_a_graph_is_wellformed_if_operators_have_their_inputs_and_write_each_tensor_once(
    change: dict[str, tuple[object, ...]], good: bool
) -> None:
    tensors = (
        Tensor("input", (1, 1, 8, 2)),
        Tensor("filter", (3, 1, 1, 2), constant=True),
        Tensor("output", (1, 1, 8, 3)),
        Tensor("vector", (8,)),
    )
    graph = Graph(tensors, (Op("CONV_2D", (0, 1), (2,)),), (0,), (2,))
    assert is_wellformed(replace(graph, **change)) == good


def test_a_graph_of_too_many_operators_is_not_examined() -> None:
    assert is_wellformed(chain(*["ABS"] * MOST_OPS))
    assert not is_wellformed(chain(*["ABS"] * (MOST_OPS + 1)))
