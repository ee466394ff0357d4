"""A network hop by hop: a few new rows of its input come in, and only what they change is computed.

Where operators add no padding in time, a row of an output depends on a few rows of an input alone, and two windows that
begin a hop apart have most rows in common. An operator then reads the new rows and, before them, those that its kernel
reaches back to: it is the same operator on a shorter input. With n outputs on T rows and a stride of s, the kernels of
the next hop begin at row n * s of this window. So a hop of h rows needs T - n * s old ones, and gives h / s new
outputs. What takes a whole window (the average over time, a dense layer) reads its newest T rows. A buffer holds the
rows that are read, the oldest first, and behind each hop those that are read again move to its front.

So the answer of each hop is that of the whole window, to the bit.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from nas.target.plain_c.model import Network, Operator, Tensor
from nas.target.plain_c.moving import copied
from nas.target.plain_c.step import Alias, Lowered, Step, sides
from nas.target.plain_c.timing import Rows, Unstreamable, rows_of, why_not


@dataclass(frozen=True)
class Stream:
    """How a program runs hop by hop.

    Attributes:
        hop: rows of the input that come at once.
        window: rows of the input that an answer is for.
        shares: by operator, the part of its outputs in a window that a hop computes; 1 for one that takes the window.
        buffers: what holds the rows of a tensor, by the tensor's index.
    """

    hop: int
    window: int
    shares: Mapping[int, Fraction]
    buffers: Mapping[int, Tensor]

    @property
    def pushes(self) -> int:
        """Hops until a window is full."""
        return -(-self.window // self.hop)


@dataclass(frozen=True)
class _Buffer:
    """The rows of a tensor that are held: `written` are the newest, which a hop computes, in the bytes of `whole`."""

    rows: Rows
    written: Tensor
    whole: Tensor

    @property
    def row_bytes(self) -> int:
        return self.written.size // self.written.shape[self.rows.axis]

    @property
    def kept_bytes(self) -> int:
        """Bytes that stay for the next hop."""
        return self.whole.size - self.written.size


class Streaming:
    """What a network becomes hop by hop.

    Life cycle: made for a network; `short` turns each operator into what a hop runs; the steps that move rows are
    `moved`, `begin` and `end`.

    Attributes:
        stream: how it runs.
        network: with the rows of a hop as the input.
        kept: buffers that keep rows from one hop to the next.
    """

    def __init__(self, network: Network, at_least: int) -> None:
        """Raise Unstreamable if nothing would be saved, with a hop of this many rows or the next possible number."""
        rows = rows_of(network)
        if (why := why_not(network, rows)) is not None:
            raise why
        (source,) = network.inputs
        self._rows, self._operators, self._source = rows, network.operators, source.index
        step = math.lcm(*(each.stride for each in rows.values()))
        self._hop, window = -(-at_least // step) * step, rows[source.index].count
        if self._hop >= window:
            raise Unstreamable(f"a hop of {self._hop} rows is not shorter than the window of {window}")
        tensors = [source, *(op.output for op in network.operators if op.output.index in rows)]
        self._next = 1 + max(t.index for op in network.operators for t in (*op.inputs, *op.outputs) if t is not None)
        self._buffers = {tensor.index: self._buffer(tensor) for tensor in tensors}
        self._aliases = [
            Alias(held.whole, held.written, held.kept_bytes) for held in self._buffers.values() if held.kept_bytes
        ]
        self.kept = [held.whole for held in self._buffers.values() if held.kept_bytes]
        given = self._buffers[source.index].written
        self._given = self._new(given, given.shape) if self._buffers[source.index].kept_bytes else given
        self.network = replace(network, inputs=(self._given,))
        shares = {op.index: self._share(op) for op in network.operators}
        self.stream = Stream(self._hop, window, shares, {i: held.whole for i, held in self._buffers.items()})

    def _new(self, like: Tensor, shape: tuple[int, ...]) -> Tensor:
        self._next += 1
        return replace(like, index=self._next - 1, shape=shape)

    def _share(self, op: Operator) -> Fraction:
        rows = self._rows.get(op.output.index)
        return Fraction(1) if rows is None else Fraction(self._hop // rows.stride, rows.count)

    def _buffer(self, tensor: Tensor) -> _Buffer:
        rows = self._rows[tensor.index]
        readers = [op for op in self._operators if any(t is not None and t.index == tensor.index for t in op.inputs)]
        new = self._hop // rows.stride
        most = max([new, *(self._reach(op, rows) for op in readers)])
        written = replace(tensor, shape=rows.shape(tensor, new))
        return _Buffer(rows, written, written if most == new else self._new(tensor, rows.shape(tensor, most)))

    def _reach(self, op: Operator, rows: Rows) -> int:
        """Return how many rows an operator reads in a hop."""
        out = self._rows.get(op.output.index)
        if out is None:
            return rows.count
        return rows.count - out.count * (out.stride // rows.stride) + self._hop // rows.stride

    def short(self, op: Operator) -> Operator:
        """Return an operator on the rows that it reads in a hop."""
        inputs = tuple(None if tensor is None else self._read(op, tensor) for tensor in op.inputs)
        written = (self._buffers.get(tensor.index) for tensor in op.outputs)
        outputs = tuple(
            tensor if held is None else held.written for tensor, held in zip(op.outputs, written, strict=True)
        )
        return replace(op, inputs=inputs, outputs=outputs)

    def _read(self, op: Operator, tensor: Tensor) -> Tensor:
        """Return the newest rows of a tensor, as many as an operator reads."""
        held = self._buffers.get(tensor.index)
        if held is None:
            return tensor
        shape = held.rows.shape(tensor, self._reach(op, held.rows))
        if shape == held.written.shape:
            return held.written
        seen = self._new(tensor, shape)
        self._aliases.append(Alias(held.whole, seen, held.whole.size - seen.size))
        return seen

    def moved(self, part: Lowered) -> Lowered:
        """Return what an operator became; with bytes that move where input and output are rows of two buffers."""
        if isinstance(part, Step) or part.output.index not in {one.output.index for one in self._aliases}:
            return part
        return copied(
            f"move_{part.output.index}", f"move {sides(part.source)} to where they are kept", part.source, part.output
        )

    def begin(self) -> Iterator[Lowered]:
        """Yield what comes before the operators: the rows of the hop, behind those that are kept."""
        yield from self._aliases
        held = self._buffers[self._source]
        if held.kept_bytes:
            yield copied("take", f"take the new rows, {sides(self._given)}", self._given, held.written)

    def end(self) -> Iterator[Lowered]:
        """Yield what comes behind the operators: rows that the next hop reads again move to the front."""
        for index, held in self._buffers.items():
            if held.kept_bytes:
                shape = held.rows.shape(held.whole, held.kept_bytes // held.row_bytes)
                front, back = (self._new(held.whole, shape) for _ in range(2))
                yield Alias(held.whole, front)
                yield Alias(held.whole, back, held.whole.size - back.size)
                yield copied(f"keep_{index}", f"keep {sides(back)} for the next hop", back, front)
