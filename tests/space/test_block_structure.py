"""The layers of each block with branches, as the articles that it comes from have them."""

import pytest

from nas.graph.builder import GraphBuilder
from nas.graph.graph import Graph
from nas.space.blocks.block import Block
from nas.space.blocks.inception import Inception
from nas.space.blocks.inverted_residual import InvertedResidual
from nas.space.blocks.residual import Residual
from nas.space.blocks.squeeze_excite import SqueezeExcite
from nas.space.blocks.temporal import Temporal

SHORT = {"CONV_2D": "conv", "DEPTHWISE_CONV_2D": "depthwise", "HARD_SWISH": "hard_swish", "AVERAGE_POOL_2D": "average"}


def layers(block: Block, shape: tuple[int, int, int]) -> list[str]:
    """Return a line for each operator of a block: its kind, kernel, channels, what differs from the usual."""
    g = GraphBuilder(shape)
    block.lower(g)
    return list(map(str.strip, (line(g.graph(), number) for number in range(len(g.graph().ops)))))


def line(graph: Graph, number: int) -> str:
    op = graph.ops[number]
    kind, out = SHORT.get(op.kind, op.kind.lower()), graph.tensors[op.outputs[0]].shape
    activation = str(op.options.get("activation", "NONE")).lower().replace("none", "")
    if "CONV" not in op.kind:
        return f"{kind} {out[-1]} {activation}"
    _, h, w, _ = graph.tensors[op.inputs[1]].shape
    stride, dilation = max(op.options["stride"]), max(op.options["dilation"])
    steps = f" /{stride}" * (stride > 1) + f" x{dilation}" * (dilation > 1)
    return f"{kind} {h}x{w} {out[-1]}{steps} {activation}"


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        # ResNet, arXiv:1512.03385: identity where the shape stays, else a projection with the block's stride.
        (Residual(filters=4, convolutions=2), ["conv 3x3 4 relu", "conv 3x3 4", "add 4 relu"]),
        (
            Residual(filters=6, convolutions=2, stride=2),
            ["conv 3x3 6 /2 relu", "conv 3x3 6", "conv 1x1 6 /2", "add 6 relu"],
        ),
        (
            Residual(kind="bottleneck", convolutions=1, filters=8, stride=2),
            ["conv 1x1 2 relu", "conv 3x3 2 /2 relu", "conv 1x1 8", "conv 1x1 8 /2", "add 8 relu"],
        ),
        (
            Residual(kind="bottleneck", convolutions=1, filters=4),
            ["conv 1x1 1 relu", "conv 3x3 1 relu", "conv 1x1 4", "add 4 relu"],
        ),
        (
            Residual(kind="bottleneck", convolutions=1, filters=3),
            ["conv 1x1 1 relu", "conv 3x3 1 relu", "conv 1x1 3", "conv 1x1 3", "add 3 relu"],
        ),
        (
            Residual(kind="separable", filters=4, convolutions=2, kernel=5),
            ["depthwise 5x5 4 relu", "conv 1x1 4 relu", "depthwise 5x5 4 relu", "conv 1x1 4", "add 4 relu"],
        ),
        # MobileNetV2, arXiv:1801.04381: expanded, filtered, projected without activation; summed if the shape stays.
        (
            InvertedResidual(filters=4, expansion=3, activation="relu6"),
            ["conv 1x1 12 relu6", "depthwise 3x3 12 relu6", "conv 1x1 4", "add 4"],
        ),
        (
            InvertedResidual(filters=5, expansion=2, stride=2),
            ["conv 1x1 8 relu", "depthwise 3x3 8 /2 relu", "conv 1x1 5"],
        ),
        (InvertedResidual(filters=4, expansion=1), ["depthwise 3x3 4 relu", "conv 1x1 4", "add 4"]),
        (InvertedResidual(filters=4, expansion=1, skip=False), ["depthwise 3x3 4 relu", "conv 1x1 4"]),
        # Squeeze-and-excite, arXiv:1709.01507.
        (SqueezeExcite(squeeze=2), ["average 4", "conv 1x1 2 relu", "conv 1x1 4", "logistic 4", "mul 4"]),
        (SqueezeExcite(squeeze=8), ["average 4", "conv 1x1 1 relu", "conv 1x1 4", "logistic 4", "mul 4"]),
    ],
)
def test_blocks_of_maps_have_the_layers_of_their_articles(block: Block, expected: list[str]) -> None:
    assert layers(block, (8, 10, 4)) == expected


