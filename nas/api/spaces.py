"""Search spaces: which there are, and what one of them holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from nas.data.source import load
from nas.errors import InputError
from nas.space.dims import Value, show
from nas.space.file import load_space, space_names
from nas.space.space import Space
from nas.study.feasibility import share
from nas.target.budget import Budget, to_bytes
from nas.target.target import DEFAULT_TARGET, Target, find_target


@dataclass(frozen=True, slots=True)
class Dimension:
    """One choice that a search makes.

    Attributes:
        stage: the stage of the space that it belongs to.
        name: its name within the stage.
        values: the values that it may take, in words.
        when: for each other dimension that it depends on, the values for which this one matters.
    """

    stage: str
    name: str
    values: str
    when: dict[str, list[Value]]


@dataclass(frozen=True, slots=True)
class Fit:
    """How much of a space fits a budget.

    Attributes:
        limits: the budget in words.
        target: name of the target whose memory rules were applied.
        input_shape: shape of one row of data.
        classes: number of classes.
        drawn: number of candidate architectures drawn at random.
        fitting: number of those that fit the budget.
    """

    limits: str
    target: str
    input_shape: list[int]
    classes: int
    drawn: int
    fitting: int


@dataclass(frozen=True, slots=True)
class SpaceSummary:
    """A search space in a line.

    Attributes:
        name: the file's name without its ending.
        description: what it is for.
        input: kind of data: `window`, `image` or `table`.
        data: the data source that is used when none is given.
        members: number of candidate architectures.
    """

    name: str
    description: str
    input: str
    data: str
    members: int


@dataclass(frozen=True, slots=True)
class SpaceDescription(SpaceSummary):
    """A search space with its dimensions and, if a budget was given, how much of it fits."""

    dimensions: tuple[Dimension, ...]
    budget: Fit | None


def list_spaces() -> list[SpaceSummary]:
    """Return the search spaces that come with nas."""
    return [SpaceSummary(*_summary(load_space(name))) for name in space_names()]


def describe_space(
    name: str,
    *,
    budget_kb: float | None = None,
    ram_kb: float | None = None,
    target: Target | str = DEFAULT_TARGET,
    input_shape: Sequence[int] | None = None,
    classes: int | None = None,
    seed: int = 0,
) -> SpaceDescription:
    """Return what a space holds, and how much of a random sample of it fits a budget.

    Args:
        name: name of a space, or path of a TOML file.
        budget_kb: limit of the weights; 1 KB = 1024 bytes. Without it and `ram_kb`, nothing is sampled.
        ram_kb: limit of the arena.
        target: target whose memory rules are applied.
        input_shape: shape of one row of data; that of the space's own data by default.
        classes: number of classes; that of the space's own data by default.
        seed: of the sample.

    Raises:
        InputError: there is no such space, or a limit, the shape or the number of classes is wrong.
    """
    space = load_space(name)
    fit = None
    if budget_kb is not None or ram_kb is not None:
        shape, outputs = data_shape(space, input_shape, classes)
        target = find_target(target) if isinstance(target, str) else target
        budget = Budget(to_bytes(budget_kb, "--budget-kb"), to_bytes(ram_kb, "--ram-kb"))
        found = share(space, shape, outputs, target, budget, seed=seed)
        fit = Fit(_words(budget_kb, ram_kb), target.name, list(shape), outputs, found.drawn, found.fitting)
    return SpaceDescription(*_summary(space), _dimensions(space), fit)


def data_shape(space: Space, input_shape: Sequence[int] | None, classes: int | None) -> tuple[tuple[int, ...], int]:
    """Return the shape of a row and the number of classes: as given, or those of the space's own data.

    Raises:
        InputError: one that is given is not positive.
    """
    require_positive(input_shape, classes)
    if input_shape and classes is not None:
        return tuple(input_shape), classes
    dataset = load(space.data)
    return tuple(input_shape or dataset.train.x.shape[1:]), classes or len(dataset.class_names)


def require_positive(input_shape: Sequence[int] | None, classes: int | None) -> None:
    """Raise an InputError if a shape or a number of classes that is given is not positive."""
    for place, numbers in (("--input-shape", input_shape or ()), ("--classes", () if classes is None else (classes,))):
        if min(numbers, default=1) < 1:
            raise InputError(place, "must be positive", got=",".join(map(str, numbers)))


def _summary(space: Space) -> tuple[str, str, str, str, int]:
    return space.name, space.description, space.input, space.data, space.members


def _dimensions(space: Space) -> tuple[Dimension, ...]:
    return tuple(
        Dimension(stage.name, name, show(dim), {k: list(v) for k, v in stage.when.get(name, {}).items()})
        for stage in space.stages
        for name, dim in ([("count", stage.count)] if len(stage.count.values) > 1 else []) + list(stage.dims.items())
    )


def _words(budget_kb: float | None, ram_kb: float | None) -> str:
    limits = ((budget_kb, "weights"), (ram_kb, "arena"))
    return " and ".join(f"{kb:g} KB of {what}" for kb, what in limits if kb is not None)
