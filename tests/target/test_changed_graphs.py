"""The graphs that advice leads to, operator by operator, and which figures make a change worth telling."""

from dataclasses import replace
from typing import Any

import pytest

from nas.graph.graph import Graph, Op, Tensor
from nas.target.advice import Advice, _differences, _is_loss
from nas.target.advice.batch_norm import folded_batch_norm
from nas.target.advice.change import Change
from nas.target.advice.conv1d import flat_conv2d
from nas.target.advice.fixed_batch import fixed_batch
from nas.target.advice.int8 import full_int8, int8_ends, one_scale_dense
from nas.target.advice.outputs import without_softmax

CONV = {"stride": (2, 1), "dilation": (3, 1), "padding": "SAME", "activation": "NONE"}


def graph_of(change: Change | None) -> Graph:
    assert change is not None
    assert change.graph is not None
    return change.graph


def constant(name: str, *shape: int, dtype: str = "int8", scales: int = 1) -> Tensor:
    return Tensor(name, shape, dtype, constant=True, scales=scales)


@pytest.mark.parametrize(
    ("saves", "loss"),
    [
        ({}, True),
        ({"latency_ms": 0.1}, False),
        ({"latency_ms": -0.1}, True),
        ({"macs": 1}, False),
        ({"macs": -1}, True),
        ({"arena_bytes": 64}, True),  # what is used of the arena, not what it needs
        ({"arena_min_bytes": 1}, False),
        ({"file_bytes": 1}, False),
        ({"weights_bytes": 8, "code_bytes": -8}, True),
        ({"weights_bytes": 8, "code_bytes": -8, "latency_ms": 0.1}, False),
        ({"weights_bytes": 8, "code_bytes": -9, "latency_ms": 0.1, "macs": 5}, True),
    ],
)
def test_a_change_is_a_loss_that_costs_more_bytes_than_it_saves_or_as_many_without_being_faster(
    saves: dict[str, float], loss: bool
) -> None:
    assert _is_loss(saves) is loss


def test_what_is_saved_are_differences_of_figures_that_are_known_and_differ() -> None:
    before = {"weights_bytes": 10, "macs": 5, "latency_ms": None, "code_bytes": 3, "arena_bytes": 1}
    after = {"weights_bytes": 4, "macs": 7, "latency_ms": 2.0, "code_bytes": 3, "arena_bytes": None}
    assert _differences(before, after) == {"weights_bytes": 6, "macs": -2}
    assert Advice("rule", (1,), "text").to_json()["ops"] == (1,)


def upright(**changes: Any) -> Graph:
    """A convolution whose time runs along the height, between an axis that is added and one that is dropped."""
    tensors = [
        Tensor("input", (1, 8, 2)),
        Tensor("map", (1, 8, 1, 2)),
        constant("filter", 3, 5, 1, 2, scales=3),
        constant("bias", 3, dtype="int32", scales=3),
        Tensor("convolved", (1, 4, 1, 3)),
        Tensor("pooled", (1, 2, 1, 3)),
        Tensor("line", (1, 2, 3)),
    ]
    ops = (
        Op("EXPAND_DIMS", (0,), (1,)),
        Op("CONV_2D", (1, 2, 3), (4,), CONV),
        Op("MAX_POOL_2D", (4,), (5,), {"filter": (2, 1), "stride": (2, 1), "padding": "VALID"}),
        Op("SQUEEZE", (5,), (6,)),
    )
    return replace(Graph(tuple(tensors), ops, (0,), (6,)), **changes)


def test_windows_along_the_height_are_turned_to_run_along_the_width() -> None:
    change = flat_conv2d(upright())
    graph = graph_of(change)
    assert change is not None
    assert change.ops == (0, 3)
    convolution, pooling = graph.ops
    assert convolution.options == {**CONV, "stride": (1, 2), "dilation": (1, 3)}
    assert pooling.options == {"filter": (1, 2), "stride": (1, 2), "padding": "VALID"}
    assert graph.tensors[convolution.inputs[1]].shape == (3, 1, 5, 2)
    assert graph.tensors[convolution.inputs[2]].shape == (3,)
    assert [t.shape for t in graph.tensors if not t.constant] == [(1, 1, 8, 2), (1, 1, 4, 3), (1, 1, 2, 3)]


