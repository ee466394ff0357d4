"""From a network to the calls of plain C and the places of its bytes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from nas.errors import InputError
from nas.target.plain_c import convolutions, elementwise, moving, pooling, recurrent  # noqa: F401  (they register)
from nas.target.plain_c.model import Network, Operator
from nas.target.plain_c.placement import place
from nas.target.plain_c.step import LOWERINGS, InexpressibleError, Lowered, Step
from nas.target.plain_c.streaming import Stream, Streaming
from nas.target.plain_c.timing import Unstreamable

# Operators that only compute shapes; those of our tensors are known.
_OF_SHAPES = frozenset({"SHAPE", "PACK", "STRIDED_SLICE", "CAST", "GATHER", "CONCATENATION", "MUL", "ADD"})


@dataclass(frozen=True)
class Program:
    """The calls in order, and where the bytes of each tensor lie, as C text; `stream` if they run hop by hop."""

    steps: tuple[Step, ...]
    places: Mapping[int, str]
    scratch: Mapping[str, str]
    copies: tuple[str, ...]
    ram_bytes: int
    stream: Stream | None = None


COUNTER_BYTES = 2
"""RAM of the number of hops since the start, by which a program that runs hop by hop knows when a window is full."""


@dataclass(frozen=True)
class Refusal:
    """An operator that plain C cannot express, and the reason as words that follow its name.

    `operator` is None where the reason is a sentence of its own; `at` is then the place of the operator that it is
    about, the first one's where it is the network as a whole. `hop_by_hop`: only hop by hop it cannot.
    """

    why: str
    operator: Operator | None = None
    hop_by_hop: bool = False
    at: int = 0

    @property
    def index(self) -> int:
        """The place of the operator; the first one's for a network."""
        return self.at if self.operator is None else self.operator.index

    @property
    def words(self) -> str:
        return self.why if self.operator is None else f"{self.operator.kind} {self.why}"

    @property
    def sentence(self) -> str:
        """What stands beside the operator in a footprint."""
        return f"{'it cannot be streamed' if self.hop_by_hop else 'plain C cannot express it'}: {self.words}"

    def error(self, place: str) -> InputError:
        """Return what a user is told, with the formats that can."""
        if self.hop_by_hop:
            rule = f"must be a model that can be streamed, but {self.why}"
            return InputError(place, rule, hint="leave --streaming out: each answer then computes its whole window")
        what = self.why if self.operator is None else f"operator {self.index}, {self.operator.kind}, {self.why}"
        rule = f"must be a model that plain C can express, but {what}"
        return InputError(place, rule, hint="the formats tflite, tflm and firmware take it if TFLM runs it")


def compile_network(network: Network, where: str, hop: int = 0) -> Program:
    """Return the program of a network.

    Args:
        network: the network.
        where: where it is from, in messages.
        hop: as in `try_to_compile`.

    Raises:
        InputError: at `where`: plain C cannot express an operator, which is named, with the formats that can; or the
            network cannot be evaluated hop by hop.
    """
    program, refused = try_to_compile(network, hop)
    if program is None:
        raise refused[0].error(where)
    return program


def try_to_compile(network: Network, hop: int = 0) -> tuple[Program | None, tuple[Refusal, ...]]:
    """Return the program of a network; or None, and everything that plain C cannot express.

    Args:
        network: the network.
        hop: rows in time from one answer to the next, rounded up to a multiple of the network's total stride; with 0,
            each answer computes its whole window.
    """
    if (odd := _refused_type(network)) is not None:
        return None, (odd,)
    lowered, refused = _lowered_all(network.operators)
    if not refused and (lost := _never_computed(network, lowered)) is not None:
        refused.append(Refusal(f"tensor {lost}, an output, is never computed"))
    if refused:
        return None, tuple(refused)
    return _streamed(network, hop) if hop else (Program(*place(network, lowered)), ())


def _streamed(network: Network, hop: int) -> tuple[Program | None, tuple[Refusal, ...]]:
    """Return the program of a network that plain C can express, hop by hop; or None, and why there is none."""
    try:
        parts = Streaming(network, hop)
    except Unstreamable as error:
        return None, (Refusal(str(error), hop_by_hop=True, at=error.index),)
    lowered, refused = _lowered_all(map(parts.short, network.operators))
    steps = [*parts.begin(), *map(parts.moved, lowered), *parts.end()]
    if refused:
        return None, tuple(refused)
    program = Program(*place(parts.network, steps, parts.kept), parts.stream)
    return replace(program, ram_bytes=program.ram_bytes + COUNTER_BYTES), ()


def _lowered_all(operators: Iterable[Operator]) -> tuple[list[Lowered], list[Refusal]]:
    lowered: list[Lowered] = []
    refused: list[Refusal] = []
    for op in operators:
        try:
            lowered += _lowered(op)
        except InexpressibleError as error:
            refused.append(Refusal(str(error), op))
    return lowered, refused


def _never_computed(network: Network, lowered: list[Lowered]) -> int | None:
    """Return an output that no operator writes, and that is no input and no constant; None if there is none."""
    made = {tensor.index for tensor in network.inputs} | {part.output.index for part in lowered}
    return next((t.index for t in network.outputs if t.index not in made and not t.is_constant), None)


def _refused_type(network: Network) -> Refusal | None:
    """Return the first input or output that is not int8, at the operator that reads or writes it."""
    for tensor in (*network.inputs, *network.outputs):
        if tensor.dtype != "int8":
            at = next((op.index for op in network.operators if tensor in (*op.inputs, *op.outputs)), 0)
            return Refusal(f"an input or an output is {tensor.dtype}, not int8", at=at)
    return None


def _lowered(op: Operator) -> Iterator[Lowered]:
    """Yield what an operator becomes; InexpressibleError says why not."""
    if op.kind in _OF_SHAPES and all(tensor.dtype == "int32" for tensor in op.outputs):
        return
    if op.kind not in LOWERINGS.by_kind:
        raise InexpressibleError("is not known")
    try:
        yield from LOWERINGS.by_kind[op.kind](op)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, ArithmeticError) as error:
        raise InexpressibleError(f"cannot be read ({error})") from error
