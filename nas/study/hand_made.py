"""The network that one might make by hand for a task: chosen by a rule, not searched, to compare a winner with."""

from collections.abc import Mapping

from nas.space.dims import Dim, Value
from nas.space.space import Space
from nas.study.feasibility import shrink
from nas.target.budget import Budget
from nas.target.target import Target

RULE = (
    "it has two blocks of the space's first kind and one of each other kind, with a middle value for every number and "
    "the first choice for everything else; a network over the budget is made smaller until it fits"
)
"""How the network is chosen, in words."""

NOT_WANTED = "The study's recipe leaves it out."
"""Why there is none, if the user has said so."""

_FIRST, _OTHERS = 2, 1


def hand_made(
    space: Space, shape: tuple[int, ...], outputs: int, target: Target, budget: Budget
) -> Mapping[str, Value] | None:
    """Return the parameters of the member that `RULE` describes; None if it cannot be made to fit the budget."""
    plain = _Plain(space)
    space.sample(plain, shape, outputs)
    return shrink(space, plain.chosen, shape, outputs, target, budget)


class _Plain:
    """Chooses what `RULE` says."""

    def __init__(self, space: Space) -> None:
        self.chosen: dict[str, Value] = {}
        self._counts = {f"{stage.name}.count": _OTHERS for stage in space.stages}
        self._counts[f"{space.stages[0].name}.count"] = _FIRST

    def choose(self, name: str, dim: Dim) -> Value:
        self.chosen[name] = self._choice(name, dim)
        return self.chosen[name]

    def _choice(self, name: str, dim: Dim) -> Value:
        numbers = [value for value in dim.values if isinstance(value, int | float) and not isinstance(value, bool)]
        if len(numbers) < len(dim.values):
            return dim.values[0]
        if name in self._counts:
            return min(numbers, key=lambda number: abs(number - self._counts[name]))
        return sorted(numbers)[(len(numbers) - 1) // 2]
