"""What a graph says of its operators and of the scales of its tensors, and how zeros before a map are added."""

import json
from pathlib import Path

import pytest

from nas.graph.builder import GraphBuilder
from nas.graph.graph import Graph, Op, Tensor, digest
from nas.graph.scales import find_scales
from nas.space.architecture import Architecture

STUDIES = Path(__file__).parents[2] / "studies"


def single(kind: str, before: int, after: int) -> tuple[Graph, Op]:
    op = Op(kind, (0,), (1,))
    return Graph((Tensor("x", (1, 1, 8, before)), Tensor("y", (1, 1, 8, after))), (op,), (0,), (1,)), op


def test_only_a_depthwise_convolution_multiplies_channels() -> None:
    for kind, before, after, expected in (
        ("DEPTHWISE_CONV_2D", 3, 6, 2),
        ("DEPTHWISE_CONV_2D", 3, 3, 1),
        ("CONV_2D", 3, 6, 1),
        ("CONV_2D", 6, 3, 1),
    ):
        graph, op = single(kind, before, after)
        assert graph.multiplier(op) == expected


def test_probabilities_come_from_a_softmax_or_a_last_sigmoid() -> None:
    tensors = tuple(Tensor(f"t{i}", (1, 4)) for i in range(4))
    ops = (Op("LOGISTIC", (0,), (1,)), Op("SOFTMAX", (1,), (2,)), Op("LOGISTIC", (2,), (3,)))
    graph = Graph(tensors, ops, (0,), (3,))
    assert [graph.gives_probabilities(op) for op in ops] == [False, True, True]
    graph, op = single("RELU", 3, 3)
    assert not graph.gives_probabilities(op)


def test_zeros_are_added_before_rows_and_columns_by_widths_that_are_constant() -> None:
    g = GraphBuilder((5, 6, 2))
    g.conv2d(3, 3, padding="CAUSAL")
    graph = g.graph()
    pad = graph.ops[0]
    assert (pad.kind, pad.options["before"]) == ("PAD", (2, 2))
    widths, padded = graph.tensors[pad.inputs[1]], graph.tensors[pad.outputs[0]]
    assert (widths.constant, widths.shape, widths.dtype) == (True, (4, 2), "int32")
    assert padded.shape == (1, 7, 8, 2)
    assert g.shape == (5, 6, 3)


def test_copies_and_poolings_keep_the_scale_of_their_inputs_and_probabilities_have_their_own() -> None:
    kinds = ("CONV_2D", "MAX_POOL_2D", "CONV_2D", "CONCATENATION", "ABS", "SOFTMAX")
    inputs = ((0,), (1,), (2,), (1, 3), (4,), (5,))
    tensors = tuple(Tensor(f"t{i}", (1, 1, 8, 3)) for i in range(7))
    ops = tuple(Op(kind, read, (i + 1,)) for i, (kind, read) in enumerate(zip(kinds, inputs, strict=True)))
    graph = Graph(tensors, ops, (0,), (6,))
    # Tensors 1 to 4 are joined by the pooling and the concatenation; the softmax has a scale that TFLite fixes.
    assert find_scales(graph) == {0: 0, 1: 1, 2: 1, 3: 1, 4: 1, 5: 2}


@pytest.mark.parametrize("study", sorted(STUDIES.glob("*/results.json")), ids=lambda path: path.parent.name)
def test_networks_of_published_studies_keep_their_digests(study: Path) -> None:
    winner = json.loads(study.read_text())["best"]
    assert digest(Architecture.from_json(winner["architecture"]).lower()) == winner["digest"]


def test_networks_that_differ_in_a_constant_or_in_training_have_other_digests() -> None:
    digests = []
    for kernel, dropout in ((3, 0.0), (5, 0.0), (3, 0.5)):
        g = GraphBuilder((1, 12, 2))
        g.conv2d(3, kernel)
        g.fully_connected(2, dropout=dropout)
        digests.append(digest(g.graph()))
    assert len(set(digests)) == 3