def test_on_a_single_position_an_inverted_residual_has_no_depthwise_convolution() -> None:
    assert layers(InvertedResidual(filters=4, expansion=2), (1, 1, 4)) == ["conv 1x1 8 relu", "conv 1x1 4", "add 4"]
    assert "depthwise 1x3 8 relu" in layers(InvertedResidual(filters=4, expansion=2), (1, 6, 4))


@pytest.mark.parametrize(
    ("block", "steps", "expected"),
    [
        # TCN, arXiv:1803.01271: dilated convolutions, a sum and its activation.
        (Temporal(filters=8, dilation=4), 30, ["conv 1x3 8 x4", "add 8 relu"]),
        (Temporal(filters=6, convolutions=2), 30, ["conv 1x3 6 relu", "conv 1x3 6", "conv 1x1 6", "add 6 relu"]),
        (Temporal(filters=8, shortcut="none", convolutions=2), 30, ["conv 1x3 8 relu", "conv 1x3 8 relu"]),
        # Where VALID padding makes the time shorter, there is nothing to add.
        (Temporal(filters=8, padding="valid"), 30, ["conv 1x3 8 relu"]),
        (Temporal(filters=8, padding="valid", dilation=2), 3, ["conv 1x2 8 x2 relu"]),
        # A kernel with a single tap leaves the time as it is.
        (Temporal(filters=8, padding="valid", kernel=1), 30, ["conv 1x1 8", "add 8 relu"]),
        (Temporal(filters=8, padding="valid", dilation=2), 2, ["conv 1x1 8", "add 8 relu"]),
    ],
)
def test_temporal_blocks_have_a_sum_where_the_time_stays(block: Block, steps: int, expected: list[str]) -> None:
    assert layers(block, (1, steps, 8)) == expected


@pytest.mark.parametrize(
    ("kernel", "paths", "kernels"),
    [(9, 4, [9, 5, 3, 1]), (9, 2, [9, 5]), (40, 3, [40, 21, 11]), (7, 9, [7, 3, 1]), (4, 3, [4, 3, 1]), (3, 3, [3, 1])],
)
def test_an_inception_block_halves_its_kernels_down_to_one(kernel: int, paths: int, kernels: list[int]) -> None:
    found = layers(Inception(filters=5, kernel=kernel, paths=paths, pointwise=False), (1, 64, 3))
    assert found[:-1] == [f"conv 1x{one} 5 relu" for one in kernels]
    assert found[-1] == f"concatenation {5 * len(kernels)}"


def test_paths_of_an_inception_block_begin_behind_its_bottleneck_but_the_pointwise_one() -> None:
    """As in InceptionTime (arXiv:1909.04939), with a 1x1 convolution in place of pooling and convolution."""
    block = Inception(filters=5, kernel=5, paths=1, bottleneck=2)
    assert layers(block, (1, 64, 3)) == ["conv 1x1 2", "conv 1x5 5 relu", "conv 1x1 5 relu", "concatenation 10"]
    g = GraphBuilder((1, 64, 3))
    block.lower(g)
    assert [op.inputs[0] for op in g.graph().ops[:3]] == [0, g.graph().ops[0].outputs[0], 0]


def test_a_single_path_of_an_inception_block_is_a_convolution() -> None:
    assert layers(Inception(filters=5, kernel=7, paths=1, pointwise=False), (1, 64, 3)) == ["conv 1x7 5 relu"]