def test_windows_along_the_width_and_those_of_one_place_stay() -> None:
    flat = upright()
    tensors = list(flat.tensors)
    tensors[1], tensors[2] = Tensor("map", (1, 1, 8, 2)), constant("filter", 3, 1, 5, 2, scales=3)
    tensors[4], tensors[5] = Tensor("convolved", (1, 1, 8, 3)), Tensor("pooled", (1, 1, 8, 3))
    tensors[6] = Tensor("line", (1, 8, 3))
    graph = graph_of(flat_conv2d(replace(flat, tensors=tuple(tensors))))
    assert graph.ops[0].options == CONV
    assert graph.tensors[graph.ops[0].inputs[1]].shape == (3, 1, 5, 2)


def test_only_axes_that_are_added_or_dropped_around_windows_of_lines_are_copies() -> None:
    graph = upright()
    assert flat_conv2d(replace(graph, ops=(graph.ops[0], graph.ops[3]))) is None  # no window
    wide = list(graph.tensors)
    wide[4] = Tensor("convolved", (1, 4, 2, 3))
    assert flat_conv2d(replace(graph, tensors=tuple(wide))) is None  # a map of two rows
    other = list(graph.tensors)
    other[0], other[6] = Tensor("input", (1, 4, 4)), Tensor("line", (1, 6))
    assert flat_conv2d(replace(graph, tensors=tuple(other))) is None  # reshapes that mix values


@pytest.mark.parametrize(
    ("kind", "options", "note"),
    [
        ("MEAN", {"axes": (1,)}, None),
        ("SUM", {"axes": (-2,)}, None),
        ("MEAN", {"axes": (2,)}, "operator 4 (MEAN) does not reduce time, and what it becomes is not known here"),
        ("MEAN", {}, "operator 4 (MEAN) does not reduce time, and what it becomes is not known here"),
        ("CUMSUM", {}, "what operator 4 (CUMSUM) becomes with one axis more is not known here"),
        ("TANH", {}, None),
    ],
)
def test_what_reads_a_line_must_be_known_with_one_axis_more(
    kind: str, options: dict[str, Any], note: str | None
) -> None:
    graph = upright()
    tensors = (*graph.tensors, constant("axes", 1, dtype="int32"), Tensor("out", (1, 3)))
    inputs = (6, 7) if kind in ("MEAN", "SUM") else (6,)
    change = flat_conv2d(
        replace(graph, tensors=tensors, ops=(*graph.ops, Op(kind, inputs, (8,), options)), outputs=(8,))
    )
    assert change is not None
    assert change.note == note
    assert (change.graph is None) is (note is not None)


def test_what_reads_only_constants_or_maps_of_a_line_is_no_obstacle() -> None:
    graph = upright()
    tensors = (*graph.tensors, constant("table", 1, 2, 3), Tensor("made", (1, 3)))
    more = (*graph.ops, Op("GATHER", (7,), (8,)))
    assert graph_of(flat_conv2d(replace(graph, tensors=tensors, ops=more, outputs=(6, 8))))


def floats(kind: str = "CONV_2D") -> Graph:
    """Two layers in float32 that share a bias."""
    tensors = (
        Tensor("input", (1, 1, 8, 3), "float32"),
        constant("one", 3, 1, 1, 3, dtype="float32"),
        constant("two", 3, 1, 1, 3, dtype="float32"),
        constant("bias", 3, dtype="float32"),
        Tensor("a", (1, 1, 8, 3), "float32"),
        Tensor("b", (1, 1, 8, 3), "float32"),
        constant("shape", 4, dtype="int32", scales=0),
    )
    if kind == "TRANSPOSE_CONV":
        return Graph(tensors, (Op(kind, (6, 1, 0, 3), (4,)), Op(kind, (6, 2, 4, 3), (5,))), (0,), (5,))
    return Graph(tensors, (Op(kind, (0, 1, 3), (4,)), Op(kind, (4, 2, 3), (5,))), (0,), (5,))


