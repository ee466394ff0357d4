"""The front-ends of a space: which ones, and which of their settings are searched."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from nas.arrays import Array
from nas.codec import Place
from nas.errors import InputError, unknown
from nas.signal.front_end import FRONT_ENDS, FrontEnd, require_rows
from nas.space.choices import Choices, parse_choices
from nas.space.dims import Choice, Chooser, Dim, Value, parse_dim

FRONT_END = "front_end"
"""The table of a space's front-end, with which the names of its dimensions begin."""

WHICH = f"{FRONT_END}.{FRONT_END}"
"""The dimension of the front-end's name, in a space of several."""

MOST_CHECKED = 20_000
"""Combinations of settings that one rule reads; a second or two are needed to try so many."""


@dataclass(frozen=True, slots=True)
class FrontEnds:
    """The front-ends that a space offers, by name, with the values that their settings may take.

    Where there are several, which one is a dimension too, and settings' names begin with their front-end's.

    Attributes:
        learned: the settings that were learned from training rows, by front-end.
    """

    by_name: Mapping[str, Choices[FrontEnd]]
    learned: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def which(self) -> Dim:
        """The dimension of the front-end's name."""
        return Choice(tuple(self.by_name))

    @property
    def members(self) -> int:
        """Number of parameter sets."""
        return sum(choices.members for choices in self.by_name.values())

    def prefix(self, name: str) -> str:
        """Return what the names of a front-end's dimensions begin with."""
        return FRONT_END if len(self.by_name) == 1 else f"{FRONT_END}.{name}"

    def choose(self, chooser: Chooser) -> FrontEnd:
        """Return the front-end that `chooser` picks."""
        names = self.which.values
        name = str(names[0] if len(names) == 1 else chooser.choose(WHICH, self.which))
        chosen = self.by_name[name].choose(chooser, self.prefix(name))
        return dataclasses.replace(chosen, **self.learned.get(name, {}))

    def fitted(self, x: Array, spare_bits: int = 0) -> "FrontEnds":
        """Return them with what they learn from training rows [n, ...]; see `FrontEnd.learned`."""
        return FrontEnds(self.by_name, {name: one.kind.learned(x, spare_bits) for name, one in self.by_name.items()})

    @property
    def rate_hz(self) -> float | None:
        """Samples a second that rows must have for one of them, with its first settings; None for any."""
        rates = (one.kind(**next(_members(one, name))).rate_hz for name, one in self.by_name.items())
        return next((rate for rate in rates if rate is not None), None)

    def examples(self) -> Iterator[FrontEnd]:
        """Yield members that show what holds for all of them: with all values of the settings that one rule reads."""
        for choices in self.by_name.values():
            yield from (choices.kind(**values) for values in _members(choices, FRONT_END))


def parse_front_end(table: object, place: str) -> FrontEnds:
    """Read the table of a front-end, whose settings may bear other names that it knows; all of its members are valid.

    A list of several front-ends has a table of settings for each, or none.

    Raises:
        InputError: at `place`, for an unknown front-end or setting, or for values that do not go together.
    """
    if not isinstance(table, Mapping) or not isinstance(table.get(FRONT_END), str | list) or not table[FRONT_END]:
        raise InputError(place, "must be a table with the key front_end", hint=f"one of {', '.join(FRONT_ENDS)}")
    named, settings = table[FRONT_END], {key: spec for key, spec in table.items() if key != FRONT_END}
    if isinstance(named, str):
        return FrontEnds({named: _parse_one(named, settings, place)})
    names = parse_dim(named, f"{place}.{FRONT_END}").values
    for key, spec in settings.items():
        if key not in names or not isinstance(spec, Mapping):
            rule = f"of several front-ends, each has its settings in a table [{FRONT_END}.{names[0]}]"
            raise InputError(f"{place}.{key}", rule, hint=f"one of {', '.join(map(str, names))}")
    return FrontEnds(
        {str(name): _parse_one(str(name), settings.get(str(name), {}), f"{place}.{name}") for name in names}
    )


def _parse_one(name: str, table: Mapping[str, Any], place: str) -> Choices[FrontEnd]:
    kind = FRONT_ENDS.find(name, place)
    settings = _own_names(kind, table, place)
    names = [field.name for field in dataclasses.fields(kind)]
    for setting in settings:
        if setting not in names:
            raise unknown(place, "setting", setting, names)
    choices = parse_choices(kind, settings, place)
    for values in _members(choices, place):
        kind.from_json(values, Place(place))
    return choices


def check_rows(front_ends: FrontEnds, row_shape: tuple[int, ...], rate_hz: float | None, source: object) -> None:
    """Raise an InputError if rows of this shape and rate cannot go through a front-end with all its settings."""
    otherwise = f", or copy the space and set sample_rate_hz = {rate_hz:g}" if rate_hz else ""
    for front_end in front_ends.examples():
        require_rows(front_end, row_shape, rate_hz, source, otherwise=otherwise)


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
