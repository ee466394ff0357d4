"""A search space: the set of architectures that may be built, whatever the data and the budget."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nas.errors import InputError
from nas.signal.kind import Kind
from nas.signal.raw import RAW
from nas.space.architecture import Architecture
from nas.space.blocks.block import Block
from nas.space.choices import Choices
from nas.space.dims import Chooser, Dim, GivenChooser, Value
from nas.space.front_end import FrontEnds
from nas.task.anomaly import Anomaly
from nas.task.classification import Classification
from nas.task.reconstruction import WHOLE
from nas.task.task import Task


@dataclass(frozen=True, slots=True)
class Stage:
    """A sequence of `count` blocks of one kind, each with its own values of the dimensions."""

    name: str
    count: Dim
    choices: Choices[Block]

    def sample(self, chooser: Chooser) -> list[Block]:
        count = chooser.choose(f"{self.name}.count", self.count) if len(self.count.values) > 1 else self.count.values[0]
        assert isinstance(count, int)
        return [self.choices.choose(chooser, f"{self.name}.{i}") for i in range(count)]


@dataclass(frozen=True, slots=True)
class Space:
    """A search space.

    Attributes:
        name: the file's name without its extension.
        input: kind of the rows that its members take.
        data: the data source that is used if the user names none.
        stages: from the input on.
        front_end: what may compute the features that the first stage reads; None for networks that read the rows.
        starts: parameters of members that are known to be good.
        task: what its networks learn; chosen by the study, not by the file.
        reconstruction: what its networks give again of a row if they detect anomalies, one of
            `nas.task.reconstruction.RECONSTRUCTIONS`.
        source: the parsed file; spaces with equal sources are the same space.
    """

    name: str
    description: str
    input: Kind
    data: str
    stages: tuple[Stage, ...]
    source: Mapping[str, Any]
    front_end: FrontEnds | None = None
    starts: tuple[Mapping[str, Value], ...] = ()
    task: Task = field(default_factory=Classification)
    reconstruction: str = WHOLE

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(self.source, sort_keys=True).encode()).hexdigest()[:12]

    def learning(self, task: Task) -> "Space":
        """Return the space of networks that learn a task; those that detect anomalies do it as the space says."""
        own = replace(task, reconstruction=self.reconstruction) if isinstance(task, Anomaly) else task
        return replace(self, task=own)

    @property
    def members(self) -> int:
        """Number of parameter sets; different ones may give the same graph."""
        total = 1 if self.front_end is None else self.front_end.members
        for stage in self.stages:
            blocks = stage.choices.members
            total *= sum(blocks ** int(count) for count in stage.count.values)
        return total

    def sample(self, chooser: Chooser, input_shape: tuple[int, ...], outputs: int) -> Architecture:
        """Return the member that `chooser` picks, for rows of `input_shape` and networks with `outputs` outputs.

        Networks that give features again have as many as these.
        """
        if len(input_shape) != self.input.axes:
            fitting = ", ".join(kind for kind in Kind if kind.axes == len(input_shape)) or "no"
            raise InputError(
                f"space {self.name}",
                f"rows must be a {self.input} with {self.input.axes} axes",
                got=f"shape {input_shape}",
                hint=f"use a space for {fitting} input",
            )
        front_end = RAW if self.front_end is None else self.front_end.choose(chooser)
        blocks = [block for stage in self.stages for block in stage.sample(chooser)]
        outputs = self.task.outputs_for(front_end.shape(tuple(input_shape)), outputs)
        return Architecture(self.name, tuple(input_shape), outputs, tuple(blocks), self.task, front_end)

    def from_params(self, params: Mapping[str, Value], input_shape: tuple[int, ...], outputs: int) -> Architecture:
        """Return the member with these parameters; InputError if one is missing, unknown or not in its dimension."""
        seen = _Recording(GivenChooser(params))
        architecture = self.sample(seen, input_shape, outputs)
        unknown_names = sorted(set(params) - seen.names)
        if unknown_names:
            raise InputError(f"params: {unknown_names[0]}", f"must be a dimension of this member of {self.name}")
        return architecture


class _Recording:
    """A chooser that remembers the names of the dimensions that it was asked for."""

    def __init__(self, inner: Chooser) -> None:
        self.names: set[str] = set()
        self._inner = inner

    def choose(self, name: str, dim: Dim) -> Value:
        self.names.add(name)
        return self._inner.choose(name, dim)
