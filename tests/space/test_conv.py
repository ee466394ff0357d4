"""Conv -> Pool x Pi, plain and depthwise-separable."""

from hypothesis import given
from hypothesis import strategies as st

from nas.graph.builder import GraphBuilder
from nas.graph.graph import Graph
from nas.space.blocks.conv import Conv

sizes = st.integers(1, 40)


def lower(block: Conv, *shape: int) -> Graph:
    g = GraphBuilder(shape)
    block.lower(g)
    return g.graph()


def kinds(graph: Graph) -> list[str]:
    return [op.kind for op in graph.ops]


def test_a_plain_block_is_a_convolution_and_one_pooling() -> None:
    graph = lower(Conv(pools=2, pool="average"), 1, 32, 6)
    assert kinds(graph) == ["CONV_2D", "AVERAGE_POOL_2D"]
    assert (graph.ops[1].options["filter"], graph.ops[1].options["stride"]) == ((1, 4), (1, 4))


def test_a_separable_block_is_cheaper_by_the_formula_of_mobilenet() -> None:
    plain, separable = (lower(Conv(kind=kind, filters=16, kernel=5, pools=0), 1, 32, 6) for kind in KINDS)
    assert kinds(separable) == ["DEPTHWISE_CONV_2D", "CONV_2D"]
    biases = 4 * 16
    assert plain.weights_bytes - biases == 5 * 6 * 16
    assert separable.weights_bytes - biases - 4 * 6 == 5 * 6 + 6 * 16


@given(time=sizes, kernel=sizes, stride=st.integers(1, 3), pools=st.integers(0, 7))
def test_each_pooling_halves_the_axis_down_to_length_1(time: int, kernel: int, stride: int, pools: int) -> None:
    graph = lower(Conv(filters=4, kernel=kernel, stride=stride, pools=pools), 1, time, 3)
    positions = -(-time // stride)
    assert graph.tensors[graph.outputs[0]].shape == (1, 1, max(1, positions >> pools), 4)


@given(height=sizes, width=sizes, kernel=sizes)
def test_a_kernel_is_cut_to_the_size_of_the_axis(height: int, width: int, kernel: int) -> None:
    weights = lower(Conv(kernel=kernel, pools=0), height, width, 2).tensors[1]
    assert weights.shape == (8, min(kernel, height), min(kernel, width), 2)


def test_every_convolution_has_batch_normalization_before_its_activation() -> None:
    # Behind the ReLU it would not fold into the convolution and would stay on the device.
    for kind in KINDS:
        for op in lower(Conv(kind=kind, pools=0), 1, 32, 6).ops:
            assert (op.options["activation"], op.training) == ("RELU", {"batch_norm": True})


KINDS = ("plain", "separable")
