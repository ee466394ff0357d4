"""Feasibility: how many members of a space fit a budget, computed before anything is trained."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeGuard

from nas.errors import InputError
from nas.signal.kind import Kind
from nas.space.architecture import Architecture
from nas.space.dims import Dim, RandomChooser, Value
from nas.space.space import Space
from nas.target.budget import Budget
from nas.target.footprint import Totals
from nas.target.front_end import estimate_members
from nas.target.target import Target

SAMPLE = 500
# Number of random members from which a descent starts. Dimensions hardly interact, so a few are enough.
STARTS = 5
_ANY_ROW = {Kind.TABLE: (8,), Kind.WINDOW: (128, 3), Kind.IMAGE: (32, 32, 1)}
# Samples that hold several frames of any front-end for sound, and of any other one.
_ANY_SOUND, _ANY_SIGNAL = (1 << 18, 1), (1 << 12, 3)


# Descents to the smallest member meet the same members again, and so does the next question with other limits.
@lru_cache(maxsize=1 << 14)
def member_totals(member: Architecture, target: Target) -> Totals:
    """Return the totals of a member on a target."""
    (totals,) = estimate_members([member], target)
    return totals


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the random members that were drawn fit a budget."""

    drawn: int
    fitting: int

    @property
    def fraction(self) -> float:
        return self.fitting / self.drawn


def share(
    space: Space,
    shape: tuple[int, ...],
    outputs: int,
    target: Target,
    budget: Budget,
    drawn: int = SAMPLE,
    seed: int = 0,
) -> Share:
    """Draw random members, and count those that fit the budget."""
    chooser = RandomChooser(seed)
    members = [space.sample(chooser, shape, outputs) for _ in range(drawn)]
    return Share(drawn, sum(not budget.over(member_totals(member, target)) for member in members))


def any_row(space: Space) -> tuple[int, ...]:
    """Return the shape of a row that the space takes, where any will do."""
    if space.front_end is None:
        return _ANY_ROW[space.input]
    return _ANY_SIGNAL if space.front_end.rate_hz is None else _ANY_SOUND


def _examples(space: Space) -> list[Architecture]:
    """Return random members of a space, the same each time, for rows of any shape."""
    chooser = RandomChooser(0)
    return [space.sample(chooser, any_row(space), outputs=2) for _ in range(50)]


def require_latency(space: Space, target: Target) -> None:
    """Raise an InputError if the latency of some members on the target is not known, whatever the data."""
    if any(totals.latency_ms is None for totals in estimate_members(_examples(space), target)):
        raise InputError(
            "--target",
            "must be a board with a clock and a core whose instructions were counted, for a limit or objective of time",
            got=target.name,
            hint="see `nas targets`, or take --macs-k or --objective pareto-macs",
        )


def require_streaming(space: Space, target: Target) -> None:
    """Raise an InputError if a target wants networks that run hop by hop, and the space seems to have none."""
    if target.streaming and not any(totals.supported for totals in estimate_members(_examples(space), target)):
        raise InputError(
            "--space",
            "must have networks whose convolutions do not pad the time, for --streaming",
            got=space.name,
            hint='take stream_timeseries or stream_audio, or give its blocks padding = "valid"',
        )


def smallest(
    space: Space, shape: tuple[int, ...], outputs: int, target: Target, budget: Budget, seed: int = 0
) -> Totals:
    """Return the totals of the member that exceeds the budget least.

    It is found by descents from several random members, which change one dimension at a time.
    """

    def look(chooser: _Steered) -> tuple[tuple[float, int], _Steered, Totals]:
        totals = member_totals(space.sample(chooser, shape, outputs), target)
        return _excess(totals, budget), chooser, totals

    found: list[Totals] = []
    for start in range(STARTS):
        best = look(_Steered(seed + start))
        while (next_best := min(map(look, best[1].neighbours()), key=lambda seen: seen[0]))[0] < best[0]:
            best = next_best
        found.append(best[2])
    return min(found, key=lambda totals: _excess(totals, budget))


def shrink(
    space: Space, params: Mapping[str, Value], shape: tuple[int, ...], outputs: int, target: Target, budget: Budget
) -> dict[str, Value] | None:
    """Return the parameters of a member, lowered until it fits the budget; None if it cannot be made to fit.

    Each step lowers one number to the next smaller value of its dimension. Of the numbers whose lowering reduces the
    excess over the budget, the one with the smallest relative change is lowered. So wide layers become narrower before
    one of a few blocks is removed; one of many may go before a narrow layer becomes narrower.
    """

    def look(chooser: _Steered) -> tuple[float, int]:
        return _excess(member_totals(space.sample(chooser, shape, outputs), target), budget)

    member = _Steered(0, params)
    excess = look(member)
    while excess[0] > 0:
        steps = [(part, look(lower), lower) for part, lower in member.lowered()]
        nearer = [step for step in steps if step[1] < excess]
        if not nearer:
            return None
        _, excess, member = min(nearer, key=lambda step: step[:2])
    return member.chosen


class _Steered:
    """Picks the given values, and random ones where none is given, so that a member can be changed in one dimension."""

    def __init__(self, seed: int, fixed: Mapping[str, Value] | None = None) -> None:
        self.chosen: dict[str, Value] = {}
        self.dims: dict[str, Dim] = {}
        self._seed = seed
        self._fixed = fixed or {}
        self._random = RandomChooser(seed)

    def choose(self, name: str, dim: Dim) -> Value:
        drawn = self._random.choose(name, dim)
        self.chosen[name] = self._fixed.get(name, drawn)
        self.dims[name] = dim
        return self.chosen[name]

    def neighbours(self) -> Iterator["_Steered"]:
        """Yield choosers of all members that differ in one dimension."""
        for name, dim in self.dims.items():
            for value in dim.values:
                yield _Steered(self._seed, {**self.chosen, name: value})

    def lowered(self) -> Iterator[tuple[float, "_Steered"]]:
        """Yield choosers of the members with one number lowered by a step, each with the relative change."""
        for name, value in self.chosen.items():
            if not _number(value):
                continue
            lower = [n for n in self.dims[name].values if _number(n) and n < value]
            if lower:
                yield 1 - max(lower) / value, _Steered(self._seed, {**self.chosen, name: max(lower)})


def _number(value: Value) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _excess(totals: Totals, budget: Budget) -> tuple[float, int]:
    return sum(budget.over(totals).values()), totals.weights_bytes
