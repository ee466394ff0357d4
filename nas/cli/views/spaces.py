"""Search spaces as a person reads them."""

from collections.abc import Iterable
from decimal import Decimal

from nas.api.spaces import Fit, SpaceDescription, SpaceSummary
from nas.task.task import CLASSES, LABELS, TARGETS
from nas.text import counted, percent


def listing(spaces: Iterable[SpaceSummary]) -> str:
    """Return a line for each space; the share that fits a board or a budget is a column of its own."""
    spaces = list(spaces)
    lines = [
        f"{space.name:16} {Decimal(space.members):.1e} candidates  {_share(space.budget)}{space.description}"
        for space in spaces
    ]
    fit = next((space.budget for space in spaces if space.budget is not None), None)
    if fit is not None:
        rows = "each space's own data; nas spaces NAME --input-shape SHAPE --classes N tells it for yours"
        lines.append(f"fit: share of {fit.drawn} random candidates within {fit.limits} on {fit.target}, for {rows}")
    return "\n".join(lines)


def _share(fit: Fit | None) -> str:
    return "" if fit is None else f"{percent(fit.fitting / fit.drawn):>7} fit  "


def description(space: SpaceDescription) -> str:
    """Return a space with a line for each dimension, and how much of it fits the budget."""
    lines = [
        f"{space.name}: {space.description}",
        f"input {space.input}, default data {space.data}, {Decimal(space.members):.3e} candidate architectures",
    ]
    for dim in space.dimensions:
        when = ", ".join(f"{other} is {' or '.join(map(str, values))}" for other, values in dim.when.items())
        lines.append(f"  {f'{dim.stage}.{dim.name}':20} {dim.values}{f'  if {when}' if when else ''}")
    if space.budget is not None:
        fit = space.budget
        lines.append(
            f"within {fit.limits} on {fit.target}, for rows of shape {tuple(fit.input_shape)}{_outputs(fit)}: "
            f"{percent(fit.fitting / fit.drawn)} of {fit.drawn} random candidates"
        )
    return "\n".join(lines)


def _outputs(fit: Fit) -> str:
    """Return how many outputs the networks have, in words; empty for those that give rows again."""
    counted_as = {CLASSES: ("class", "es"), LABELS: ("label",), TARGETS: ("target",)}.get(fit.task)
    return "" if counted_as is None else f" and {counted(fit.classes, *counted_as)}"
