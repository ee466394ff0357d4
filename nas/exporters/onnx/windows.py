"""Convolutions, dense layers and poolings as ONNX."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nas.arrays import Array
from nas.exporters.onnx.writer import OnnxWriter, open_batch
from nas.target.plain_c.arithmetic import quantize_multiplier
from nas.target.plain_c.convolutions import window
from nas.target.plain_c.model import Operator, Tensor
from nas.target.plain_c.step import require

_AWAY_FROM_ZERO = np.array(1 + 2.0**-20, np.float32)
"""Brings halves, and nothing else, beyond themselves. TFLite rounds averages half away from zero, ONNX half to even."""

_SHIFT = 128
"""Between a number as int8 and as uint8."""


def convolution(op: Operator, onnx: OnnxWriter) -> None:
    """Write CONV_2D."""
    source, weights = op.input(0), op.input(1)
    kernel = _data(weights).transpose(0, 3, 1, 2)
    _convolve(op, onnx, kernel, source.shape[3] // weights.shape[3])


def depthwise(op: Operator, onnx: OnnxWriter) -> None:
    """Write DEPTHWISE_CONV_2D: as many groups as channels."""
    kernel = _data(op.input(1)).transpose(3, 0, 1, 2)
    _convolve(op, onnx, kernel, op.input(0).shape[3])


def _convolve(op: Operator, onnx: OnnxWriter, kernel: Array, group: int) -> None:
    source = op.input(0)
    inputs = [onnx.real(source, first=True), _weights(op, onnx, kernel, op.input(1))]
    inputs += _bias(op, onnx, source, op.input(1), op.optional(2))
    options = _sides(op, kernel.shape[2:])
    dilations = [op.options.get(f"dilation_{axis}_factor", 1) for axis in "hw"]
    result = onnx.node("Conv", inputs, group=group, dilations=dilations, **options)
    _give(op, onnx, result, source, first=True)


def transposed(op: Operator, onnx: OnnxWriter) -> None:
    """Write TRANSPOSE_CONV, whose first input is the shape of the output."""
    weights, source = op.input(1), op.input(2)
    kernel = _data(weights).transpose(3, 0, 1, 2)
    pads, more, strides = [], [], []
    for axis, side in zip("hw", (1, 2), strict=True):
        stride = op.options[f"stride_{axis}"]
        whole = (source.shape[side] - 1) * stride + weights.shape[side]
        cut = max(whole - op.output.shape[side], 0)
        pads.append((cut // 2, cut - cut // 2))
        more.append(max(op.output.shape[side] - whole, 0))
        strides.append(stride)
    inputs = [onnx.real(source, first=True), _weights(op, onnx, kernel, weights, axis=1)]
    inputs += _bias(op, onnx, source, weights, op.optional(3))
    options: dict[str, Any] = {
        "strides": strides,
        "pads": [pair[i] for i in (0, 1) for pair in pads],
        "output_padding": more,
    }
    result = onnx.node("ConvTranspose", inputs, **options)
    _give(op, onnx, result, source, first=True)


def dense(op: Operator, onnx: OnnxWriter) -> None:
    """Write FULLY_CONNECTED; it flattens its input, and its weights take the order in which the values are."""
    source, weights = op.input(0), op.input(1)
    units, values = weights.shape
    matrix, flat = _data(weights), onnx.is_first(source) and source.size == values
    if flat:
        _, height, width, channels = source.shape
        matrix = matrix.reshape(units, height, width, channels).transpose(0, 3, 1, 2).reshape(units, values)
    rows = onnx.value(source, first=flat)
    if flat or len(source.shape) != 2:
        rows = onnx.node("Reshape", [rows, onnx.whole((-1, values))])
    inputs = [onnx.dequantized(rows, source), _weights(op, onnx, matrix, weights)]
    inputs += _bias(op, onnx, source, weights, op.optional(2))
    result = onnx.node("Gemm", inputs, transB=1)
    if len(op.output.shape) != 2:
        result = onnx.node("Reshape", [result, onnx.whole(open_batch(op.output.shape))])
    _give(op, onnx, result, source, first=False)


def max_pool(op: Operator, onnx: OnnxWriter) -> None:
    """Write MAX_POOL_2D."""
    taps = _taps(op)
    onnx.give(op, onnx.node("MaxPool", [onnx.real(op.input(0), True)], kernel_shape=taps, **_sides(op, taps)), True)


def average_pool(op: Operator, onnx: OnnxWriter) -> None:
    """Write AVERAGE_POOL_2D.

    The average of int8 numbers is often a half, of which ONNX would round every other one the other way. So the
    numbers are averaged as they are stored, and moved away from zero by less than another fraction could be wrong by.
    """
    source, taps = op.input(0), _taps(op)
    options: dict[str, Any] = {"kernel_shape": taps, **_sides(op, taps)}
    alike = (source.channel_scales, source.zero_points) == (op.output.channel_scales, op.output.zero_points)
    if source.dtype == "float32" or not alike or op.options["fused_activation_function"] != "NONE":
        onnx.give(op, onnx.node("AveragePool", [onnx.real(source, True)], **options), True)
        return
    stored = onnx.scaled(onnx.value(source, first=True), np.ones(1, np.float32), np.zeros(1, np.int8))
    average = onnx.node("AveragePool", [stored], **options)
    onnx.rounded(op, onnx.node("Mul", [average, onnx.constant(_AWAY_FROM_ZERO)]), first=True)


def _taps(op: Operator) -> list[int]:
    return [op.options["filter_height"], op.options["filter_width"]]


def _sides(op: Operator, taps: Any) -> Mapping[str, Any]:
    """Return strides and paddings: those before both axes, then those behind."""
    source, target = op.input(0).shape, op.output.shape
    require(len(source) == len(target) == 4, "has an input without height, width and channels")
    before, behind, strides = [], [], []
    for axis, side, size in zip("hw", (1, 2), taps, strict=True):
        along = window(source[side], target[side], int(size), op.options, axis)
        reach = (along.outputs - 1) * along.stride + (along.taps - 1) * along.dilation + 1
        before.append(along.pad)
        behind.append(max(reach - along.inputs - along.pad, 0))
        strides.append(along.stride)
    return {"strides": strides, "pads": before + behind}


def _data(tensor: Tensor) -> Array:
    require(tensor.data is not None, "has weights that are computed")
    assert tensor.data is not None
    return tensor.data


def _weights(op: Operator, onnx: OnnxWriter, values: Array, tensor: Tensor, axis: int = 0) -> str:
    """Return weights as real numbers; their channels lie along `axis`.

    Int8 weights are stored as uint8 with a zero point of 128, which are the same numbers. With int8 ones, onnxruntime
    adds pairs of products in 16 bits on x86 processors without VNNI, and they saturate: of a network for windows, the
    outputs were up to 149 steps wrong. With uint8 weights it takes other kernels.
    """
    name = f"{op.kind.lower()}_{op.index}_weights"
    if tensor.dtype != "int8":
        return onnx.dequantized(onnx.constant(values, name), tensor, axis)
    shifted = onnx.constant((values.astype(np.int16) + _SHIFT).astype(np.uint8), name)
    zeros = np.array(tensor.zero_points, np.int16) + _SHIFT
    return onnx.scaled(shifted, np.array(tensor.channel_scales, np.float32), zeros.astype(np.uint8), axis)


def _bias(op: Operator, onnx: OnnxWriter, source: Tensor, weights: Tensor, bias: Tensor | None) -> list[str]:
    """Return the bias as real numbers; its scales are those of input times weights, whatever the file says."""
    if bias is None:
        return []
    name = onnx.constant(_data(bias), f"{op.kind.lower()}_{op.index}_bias")
    if bias.dtype == "float32":
        return [name]
    scales = np.float32(source.scale) * np.array(weights.channel_scales, np.float32)
    return [onnx.scaled(name, scales, None)]


def _give(op: Operator, onnx: OnnxWriter, value: str, source: Tensor, first: bool) -> None:
    """Take sums of products as the output, rounded as TFLite rounds them.

    TFLite multiplies a sum by 31 bits, rounds, divides by a power of two 2^k, and rounds again. That is as if it added
    half of 2^-k steps and rounded once, and so it is written here. Without it, one in 500 numbers of each layer would
    differ by a step, and a softmax makes ten steps of one. The addition also keeps onnxruntime from its own kernels for
    integers, which would round as ONNX does.
    """
    if op.output.dtype == "int8":
        halves = rounding(np.float64(source.scale) * np.array(op.input(1).channel_scales, np.float64), op.output.scale)
        more = onnx.constant(halves.reshape(-1, 1, 1) if first else halves, "rounding")
        value = onnx.node("Add", [value, more])
    onnx.give(op, value, first)


def rounding(scales: Array, step: float) -> Array:
    """Return half of 2^-k steps of the output in real numbers, for sums of these scales; see `_give`."""
    shifts = np.array([quantize_multiplier(float(scale / step))[1] for scale in scales.ravel()])
    return np.array(np.where(shifts < 0, np.exp2(shifts - 1.0), 0.0) * step, np.float32)
