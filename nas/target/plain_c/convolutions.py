"""Convolutions and dense layers in plain C."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nas.arrays import Array
from nas.target.plain_c.arithmetic import activation_range, float32, quantize_multiplier, stored_shift
from nas.target.plain_c.model import Operator
from nas.target.plain_c.step import (
    LOWERINGS,
    Step,
    Struct,
    array,
    constant,
    int8_only,
    name_of,
    require,
    title_of,
)


@dataclass(frozen=True)
class Window:
    """How a kernel moves over one axis: input and output size, taps, stride, dilation, and padding before the first."""

    inputs: int
    outputs: int
    taps: int
    stride: int = 1
    dilation: int = 1
    pad: int = 0

    @property
    def is_inside(self) -> bool:
        """Whether the kernel lies within the input at each output."""
        reach = (self.outputs - 1) * self.stride + (self.taps - 1) * self.dilation + 1 - self.pad
        return self.pad == 0 and reach <= self.inputs

    @property
    def padded(self) -> bool:
        return self.dilation > 1 or not self.is_inside


def window(inputs: int, outputs: int, taps: int, options: Mapping[str, Any], axis: str) -> Window:
    """Return the window along axis `h` or `w`, with the padding that TFLite computes."""
    stride, dilation = options[f"stride_{axis}"], options.get(f"dilation_{axis}_factor", 1)
    reach = (taps - 1) * dilation + 1
    same = options["padding"] == "SAME"
    require(stride > 0 and dilation > 0, "has a stride or a dilation of 0")
    require(outputs == -(-(inputs if same else inputs - reach + 1) // stride), "has an output of another size")
    pad = max((outputs - 1) * stride + reach - inputs, 0) // 2 if same else 0
    return Window(inputs, outputs, taps, stride, dilation, pad)


def windows(op: Operator, taps: tuple[int, int]) -> tuple[Window, Window]:
    """Return the windows along height and width of an operator on [1, height, width, channels]."""
    source, target = op.input(0).shape, op.output.shape
    require(len(source) == 4 and len(target) == 4, "has an input without height, width and channels")
    require(source[0] == target[0] == 1, "has a batch of more than one")
    height = window(source[1], target[1], taps[0], op.options, "h")
    width = window(source[2], target[2], taps[1], op.options, "w")
    return turned(height, width)


def turned(height: Window, width: Window) -> tuple[Window, Window]:
    """Return the windows so that a sequence along the height lies along the width, where two outputs go together."""
    single = Window(1, 1, 1)
    return (single, height) if width == replace(width, **vars(single)) else (height, width)


@dataclass(frozen=True)
class Layer:
    """A convolution as kernels see it.

    Attributes:
        weights: [output channels, rows, taps, input channels that an output has].
        bias: one for each output channel.
    """

    op: Operator
    weights: Array
    bias: Array
    height: Window
    width: Window
    in_channels: int

    @property
    def padded(self) -> bool:
        return self.height.padded or self.width.padded

    @property
    def patch_bytes(self) -> int:
        """Bytes of a copy of the inputs below the kernel."""
        return self.height.taps * self.width.taps * self.in_channels if self.padded else 0

    def folded(self) -> Array:
        """Return the bias with what the input's zero point adds; every place of the kernel has a value."""
        wide = self.weights.astype(np.int64)
        bias: Array = self.bias - self.op.input(0).zero_point * wide.sum(axis=(1, 2, 3))
        most = np.abs(bias) + 128 * np.abs(wide).sum(axis=(1, 2, 3))
        require(bool(np.all(most < 2**31)), "may overflow its sums of 32 bits")
        return bias


def pairs(weights: Array) -> Array:
    """Return weights [channels, rows, run] in the order in which `native/device/kernels/dot.h` reads them."""
    channels, rows, run = weights.shape
    pair_count, block_count = channels // 2, run // 4
    both = weights[: 2 * pair_count].reshape(pair_count, 2, rows, run)
    blocks = both[..., : 4 * block_count].reshape(pair_count, 2, rows, block_count, 4).transpose(0, 2, 3, 1, 4)
    rest = both[..., 4 * block_count :].transpose(0, 2, 3, 1)
    in_rows = [part.reshape(pair_count, rows, math.prod(part.shape[2:])) for part in (blocks, rest)]
    return np.concatenate([np.concatenate(in_rows, axis=-1).ravel(), weights[2 * pair_count :].ravel()])


