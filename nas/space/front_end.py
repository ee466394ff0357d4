"""The front-end of a space: which one, and which of its settings are searched."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from nas.codec import Place
from nas.errors import InputError, unknown
from nas.signal.front_end import FRONT_ENDS, FrontEnd, require_rows
from nas.space.choices import Choices, parse_choices
from nas.space.dims import Value

MOST_CHECKED = 20_000
"""Combinations of settings that one rule reads; a second or two are needed to try so many."""


def parse_front_end(table: object, place: str) -> Choices[FrontEnd]:
    """Read the table of a front-end, whose settings may bear other names that it knows; all of its members are valid.

    Raises:
        InputError: at `place`, for an unknown front-end or setting, or for values that do not go together.
    """
    if not isinstance(table, Mapping) or not isinstance(table.get("front_end"), str):
        raise InputError(place, "must be a table with the key front_end", hint=f"one of {', '.join(FRONT_ENDS)}")
    kind = FRONT_ENDS.find(table["front_end"], place)
    settings = _own_names(kind, {key: spec for key, spec in table.items() if key != "front_end"}, place)
    names = [field.name for field in dataclasses.fields(kind)]
    for name in settings:
        if name not in names:
            raise unknown(place, "setting", name, names)
    choices = parse_choices(kind, settings, place)
    for values in _members(choices, place):
        kind.from_json(values, Place(place))
    return choices


def check_rows(choices: Choices[FrontEnd], row_shape: tuple[int, ...], rate_hz: float | None, source: object) -> None:
    """Raise an InputError if rows of this shape and rate cannot go through the front-end with all its settings."""
    otherwise = f", or copy the space and set sample_rate_hz = {rate_hz:g}" if rate_hz else ""
    for values in _members(choices, "front_end"):
        require_rows(choices.kind(**values), row_shape, rate_hz, source, otherwise=otherwise)


def _own_names(kind: type[FrontEnd], settings: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return a table under the settings' own names, in conditions too."""

    def named(spec: Any) -> Any:
        if not isinstance(spec, Mapping) or not isinstance(spec.get("when"), Mapping):
            return spec
        return {**spec, "when": kind.own_names(spec["when"], place)}

    return {key: named(spec) for key, spec in kind.own_names(settings, place).items()}


def _members(choices: Choices[FrontEnd], place: str) -> Iterator[dict[str, Value]]:
    """Yield members that show whether all are valid: for each rule, all values of the settings that it reads.

    The other settings have their first values.
    """
    rules = choices.kind.TOGETHER or (frozenset(choices.dims),)
    for names in (*rules, *(frozenset({name}) for name in choices.dims)):
        varied = _with_conditions(choices, names)
        found: list[dict[str, Value]] = [{}]
        for name, dim in choices.dims.items():
            tried = dim.values if name in varied else dim.values[:1]
            active = [values for values in found if choices.active(name, values)]
            if len(active) * len(tried) > MOST_CHECKED:
                together = ", ".join(sorted(varied & choices.dims.keys()))
                rule = f"{together} must have at most {MOST_CHECKED:,} combinations, since each is checked"
                raise InputError(place, rule, hint="list fewer values, or take wider steps")
            without = [values for values in found if not choices.active(name, values)]
            found = without + [{**values, name: value} for values in active for value in tried]
        yield from found


def _with_conditions(choices: Choices[FrontEnd], names: frozenset[str]) -> frozenset[str]:
    """Return settings with those on which it depends whether they have an effect."""
    more = names.union(*(choices.when.get(name, {}) for name in names))
    return more if more == names else _with_conditions(choices, more)
