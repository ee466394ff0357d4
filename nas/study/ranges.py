"""Ranges of the settings of a recipe; messages name the table and the setting."""

import math
from collections.abc import Callable, Iterable

from nas.errors import InputError


def at_least(table: object, place: str, least: int, *names: str) -> None:
    """Raise an InputError for a setting that is below a number."""
    _check(table, place, f"must be {least} or more", names, lambda value: value >= least)


def positive(table: object, place: str, *names: str) -> None:
    """Raise an InputError for a setting that is not above 0, or infinite."""
    _check(table, place, "must be above 0", names, lambda value: 0 < value < math.inf)


def below_one(table: object, place: str, *names: str) -> None:
    """Raise an InputError for a setting that is not in [0, 1)."""
    _check(table, place, "must be in [0, 1)", names, lambda value: 0 <= value < 1)


def at_most(table: object, place: str, most: float, *names: str) -> None:
    """Raise an InputError for a setting that is not from 0 to a number."""
    _check(table, place, f"must be from 0 to {most}", names, lambda value: 0 <= value <= most)


def _check(table: object, place: str, rule: str, names: Iterable[str], holds: Callable[[float], bool]) -> None:
    for name in names:
        if not holds(getattr(table, name)):
            raise InputError(f"{place}.{name}", rule, got=getattr(table, name))