@pytest.mark.parametrize(("kind", "weights", "bias"), [("CONV_2D", 1, 2), ("TRANSPOSE_CONV", 1, 3)])
def test_weights_and_biases_of_int8_have_a_scale_for_each_output_channel_and_each_layer_a_bias(
    kind: str, weights: int, bias: int
) -> None:
    change = full_int8(floats(kind))
    graph = graph_of(change)
    assert change is not None
    assert change.ops == (0, 1)
    assert graph.ops[0].inputs[bias] != graph.ops[1].inputs[bias]
    for op in graph.ops:
        of_weights, of_bias = graph.tensors[op.inputs[weights]], graph.tensors[op.inputs[bias]]
        assert (of_weights.dtype, of_weights.scales) == ("int8", 3)
        assert (of_bias.dtype, of_bias.scales, of_bias.constant) == ("int32", 3, True)
        assert {graph.tensors[t].dtype for t in op.outputs} == {"int8"}


def test_a_layer_without_a_bias_gets_none() -> None:
    graph = floats()
    bare = (Op("CONV_2D", (0, 1), (4,)), Op("CONV_2D", (4, 2, -1), (5,)))
    assert [op.inputs for op in graph_of(full_int8(replace(graph, ops=bare))).ops] == [(0, 1), (4, 2, -1)]


def test_a_model_of_int8_does_not_become_it_and_one_with_conversions_loses_them() -> None:
    graph = floats()
    int8 = tuple(replace(t, dtype="int8") for t in graph.tensors)
    assert full_int8(replace(graph, tensors=int8)) is None
    half = (*graph.tensors, constant("half", 3, 1, 1, 3, dtype="float16"))
    through = (Op("DEQUANTIZE", (7,), (1,)), *graph.ops)
    open_weights = (half[0], replace(half[1], constant=False), *half[2:])
    found = graph_of(full_int8(Graph(open_weights, through, (0,), (5,))))
    assert [op.kind for op in found.ops] == ["CONV_2D", "CONV_2D"]
    kept = found.tensors[found.ops[0].inputs[1]]
    assert (kept.name, kept.dtype, kept.scales) == ("half", "int8", 3)


def test_one_scale_is_left_of_the_weights_and_biases_of_dense_layers_alone() -> None:
    tensors = (
        Tensor("input", (1, 4)),
        constant("w", 3, 4, scales=3),
        constant("b", 3, dtype="int32", scales=3),
        Tensor("output", (1, 3)),
    )
    dense = Graph(tensors, (Op("FULLY_CONNECTED", (0, 1, 2), (3,)),), (0,), (3,))
    one = one_scale_dense(dense)
    assert one is not None
    assert [t.scales for t in one.tensors] == [1, 1, 1, 1]
    assert one_scale_dense(one) is None
    assert one_scale_dense(replace(dense, ops=(Op("FULLY_CONNECTED", (0, 1, -1), (3,)),))) is not None
    assert one_scale_dense(replace(dense, ops=(Op("CONV_2D", (0, 1, 2), (3,)),))) is None


def test_conversions_at_the_ends_are_dropped_and_others_stay() -> None:
    tensors = (
        Tensor("input", (1, 4), "float32"),
        Tensor("a", (1, 4)),
        Tensor("b", (1, 4)),
        Tensor("c", (1, 4), "float32"),
        Tensor("output", (1, 4), "float32"),
    )
    ops = (Op("QUANTIZE", (0,), (1,)), Op("RELU", (1,), (2,)), Op("DEQUANTIZE", (2,), (3,)))
    change = int8_ends(Graph(tensors, ops, (0,), (3,)))
    graph = graph_of(change)
    assert change is not None
    assert change.ops == (0, 2)
    assert [(op.kind, op.inputs, op.outputs) for op in graph.ops] == [("RELU", (0,), (1,))]
    assert (graph.inputs, graph.outputs) == ((0,), (1,))
    inner = int8_ends(Graph(tensors, (*ops, Op("ABS", (3,), (4,))), (0,), (4,)))
    assert inner is not None
    assert inner.ops == (0,)
    requantized = (replace(tensors[0], dtype="int8"), *tensors[1:])
    assert int8_ends(Graph(requantized, ops[:2], (0,), (2,))) is None


