"""Architectures, the members of a space, as pure data."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from nas.codec import Place, from_data, to_data
from nas.errors import InputError
from nas.graph.builder import GraphBuilder
from nas.graph.graph import Graph, digest
from nas.signal.front_end import FrontEnd, read_front_end
from nas.signal.kind import as_input
from nas.signal.raw import RAW
from nas.space.blocks.block import BLOCKS, Block, check_value
from nas.task.classification import Classification
from nas.task.task import TASKS, Task, name_of

DEFAULT_TASK = "classification"


@dataclass(frozen=True, slots=True)
class Architecture:
    """A network for given data: its front-end, its blocks in order, and the last layers, which its task needs.

    Attributes:
        space: name of its space.
        input_shape: shape of one row of data: (time, channels), (height, width, channels) or (features,).
        outputs: number of outputs; of a classifier, its classes.
        blocks: from the input on.
        task: what the network learns; decides its last layers.
        front_end: what turns a row of data into the features that the first block reads.
    """

    space: str
    input_shape: tuple[int, ...]
    outputs: int
    blocks: tuple[Block, ...]
    task: Task = field(default_factory=Classification)
    front_end: FrontEnd = RAW

    def lower(self) -> Graph:
        """Return the operators that TFLM runs after the front-end."""
        return _lowered(self)

    def digest(self, lowered: Graph | None = None) -> str:
        """Return a name that only networks with the same operators behind the same front-end share.

        Args:
            lowered: `lower()`, if it is there already.
        """
        operators = digest(self.lower() if lowered is None else lowered)
        if self.front_end == RAW:
            return operators
        text = json.dumps([operators, self.front_end.to_json()], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[: len(operators)]

    def to_json(self) -> dict[str, Any]:
        return {
            "space": self.space,
            "input_shape": list(self.input_shape),
            "outputs": self.outputs,
            "blocks": [{"block": _name(block), **to_data(block)} for block in self.blocks],
            **_task_to_json(self.task),
            **({} if self.front_end == RAW else {"front_end": self.front_end.to_json()}),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], place: str = "architecture") -> "Architecture":
        """Read `to_json()`; InputError at `place` for anything else."""
        if not isinstance(data, Mapping) or {"space", "input_shape", "outputs", "blocks"} - set(data):
            raise InputError(place, "must have the keys space, input_shape, outputs and blocks", got=data)
        shape = data["input_shape"]
        if not isinstance(shape, list) or not 1 <= len(shape) <= 3 or not all(_positive(n) for n in shape):
            raise InputError(f"{place}: input_shape", "must be 1 to 3 positive whole numbers", got=shape)
        if not _positive(data["outputs"]):
            raise InputError(f"{place}: outputs", "must be a positive whole number", got=data["outputs"])
        if not isinstance(data["blocks"], list):
            raise InputError(f"{place}: blocks", "must be a list", got=data["blocks"])
        blocks = tuple(_read_block(entry, f"{place}: blocks[{i}]") for i, entry in enumerate(data["blocks"]))
        front_end = front_end_of(data, place)
        task = _task_from_json(data, place)
        return cls(str(data["space"]), tuple(shape), data["outputs"], blocks, task, front_end)


@lru_cache(maxsize=1024)  # boards and limits are tried with the same members
def _lowered(architecture: Architecture) -> Graph:
    front_end, task = architecture.front_end, architecture.task
    g = GraphBuilder(as_input(task.read_shape(front_end.shape(architecture.input_shape))))
    for block in architecture.blocks:
        block.lower(g)
    task.head(g, architecture.outputs)
    return g.graph()


def front_end_of(data: Mapping[str, Any], place: str) -> FrontEnd:
    """Return the front-end in the JSON of an architecture; InputError at `place` for a wrong one."""
    return read_front_end(data["front_end"], f"{place}: front_end") if "front_end" in data else RAW


def _task_to_json(task: Task) -> dict[str, Any]:
    """Return the task's name and its settings, each only if it is not the default."""
    name = name_of(task)
    settings = dataclasses.asdict(task)
    defaults = dataclasses.asdict(type(task)())
    changed = {key: value for key, value in settings.items() if value != defaults[key]}
    return {**({} if name == DEFAULT_TASK else {"task": name}), **changed}


def _task_from_json(data: Mapping[str, Any], place: str) -> Task:
    kind = TASKS.find(str(data.get("task", DEFAULT_TASK)), f"{place}: task")
    settings = {field.name: data[field.name] for field in dataclasses.fields(kind) if field.name in data}
    return from_data(kind, settings, Place(place))


def _name(block: Block) -> str:
    return next(name for name, kind in BLOCKS.items() if kind is type(block))


def _positive(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _read_block(entry: object, place: str) -> Block:
    if not isinstance(entry, Mapping) or "block" not in entry:
        raise InputError(place, "must be a table with the key block", got=entry)
    kind = BLOCKS.find(str(entry["block"]), place)
    values = {key: value for key, value in entry.items() if key != "block"}
    for key, value in values.items():
        check_value(kind, key, value, f"{place}.{key}")
    return kind(**values)
