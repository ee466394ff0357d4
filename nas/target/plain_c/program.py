"""From a network to the calls of plain C and the places of its bytes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nas.errors import InputError
from nas.target.plain_c import convolutions, elementwise, moving, pooling  # noqa: F401  (they register lowerings)
from nas.target.plain_c.model import Network, Operator
from nas.target.plain_c.plan import Buffer, best_plan
from nas.target.plain_c.step import LOWERINGS, Alias, InexpressibleError, Lowered, Step

# Operators that only compute shapes; those of our tensors are known.
_OF_SHAPES = frozenset({"SHAPE", "PACK", "STRIDED_SLICE", "CAST", "GATHER", "CONCATENATION", "MUL", "ADD"})


@dataclass(frozen=True)
class Program:
    """The calls in order, and where the bytes of each tensor lie, as C text."""

    steps: tuple[Step, ...]
    places: Mapping[int, str]
    scratch: Mapping[str, str]
    copies: tuple[str, ...]
    ram_bytes: int


NEAR_FLASH_BYTES = 62 * 1024
"""Constants that an AVR reads by addresses of 16 bits; the linker puts them first, behind vectors and others'."""


@dataclass(frozen=True)
class Refusal:
    """An operator that plain C cannot express, and the reason as words that follow its name.

    `operator` is None where it is the network's inputs or outputs, and the reason is a sentence of its own.
    """

    why: str
    operator: Operator | None = None

    @property
    def index(self) -> int:
        """The place of the operator; the first one's for a network."""
        return 0 if self.operator is None else self.operator.index

    @property
    def words(self) -> str:
        return self.why if self.operator is None else f"{self.operator.kind} {self.why}"

    def error(self, place: str) -> InputError:
        """Return what a user is told, with the formats that can."""
        what = self.why if self.operator is None else f"operator {self.index}, {self.operator.kind}, {self.why}"
        rule = f"must be a model that plain C can express, but {what}"
        return InputError(place, rule, hint="the formats tflite, tflm and firmware take it if TFLM runs it")


def compile_network(network: Network, place: str) -> Program:
    """Return the program of a network.

    Raises:
        InputError: at `place`: plain C cannot express an operator, which is named, with the formats that can.
    """
    program, refused = try_to_compile(network)
    if program is None:
        raise refused[0].error(place)
    return program


def try_to_compile(network: Network) -> tuple[Program | None, tuple[Refusal, ...]]:
    """Return the program of a network; or None, and everything that plain C cannot express."""
    if (why := _refused_types(network)) is not None:
        return None, (Refusal(why),)
    lowered: list[Lowered] = []
    refused: list[Refusal] = []
    for op in network.operators:
        try:
            lowered += _lowered(op)
        except InexpressibleError as error:
            refused.append(Refusal(str(error), op))
    if not refused and (lost := _never_computed(network, lowered)) is not None:
        refused.append(Refusal(f"tensor {lost}, an output, is never computed"))
    return (None if refused else _Placement(network, lowered).program()), tuple(refused)


def _never_computed(network: Network, lowered: list[Lowered]) -> int | None:
    """Return an output that no operator writes, and that is no input and no constant; None if there is none."""
    made = {tensor.index for tensor in network.inputs} | {part.output.index for part in lowered}
    return next((t.index for t in network.outputs if t.index not in made and not t.is_constant), None)


def _refused_types(network: Network) -> str | None:
    for tensor in (*network.inputs, *network.outputs):
        if tensor.dtype != "int8":
            return f"an input or an output is {tensor.dtype}, not int8"
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


