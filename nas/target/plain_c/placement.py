"""Where the bytes of a program's tensors lie: with the caller, in flash, or in the arena."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from nas.target.plain_c.model import Network, Tensor
from nas.target.plain_c.plan import Buffer, best_plan
from nas.target.plain_c.step import Alias, Lowered, Step


class Place(NamedTuple):
    """Bytes of an array in C, from `start` on."""

    array: str
    start: int = 0

    def __str__(self) -> str:
        return f"{self.array} + {self.start}" if self.start else self.array

    def behind(self, bytes_: int) -> "Place":
        """Return the place that lies so many bytes behind."""
        return Place(self.array, self.start + bytes_)


class Placed(NamedTuple):
    """What a placement has decided, see `Program`."""

    steps: tuple[Step, ...]
    places: Mapping[int, str]
    scratch: Mapping[str, str]
    copies: tuple[str, ...]
    ram_bytes: int


def place(network: Network, lowered: Sequence[Lowered], kept: Sequence[Tensor] = ()) -> Placed:
    """Return the places of all that the steps read and write.

    Args:
        network: of which the inputs and the outputs are the caller's.
        lowered: what its operators became, in order.
        kept: tensors whose bytes stay from one run of the program to the next.
    """
    return _Placement(network, lowered, kept).placed()


class _Placement:
    def __init__(self, network: Network, lowered: Sequence[Lowered], kept: Sequence[Tensor]) -> None:
        self._network = network
        self._same: dict[int, tuple[int, int]] = {}  # the tensor in whose bytes one lies, and from which byte on
        steps = []
        for part in lowered:
            if isinstance(part, Alias):
                self._same[part.output.index] = part.source.index, part.start
            else:
                steps.append(part)
        self._steps = tuple(steps)
        self._kept = {tensor.index: tensor.size for tensor in kept}
        self._places: dict[int, Place] = {}
        self._copies: list[str] = []
        self._read_write()

    def _read_write(self) -> None:
        """Note the last step that reads each place, and the most bytes of the tensors that lie there."""
        self._last_read: dict[int, int] = dict.fromkeys(self._kept, len(self._steps))
        self._most_bytes: dict[int, int] = dict(self._kept)
        for number, step in enumerate(self._steps):
            for tensor in step.inputs:
                root, _ = self._root(tensor.index)
                self._last_read[root] = max(number, self._last_read.get(root, -1))
            for tensor in (*step.inputs, step.output):
                root, start = self._root(tensor.index)
                self._most_bytes[root] = max(start + tensor.size, self._most_bytes.get(root, 0))

    def _lay_together(self, one: int, other: int) -> None:
        """Let a place lie where another is."""
        self._same[one] = other, 0
        self._last_read[other] = max(self._last_read.get(place, -1) for place in (one, other))
        self._most_bytes[other] = max(self._most_bytes.get(place, 0) for place in (one, other))

    def _root(self, index: int) -> tuple[int, int]:
        """Return the tensor whose bytes a tensor has, and from which byte on."""
        start = 0
        while index in self._same:
            index, more = self._same[index]
            start += more
        return index, start

    def placed(self) -> Placed:
        self._place_given()
        self._place_wanted()
        self._work_in_place()
        plan, scratch, ram_bytes = self._planned()
        every = {tensor.index for step in self._steps for tensor in (*step.inputs, step.output)} | {*self._kept}
        places = {}
        for index in every:
            root, start = self._root(index)
            places[index] = str((plan.get(root) or self._places[root]).behind(start))
        return Placed(self._steps, places, scratch, tuple(self._copies), ram_bytes)

    def _place_given(self) -> None:
        place = Place("input")
        for tensor in self._network.inputs:
            self._places[tensor.index] = place
            place = place.behind(tensor.size)
        for step in self._steps:
            for tensor in step.inputs:
                if tensor.is_constant:
                    self._places[tensor.index] = Place(f"constant_{tensor.index}")

    def _place_wanted(self) -> None:
        place = Place("output")
        for tensor in self._network.outputs:
            root, start = self._root(tensor.index)
            if root in self._places:
                # An input, a constant, or bytes that are already wanted elsewhere.
                self._copies.append(f"memcpy({place}, {self._places[root].behind(start)}, {tensor.size});")
            else:
                self._places[root] = place
            place = place.behind(tensor.size)

    def _work_in_place(self) -> None:
        """Let outputs lie where inputs did that nothing reads any more."""
        for number, step in enumerate(self._steps):
            out, start = self._root(step.output.index)
            for position in step.in_place if out not in self._kept and not start else ():
                source, before = self._root(step.inputs[position].index)
                read = self._last_read.get(source, -1)
                if source not in self._places and not before and read == number and self._fits(step, position, out):
                    self._lay_together(*((source, out) if out in self._places else (out, source)))
                    break

    def _fits(self, step: Step, position: int, out: int) -> bool:
        """Say whether an input's place holds the output too; with the caller, the place has the output's size."""
        source, _ = self._root(step.inputs[position].index)
        if [self._root(tensor.index)[0] for tensor in step.inputs].count(source) > 1:
            return False
        there = self._most_bytes[source]
        return there <= step.output.size if out in self._places else step.output.size <= there

    def _planned(self) -> tuple[dict[int, Place], dict[str, str], int]:
        """Return the places in the arena of tensors and of scratch bytes, and the arena's size."""
        lives: dict[int, list[int]] = {index: [0, len(self._steps)] for index in self._kept}
        for number, step in enumerate(self._steps):
            for tensor in (*step.inputs, step.output):
                root, _ = self._root(tensor.index)
                if root not in self._places:
                    lives.setdefault(root, []).append(number)
        scratch = [
            (step.name, Buffer(step.scratch_bytes, i, i)) for i, step in enumerate(self._steps) if step.scratch_bytes
        ]
        buffers = [Buffer(self._most_bytes[root], min(times), max(times)) for root, times in lives.items()]
        offsets, ram_bytes = best_plan([*buffers, *(buffer for _, buffer in scratch)])
        places = [Place("arena", offset) for offset in offsets]
        own = {name: str(place) for (name, _), place in zip(scratch, places[len(lives) :], strict=True)}
        return dict(zip(lives, places, strict=False)), own, ram_bytes
