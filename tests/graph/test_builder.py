"""The shapes and sizes in a graph equal those of the same layers in Keras."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.errors import InputError
from nas.graph.builder import GraphBuilder

sizes = st.integers(1, 40)


@given(st.tuples(sizes, sizes, st.integers(1, 4)), sizes, st.integers(1, 3), st.integers(1, 8))
def test_same_padding_gives_the_size_divided_by_the_stride_rounded_up(
    shape: tuple[int, int, int], kernel: int, stride: int, filters: int
) -> None:
    g = GraphBuilder(shape)
    g.conv2d(filters, kernel, stride=stride)
    assert g.shape == (len(range(0, shape[0], stride)), len(range(0, shape[1], stride)), filters)


@given(st.tuples(sizes, sizes, st.integers(1, 4)), st.integers(0, 7))
def test_successive_poolings_become_one_with_the_same_output_shape(shape: tuple[int, int, int], count: int) -> None:
    stack, one = GraphBuilder(shape), GraphBuilder(shape)
    for _ in range(count):
        stack.pool2d("max")
    one.pool2d("max", count)
    assert one.shape == stack.shape
    assert len(one.graph().ops) == min(1, len(stack.graph().ops))


@given(st.tuples(sizes, sizes, st.integers(1, 4)), st.integers(1, 9))
def test_each_operator_reads_the_output_of_the_one_before(shape: tuple[int, int, int], units: int) -> None:
    graph = chain(shape, units)
    before = graph.inputs
    for op in graph.ops:
        assert op.inputs[0] in before
        assert all(graph.tensors[i].constant for i in op.inputs[1:])
        before = op.outputs
    assert graph.outputs == before


@given(st.tuples(sizes, sizes, st.integers(1, 4)), st.integers(1, 9))
def test_tensors_are_in_the_order_of_their_first_mention(shape: tuple[int, int, int], units: int) -> None:
    graph = chain(shape, units)
    mentioned = [*graph.inputs, *(i for op in graph.ops for i in (*op.inputs, *op.outputs))]
    assert list(dict.fromkeys(mentioned)) == list(range(len(graph.tensors)))


def test_weights_have_a_scale_for_each_output_channel_and_a_bias_has_none_in_the_file() -> None:
    g = GraphBuilder((8, 8, 3))
    g.conv2d(5, 3)
    g.depthwise_conv2d(3)
    g.flatten()
    g.fully_connected(4)
    scales = [tuple(g.graph().tensors[i].scales for i in op.inputs[1:]) for op in g.graph().ops]
    assert scales == [(5, 0), (5, 0), (4, 0)]


def test_operators_without_effect_are_left_out() -> None:
    g = GraphBuilder((1, 1, 5))
    g.pool2d("max")
    assert g.graph().ops == ()


def test_flattening_takes_no_operator() -> None:
    g = GraphBuilder((2, 3, 5))
    g.flatten()
    assert (g.shape, g.graph().ops) == ((30,), ())
    g.fully_connected(4)
    assert g.shape == (4,)


def test_training_options_that_are_off_are_left_out() -> None:
    g = GraphBuilder((5,))
    g.fully_connected(3, dropout=0.0, l2=0.0, batch_norm=False)
    assert g.graph().ops[0].training == {}


@pytest.mark.parametrize("call", ["conv2d(4, 3)", "depthwise_conv2d(3)", "pool2d('max')", "mean()"])
@pytest.mark.parametrize("shape", [(30,), (2, 3, 5)])
def test_a_convolution_or_pooling_of_a_vector_is_refused(call: str, shape: tuple[int, ...]) -> None:
    g = GraphBuilder(shape)
    g.flatten()
    with pytest.raises(InputError, match="height, width and channels"):
        eval(f"g.{call}", {"g": g})


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize(
    ("shape", "size", "stride"), [((1, 127, 6), 5, 2), ((1, 3, 2), 9, 1), ((9, 8, 1), 3, 2), ((1, 1, 4), 3, 2)]
)
def test_shapes_equal_those_of_keras(shape: tuple[int, int, int], size: int, stride: int, padding: str) -> None:
    keras: Any = pytest.importorskip("keras")
    window = tuple(min(size, n) for n in shape[:2])
    halves = tuple(min(2, n) for n in shape[:2])
    layers = [
        (
            keras.layers.Conv2D(3, window, strides=stride, padding=padding),
            lambda g: g.conv2d(3, size, stride=stride, padding=padding.upper()),
        ),
        (
            keras.layers.DepthwiseConv2D(window, strides=stride, padding=padding, depth_multiplier=3),
            lambda g: g.depthwise_conv2d(size, multiplier=3, stride=stride, padding=padding.upper()),
        ),
        (keras.layers.AveragePooling2D(halves), lambda g: g.pool2d("average")),
        (keras.layers.GlobalAveragePooling2D(keepdims=True), lambda g: g.mean()),
        (keras.layers.Flatten(), lambda g: g.flatten()),
    ]
    for layer, call in layers:
        g = GraphBuilder(shape)
        call(g)
        assert (1, *g.shape) == layer.compute_output_shape((1, *shape))


@pytest.mark.parametrize(
    ("kernel", "stride", "written"), [(3, 1, "VALID"), (3, 2, "VALID"), (1, 1, "SAME"), (2, 2, "SAME")]
)
def test_padding_is_written_as_same_where_both_are_one(kernel: int, stride: int, written: str) -> None:
    g = GraphBuilder((1, 20, 3))
    g.conv2d(4, kernel, stride=stride, padding="VALID")
    assert g.graph().ops[0].options["padding"] == written


def test_paddings_of_equal_widths_are_one_constant_as_the_converter_writes_them() -> None:
    g = GraphBuilder((1, 20, 3))
    for dilation in (2, 2, 4):
        g.conv2d(4, 3, dilation=dilation, padding="CAUSAL")
    graph = g.graph()
    pads = [op for op in graph.ops if op.kind == "PAD"]
    assert [op.options["before"] for op in pads] == [(0, 4), (0, 4), (0, 8)]
    assert pads[0].inputs[1] == pads[1].inputs[1] != pads[2].inputs[1]
    assert [t.name for t in graph.tensors].count("paddings") == 2


@pytest.mark.parametrize("shape", [(1, 20, 3), (7, 6, 2)])
def test_the_constants_of_a_graph_are_the_weights_of_its_network(shape: tuple[int, int, int]) -> None:
    graph = chain(shape, 5)
    network = pytest.importorskip("nas.model.network.network").Network(graph)
    counted = sum(t.elements for t in graph.tensors if t.name in ("weights", "bias"))
    assert counted == sum(weights.size for weights in network.get_weights())


def chain(shape: tuple[int, int, int], units: int) -> Any:
    """A graph with one of every operator."""
    g = GraphBuilder(shape)
    g.conv2d(4, 3)
    g.pool2d("max")
    g.depthwise_conv2d(5, stride=2)
    g.pool2d("average")
    g.flatten()
    g.fully_connected(units)
    g.softmax()
    return g.graph()


@pytest.mark.parametrize(
    ("shape", "join", "rule"),
    [
        ((6, 8, 4), GraphBuilder.add, r"of a sum must have the same shape, got shapes \(6, 8, 5\), \(6, 8, 4\)"),
        ((1, 1, 5), GraphBuilder.add, "of a sum must have the same shape"),
        ((3, 4, 5), GraphBuilder.multiply, "a factor must have the shape of what it multiplies"),
        ((1, 1, 4), GraphBuilder.multiply, "a factor must have the shape"),
        ((6,), GraphBuilder.multiply, "a factor must have the shape"),
        ((3, 4, 5), GraphBuilder.concatenate, "concatenated tensors may differ in channels only"),
    ],
)
def test_branches_whose_shapes_do_not_meet_are_refused(shape: tuple[int, ...], join: Any, rule: str) -> None:
    g = ending_in(shape)
    with pytest.raises(InputError, match=rf"architecture: .*{rule}"):
        join(g, 0)


@pytest.mark.parametrize("shape", [(6, 8, 5), (6, 8, 1), (1, 1, 5), (1, 1, 1)])
def test_a_factor_is_repeated_on_its_axes_of_length_1(shape: tuple[int, ...]) -> None:
    g = ending_in(shape)
    g.multiply(0)
    assert g.shape == (6, 8, 5)


def test_what_is_concatenated_has_as_many_steps() -> None:
    g = GraphBuilder((1, 8, 5))
    g.pool2d("max")
    with pytest.raises(InputError, match="may differ in channels only"):
        g.concatenate(0)


def test_what_is_concatenated_has_the_channels_of_all() -> None:
    g = ending_in((6, 8, 2))
    g.concatenate(0, 0)
    assert g.shape == (6, 8, 12)


def ending_in(shape: tuple[int, ...]) -> GraphBuilder:
    """Return a graph whose input has 6 x 8 positions and 5 channels, and whose current tensor has a shape."""
    g = GraphBuilder((6, 8, 5))
    if len(shape) == 1:
        g.fully_connected(*shape)
        return g
    if shape[:2] == (1, 1):
        g.mean()
    if shape[:2] == (3, 4):
        g.pool2d("max")
    g.conv2d(shape[2], 1)
    assert g.shape == shape
    return g


def test_the_last_step_of_a_sequence_needs_no_map_of_it() -> None:
    g = GraphBuilder((2, 7, 3))
    g.lstm(4)
    g.last()
    graph = g.graph()
    assert [op.kind for op in graph.ops] == ["RESHAPE", "UNIDIRECTIONAL_SEQUENCE_LSTM", "SLICE"]
    assert graph.tensors[graph.ops[1].outputs[0]].shape == (1, 14, 4)
    assert (graph.ops[2].options["begin"], g.shape) == ((0, 13, 0), (1, 4))


@pytest.mark.parametrize(("shape", "operators"), [((1, 1, 3), 0), ((1, 5, 3), 1), ((5, 1, 3), 1)])
def test_the_last_position_of_a_single_one_takes_no_operator(shape: tuple[int, int, int], operators: int) -> None:
    g = GraphBuilder(shape)
    g.last()
    assert (len(g.graph().ops), g.shape) == (operators, (1, 1, 3))


def test_an_axis_with_a_single_tap_has_no_dilation() -> None:
    g = GraphBuilder((1, 24, 3))
    g.conv2d(4, 3, dilation=3)
    g.conv2d(4, 1, dilation=3)
    assert [op.options["dilation"] for op in g.graph().ops] == [(1, 3), (1, 1)]


@pytest.mark.parametrize(("kernel", "stride"), [(3, 1), (5, 2)])
def test_a_convolution_is_dilated_and_strided_as_a_layer_of_keras_is(kernel: int, stride: int) -> None:
    layers = pytest.importorskip("keras").layers
    g = GraphBuilder((24, 24, 2))
    g.conv2d(3, kernel, stride=stride)
    g.depthwise_conv2d(kernel, stride=stride)
    twins = (layers.Conv2D(3, kernel, stride), layers.DepthwiseConv2D(kernel, stride))
    for op, twin in zip(g.graph().ops, twins, strict=True):
        assert op.options["dilation"] == tuple(twin.dilation_rate)
        assert op.options["stride"] == tuple(twin.strides)