def test_a_softmax_whose_result_is_read_again_stays_and_several_ends_are_told_together() -> None:
    tensors = tuple(Tensor(f"t{i}", (1, 4), "float32") for i in range(5))
    two = Graph(tensors, (Op("ABS", (0,), (1,)), Op("SOFTMAX", (1,), (2,)), Op("LOGISTIC", (1,), (3,))), (0,), (2, 3))
    change = without_softmax(two)
    assert change is not None
    assert change.ops == (1, 2)
    assert change.message.startswith("operator 2 (LOGISTIC and SOFTMAX): the largest score wins")
    assert graph_of(change).outputs == (1, 1)
    again = Graph(tensors, (Op("SOFTMAX", (0,), (1,)), Op("ABS", (1,), (2,))), (0,), (1, 2))
    assert without_softmax(again) is None
    both = (Op("SOFTMAX", (0,), (1,)), Op("DEQUANTIZE", (1,), (2,)), Op("DEQUANTIZE", (1,), (3,)))
    assert without_softmax(Graph(tensors, both, (0,), (2, 3))) is None


def scaled(*scalings: Op, bias: bool = False, **options: Any) -> Graph:
    """A convolution and what follows it: tensor 2 is its output, 3 a constant of each channel, 4 and on the rest."""
    line = (1, 1, 8, 3)
    tensors = [Tensor("input", (1, 1, 8, 2)), constant("filter", 3, 1, 1, 2, scales=3), Tensor("t2", line)]
    tensors += [constant("scale", 3), *(Tensor(f"t{i + 4}", line) for i in range(len(scalings)))]
    tensors.append(constant("bias", 3, dtype="int32", scales=3))
    inputs = (0, 1, len(tensors) - 1) if bias else (0, 1)
    first = Op("CONV_2D", inputs, (2,), {"activation": "NONE", **options})
    return Graph(tuple(tensors), (first, *scalings), (0,), (len(tensors) - 2,))


def scaling(kind: str, source: int, to: int, activation: str = "NONE") -> Op:
    return Op(kind, (source, 3), (to,), {"activation": activation})


def test_scalings_and_shifts_are_folded_one_after_another_and_the_last_activation_stays() -> None:
    change = folded_batch_norm(scaled(scaling("MUL", 2, 4), scaling("ADD", 4, 5, "RELU6")))
    graph = graph_of(change)
    assert change is not None
    assert change.ops == (1, 2)
    assert "convert the Keras model again" in change.message
    (convolution,) = graph.ops
    assert convolution.options["activation"] == "RELU6"
    assert len(convolution.inputs) == 3


def test_a_bias_that_is_there_takes_the_shift() -> None:
    graph = graph_of(folded_batch_norm(scaled(scaling("SUB", 2, 4), bias=True)))
    assert [t.name for t in graph.tensors] == ["input", "filter", "t2", "bias"]
    absent = scaled(scaling("SUB", 2, 4))
    absent = replace(absent, ops=(replace(absent.ops[0], inputs=(0, 1, -1)), *absent.ops[1:]))
    (convolution,) = graph_of(folded_batch_norm(absent)).ops
    assert convolution.inputs[2] >= 0


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (scaled(scaling("MUL", 2, 4), activation="RELU"), "train again"),
        (scaled(Op("RELU", (2,), (4,)), scaling("MUL", 4, 5)), "train again"),
        (scaled(scaling("MUL", 2, 4), Op("RELU", (4,), (5,))), "convert the Keras model again"),
    ],
)
def test_a_scaling_behind_an_activation_asks_for_another_training(graph: Graph, words: str) -> None:
    change = folded_batch_norm(graph)
    assert change is not None
    assert words in change.message


def test_an_activation_is_fused_only_into_a_layer_without_one_and_with_one_reader() -> None:
    fused = graph_of(folded_batch_norm(scaled(scaling("MUL", 2, 4), Op("RELU", (4,), (5,)))))
    assert [(op.kind, op.options["activation"]) for op in fused.ops] == [("CONV_2D", "RELU")]
    kept = graph_of(folded_batch_norm(scaled(scaling("MUL", 2, 4, "RELU6"), Op("RELU", (4,), (5,)))))
    assert [op.kind for op in kept.ops] == ["CONV_2D", "RELU"]
    both = scaled(scaling("MUL", 2, 4), Op("RELU", (4,), (5,)), Op("ABS", (4,), (6,)))
    kept = graph_of(folded_batch_norm(replace(both, outputs=(5, 6))))
    assert [op.kind for op in kept.ops] == ["CONV_2D", "RELU", "ABS"]
    output = scaled(scaling("MUL", 2, 4), Op("RELU", (4,), (5,)))
    kept = graph_of(folded_batch_norm(replace(output, outputs=(4, 5))))
    assert [op.kind for op in kept.ops] == ["CONV_2D", "RELU"]


