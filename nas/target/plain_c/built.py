"""A network as plain C on a core, and what its parts cost there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from nas.target.footprint import TensorFootprint
from nas.target.hop import Hop
from nas.target.plain_c.costs import Costs, Estimate, estimate
from nas.target.plain_c.model import Network, Operator, Tensor
from nas.target.plain_c.program import Program
from nas.target.plain_c.step import Step
from nas.target.plain_c.work import calls_of
from nas.target.ram import Buffers


@dataclass(frozen=True)
class Built:
    """A network as plain C, and what it costs on a core."""

    network: Network
    program: Program
    estimate: Estimate
    constants: int
    in_ram: int
    compiler: str

    @classmethod
    def of(cls, network: Network, program: Program, costs: Costs) -> "Built":
        calls = calls_of(program)
        # Constants that kernels read like any other input; only AVR has them in RAM, where it reads nothing else.
        read = {t.index: t.size for step in program.steps for t in step.inputs if t.is_constant}
        plain = sum(read.values())
        constants = plain + sum(call.constant_bytes for call in calls)
        return cls(network, program, estimate(calls, costs), constants, plain * costs.by_pixel, costs.compiler)

    def writer(self, step: Step) -> int:
        """Return the operator that a step computes."""
        return next(op.index for op in self.network.operators if _writes(op, step.output))

    def instructions(self, op: int | None = None) -> float | None:
        """Return the instructions of an operator, or of an inference; None if they are not known."""
        counted = [
            count
            for step, count in zip(self.program.steps, self.estimate.instructions, strict=True)
            if op is None or _writes(self.network.operators[op], step.output)
        ]
        known = [count for count in counted if count is not None]
        return sum(known) if len(known) == len(counted) else None

    def macs(self, op: int, of_window: int) -> int:
        """Return the multiply-accumulates of an operator that has so many for a whole window."""
        return of_window if self.program.stream is None else int(of_window * self.program.stream.shares[op])

    def ram(self) -> Buffers:
        """Return the RAM: static, the caller's, and the stack."""
        stream, (inputs, outputs) = (
            self.program.stream,
            (_bytes(t) for t in (self.network.inputs, self.network.outputs)),
        )
        read = inputs if stream is None else inputs // stream.window * stream.hop
        return Buffers(self.program.ram_bytes + self.in_ram, read, outputs, self.estimate.stack)

    @property
    def hop(self) -> Hop | None:
        """How often it answers; None for whole windows."""
        stream = self.program.stream
        return None if stream is None else Hop(stream.hop, stream.window)

    def scratch_bytes(self, op: int) -> int:
        """Return the bytes that only an operator's calls use."""
        writer = self.network.operators[op]
        return max((step.scratch_bytes for step in self.program.steps if _writes(writer, step.output)), default=0)


def _writes(op: Operator, tensor: Tensor) -> bool:
    return any(tensor.index == own.index for own in op.outputs)


def _bytes(tensors: Iterable[Tensor]) -> int:
    return sum(tensor.size for tensor in tensors)


def tensors_of(tensors: Sequence[TensorFootprint], built: Built | None) -> tuple[TensorFootprint, ...]:
    """Return a network's tensors with their places in the static RAM, and behind them the copies of windows."""
    places = built.program.places if built else {}
    found = [
        _held(replace(tensor, offset=_offset(places.get(tensor.index))), built)
        for tensor in tensors
        if tensor.kind != "scratch"
    ]
    makers = {out.index: op.index for op in built.network.operators for out in op.outputs} if built else {}
    for step in built.program.steps if built else ():
        if step.scratch_bytes and built is not None:
            size, op, offset = step.scratch_bytes, makers[step.output.index], _offset(built.program.scratch[step.name])
            found.append(
                TensorFootprint(len(found), f"{step.name}_windows", (size,), "int8", size, "scratch", offset, op, op)
            )
    return tuple(found)


def _held(tensor: TensorFootprint, built: Built | None) -> TensorFootprint:
    """Return a tensor as it is held: hop by hop, as many of its rows as are needed, which may stay for the next hop."""
    stream = None if built is None else built.program.stream
    if stream is None or built is None or tensor.index not in stream.buffers:
        return tensor
    buffer = stream.buffers[tensor.index]
    held = replace(tensor, shape=buffer.shape, bytes=buffer.size)
    if buffer.index == tensor.index:
        return held
    offset = _offset(built.program.places[buffer.index])
    return replace(held, offset=offset, first_op=0, last_op=len(built.network.operators) - 1)


def _offset(place: str | None) -> int | None:
    """Return where a place lies in the static RAM; None for one that is not in it."""
    if place is None or not place.startswith("arena"):
        return None
    return int(place.partition(" + ")[2] or 0)
