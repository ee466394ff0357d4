"""A search space: what may be built. It knows nothing of data or budgets."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nas.errors import InputError
from nas.signal.kind import Kind
from nas.space.architecture import Architecture
from nas.space.blocks.block import Block
from nas.space.dims import Chooser, Dim, GivenChooser, Value


@dataclass(frozen=True, slots=True)
class Stage:
    """A run of `count` blocks of one kind, each with dimensions of its own.

    `when` maps a dimension to the values of earlier dimensions of the same block for which it matters.
    """

    name: str
    kind: type[Block]
    count: Dim
    dims: Mapping[str, Dim]
    when: Mapping[str, Mapping[str, tuple[Value, ...]]]

    def active(self, name: str, values: Mapping[str, Value]) -> bool:
        """Tell whether the dimension matters, given the values chosen so far in its block."""
        return all(values.get(other) in allowed for other, allowed in self.when.get(name, {}).items())

    def sample(self, chooser: Chooser) -> list[Block]:
        count = chooser.choose(f"{self.name}.count", self.count) if len(self.count.values) > 1 else self.count.values[0]
        assert isinstance(count, int)
        return [self._block(chooser, f"{self.name}.{i}") for i in range(count)]

    def _block(self, chooser: Chooser, prefix: str) -> Block:
        values: dict[str, Value] = {}
        for name, dim in self.dims.items():
            if self.active(name, values):
                values[name] = chooser.choose(f"{prefix}.{name}", dim) if len(dim.values) > 1 else dim.values[0]
        return self.kind(**values)

    def blocks(self) -> int:
        """Return how many different parameter sets one block of this stage has."""
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


@dataclass(frozen=True, slots=True)
class Space:
    """A search space.

    Attributes:
        name: the file's name without its ending.
        input: kind of the rows that its members take.
        data: the data source used when the user names none.
        stages: from input to classifier.
        starts: parameters of members that are known to be good.
        softmax: whether members give probabilities; not in the file, but a study's choice.
        source: the file's text as data; two spaces with equal sources are one.
    """

    name: str
    description: str
    input: Kind
    data: str
    stages: tuple[Stage, ...]
    source: Mapping[str, Any]
    starts: tuple[Mapping[str, Value], ...] = ()
    softmax: bool = True

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(self.source, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def members(self) -> int:
        """Number of parameter sets; several may lower to one graph."""
        total = 1
        for stage in self.stages:
            blocks = stage.blocks()
            total *= sum(blocks ** int(count) for count in stage.count.values)
        return total

    def sample(self, chooser: Chooser, input_shape: tuple[int, ...], outputs: int) -> Architecture:
        """Return the member that `chooser` picks, for rows of `input_shape` and `outputs` classes."""
        if len(input_shape) != self.input.axes:
            fitting = ", ".join(kind for kind in Kind if kind.axes == len(input_shape)) or "no"
            raise InputError(
                f"space {self.name}",
                f"rows must be a {self.input} with {self.input.axes} axes",
                got=f"shape {input_shape}",
                hint=f"use a space for {fitting} input",
            )
        blocks = [block for stage in self.stages for block in stage.sample(chooser)]
        return Architecture(self.name, tuple(input_shape), outputs, tuple(blocks), self.softmax)

    def from_params(self, params: Mapping[str, Value], input_shape: tuple[int, ...], outputs: int) -> Architecture:
        """Return the member with these parameters; InputError if one is missing, strange or out of its dimension."""
        seen = _Recording(GivenChooser(params))
        architecture = self.sample(seen, input_shape, outputs)
        strange = sorted(set(params) - seen.names)
        if strange:
            raise InputError(f"params: {strange[0]}", f"must be a dimension of this member of {self.name}")
        return architecture


class _Recording:
    """A chooser that remembers which names it was asked for."""

    def __init__(self, inner: Chooser) -> None:
        self.names: set[str] = set()
        self._inner = inner

    def choose(self, name: str, dim: Dim) -> Value:
        self.names.add(name)
        return self._inner.choose(name, dim)
