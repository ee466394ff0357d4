"""The contract of a block, and the registry of blocks."""

import dataclasses
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from nas.errors import InputError
from nas.graph.builder import GraphBuilder
from nas.registry import Registry


@dataclass(frozen=True, slots=True)
class Block(ABC):
    """One building block of an architecture.

    Life cycle: a subclass is a frozen dataclass whose fields are its dimensions, each declared by `one_of`,
    `at_least` or `flag`; it is registered under the name that space files use. An instance has one value for each
    dimension, and `lower` appends its operators to a graph.

    Blocks with the same operators count as the same network; `lower` therefore leaves out what has no effect.
    """

    @abstractmethod
    def lower(self, g: GraphBuilder) -> None:
        """Append this block's operators to `g`."""


# More filters or units than any network for a microcontroller has.
MOST = 65_536

BLOCKS: Registry[type[Block]] = Registry("block", "nas.space.blocks")


def one_of(*names: str) -> Any:
    """Declare a dimension with these values, of which the first is the default."""
    return dataclasses.field(default=names[0], metadata={"choices": names})


def at_least(low: float, default: float) -> Any:
    """Declare a number from `low` to 65,536; it must be whole if its default is."""
    return dataclasses.field(default=default, metadata={"low": low})


def flag(default: bool) -> Any:
    """Declare a dimension that is true or false."""
    return dataclasses.field(default=default)


def check_value(kind: type[Block], name: str, value: object, place: str) -> None:
    """Raise an InputError at `place` if `value` is not allowed in the field `name` of the block."""
    fields = {field.name: field for field in dataclasses.fields(kind)}
    if name not in fields:
        raise InputError(place, f"must be one of the block's dimensions: {', '.join(fields)}", got=name)
    default, metadata = fields[name].default, fields[name].metadata
    if "choices" in metadata:
        if value not in metadata["choices"]:
            raise InputError(place, f"must be one of {', '.join(metadata['choices'])}", got=repr(value))
    elif isinstance(default, bool):
        if not isinstance(value, bool):
            raise InputError(place, "must be true or false", got=repr(value))
    else:
        kinds = (int,) if isinstance(default, int) else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not metadata["low"] <= value <= MOST:
            word = "whole number" if kinds == (int,) else "number"
            raise InputError(place, f"must be a {word} from {metadata['low']} to {MOST:,}", got=repr(value))
