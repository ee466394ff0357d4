"""A graph as plain C sees it: a network whose numbers are not known yet, for estimates before training."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from nas.arrays import Array
from nas.graph.graph import LSTM, LSTM_STATES, Graph, Op
from nas.graph.graph import Tensor as GraphTensor
from nas.graph.scales import FIXED_SCALE, SAME_SCALE
from nas.target.plain_c.arithmetic import LOW
from nas.target.plain_c.model import Network, Operator, Tensor

Fill: TypeAlias = Callable[[tuple[int, ...], str], Array]

# Of activations; with those of weights, no factor from sums to outputs exceeds 1, as it is in trained networks.
_SCALE = 0.05
_CLASS_SCALE = 1 / 256
_TYPICAL_WEIGHT = 64
_CELL_SCALE = 2.0**-12


def _zeros(shape: tuple[int, ...], dtype: str) -> Array:
    zeros: Array = np.zeros(shape, dtype)
    return zeros


def network_of(graph: Graph, fill: Fill = _zeros) -> Network:
    """Return the network of a graph.

    Args:
        graph: of operators that networks of a space have.
        fill: returns the numbers of a constant of a shape and a type; they change no size.

    Raises:
        ValueError: an operator is none of those.
    """
    scales: dict[int, tuple[float, int]] = {}
    for op in graph.ops:
        scales[op.outputs[0]] = _scale_of(op, scales)
    tensors = [_tensor(i, tensor, scales.get(i, (_SCALE, 0)), fill) for i, tensor in enumerate(graph.tensors)]
    for op in graph.ops:
        if op.kind == "PAD":
            tensors[op.inputs[1]] = replace(tensors[op.inputs[1]], data=_widths(op))
        if op.kind == "SLICE":
            tensors[op.inputs[1]] = replace(tensors[op.inputs[1]], data=np.array(op.options["begin"], np.int32))
        if op.kind == LSTM:
            output, state, cells = (tensors[i] for i in (op.outputs[0], *op.inputs[LSTM_STATES]))
            tensors[state.index] = replace(state, channel_scales=output.channel_scales, zero_points=output.zero_points)
            tensors[cells.index] = replace(cells, channel_scales=(_CELL_SCALE,), zero_points=(0,))
    operators = tuple(_operator(i, op, tensors) for i, op in enumerate(graph.ops))
    return Network(operators, tuple(tensors[i] for i in graph.inputs), tuple(tensors[i] for i in graph.outputs))


def _scale_of(op: Op, scales: Mapping[int, tuple[float, int]]) -> tuple[float, int]:
    """Return the scale and the zero point of an operator's output, as they are in trained networks."""
    if op.kind in FIXED_SCALE:
        return _CLASS_SCALE, LOW
    if op.kind in SAME_SCALE:
        return scales.get(op.inputs[0], (_SCALE, 0))
    return _SCALE, LOW if op.options.get("activation") in ("RELU", "RELU6") else 0


def _tensor(index: int, tensor: GraphTensor, quantized: tuple[float, int], fill: Fill) -> Tensor:
    scale, zero_point = quantized
    if tensor.constant:
        scale, zero_point = 1 / (_TYPICAL_WEIGHT * math.sqrt(math.prod(tensor.shape[1:]))), 0
    return Tensor(
        index=index,
        name=tensor.name,
        shape=tensor.shape,
        dtype=tensor.dtype,
        channel_scales=(scale,),
        zero_points=(zero_point,),
        axis=0,
        data=fill(tensor.shape, tensor.dtype) if tensor.constant else None,
    )


def _widths(op: Op) -> Array:
    """Return how many zeros a PAD adds before and behind each axis."""
    top, left = op.options["before"]
    return np.array([(0, 0), (top, 0), (left, 0), (0, 0)], np.int32)


def _operator(index: int, op: Op, tensors: list[Tensor]) -> Operator:
    inputs = tuple(None if i < 0 else tensors[i] for i in op.inputs)
    outputs = tuple(tensors[i] for i in op.outputs)
    if op.kind not in _OPTIONS:
        raise ValueError(f"operator {index}, {op.kind}, is in no space, so plain C estimates nothing for it")
    return Operator(index, op.kind, inputs, outputs, _OPTIONS[op.kind](op.options))


def _activation(options: Mapping[str, Any]) -> dict[str, Any]:
    return {"fused_activation_function": options.get("activation", "NONE")}


def _sliding(options: Mapping[str, Any]) -> dict[str, Any]:
    (stride_h, stride_w), (dilation_h, dilation_w) = options["stride"], options.get("dilation", (1, 1))
    given = {"padding": options["padding"], "stride_h": stride_h, "stride_w": stride_w}
    return {**_activation(options), **given, "dilation_h_factor": dilation_h, "dilation_w_factor": dilation_w}


def _pooling(options: Mapping[str, Any]) -> dict[str, Any]:
    height, width = options["filter"]
    return {**_sliding(options), "filter_height": height, "filter_width": width}


# By operator: the graph's options under TFLite's names.
_OPTIONS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "CONV_2D": _sliding,
    "DEPTHWISE_CONV_2D": _sliding,
    "MAX_POOL_2D": _pooling,
    "AVERAGE_POOL_2D": _pooling,
    "FULLY_CONNECTED": _activation,
    "ADD": _activation,
    "MUL": _activation,
    "CONCATENATION": lambda options: {**_activation(options), "axis": options["axis"]},
    "PAD": lambda options: {},
    "RESHAPE": lambda options: {},
    "SLICE": lambda options: {},
    LSTM: lambda options: {"fused_activation_function": "TANH", "cell_clip": 0.0, "time_major": False},
    "LOGISTIC": lambda options: {},
    "HARD_SWISH": lambda options: {},
    "SOFTMAX": lambda options: {"beta": 1.0},
}
