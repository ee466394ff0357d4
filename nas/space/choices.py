"""The values that the settings of a block or a front-end may take, as a space's file lists them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from nas.errors import InputError
from nas.space.dims import Chooser, Dim, Value, parse_dim

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choices(Generic[T]):
    """The values that the settings of one block or front-end may take.

    `when` maps a dimension to its conditions: it has an effect only if earlier dimensions of the same block have one of
    the given values.
    """

    kind: type[T]
    dims: Mapping[str, Dim]
    when: Mapping[str, Mapping[str, tuple[Value, ...]]]

    def active(self, name: str, values: Mapping[str, Value]) -> bool:
        """Return whether the dimension has an effect, given the values chosen so far in its block."""
        return all(values.get(other) in allowed for other, allowed in self.when.get(name, {}).items())

    def choose(self, chooser: Chooser, prefix: str) -> T:
        """Return what `chooser` picks; the names of dimensions begin with `prefix`."""
        values: dict[str, Value] = {}
        for name, dim in self.dims.items():
            if self.active(name, values):
                values[name] = chooser.choose(f"{prefix}.{name}", dim) if len(dim.values) > 1 else dim.values[0]
        return self.kind(**values)

    @property
    def members(self) -> int:
        """Number of parameter sets that one block can have."""
        return self._count(list(self.dims), {})

    def _count(self, names: list[str], values: dict[str, Value]) -> int:
        if not names:
            return 1
        name, *rest = names
        if not self.active(name, values):
            return self._count(rest, values)
        if any(name in conditions for conditions in self.when.values()):
            return sum(self._count(rest, {**values, name: value}) for value in self.dims[name].values)
        return len(self.dims[name].values) * self._count(rest, values)


def parse_choices(kind: type[T], table: Mapping[str, object], place: str) -> Choices[T]:
    """Read the dimensions of a table, each a value, a list, a range or a condition; InputError at `place`."""
    dims: dict[str, Dim] = {}
    when: dict[str, dict[str, tuple[Value, ...]]] = {}
    for key, spec in table.items():
        dims[key], when[key] = _parse_dim(spec, f"{place}.{key}")
        for other in when[key]:
            if other not in dims or other == key:
                raise InputError(f"{place}.{key}", "when must name an earlier dimension of the table", got=other)
    return Choices(kind, dims, {key: conditions for key, conditions in when.items() if conditions})


def _parse_dim(spec: object, place: str) -> tuple[Dim, dict[str, tuple[Value, ...]]]:
    if not isinstance(spec, Mapping):
        return parse_dim(spec, place), {}
    rest = {key: value for key, value in spec.items() if key != "when"}
    dim = parse_dim(rest["choices"] if set(rest) == {"choices"} else rest, place)
    conditions = spec.get("when", {})
    if not isinstance(conditions, Mapping):
        raise InputError(place, "when must be a table of dimension = [values]", got=conditions)
    return dim, {
        other: parse_dim(allowed if isinstance(allowed, list) else [allowed], f"{place}.when").values
        for other, allowed in conditions.items()
    }