class _Placement:
    """Decides where the bytes of tensors lie: with the caller, in flash, or in the arena."""

    def __init__(self, network: Network, lowered: list[Lowered]) -> None:
        self._network = network
        self._same: dict[int, int] = {}
        steps = []
        for part in lowered:
            if isinstance(part, Alias):
                self._same[part.output.index] = part.source.index
            else:
                steps.append(part)
        self._steps = tuple(steps)
        self._places: dict[int, str] = {}
        self._copies: list[str] = []
        self._read_write()

    def _read_write(self) -> None:
        """Note the last step that reads each place, and the most bytes of the tensors that lie there."""
        self._last_read: dict[int, int] = {}
        self._most_bytes: dict[int, int] = {}
        for number, step in enumerate(self._steps):
            for tensor in step.inputs:
                self._last_read[self.root(tensor.index)] = number
            for tensor in (*step.inputs, step.output):
                root = self.root(tensor.index)
                self._most_bytes[root] = max(tensor.size, self._most_bytes.get(root, 0))

    def _lay_together(self, one: int, other: int) -> None:
        """Let a place lie where another is."""
        self._same[one] = other
        self._last_read[other] = max(self._last_read.get(place, -1) for place in (one, other))
        self._most_bytes[other] = max(self._most_bytes.get(place, 0) for place in (one, other))

    def root(self, index: int) -> int:
        """Return the tensor whose bytes a tensor has."""
        while index in self._same:
            index = self._same[index]
        return index

    def program(self) -> Program:
        self._place_given()
        self._place_wanted()
        self._work_in_place()
        plan, scratch = self._planned()
        places = {index: plan.get(self.root(index)) or self._places[self.root(index)] for index in self._all()}
        return Program(self._steps, places, scratch, tuple(self._copies), self._ram_bytes)

    def _all(self) -> set[int]:
        return {tensor.index for step in self._steps for tensor in (*step.inputs, step.output)}

    def _place_given(self) -> None:
        start = 0
        for tensor in self._network.inputs:
            self._places[tensor.index] = _at("input", start)
            start += tensor.size
        for step in self._steps:
            for tensor in step.inputs:
                if tensor.is_constant:
                    self._places[tensor.index] = f"constant_{tensor.index}"

    def _place_wanted(self) -> None:
        start = 0
        for tensor in self._network.outputs:
            place, root = _at("output", start), self.root(tensor.index)
            if root in self._places:
                # An input, a constant, or bytes that are already wanted elsewhere.
                self._copies.append(f"memcpy({place}, {self._places[root]}, {tensor.size});")
            else:
                self._places[root] = place
            start += tensor.size

    def _work_in_place(self) -> None:
        """Let outputs lie where inputs did that nothing reads any more."""
        for number, step in enumerate(self._steps):
            out = self.root(step.output.index)
            for position in step.in_place:
                source = self.root(step.inputs[position].index)
                read = self._last_read.get(source, -1)
                if source not in self._places and read == number and self._fits(step, position, out):
                    self._lay_together(*((source, out) if out in self._places else (out, source)))
                    break

    def _fits(self, step: Step, position: int, out: int) -> bool:
        """Say whether an input's place holds the output too; with the caller, the place has the output's size."""
        source = self.root(step.inputs[position].index)
        if [self.root(tensor.index) for tensor in step.inputs].count(source) > 1:
            return False
        there = self._most_bytes[source]
        return there <= step.output.size if out in self._places else step.output.size <= there

    def _planned(self) -> tuple[dict[int, str], dict[str, str]]:
        """Return the places in the arena of tensors and of scratch bytes."""
        lives: dict[int, list[int]] = {}
        for number, step in enumerate(self._steps):
            for tensor in (*step.inputs, step.output):
                root = self.root(tensor.index)
                if root not in self._places:
                    lives.setdefault(root, []).append(number)
        scratch = [
            (step.name, Buffer(step.scratch_bytes, i, i)) for i, step in enumerate(self._steps) if step.scratch_bytes
        ]
        buffers = [Buffer(self._most_bytes[root], min(times), max(times)) for root, times in lives.items()]
        offsets, self._ram_bytes = best_plan([*buffers, *(buffer for _, buffer in scratch)])
        texts = [_at("arena", offset) for offset in offsets]
        names = [name for name, _ in scratch]
        return dict(zip(lives, texts, strict=False)), dict(zip(names, texts[len(lives) :], strict=True))


def _at(array: str, start: int) -> str:
    return f"{array} + {start}" if start else array