def test_a_graph_without_scalings_by_constants_is_left_as_it_is() -> None:
    assert folded_batch_norm(scaled(Op("RELU", (2,), (4,)))) is None
    assert folded_batch_norm(scaled(Op("ADD", (2, 0), (4,)))) is None
    assert folded_batch_norm(scaled(Op("MUL", (2, 2), (4,)))) is None
    assert folded_batch_norm(scaled(Op("ABS", (2,), (4,)), scaling("MUL", 4, 5))) is None


@pytest.mark.parametrize(("shape", "folded"), [((1, 8, 3), True), ((1, 24), False)])
def test_a_scaling_behind_a_reshape_is_folded_if_the_channels_stay(shape: tuple[int, ...], folded: bool) -> None:
    graph = scaled(Op("RESHAPE", (2,), (4,)), scaling("MUL", 4, 5))
    tensors = list(graph.tensors)
    tensors[4], tensors[5] = Tensor("t4", shape), Tensor("t5", shape)
    assert (folded_batch_norm(replace(graph, tensors=tuple(tensors))) is not None) is folded


def open_batch() -> Graph:
    """A reshape to a shape that is computed from the input's, then an axis more, and another reshape to that shape."""
    tensors = (
        Tensor("input", (1, 4)),
        Tensor("shape", (2,), "int32"),
        constant("begin", 1, dtype="int32", scales=0),
        Tensor("batch", (1,), "int32"),
        constant("two", 1, dtype="int32", scales=0),
        Tensor("wanted", (3,), "int32"),
        Tensor("a", (1, 2, 2)),
        Tensor("b", (1, 2, 2)),
        Tensor("c", (1, 2, 2, 1)),
        Tensor("d", (1, 2, 2, 1)),
        Tensor("e", (1, 2, 2)),
    )
    ops = (
        Op("SHAPE", (0,), (1,)),
        Op("STRIDED_SLICE", (1, 2), (3,)),
        Op("PACK", (3, 4, -1), (5,)),
        Op("RESHAPE", (0, 5), (6,)),
        Op("ABS", (6,), (7,)),
        Op("EXPAND_DIMS", (7,), (8,)),
        Op("ABS", (8,), (9,)),
        Op("SQUEEZE", (9,), (10,)),
    )
    return Graph(tensors, ops, (0,), (10,))


def test_shapes_that_are_computed_from_shapes_become_constants_that_reshapes_share() -> None:
    change = fixed_batch(open_batch())
    graph = graph_of(change)
    assert change is not None
    assert change.ops == (0, 1, 2)
    assert [op.kind for op in graph.ops] == ["RESHAPE", "ABS", "RESHAPE", "ABS", "RESHAPE"]
    first, second, last = (op for op in graph.ops if op.kind == "RESHAPE")
    assert first.inputs[1] == last.inputs[1] != second.inputs[1]
    shapes = [graph.tensors[op.inputs[1]] for op in (first, second)]
    assert [(t.shape, t.dtype, t.constant) for t in shapes] == [((3,), "int32", True), ((4,), "int32", True)]
    assert [graph.tensors[t].name for t in graph.outputs] == ["e"]


def test_integers_of_the_data_and_floats_are_not_folded() -> None:
    graph = open_batch()
    assert fixed_batch(replace(graph, ops=graph.ops[3:])) is None
    data = Op("PACK", (0, 4), (5,))
    found = fixed_batch(replace(graph, ops=(graph.ops[0], data, *graph.ops[3:])))
    assert found is not None
    assert found.ops == (0,)
    made = Graph(graph.tensors, (Op("ABS", (2,), (6,)), Op("ABS", (6,), (7,))), (0,), (7,))
    assert fixed_batch(made) is None  # a float from a constant
