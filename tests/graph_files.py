"""Graphs of spaces as `.tflite` files with random numbers, and such files changed at random."""

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from single_operators import T
from whole_models import Node, Part, write

from nas.graph.graph import Graph, Op
from nas.graph.scales import FIXED_SCALE, find_scales
from nas.space.dims import RandomChooser
from nas.space.file import load_space

ACTIVATIONS = {"NONE": 0, "RELU": 1, "RELU_N1_TO_1": 2, "RELU6": 3}
LSTM = "UNIDIRECTIONAL_SEQUENCE_LSTM"
OPTIONS = {
    "CONV_2D": "Conv2DOptions", "DEPTHWISE_CONV_2D": "DepthwiseConv2DOptions", "MAX_POOL_2D": "Pool2DOptions",
    "AVERAGE_POOL_2D": "Pool2DOptions", "FULLY_CONNECTED": "FullyConnectedOptions", "SOFTMAX": "SoftmaxOptions",
    "ADD": "AddOptions", "MUL": "MulOptions", "CONCATENATION": "ConcatenationOptions", "RESHAPE": "ReshapeOptions",
    LSTM: "UnidirectionalSequenceLSTMOptions",
}  # fmt: skip


def members(
    names: Sequence[str],
    rng: np.random.Generator,
    chooser: RandomChooser,
    shape_of: Callable[[str, np.random.Generator], tuple[int, ...]],
    limits: tuple[int, int],
) -> Iterator[Graph]:
    """Yield random members of the named spaces in turn, without end.

    Args:
        names: of the spaces.
        rng: of shapes and sizes; it is used between two members only, so that the caller may draw from it as well.
        chooser: of a member.
        shape_of: draws the shape of a row for a kind of input.
        limits: the most KB that a member is drawn for, and the most bytes of weights that it may have.
    """
    most_kb, most_weights = limits
    for name in itertools.cycle(names):
        space, graph = load_space(name), None
        while graph is None or graph.weights_bytes > most_weights:
            shape = (1600, 1) if space.front_end and space.front_end.rate_hz else shape_of(space.input, rng)
            graph = space.sample(chooser, shape, int(rng.integers(2, most_kb + 1))).lower()
        yield graph


def file_of(graph: Graph, rng: np.random.Generator, odd: bool = False) -> bytes:
    """Return a file of a graph with random numbers.

    Args:
        graph: of a member of a space.
        rng: of the numbers, scales and zero points.
        odd: whether scales and activations are also such as no training gives.
    """
    tensors = {f"t{i}": _constant(tensor, rng) for i, tensor in enumerate(graph.tensors) if tensor.constant}
    tensors["t0"] = _activation(graph.tensors[0].shape, rng, odd)
    nodes = []
    scales = defaultdict(lambda: -1, find_scales(graph))
    seen = {scales[0]: "t0"}  # by the number of a scale, the first tensor that has it
    for op in graph.ops:
        name, out = f"t{op.outputs[0]}", graph.tensors[op.outputs[0]]
        made = _activation(out.shape, rng, odd)
        if scales[op.outputs[0]] in seen:
            first = tensors[seen[scales[op.outputs[0]]]]
            made = replace(made, scale=first.scale, zero_point=first.zero_point)
        if op.kind in FIXED_SCALE:
            made = replace(made, scale=1 / 256, zero_point=-128)
        else:
            seen.setdefault(scales[op.outputs[0]], name)
        if op.kind == "PAD":
            top, left = op.options["before"]
            tensors[f"t{op.inputs[1]}"] = T((4, 2), "int32", [0, 0, top, 0, left, 0, 0, 0], scales=0)
        if op.kind == "SLICE":
            tensors[f"t{op.inputs[1]}"] = T((len(op.options["begin"]),), "int32", op.options["begin"], scales=0)
            tensors[f"t{op.inputs[2]}"] = T((len(out.shape),), "int32", out.shape, scales=0)
        if op.kind == LSTM:
            made = replace(made, scale=float(rng.uniform(0.002, 0.02)))
            tensors |= _lstm_tensors(op, graph, made, rng)
        fields = _fields(op, rng, odd)
        if op.kind == "DEPTHWISE_CONV_2D":
            weights = f"t{op.inputs[1]}"
            tensors[weights] = replace(tensors[weights], axis=3, scales=tensors[weights].shape[3])
            fields["depthMultiplier"] = graph.multiplier(op)
        if op.kind == "FULLY_CONNECTED" and graph.tensors[op.inputs[2]].scales:  # TFLM compares it with that of the sum
            data, weights, bias = (f"t{i}" for i in op.inputs)
            scale = tensors[data].scale * tensors[weights].scale
            tensors[bias] = replace(tensors[bias], scales=1, scale=scale)
        tensors[name] = made
        read = [f"t{i}" if i >= 0 else "" for i in op.inputs]
        nodes.append(Node(op.kind, read, [name], OPTIONS.get(op.kind), fields))
        if op.kind == LSTM:
            scale = f"t{op.outputs[0] + 1}"
            tensors[scale] = replace(made, shape=(0,))
            nodes[-1] = replace(nodes[-1], intermediates=5 * [scale])
    return write(Part(tensors, nodes, ["t0"], [f"t{graph.outputs[0]}"]))


