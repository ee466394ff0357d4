"""How each operator of TFLite is written as ONNX: the table of all, and those without windows."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from nas.exporters.onnx.recurrent import lstm
from nas.exporters.onnx.windows import average_pool, convolution, dense, depthwise, max_pool, rounding, transposed
from nas.exporters.onnx.writer import OnnxWriter, open_batch
from nas.graph.graph import LSTM
from nas.target.plain_c.model import Operator, Tensor
from nas.target.plain_c.step import require

Written: TypeAlias = Callable[[Operator, OnnxWriter], None]

_PLACES = (0, 2, 3, 1)
"""Where each axis of a tensor with channels last is with channels first."""
_SAME_NAME = {"ADD": "Add", "SUB": "Sub", "MUL": "Mul"}
_UNARY = {
    "RELU": "Relu",
    "LOGISTIC": "Sigmoid",
    "TANH": "Tanh",
    "HARD_SWISH": "HardSwish",
    "QUANTIZE": None,
    "DEQUANTIZE": None,
}


def _unary(op: Operator, onnx: OnnxWriter) -> None:
    """Write a function of single values; a change of scales is none."""
    first, kind = onnx.is_first(op.input(0)), _UNARY[op.kind]
    value = onnx.real(op.input(0), first)
    onnx.give(op, value if kind is None else onnx.node(kind, [value]), first)


def _relu6(op: Operator, onnx: OnnxWriter) -> None:
    first = onnx.is_first(op.input(0))
    onnx.give(op, onnx.activated(onnx.real(op.input(0), first), "RELU6"), first)


def _leaky_relu(op: Operator, onnx: OnnxWriter) -> None:
    first = onnx.is_first(op.input(0))
    onnx.give(op, onnx.node("LeakyRelu", [onnx.real(op.input(0), first)], alpha=op.options["alpha"]), first)


def _softmax(op: Operator, onnx: OnnxWriter) -> None:
    value = onnx.real(op.input(0))
    if (beta := op.options["beta"]) != 1:
        value = onnx.node("Mul", [value, onnx.constant(np.array(beta, np.float32))])
    onnx.give(op, onnx.node("Softmax", [value], axis=-1))


def _binary(op: Operator, onnx: OnnxWriter) -> None:
    """Write a sum, a difference or a product; channels stay first where both inputs have them so."""
    a, b = op.input(0), op.input(1)
    first = onnx.is_first(a, b) and a.shape == b.shape
    onnx.give(op, onnx.node(_SAME_NAME[op.kind], [onnx.real(a, first), onnx.real(b, first)]), first)


def _reshape(op: Operator, onnx: OnnxWriter) -> None:
    shape = onnx.whole(open_batch(op.output.shape))
    onnx.put(op.output, onnx.node("Reshape", [onnx.value(op.input(0)), shape]))


def _reduce(op: Operator, onnx: OnnxWriter) -> None:
    """Write a mean, a sum or a maximum over axes; that over height and width leaves channels first.

    A mean is rounded twice too, as in `nas.exporters.onnx.windows`, but halves away from zero.
    """
    source, kept = op.input(0), int(bool(op.options.get("keep_dims")))
    axes = sorted({int(axis) % len(source.shape) for axis in _numbers(op.input(1))})
    require(0 not in axes, "reduces the batch")
    first = onnx.is_first(source) and axes == [1, 2]
    places = [2, 3] if first else axes
    value = onnx.real(source, first)
    if op.kind == "SUM":
        value = onnx.node("ReduceSum", [value, onnx.whole(places)], keepdims=kept)
    else:
        kind = {"MEAN": "ReduceMean", "REDUCE_MAX": "ReduceMax"}[op.kind]
        value = onnx.node(kind, [value], axes=places, keepdims=kept)
    if op.kind == "MEAN" and op.output.dtype == "int8":
        count = source.size // op.output.size
        halves = rounding(np.array([source.scale / count]), op.output.scale)
        value = onnx.node("Add", [value, onnx.node("Mul", [onnx.node("Sign", [value]), onnx.constant(halves)])])
    onnx.give(op, value, first and bool(kept))


def _concatenation(op: Operator, onnx: OnnxWriter) -> None:
    tensors = [op.input(place) for place in range(len(op.inputs))]
    first, axis = onnx.is_first(*tensors), op.options["axis"] % len(op.output.shape)
    require(axis > 0, "joins batches")
    values = [onnx.real(tensor, first) for tensor in tensors]
    onnx.give(op, onnx.node("Concat", values, axis=_PLACES[axis] if first else axis), first)


def _pad(op: Operator, onnx: OnnxWriter) -> None:
    pairs = np.array(_numbers(op.input(1))).reshape(-1, 2)
    require(not pairs[0].any(), "pads the batch")
    inputs = [onnx.real(op.input(0)), onnx.whole(pairs.T.ravel())]
    if op.kind == "PADV2":
        inputs.append(onnx.node("Squeeze", [onnx.real(op.input(2))]))
    onnx.give(op, onnx.node("Pad", inputs))


def _transpose(op: Operator, onnx: OnnxWriter) -> None:
    order = _numbers(op.input(1))
    require(order[0] == 0, "moves the batch")
    onnx.give(op, onnx.node("Transpose", [onnx.real(op.input(0))], perm=order))


def _slice(op: Operator, onnx: OnnxWriter) -> None:
    starts, sides = _numbers(op.input(1)), op.output.shape
    require(starts[0] == 0, "cuts the batch")
    axes = range(1, len(starts))
    ends = [starts[axis] + sides[axis] for axis in axes]
    inputs = [onnx.real(op.input(0)), *map(onnx.whole, (starts[1:], ends, axes))]
    onnx.give(op, onnx.node("Slice", inputs))


def _split(op: Operator, onnx: OnnxWriter) -> None:
    source = op.input(1)
    axis = _numbers(op.input(0))[0] % len(source.shape)
    require(axis > 0, "divides the batch")
    sizes = onnx.whole(tensor.shape[axis] for tensor in op.outputs)
    count = len(op.outputs)
    name = onnx.node("Split", [onnx.real(source), sizes], outputs=count, axis=axis)
    for place, tensor in enumerate(op.outputs):
        onnx.give(op, name if count == 1 else f"{name}_{place}", tensor=tensor)


def _numbers(tensor: Tensor) -> Sequence[int]:
    """Return the whole numbers of a constant, such as axes."""
    require(tensor.data is not None, "has axes or sizes that are computed")
    assert tensor.data is not None
    return [int(number) for number in tensor.data.ravel()]


OPERATORS: Mapping[str, Written] = {
    **dict.fromkeys(_UNARY, _unary),
    **dict.fromkeys(_SAME_NAME, _binary),
    **dict.fromkeys(("RESHAPE", "SQUEEZE", "EXPAND_DIMS"), _reshape),
    **dict.fromkeys(("MEAN", "SUM", "REDUCE_MAX"), _reduce),
    **dict.fromkeys(("PAD", "PADV2"), _pad),
    "CONV_2D": convolution,
    "DEPTHWISE_CONV_2D": depthwise,
    "TRANSPOSE_CONV": transposed,
    "FULLY_CONNECTED": dense,
    "MAX_POOL_2D": max_pool,
    "AVERAGE_POOL_2D": average_pool,
    "RELU6": _relu6,
    "LEAKY_RELU": _leaky_relu,
    "SOFTMAX": _softmax,
    "CONCATENATION": _concatenation,
    "TRANSPOSE": _transpose,
    "SLICE": _slice,
    "SPLIT": _split,
    LSTM: lstm,
}
"""By TFLite's name of the operator."""
