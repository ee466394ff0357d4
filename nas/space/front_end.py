"""The front-end of a space: which one, and which of its settings are searched."""

import dataclasses
import itertools
from collections.abc import Iterator, Mapping

from nas.codec import Place
from nas.errors import InputError, unknown
from nas.signal.front_end import FRONT_ENDS, FrontEnd
from nas.space.choices import Choices, parse_choices
from nas.space.dims import Value


def parse_front_end(table: object, place: str) -> Choices[FrontEnd]:
    """Read the table of a front-end.

    Raises:
        InputError: at `place`, for an unknown front-end or setting, or for values that do not go together.
    """
    if not isinstance(table, Mapping) or not isinstance(table.get("front_end"), str):
        raise InputError(place, "must be a table with the key front_end", hint=f"one of {', '.join(FRONT_ENDS)}")
    kind = FRONT_ENDS.find(table["front_end"], place)
    settings = {key: spec for key, spec in table.items() if key != "front_end"}
    names = [field.name for field in dataclasses.fields(kind)]
    for name in settings:
        if name not in names:
            raise unknown(place, "setting", name, names)
    choices = parse_choices(kind, settings, place)
    for values in _pairs(choices):
        kind.from_json(values, Place(place))
    return choices


def check_rows(choices: Choices[FrontEnd], row_shape: tuple[int, ...], rate_hz: float | None, source: object) -> None:
    """Raise an InputError if rows of this shape and rate cannot go through the front-end with all its settings."""
    for values in _pairs(choices):
        front_end = choices.kind(**values)
        wanted = front_end.rate_hz
        if wanted is not None and rate_hz is not None and rate_hz != wanted:
            raise InputError(
                f"{source}: sample_rate_hz",
                f"must be the {wanted:g} Hz of the space's front-end",
                got=f"{rate_hz:g} Hz",
                hint=f"resample with --rate-hz {wanted:g}, or copy the space and set sample_rate_hz = {rate_hz:g}",
            )
        front_end.shape(row_shape)


def _pairs(choices: Choices[FrontEnd]) -> Iterator[dict[str, Value]]:
    """Yield members in which each two settings have each two of their values, the others having their first."""
    first = {name: dim.values[0] for name, dim in choices.dims.items()}
    yield first
    for name, dim in choices.dims.items():
        yield from ({**first, name: value} for value in dim.values[1:])
    for one, other in itertools.combinations(choices.dims, 2):
        for a, b in itertools.product(choices.dims[one].values[1:], choices.dims[other].values[1:]):
            yield {**first, one: a, other: b}