def fours(weights: Array) -> Array:
    """Return weights [channels, places] in the order in which `native/device/kernels/depthwise.h` reads them."""
    channels, places = weights.shape
    block_count = channels // 4
    blocks = weights[: 4 * block_count].reshape(block_count, 4, places).transpose(0, 2, 1)
    return np.concatenate([blocks.ravel(), weights[4 * block_count :].ravel()])


@LOWERINGS.register("CONV_2D")
def conv(op: Operator) -> Iterator[Step]:
    """Lower a convolution, to a dense layer where each output sees one place only."""
    weights = _weights(op, 0)
    height, width = windows(op, weights.shape[1:3])
    channels = op.input(0).shape[3]
    require(weights.shape[3] == channels, "has groups of channels")
    yield _conv_step(op, _turned_weights(weights, height), _bias(op, 2, len(weights)), height, width)


def _conv_step(op: Operator, weights: Array, bias: Array, height: Window, width: Window) -> Step:
    """Return a convolution, or a dense layer where each output sees one place."""
    channels = weights.shape[3]
    layer = Layer(op, weights, bias, height, width, channels)
    if not layer.padded and height == Window(1, 1, 1) and width == Window(width.inputs, width.inputs, 1):
        return _step(layer, "dense", pairs(weights.reshape(len(weights), 1, -1)), "{in0}, {out}")
    if not layer.padded and height.taps == height.inputs and width.taps == width.inputs:
        # The kernel covers the whole input: one row of inputs, one output.
        one, flat = Window(1, 1, 1), weights.reshape(len(weights), 1, 1, -1)
        layer = Layer(op, flat, bias, one, one, flat.shape[3])
        return _step(layer, "dense", pairs(flat[:, 0]), "{in0}, {out}")
    ordered = pairs(weights.reshape(*weights.shape[:2], -1))
    return _step(layer, "conv", ordered, "{in0}, {scratch}, {out}", 2 * layer.patch_bytes)


def _turned_weights(weights: Array, height: Window) -> Array:
    """Return weights [channels, rows, taps, inputs] turned as `turned` turns their windows."""
    return weights.transpose(0, 2, 1, 3) if height.taps != weights.shape[1] else weights


@LOWERINGS.register("DEPTHWISE_CONV_2D")
def depthwise(op: Operator) -> Iterator[Step]:
    """Lower a depthwise convolution; on one channel it is a convolution."""
    weights = _weights(op, 3)[0].transpose(2, 0, 1)[..., None]  # [channels, rows, taps, 1]
    height, width = windows(op, weights.shape[1:3])
    weights, bias, channels = _turned_weights(weights, height), _bias(op, 2, len(weights)), op.input(0).shape[3]
    if channels == 1:
        yield _conv_step(op, weights, bias, height, width)
        return
    require(len(weights) % channels == 0, "has a number of outputs that is no multiple of its inputs")
    layer, flat = Layer(op, weights, bias, height, width, channels), weights.reshape(len(weights), -1)
    kernel, ordered = ("depthwise", fours(flat)) if len(weights) == channels else ("depthwise_multiplied", flat.ravel())
    yield _step(layer, kernel, ordered, "{in0}, {scratch}, {out}", layer.patch_bytes)


@LOWERINGS.register("FULLY_CONNECTED")
def dense(op: Operator) -> Iterator[Step]:
    """Lower a dense layer, which may have several rows of inputs."""
    weights = _weights(op, 0)
    require(weights.ndim == 2 and op.options.get("weights_format", 0) in (0, "DEFAULT"), "has shuffled weights")
    outputs, inputs = weights.shape
    rows, one = op.input(0).size // inputs, Window(1, 1, 1)
    fits = op.input(0).size == rows * inputs and op.output.size == rows * outputs
    require(fits, "has an input or an output of another size")
    layer = Layer(op, weights.reshape(outputs, 1, 1, inputs), _bias(op, 2, outputs), one, Window(rows, rows, 1), inputs)
    yield _step(layer, "dense", pairs(weights.reshape(outputs, 1, inputs)), "{in0}, {out}")


@LOWERINGS.register("TRANSPOSE_CONV")
def transpose_conv(op: Operator) -> Iterator[Step]:
    """Lower a transposed convolution."""
    weights, source, target = _weights(op, 0), op.input(2), op.output
    require(len(source.shape) == 4 and source.shape[0] == 1, "has a batch of more than one")
    height, width = (
        # The padding is that of the convolution that leads from the output to the input.
        replace(
            window(target.shape[i], source.shape[i], weights.shape[i], op.options, axis),
            inputs=source.shape[i],
            outputs=target.shape[i],
        )
        for i, axis in ((1, "h"), (2, "w"))
    )
    data = replace(op, inputs=(source, op.inputs[1], op.optional(3)))
    require(weights.shape[3] == source.shape[3], "has weights for another number of channels")
    layer = Layer(data, weights, _bias(op, 3, len(weights)), height, width, source.shape[3])
    yield _step(layer, "transpose_conv", weights.ravel(), "{in0}, {out}", fold=False)


