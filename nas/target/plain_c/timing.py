"""How the tensors of a network lie in time, and which of them can be computed row by row."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nas.target.plain_c.convolutions import Window, window
from nas.target.plain_c.elementwise import TABLES
from nas.target.plain_c.model import Network, Operator, Tensor
from nas.target.plain_c.moving import RESHAPES
from nas.target.plain_c.pooling import POOLS

_CONVOLUTIONS = ("CONV_2D", "DEPTHWISE_CONV_2D")
_WEIGHTED = (*_CONVOLUTIONS, "FULLY_CONNECTED", "TRANSPOSE_CONV")
_PADS = ("PAD", "PADV2")
_JOINS = ("ADD", "SUB", "MUL", "CONCATENATION")


class Unstreamable(Exception):  # noqa: N818  (a finding, which becomes an InputError or a line in a view)
    """Why a network cannot be evaluated hop by hop, in a clause.

    Args:
        why: the clause.
        index: the place of the operator that it is about; the first one's where it is the network.
    """

    def __init__(self, why: str, index: int = 0) -> None:
        super().__init__(why)
        self.index = index


@dataclass(frozen=True)
class Rows:
    """How a tensor lies in time. Rows are blocks of bytes, since all axes before that of time have one entry.

    Attributes:
        axis: of time.
        count: rows in a window.
        stride: rows of the input from one row to the next.
    """

    axis: int
    count: int
    stride: int = 1

    def shape(self, tensor: Tensor, count: int) -> tuple[int, ...]:
        """Return the shape of so many rows of a tensor."""
        return (*tensor.shape[: self.axis], count, *tensor.shape[self.axis + 1 :])


def rows_of(network: Network) -> dict[int, Rows]:
    """Return how those tensors lie in time that can be computed row by row, the input among them.

    Raises:
        Unstreamable: the input has no time, or there are several.
    """
    if len(network.inputs) != 1:
        raise Unstreamable("it has several inputs")
    (given,) = network.inputs
    axis = _first_long(given.shape)
    if axis is None or axis == len(given.shape) - 1:
        raise Unstreamable("its input has no time, but one row of values")
    rows = {given.index: Rows(axis, given.shape[axis])}
    for op in network.operators:
        if (found := _streamed(op, rows)) is not None:
            rows[op.output.index] = found
    return rows


def why_not(network: Network, rows: Mapping[int, Rows]) -> Unstreamable | None:
    """Return why nothing would be saved hop by hop; None if something is."""
    first = next((op for op in network.operators if op.kind in _WEIGHTED), None)
    if first is None:
        return Unstreamable("it has no layer with weights")
    if first.output.index not in rows:
        return Unstreamable(f"operator {first.index}, {first.kind}, {_reason(network, first, rows)}", first.index)
    if any(tensor.index in rows for tensor in network.outputs):
        return Unstreamable("its output has a row for each time, not one for the window")
    return None


def _reason(network: Network, op: Operator, rows: Mapping[int, Rows]) -> str:
    source = rows.get(op.input(0).index)
    moved = None if source is None else _window(op, source)
    padded = any(other.kind in _PADS and other.output.index == op.input(0).index for other in network.operators)
    if not padded and (moved is None or moved.outputs == 1):
        return "takes the whole window at once"
    return 'pads the time: its block needs padding = "valid"'


def _first_long(shape: tuple[int, ...]) -> int | None:
    return next((axis for axis, side in enumerate(shape) if side > 1), None)


def _data(op: Operator) -> list[Tensor]:
    """Return the tensors that an operator reads, without constants."""
    return [tensor for tensor in op.inputs if tensor is not None and not tensor.is_constant]


def _streamed(op: Operator, rows: Mapping[int, Rows]) -> Rows | None:
    """Return how an operator's output lies in time; None for one that takes whole windows."""
    sources = {rows.get(tensor.index) for tensor in _data(op)}
    source = sources.pop() if len(sources) == 1 else None
    if source is None:
        return None
    shape = op.output.shape
    if op.kind in RESHAPES:
        axis = _first_long(shape)
        return replace(source, axis=axis) if axis is not None and shape[axis] == source.count else None
    if op.kind in TABLES or op.kind in _JOINS:
        alike = all(tensor.shape[:-1] == shape[:-1] for tensor in op.inputs if tensor is not None)
        return source if alike and source.axis < len(shape) - 1 else None
    moved = _window(op, source)
    if moved is None or moved.outputs == 1 or not moved.is_inside:
        return None
    return Rows(source.axis, moved.outputs, source.stride * moved.stride)


def _window(op: Operator, source: Rows) -> Window | None:
    """Return how an operator's kernel moves over time; None for an operator without one."""
    if op.kind not in (*_CONVOLUTIONS, *POOLS) or source.axis not in (1, 2):
        return None
    axis, side = {1: ("h", "height"), 2: ("w", "width")}[source.axis]
    taps = op.options[f"filter_{side}"] if op.kind in POOLS else op.input(1).shape[source.axis]
    return window(source.count, op.output.shape[source.axis], taps, op.options, axis)
