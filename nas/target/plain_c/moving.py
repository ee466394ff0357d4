"""Operators that only move bytes, in plain C."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nas.target.plain_c.model import Operator, Tensor
from nas.target.plain_c.step import (
    LOWERINGS,
    Alias,
    Lowered,
    Move,
    Step,
    Struct,
    constant,
    int8_only,
    name_of,
    require,
    same_size,
    title_of,
)

RESHAPES = ("RESHAPE", "SQUEEZE", "EXPAND_DIMS")


@LOWERINGS.register(*RESHAPES)
def reshape(op: Operator) -> Iterator[Lowered]:
    """Lower a change of shape, which moves nothing."""
    int8_only(op.input(0), op.output)
    same_size(op.input(0), op.output)
    yield Alias(op.input(0), op.output)


def steps(shape: Sequence[int]) -> list[int]:
    """Return the bytes from one entry to the next along each axis."""
    found, size = [], 1
    for side in reversed(shape):
        found.append(size)
        size *= side
    return found[::-1]


def copy(
    op: Operator,
    source: Tensor,
    sides: Sequence[int],
    moves: tuple[Sequence[int], Sequence[int]],
    starts: tuple[int, int],
) -> Step:
    """Return a copy of a block; `moves` and `starts` are steps along its sides and first bytes, in input and output."""
    rows = [(side, a, b) for side, a, b in zip(sides, *moves, strict=True) if side != 1]
    merged: list[tuple[int, int, int]] = []
    for side, a, b in rows:
        if merged and merged[-1][1] == side * a and merged[-1][2] == side * b:
            merged[-1] = (merged[-1][0] * side, a, b)
        else:
            merged.append((side, a, b))
    for tensor, steps_of, first in zip((source, op.output), moves, starts, strict=True):
        last = first + sum((side - 1) * step for side, step in zip(sides, steps_of, strict=True))
        require(0 <= first <= last < tensor.size, "moves bytes from or to beyond a tensor")
    require(len(merged) <= 4, "moves a block with more than four sides")
    merged = [(1, 0, 0)] * (4 - len(merged)) + merged
    name = f"{name_of(op)}_{source.index}_{starts[0]}_{starts[1]}"
    values = dict(zip(("sides", "in_steps", "out_steps"), zip(*merged, strict=True), strict=True))
    return Step(
        name=name,
        title=title_of(op),
        kernels=("copy",),
        constants=(Struct("copy_shape", name, values),),
        call=f"copy(&{name}, {{in0}}{_plus(starts[0])}, {{out}}{_plus(starts[1])});",
        inputs=(source,),
        output=op.output,
        moves=(Move(tuple(merged), starts),),
    )


def copied(name: str, title: str, source: Tensor, target: Tensor) -> Step:
    """Return a step that copies all bytes of a tensor to another; they may overlap if the target begins first."""
    steps = (0, 0, 0, 1)
    shape = Struct("copy_shape", name, {"sides": (1, 1, 1, source.size), "in_steps": steps, "out_steps": steps})
    call = f"copy(&{name}, {{in0}}, {{out}});"
    moves = (Move(((source.size, 1, 1),), (0, 0)),)
    return Step(name, title, ("copy",), (shape,), call, (source,), target, moves=moves)


def _plus(start: int) -> str:
    return f" + {start}" if start else ""


def joined(parts: Sequence[Step]) -> Step:
    """Return several steps that write one output as one."""
    inputs: list[Tensor] = []
    calls: list[str] = []
    for part in parts:
        calls.append(part.call.replace("{in0}", f"{{in{len(inputs)}}}"))
        inputs += part.inputs
    constants = tuple(constant for part in parts for constant in part.constants)
    moves = tuple(move for part in parts for move in part.moves)
    return replace(parts[0], call="\n".join(calls), inputs=tuple(inputs), constants=constants, moves=moves)


@LOWERINGS.register("CONCATENATION")
def concatenation(op: Operator) -> Iterator[Step]:
    """Lower tensors one behind the other along an axis."""
    out, parts, start = op.output, [], 0
    sources = [tensor for tensor in op.inputs if tensor is not None]
    int8_only(out, *sources)
    require(op.options.get("fused_activation_function", "NONE") == "NONE", "has an activation")
    axis = op.options["axis"] % len(out.shape)
    to = steps(out.shape)
    for source in sources:
        parts.append(copy(op, source, source.shape, (steps(source.shape), to), (0, start)))
        start += source.shape[axis] * to[axis]
    yield joined(parts)


@LOWERINGS.register("PAD", "PADV2")
def pad(op: Operator) -> Iterator[Step]:
    """Lower a border of zero points, or of a given value."""
    source, out, widths, given = op.input(0), op.output, op.input(1), op.optional(2)
    int8_only(source, out)
    before = constant(widths, "widths").reshape(-1, 2)[:, 0]
    value = out.zero_point if given is None else int(constant(given, "value").ravel()[0])
    to = steps(out.shape)
    start = sum(int(width) * step for width, step in zip(before, to, strict=True))
    step = copy(op, source, source.shape, (steps(source.shape), to), (0, start))
    yield replace(step, call=f"memset({{out}}, {value}, {out.size});\n{step.call}", filled=value)


@LOWERINGS.register("TRANSPOSE")
def transpose(op: Operator) -> Iterator[Step]:
    """Lower an exchange of axes."""
    source, out, order = op.input(0), op.output, op.input(1)
    int8_only(source, out)
    axes = [int(axis) for axis in constant(order, "order").ravel()]
    found = steps(source.shape)
    require(sorted(axes) == list(range(len(source.shape))), "has an order that leaves out an axis")
    moves = [found[axis] for axis in axes]
    yield copy(op, source, out.shape, (moves, steps(out.shape)), (0, 0))


@LOWERINGS.register("SLICE")
def sliced(op: Operator) -> Iterator[Step]:
    """Lower a part of a tensor."""
    source, out, begin = op.input(0), op.output, op.input(1)
    int8_only(source, out)
    first, found = constant(begin, "begin").ravel(), steps(source.shape)
    start = sum(int(place) * step for place, step in zip(first, found, strict=True))
    yield copy(op, source, out.shape, (found, steps(out.shape)), (start, 0))


@LOWERINGS.register("SPLIT")
def split(op: Operator) -> Iterator[Step]:
    """Lower equal parts of a tensor."""
    axis, source, start = op.input(0), op.input(1), 0
    int8_only(source, *op.outputs)
    along, found = int(constant(axis, "axis").ravel()[0]) % len(source.shape), steps(source.shape)
    for out in op.outputs:
        part = replace(op, inputs=(source,), outputs=(out,))
        yield copy(part, source, out.shape, (found, steps(out.shape)), (start, 0))
        start += out.shape[along] * found[along]