def _weights(op: Operator, axis: int) -> Array:
    """Return an operator's weights; InexpressibleError unless they are symmetric int8 constants."""
    weights = op.input(1)
    require(weights.dtype == "int8", f"has weights of {weights.dtype}, where only int8 is known")
    values = constant(weights, "weights")
    require(not any(weights.zero_points), "has weights with a zero point")
    require(len(weights.channel_scales) == 1 or weights.axis == axis, "has weights with scales along another axis")
    return values


def _bias(op: Operator, place: int, channels: int) -> Array:
    bias = op.optional(place)
    if bias is None:
        return np.zeros(channels, np.int64)
    require(bias.dtype == "int32", f"has a bias of {bias.dtype}, where only int32 is known")
    return constant(bias, "bias").astype(np.int64).ravel()


def _multipliers(op: Operator, channels: int) -> list[tuple[int, int]]:
    """Return the multiplier and the shift of each output channel."""
    source, weights, target = op.input(0), op.input(1), op.output
    scales = weights.channel_scales
    if len(scales) == 1 and op.kind == "FULLY_CONNECTED":
        return [quantize_multiplier(float32(source.scale * scales[0]) / target.scale)] * channels
    require(len(scales) in (1, channels), "has another number of scales than channels")
    each = scales if len(scales) == channels else scales * channels
    return [quantize_multiplier(source.scale * scale / target.scale) for scale in each]


def _step(layer: Layer, kernel: str, weights: Array, places: str, scratch_bytes: int = 0, fold: bool = True) -> Step:
    op, name, channels = layer.op, name_of(layer.op), len(layer.weights)
    int8_only(op.input(0), op.output)
    require(op.output.shape[-1] == channels, "has an output with another number of channels")
    require(layer.bias.size == channels, "has a bias of another size")
    multipliers = _multipliers(op, channels)
    shifts = [stored_shift(shift) for _, shift in multipliers]
    constants = {"weights": f"{name}_weights", "bias": f"{name}_bias"}
    constants |= {"multiplier": f"{name}_multiplier", "shift": f"{name}_shift"}
    return Step(
        name=name,
        title=title_of(op, _kernel_words(layer)),
        kernels=(kernel,),
        constants=(
            array("int8_t", constants["weights"], weights),
            array("int32_t", constants["bias"], layer.folded() if fold else layer.bias, 10),
            array("int32_t", constants["multiplier"], [multiplier for multiplier, _ in multipliers], 10),
            array("int8_t", constants["shift"], shifts),
            Struct("conv_layer", name, {**_shape(layer), **constants}),
        ),
        call=f"{kernel}(&{name}, {places});",
        inputs=(op.input(0),),
        output=op.output,
        scratch_bytes=scratch_bytes,
        scales_up=min(shifts) < 0,
        padded=layer.padded,
    )


def _kernel_words(layer: Layer) -> str:
    height, width = layer.height, layer.width
    if height.taps == width.taps == 1:
        return ""
    words = f", kernel {height.taps}x{width.taps}"
    if (height.stride, width.stride) != (1, 1):
        words += f", stride {height.stride}x{width.stride}"
    return words if (height.dilation, width.dilation) == (1, 1) else f"{words}, dilated"


def _shape(layer: Layer) -> dict[str, int]:
    target, height, width = layer.op.output, layer.height, layer.width
    activation = layer.op.options.get("fused_activation_function", "NONE")  # without options: at their defaults
    low, high = activation_range(activation, target.scale, target.zero_point)
    return {
        "in_height": height.inputs,
        "in_width": width.inputs,
        "in_channels": layer.in_channels,
        "out_height": height.outputs,
        "out_width": width.outputs,
        "out_channels": len(layer.weights),
        "kernel_height": height.taps,
        "kernel_width": width.taps,
        "stride_height": height.stride,
        "stride_width": width.stride,
        "dilation_height": height.dilation,
        "dilation_width": width.dilation,
        "pad_top": height.pad,
        "pad_left": width.pad,
        "in_zero_point": layer.op.input(0).zero_point,
        "out_zero_point": target.zero_point,
        "low": low,
        "high": high,
    }
