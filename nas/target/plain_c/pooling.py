"""Poolings and reductions in plain C."""

import math
from collections.abc import Iterator, Sequence

from nas.target.plain_c.arithmetic import HIGH, LOW, activation_range, quantize_multiplier, stored_shift
from nas.target.plain_c.convolutions import windows
from nas.target.plain_c.model import Operator
from nas.target.plain_c.step import LOWERINGS, Step, Struct, constant, int8_only, name_of, require, title_of

POOLS = {"MAX_POOL_2D": "max_pool", "AVERAGE_POOL_2D": "average_pool"}


@LOWERINGS.register(*POOLS)
def pool(op: Operator) -> Iterator[Step]:
    """Lower a pooling, and the bounds of its activation if it has one."""
    source, target, kernel, name = op.input(0), op.output, POOLS[op.kind], name_of(op)
    int8_only(source, target)
    require(source.shape[3] == target.shape[3], "has an output with another number of channels")
    height, width = windows(op, (op.options["filter_height"], op.options["filter_width"]))
    low, high = activation_range(op.options["fused_activation_function"], target.scale, target.zero_point)
    shape = {
        "in_height": height.inputs,
        "in_width": width.inputs,
        "channels": source.shape[3],
        "out_height": height.outputs,
        "out_width": width.outputs,
        "height": height.taps,
        "width": width.taps,
        "stride_height": height.stride,
        "stride_width": width.stride,
        "pad_top": height.pad,
        "pad_left": width.pad,
    }
    bounds = None if (low, high) == (LOW, HIGH) else (low, high)
    calls = [f"{kernel}(&{name}, {{in0}}, {{out}});"]
    if bounds is not None:
        calls.append(f"clamp({{out}}, {{out}}, {target.size}, {low}, {high});")
    yield Step(
        name=name,
        title=title_of(op, f", window {height.taps}x{width.taps}"),
        kernels=(kernel,) if bounds is None else (kernel, "clamp"),
        constants=(Struct("pool_shape", name, shape),),
        call="\n".join(calls),
        inputs=(source,),
        output=target,
        # A window is read before its output is written, and later windows lie behind it.
        in_place=() if height.pad or width.pad else (0,),
        bounds=bounds,
    )


@LOWERINGS.register("MEAN", "SUM")
def mean(op: Operator) -> Iterator[Step]:
    """Lower a mean or a sum over axes."""
    source, target, name = op.input(0), op.output, name_of(op)
    int8_only(source, target)
    outer, reduced, inner = _reduced(op)
    require(target.size == outer * inner, "has an output of another size")
    multiplier, shift = quantize_multiplier(source.scale / target.scale)
    if op.kind == "MEAN":
        # As QuantizedMeanOrSum in TFLM's reduce.h: the division by the number of values goes into the multiplier.
        more = min(reduced.bit_length() - 1, 32, 31 + shift)
        multiplier, shift = (multiplier << more) // reduced, shift - more
    shape = {
        "outer": outer,
        "reduced": reduced,
        "inner": inner,
        "offset": -source.zero_point * reduced,
        "multiplier": multiplier,
        "shift": stored_shift(shift),
        "out_zero_point": target.zero_point,
    }
    yield Step(
        name=name,
        title=title_of(op),
        kernels=("mean",),
        constants=(Struct("mean_shape", name, shape),),
        call=f"mean(&{name}, {{in0}}, {{out}});",
        inputs=(source,),
        output=target,
        scales_up=shift >= 0,
    )


@LOWERINGS.register("REDUCE_MAX")
def reduce_max(op: Operator) -> Iterator[Step]:
    """Lower the greatest value over axes."""
    int8_only(op.input(0), op.output)
    outer, reduced, inner = _reduced(op)
    require(op.output.size == outer * inner, "has an output of another size")
    yield Step(
        name=name_of(op),
        title=title_of(op),
        kernels=("reduce_max",),
        constants=(),
        call=f"reduce_max({{in0}}, {{out}}, {outer}, {reduced}, {inner});",
        inputs=(op.input(0),),
        output=op.output,
    )


def _reduced(op: Operator) -> tuple[int, int, int]:
    """Return how many values are before, in, and behind the axes that are reduced."""
    axes, source = op.input(1), op.input(0)
    rank = len(source.shape)
    chosen = {int(axis) % rank for axis in constant(axes, "axes").ravel()}
    # Axes of one entry may count as either.
    long = sorted(axis for axis in chosen if source.shape[axis] > 1)
    if not long:
        return 1, 1, source.size
    first, last = long[0], long[-1]
    together = all(axis in chosen or source.shape[axis] == 1 for axis in range(first, last + 1))
    require(together, "reduces axes that do not lie together")
    return _size(source.shape[:first]), _size(source.shape[first : last + 1]), _size(source.shape[last + 1 :])


def _size(shape: Sequence[int]) -> int:
    return math.prod(shape)
