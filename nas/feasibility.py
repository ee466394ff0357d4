"""How much of a space fits a budget, and its smallest member: known before anything is trained."""

from collections.abc import Sequence
from dataclasses import dataclass

from nas.architecture import Architecture
from nas.budget import Budget
from nas.dims import Dim, RandomChooser, Value
from nas.errors import InputError
from nas.footprint import Totals, estimate_many
from nas.space import Space
from nas.target import Target

SAMPLE = 500
# Descents from different members; the dimensions of small networks hardly interact, so few are enough.
STARTS = 5


@dataclass(frozen=True, slots=True)
class Share:
    """Random members of a space against a budget: how many were drawn, how many fit."""

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
    """Draw members at random and count those within the budget."""
    chooser = RandomChooser(seed)
    members = [space.sample(chooser, shape, outputs) for _ in range(drawn)]
    return Share(drawn, sum(not budget.over(totals) for totals in _estimate(members, target)))


def require_feasible(
    space: Space, shape: tuple[int, ...], outputs: int, target: Target, budget: Budget, seed: int = 0
) -> None:
    """InputError, naming the smallest member found, if no member of the space meets the budget."""
    if not budget.limits() or share(space, shape, outputs, target, budget, 50, seed).fitting:
        return
    totals = smallest(space, shape, outputs, target, budget, seed)
    if not budget.over(totals):
        return
    raise InputError(
        f"space {space.name}",
        "some member must fit the budget",
        got=f"{budget.describe(totals)} for the smallest one found",
        hint="raise the budget, or search a space with smaller members",
    )


def smallest(
    space: Space, shape: tuple[int, ...], outputs: int, target: Target, budget: Budget, seed: int = 0
) -> Totals:
    """Return the totals of the member that exceeds the budget least, by descent along one dimension at a time."""
    found: list[Totals] = []
    for start in range(STARTS):
        chooser = _Steered(seed + start)
        best = _score(space, chooser, shape, outputs, target, budget)
        moved = True
        while moved:
            moved = False
            for name in list(chooser.chosen):
                for value in chooser.dims[name].values:
                    trial = chooser.turn(name, value)
                    score = _score(space, trial, shape, outputs, target, budget)
                    if score[0] < best[0]:
                        chooser, best, moved = trial, score, True
        found.append(best[1])
    return min(found, key=lambda totals: _excess(totals, budget))


class _Steered:
    """A random chooser that repeats what it once chose, so that a member can be changed in one dimension."""

    def __init__(self, seed: int, fixed: dict[str, Value] | None = None) -> None:
        self.chosen: dict[str, Value] = {}
        self.dims: dict[str, Dim] = {}
        self._seed = seed
        self._fixed = fixed or {}
        self._random = RandomChooser(seed)

    def choose(self, name: str, dim: Dim) -> Value:
        value = self._fixed.get(name)
        self.chosen[name] = self._random.choose(name, dim) if value is None else value
        self.dims[name] = dim
        return self.chosen[name]

    def turn(self, name: str, value: Value) -> "_Steered":
        return _Steered(self._seed, {**self._fixed, **self.chosen, name: value})


def _score(
    space: Space, chooser: _Steered, shape: tuple[int, ...], outputs: int, target: Target, budget: Budget
) -> tuple[tuple[float, int], Totals]:
    (totals,) = _estimate([space.sample(chooser, shape, outputs)], target)
    return _excess(totals, budget), totals


def _excess(totals: Totals, budget: Budget) -> tuple[float, int]:
    return sum(budget.over(totals).values()), totals.weights_bytes


def _estimate(members: Sequence[Architecture], target: Target) -> list[Totals]:
    return estimate_many([member.lower() for member in members], target)
