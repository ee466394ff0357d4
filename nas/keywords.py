"""Calls from Python with keywords that a function or a class does not have: the error names the nearest one."""

import functools
import inspect
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import ParamSpec, TypeVar

from nas.errors import InputError, nearest

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type)


def explains_keywords(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function that Python users call answer wrong keywords with an InputError that names the nearest."""
    return _explained(function, MappingProxyType({}))


def explains_fields(elsewhere: Mapping[str, str] = MappingProxyType({})) -> Callable[[C], C]:
    """Let a class answer wrong keywords with an InputError that names the nearest.

    Args:
        elsewhere: what is likely to be looked for among its keywords, and what to write instead.
    """

    def explain(kind: C) -> C:
        kind.__init__ = _explained(kind.__init__, elsewhere)  # type: ignore[misc]
        return kind

    return explain


def _explained(function: Callable[P, R], elsewhere: Mapping[str, str]) -> Callable[P, R]:
    """Return a function that checks the names and the number of its arguments before it is called."""
    parameters = inspect.signature(function).parameters.values()
    keywords = _keywords(parameters)
    ordered = [each.name for each in parameters if each.kind == each.POSITIONAL_OR_KEYWORD]
    assert all(each.kind != each.VAR_POSITIONAL for each in parameters), "its arguments cannot be counted"
    place = f"nas.{function.__qualname__.removesuffix('.__init__')}"

    @functools.wraps(function)
    def call(*args: P.args, **given: P.kwargs) -> R:
        if len(args) > len(ordered):
            raise _too_many(place, len(args), ordered, [*(keywords or ()), *elsewhere.values()])
        if keywords is not None and (others := [name for name in given if name not in keywords]):
            raise _unknown_keyword(place, others[0], keywords, elsewhere)
        return function(*args, **given)

    return call


def _too_many(place: str, given: int, ordered: Sequence[str], keywords: Sequence[str]) -> InputError:
    own = ordered[1:] if ordered and ordered[0] in ("self", "cls") else ordered
    others = [name for name in keywords if name not in own]
    hint = f"give the others as keywords: {', '.join(others)}" if others else None
    rule = f"must be called with at most {len(own)} values without keywords"
    return InputError(place, f"{rule} ({', '.join(own)})", got=given - len(ordered) + len(own), hint=hint)


def _keywords(parameters: Iterable[inspect.Parameter]) -> list[str] | None:
    """Return the keywords that a function takes; None if it takes any."""
    found: list[str] = []
    for each in parameters:
        if each.kind == each.VAR_KEYWORD:
            named = typing.get_args(each.annotation)  # Unpack[SomeTypedDict]
            if not named:
                return None
            found += named[0].__annotations__
        elif each.name not in ("self", "cls"):
            found.append(each.name)
    return found


def _unknown_keyword(place: str, name: str, keywords: Sequence[str], elsewhere: Mapping[str, str]) -> InputError:
    near = nearest(name, [*keywords, *elsewhere])
    instead = [elsewhere.get(each, f"{each}=") for each in near]
    hint = f"did you mean {' or '.join(instead)}?" if near else f"known: {', '.join(keywords)}"
    return InputError(place, "must be called with keywords that it knows", got=f"{name}=", hint=hint)
