"""A graph has the operators and tensors that TensorFlow's converter writes for it, one for one."""

from collections.abc import Callable
from typing import Any

import pytest
from ai_edge_litert import schema_py_generated as schema
from random_graphs import converted

from nas.graph.builder import GraphBuilder
from nas.graph.graph import Graph

TYPES = {schema.TensorType.INT8: "int8", schema.TensorType.INT16: "int16", schema.TensorType.INT32: "int32"}
KINDS = {number: name for name, number in vars(schema.BuiltinOperator).items() if not name.startswith("_")}


def convolutions() -> GraphBuilder:
    """Return convolutions of all paddings, strides and dilations, and poolings of both kinds."""
    g = GraphBuilder((11, 13, 3))
    g.conv2d(5, 3, padding="CAUSAL", dilation=2)
    g.conv2d(7, 3, padding="CAUSAL", dilation=2)
    g.depthwise_conv2d(3, multiplier=2, stride=2)
    g.pool2d("average")
    g.conv2d(6, 3, padding="VALID", activation="NONE")
    g.pool2d("max", 3)
    g.flatten()
    g.fully_connected(4)
    g.fully_connected(1, activation="NONE")
    g.logistic()
    return g


def over_time() -> GraphBuilder:
    """Return convolutions of a window, on whose first axis there is a single tap, and no dilation."""
    g = GraphBuilder((1, 24, 3))
    g.conv2d(4, 3, dilation=3)
    g.conv2d(5, 3, padding="CAUSAL", dilation=2)
    g.conv2d(6, 1, padding="CAUSAL")
    g.depthwise_conv2d(5, padding="VALID", stride=2)
    g.conv2d(7, 9, dilation=4)
    g.pool2d("max")
    g.last()
    g.flatten()
    g.fully_connected(3, activation="NONE")
    return g


def branches() -> GraphBuilder:
    """Return a sum, a product, a concatenation and what stands in between."""
    g = GraphBuilder((6, 8, 4))
    g.conv2d(5, 1, activation="HARD_SWISH")
    first = g.tensor
    g.depthwise_conv2d(3, activation="RELU6")
    g.add(first, activation="RELU")
    total = g.tensor
    g.mean()
    g.conv2d(5, 1, activation="NONE")
    g.logistic()
    g.multiply(total)
    g.concatenate(first, total)
    g.last()
    g.flatten()
    g.fully_connected(3, activation="NONE")
    g.softmax()
    return g


def recurrent(last: bool) -> GraphBuilder:
    """Return two recurrent layers over a map of several rows, and what reads their last step or all of them."""
    g = GraphBuilder((2, 7, 3))
    g.conv2d(4, 2)
    g.lstm(5)
    g.lstm(6)
    if last:
        g.last()
    else:
        g.conv2d(3, 2)
    g.flatten()
    g.fully_connected(3, activation="NONE")
    return g


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """Load TensorFlow's converter before the first test is timed."""
    g = GraphBuilder((2,))
    g.fully_connected(1)
    converted(g.graph(), 0)


@pytest.mark.parametrize(
    "build", [convolutions, over_time, branches, lambda: recurrent(last=True), lambda: recurrent(last=False)]
)
def test_the_file_of_a_graph_has_its_operators_and_tensors(build: Callable[[], GraphBuilder]) -> None:
    graph = build().graph()
    model = schema.ModelT.InitFromPackedBuf(converted(graph, 0), 0)
    (subgraph,) = model.subgraphs
    kinds = [KINDS[model.operatorCodes[op.opcodeIndex].builtinCode] for op in subgraph.operators]
    assert [op.kind for op in graph.ops] == kinds
    assert [op.inputs for op in graph.ops] == [tuple(op.inputs) for op in subgraph.operators]
    assert [op.outputs for op in graph.ops] == [tuple(op.outputs) for op in subgraph.operators]
    assert (graph.inputs, graph.outputs) == (tuple(subgraph.inputs), tuple(subgraph.outputs))
    assert tensors(graph) == [facts(tensor) for tensor in subgraph.tensors]
    for op, written in zip(graph.ops, subgraph.operators, strict=True):
        assert told(op.options) == options(written.builtinOptions, told(op.options))


def tensors(graph: Graph) -> list[tuple[Any, ...]]:
    return [(t.shape, t.dtype, t.constant, t.variable, t.scales) for t in graph.tensors]


def facts(tensor: Any) -> tuple[Any, ...]:
    """Return what a tensor of the file has of a graph's."""
    scale = None if tensor.quantization is None else tensor.quantization.scale
    shape = () if tensor.shape is None else tuple(tensor.shape)
    return shape, TYPES[tensor.type], tensor.buffer > 0, tensor.isVariable, 0 if scale is None else len(scale)


def told(options: Any) -> dict[str, Any]:
    """Return the options of an operator of a graph that the file has as options, too."""
    return {
        key: value
        for key, value in options.items()
        if key in ("padding", "stride", "dilation", "activation", "shape", "axis")
    }


def options(written: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """Return those options as the file has them; what is not written has its default."""
    activations = {number: name for name, number in vars(schema.ActivationFunctionType).items()}
    read = {
        "padding": lambda: "VALID" if written.padding else "SAME",
        "stride": lambda: (written.strideH, written.strideW),
        "dilation": lambda: (written.dilationHFactor, written.dilationWFactor),
        "axis": lambda: written.axis,
        "shape": lambda: tuple(written.newShape)[1:],
        "activation": lambda: activations[getattr(written, "fusedActivationFunction", 0)],
    }
    return {key: read[key]() for key in asked}