def _constant(tensor: Any, rng: np.random.Generator) -> T:
    if tensor.dtype == "int32":
        return T(tensor.shape, "int32", rng.integers(-4000, 4000, tensor.shape), scales=0)
    scale = float(rng.uniform(0.5, 2)) / (64 * math.sqrt(math.prod(tensor.shape[1:])))
    return T(tensor.shape, "int8", rng.integers(-127, 128, tensor.shape), scales=tensor.shape[0], scale=scale)


def _lstm_tensors(op: Op, graph: Graph, output: T, rng: np.random.Generator) -> dict[str, T]:
    """Return the weights of an LSTM, each with one scale, and its states."""
    state, cells = (replace(output, shape=graph.tensors[i].shape, variable=True) for i in op.inputs[18:20])
    scale = 2.0 ** -int(rng.integers(9, 14))
    found = {f"t{op.inputs[18]}": state, f"t{op.inputs[19]}": replace(cells, dtype="int16", scale=scale, zero_point=0)}
    for i in op.inputs[1:9]:
        found[f"t{i}"] = replace(_constant(graph.tensors[i], rng), scales=1)
    return found


def _activation(shape: tuple[int, ...], rng: np.random.Generator, odd: bool) -> T:
    scale = float(10 ** rng.uniform(-3, 1)) if odd and rng.random() < 0.2 else float(rng.uniform(0.02, 0.2))
    return T(shape, scale=scale, zero_point=-128 if rng.random() < 0.5 else int(rng.integers(-128, 128)))


def _fields(op: Op, rng: np.random.Generator, odd: bool) -> dict[str, Any]:
    if op.kind == "SOFTMAX":
        return {"beta": float(rng.uniform(0.2, 3)) if odd else 1.0}
    if op.kind in ("LOGISTIC", "HARD_SWISH", "PAD", "SLICE"):
        return {}
    if op.kind == "RESHAPE":
        return {"newShape": [1, *op.options["shape"]]}
    if op.kind == LSTM:
        return {"fusedActivationFunction": 4}
    activation = op.options.get("activation", "NONE")
    if op.kind == "CONCATENATION":
        return {"axis": op.options["axis"]}
    if odd and rng.random() < 0.3:
        activation = str(rng.choice(list(ACTIVATIONS)))
    fields: dict[str, Any] = {"fusedActivationFunction": ACTIVATIONS[activation]}
    if "stride" in op.options:
        fields["strideH"], fields["strideW"] = op.options["stride"]
        fields["padding"] = int(op.options["padding"] == "VALID")
    if op.kind in ("CONV_2D", "DEPTHWISE_CONV_2D"):
        fields["dilationHFactor"], fields["dilationWFactor"] = op.options["dilation"]
    if "filter" in op.options:
        fields["filterHeight"], fields["filterWidth"] = op.options["filter"]
    return fields


def damaged(tflite: bytes, rng: np.random.Generator) -> bytes:
    """Return a file with a few bytes changed, anywhere."""
    content = bytearray(tflite)
    for place in rng.integers(0, len(content), int(rng.integers(1, 6))):
        content[place] = int(rng.integers(256)) if rng.random() < 0.5 else content[place] ^ (1 << int(rng.integers(8)))
    return bytes(content)
