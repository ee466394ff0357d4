"""What an operator becomes in plain C: a call of kernels, with its constants; and what several operators share."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from nas.arrays import Array
from nas.target.plain_c.model import Operator, Tensor


class InexpressibleError(Exception):
    """Why plain C cannot express an operator, in words that follow its name."""


@dataclass(frozen=True)
class Numbers:
    """A constant array of int8_t or int32_t; source code has `per_line` of them a line."""

    ctype: str
    name: str
    values: Array
    per_line: int = 20

    @property
    def bytes(self) -> int:
        return _BYTES[self.ctype] * self.values.size


@dataclass(frozen=True)
class Struct:
    """A constant structure: integers, arrays of them, or the names of other constants, by field."""

    ctype: str
    name: str
    values: Mapping[str, int | str | tuple[int, ...]]


Constant: TypeAlias = Numbers | Struct

_BYTES = {"int8_t": 1, "int32_t": 4}


@dataclass(frozen=True)
class Move:
    """A block of bytes that a step copies from an input: (count, step in the input, step in the output) by side."""

    sides: tuple[tuple[int, int, int], ...]
    starts: tuple[int, int]

    def places(self) -> tuple[Array, Array]:
        """Return the places in the input, and those in the output."""
        found = [np.array([start]) for start in self.starts]
        for count, *steps in self.sides:
            found = [
                (places[:, None] + step * np.arange(count)).ravel() for places, step in zip(found, steps, strict=True)
            ]
        return found[0], found[1]


@dataclass(frozen=True)
class Step:
    """One call.

    Attributes:
        name: begins the names of its constants.
        title: the line above the call.
        kernels: files in `native/device/kernels` that it needs.
        constants: what it has in flash.
        call: the statement; `{in0}`, `{in1}`, `{scratch}` and `{out}` stand for places of bytes.
        inputs: the tensors that it reads, and `output` the one that it writes.
        scratch_bytes: bytes that only this call uses.
        in_place: places in `inputs` where the output may lie too, if it is not larger.
        scales_up: whether a factor of its requantization may exceed 1.
        padded: whether windows reach beyond the border, or are dilated.
        moves: of a copy, what it takes from each input, in their order; `filled` is what all else of the output is.
        bounds: the lowest and the highest output, where the kernel `clamp` sets them behind all else; None without it.
    """

    name: str
    title: str
    kernels: tuple[str, ...]
    constants: tuple[Constant, ...]
    call: str
    inputs: tuple[Tensor, ...]
    output: Tensor
    scratch_bytes: int = 0
    in_place: tuple[int, ...] = ()
    scales_up: bool = False
    padded: bool = False
    bounds: tuple[int, int] | None = None
    moves: tuple[Move, ...] = ()
    filled: int = 0


@dataclass(frozen=True)
class Alias:
    """An operator that moves no bytes: its output is its input under another shape, or a part of it from `start` on."""

    source: Tensor
    output: Tensor
    start: int = 0


Lowered: TypeAlias = Step | Alias
Lowering: TypeAlias = Callable[[Operator], Iterable[Lowered]]


@dataclass
class Lowerings:
    """The functions that turn operators into steps, by TFLite's name of the operator."""

    by_kind: dict[str, Lowering] = field(default_factory=dict)

    def register(self, *kinds: str) -> Callable[[Lowering], Lowering]:
        def add(function: Lowering) -> Lowering:
            self.by_kind.update(dict.fromkeys(kinds, function))
            return function

        return add


LOWERINGS = Lowerings()


def name_of(op: Operator) -> str:
    """Return what the names of an operator's constants begin with."""
    return f"{op.kind.lower()}_{op.index}"


def title_of(op: Operator, more: str = "") -> str:
    """Return a line on an operator: its kind, the shapes of its first input and its output, and its activation."""
    activation = op.options.get("fused_activation_function", "NONE")
    suffix = "" if activation == "NONE" else f", {activation}"
    return f"{op.kind} {op.index}: {sides(op.input(0))} -> {sides(op.output)}{more}{suffix}"


def sides(tensor: Tensor) -> str:
    """Return a shape as text."""
    return "x".join(map(str, tensor.shape)) or "1"


def array(ctype: str, name: str, values: Array | Sequence[int], per_line: int = 20) -> Numbers:
    """Return an array in flash."""
    return Numbers(ctype, name, np.asarray(values).ravel(), per_line)


def require(condition: bool, why: str) -> None:
    """Raise InexpressibleError unless a condition holds."""
    if not condition:
        raise InexpressibleError(why)


def constant(tensor: Tensor, what: str) -> Array:
    """Return the values of a tensor, which `what` names; InexpressibleError if the network computes them."""
    if tensor.data is None:
        raise InexpressibleError(f"computes its {what}")
    return tensor.data


def int8_only(*tensors: Tensor) -> None:
    """Raise InexpressibleError unless all tensors are int8 with one scale."""
    for tensor in tensors:
        require(tensor.dtype == "int8", f"has a tensor of {tensor.dtype}, where only int8 is known")
        require(tensor.size > 0, "has a tensor without values")
        require(len(tensor.channel_scales) == 1, "has activations that are not quantized by one scale")


def same_size(source: Tensor, target: Tensor) -> None:
    """Raise InexpressibleError unless two tensors have as many values."""
    require(source.size == target.size, "has an output of another size")
