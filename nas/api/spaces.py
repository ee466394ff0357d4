"""Search spaces: which there are, and what one of them holds."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from nas.data.source import SOURCES, load
from nas.errors import InputError
from nas.keywords import explains_keywords
from nas.space.choices import Choices
from nas.space.dims import Value, show
from nas.space.file import load_space, space_names
from nas.space.front_end import FRONT_END, FrontEnds
from nas.space.space import Space
from nas.study.feasibility import share
from nas.target.budget import Budget
from nas.target.target import DEFAULT_TARGET, Target, find_target
from nas.task.task import CLASSES, TASKS, name_of
from nas.text import percent


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
        classes: number of classes or targets.
        drawn: number of candidate architectures drawn at random.
        fitting: number of those that fit the budget.
        task: what the networks learn, which is what the space's own data ask.
    """

    limits: str
    target: str
    input_shape: list[int]
    classes: int
    drawn: int
    fitting: int
    task: str = CLASSES


@dataclass(frozen=True, slots=True, repr=False)
class SpaceSummary:
    """A search space in a line.

    Attributes:
        name: the file's name without its ending.
        description: what it is for.
        input: kind of data: `window`, `image` or `table`.
        data: the data source that is used when none is given.
        members: number of candidate architectures.
        budget: how much of it fits a board or a budget, if one was given.
    """

    name: str
    description: str
    input: str
    data: str
    members: int
    budget: Fit | None = None

    def __repr__(self) -> str:
        fit = self.budget
        fits = "" if fit is None else f", {percent(fit.fitting / fit.drawn)} of them within {fit.limits}"
        return f"<nas.{type(self).__name__} {self.name}: for {self.input} data, {self.members:.3g} candidates{fits}>"


@dataclass(frozen=True, slots=True, repr=False)
class SpaceDescription(SpaceSummary):
    """A search space with its dimensions."""

    dimensions: tuple[Dimension, ...] = ()


@explains_keywords
def list_spaces(
    *,
    budget_kb: float | None = None,
    ram_kb: float | None = None,
    target: Target | str = DEFAULT_TARGET,
    seed: int = 0,
) -> list[SpaceSummary]:
    """Return the search spaces that come with nas, and how much of each fits a board or a budget.

    Args:
        budget_kb: limit of the weights; 1 KB = 1024 bytes. Without a limit and a board, nothing is sampled.
        ram_kb: limit of the arena; the board's memory by default.
        target: a board, which limits arena and flash, or a core, which limits nothing.
        seed: of the samples.

    Raises:
        InputError: a limit is not positive, or the target is unknown.
    """
    target, spaces = _found(target), map(load_space, space_names())
    budget = Budget.of(target, budget_kb=budget_kb, ram_kb=ram_kb)
    return [SpaceSummary(*_summary(space), _fit(space, target, budget, seed)) for space in spaces]


@explains_keywords
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
    """Return what a space holds, and how much of a random sample of it fits a board or a budget.

    Args:
        name: name of a space, or path of a TOML file.
        budget_kb: limit of the weights; 1 KB = 1024 bytes. Without a limit and a board, nothing is sampled.
        ram_kb: limit of the arena; the board's memory by default.
        target: target whose memory rules are applied; a board limits arena and flash as well.
        input_shape: shape of one row of data; that of the space's own data by default.
        classes: number of classes; that of the space's own data by default.
        seed: of the sample.

    Raises:
        InputError: there is no such space, or a limit, the shape or the number of classes is wrong.
    """
    space, target = load_space(name), _found(target)
    budget = Budget.of(target, budget_kb=budget_kb, ram_kb=ram_kb)
    fit = _fit(space, target, budget, seed, input_shape, classes)
    return SpaceDescription(*_summary(space), fit, _dimensions(space))


def on_data(space: Space, input_shape: Sequence[int] | None, classes: int | None) -> tuple[Space, tuple[int, ...], int]:
    """Return a space as it learns what its own data ask, the shape of a row, and the number of classes or targets.

    Args:
        space: the space, as its file says.
        input_shape: shape of one row; None for that of the space's own data.
        classes: number of classes or targets, likewise.

    Raises:
        InputError: one that is given is not positive, or the data cannot be read.
    """
    require_positive(input_shape, classes)
    if input_shape and classes is not None and space.data not in SOURCES:
        return space, tuple(input_shape), classes
    task, shape, known = _embedded(space.data) if space.data in SOURCES else _facts_of(space.data)
    return space.learning(TASKS[task]()), tuple(input_shape or shape), classes or known


def _facts_of(source: str) -> tuple[str, tuple[int, ...], int]:
    """Return what some data ask, the shape of a row, and the number of classes or targets."""
    dataset = load(source)
    return dataset.task, dataset.train.x.shape[1:], len(dataset.class_names)


# Several spaces have the same data, which take up to a second to make.
_embedded = cache(_facts_of)


def require_positive(input_shape: Sequence[int] | None, classes: int | None) -> None:
    """Raise an InputError if a shape or a number of classes that is given is not positive."""
    for place, numbers in (("--input-shape", input_shape or ()), ("--classes", () if classes is None else (classes,))):
        if min(numbers, default=1) < 1:
            raise InputError(place, "must be positive", got=",".join(map(str, numbers)))


def _summary(space: Space) -> tuple[str, str, str, str, int]:
    return space.name, space.description, space.input, space.data, space.members


def _dimensions(space: Space) -> tuple[Dimension, ...]:
    front_end = () if space.front_end is None else _front_ends(space.front_end)
    counted = (
        dimension
        for stage in space.stages
        for dimension in (
            *([Dimension(stage.name, "count", show(stage.count), {})] if len(stage.count.values) > 1 else []),
            *_chosen(stage.name, stage.choices),
        )
    )
    return (*front_end, *counted)


def _front_ends(offered: FrontEnds) -> tuple[Dimension, ...]:
    which = [Dimension(FRONT_END, FRONT_END, show(offered.which), {})] if len(offered.by_name) > 1 else []
    settings = (_chosen(offered.prefix(name), choices) for name, choices in offered.by_name.items())
    return (*which, *itertools.chain.from_iterable(settings))


def _chosen(stage: str, choices: Choices[Any]) -> Iterator[Dimension]:
    for name, dim in choices.dims.items():
        yield Dimension(stage, name, show(dim), {k: list(v) for k, v in choices.when.get(name, {}).items()})


def _found(target: Target | str) -> Target:
    return find_target(target) if isinstance(target, str) else target


def _fit(
    space: Space,
    target: Target,
    budget: Budget,
    seed: int,
    input_shape: Sequence[int] | None = None,
    classes: int | None = None,
) -> Fit | None:
    """Return how much of a random sample fits; None without limits."""
    if not budget.limits():
        return None
    learning, shape, outputs = on_data(space, input_shape, classes)
    found = share(learning, shape, outputs, target, budget, seed=seed)
    limits, task = _words(budget, target), name_of(learning.task)
    return Fit(limits, target.name, list(shape), outputs, found.drawn, found.fitting, task)


def _words(budget: Budget, target: Target) -> str:
    """Return limits such as `6 KB of weights, 256 KB of arena and 1,024 KB of flash`."""
    names = {"weights": "weights", "ram": "RAM" if target.runtime == "c" else "arena", "flash": "flash"}
    *first, last = (f"{limit / 1024:,.6g} KB of {names[what]}" for what, limit in budget.limits().items())
    return f"{', '.join(first)} and {last}" if first else last
