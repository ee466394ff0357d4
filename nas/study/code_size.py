"""How much flash networks of a space take beside their weights: code, by their operators alone, and a front-end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from nas.space.dims import RandomChooser
from nas.space.space import Space
from nas.study.feasibility import SAMPLE, any_row
from nas.target.profiler import estimate_many
from nas.target.target import Target
from nas.text import kilobytes

# Operators with less code than this decide nothing.
_WORTH_NAMING_BYTES = 1024
_OUTPUTS = 2


@dataclass(frozen=True, slots=True)
class Code:
    """How much code the runtime needs for the members of a space.

    Attributes:
        least: bytes for the member with the least code; `most` for the one with the most.
        operators: bytes that an operator adds, for those that only some members have, the largest first.
        front_end: bytes of the smallest front-end, code and tables; 0 in a space without one.
    """

    least: int
    most: int
    operators: Mapping[str, int]
    front_end: int = 0

    def left(self, flash_bytes: int) -> int:
        """Return the most bytes that a flash leaves for weights: beside the least code and the smallest front-end."""
        return max(1, flash_bytes - self.least - self.front_end)

    def words(self, flash_bytes: int) -> str:
        """Return in words what the code takes of a flash, and what it leaves for the model."""
        if self.least == self.most:
            takes = f"the runtime's code takes {kilobytes(self.least)} of the flash"
        else:
            added = [f"{kind} {kilobytes(n)}" for kind, n in self.operators.items() if n >= _WORTH_NAMING_BYTES]
            named = f" ({', '.join(added)})" if added else ""
            fewest = f"{kilobytes(self.least)} of the flash with the fewest operators of the space"
            takes = f"the runtime's code takes {fewest}, {kilobytes(self.most)} with the most{named}"
        if self.front_end:
            takes += f", a front-end at least {kilobytes(self.front_end)}"
        return f"{takes}; that leaves {' or '.join(dict.fromkeys(self._left(flash_bytes)))} for the model"

    def _left(self, flash_bytes: int) -> Iterator[str]:
        for code in (self.least, self.most):
            left = flash_bytes - code - self.front_end
            yield kilobytes(left) if left > 0 else "nothing"


_KNOWN: dict[tuple[object, ...], Code] = {}


def code_of(space: Space, target: Target) -> Code:
    """Return how much code the members of a space need, from a random sample; it is the same for all data."""
    key = (space.digest, space.task, target)
    if key not in _KNOWN:
        _KNOWN[key] = _sampled(space, target)
    return _KNOWN[key]


def _sampled(space: Space, target: Target) -> Code:
    chooser = RandomChooser(0)
    row = any_row(space)
    members = [space.sample(chooser, row, _OUTPUTS) for _ in range(SAMPLE)]
    graphs = [member.lower() for member in members]
    kinds = [frozenset(op.kind for op in graph.ops) for graph in graphs]
    code = {each: totals.flash.code for each, totals in zip(kinds, estimate_many(graphs, target), strict=True)}
    added: dict[str, list[int]] = {}
    for each, size in code.items():
        for kind in each:
            if (less := code.get(each - {kind})) is not None:
                added.setdefault(kind, []).append(size - less)
    operators = {kind: round(median(sizes)) for kind, sizes in added.items()}
    ordered = dict(sorted(operators.items(), key=lambda item: -item[1]))
    front_end = min(member.front_end.cost(row, target.core).flash_bytes for member in members)
    return Code(min(code.values()), max(code.values()), ordered, front_end)
