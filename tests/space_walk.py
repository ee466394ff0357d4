"""A space that is small enough to be listed, and the walk that lists any."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from nas.space.dims import Dim, Value
from nas.space.file import parse_space
from nas.space.space import Space
from nas.target.target import Target, known_targets

# One row of data for each kind of input.
SHAPES: Mapping[str, tuple[int, ...]] = {"window": (64, 3), "image": (12, 12, 1), "table": (20,)}


def row_of(space: Space, shapes: Mapping[str, tuple[int, ...]] = SHAPES) -> tuple[int, ...]:
    """A shape of rows that a space takes: of its kind, or half a second of sound for one with a front-end."""
    return (8000, 1) if space.front_end and space.front_end.rate_hz else shapes[space.input]


def machines() -> list[Target]:
    """Of the targets that ship, one for each core with each runtime and kernels; others differ in clock and memory."""
    kinds = {(target.core, target.runtime, target.kernels, target.tflm): target for target in known_targets().values()}
    return list(kinds.values())


SMALL = """
description = "a space that can be listed by hand"
input = "window"
data = "synthetic"
stages = ["conv", "head", "dense"]

[conv]
block = "conv"
count = { low = 0, high = 2 }
kind = ["plain", "separable"]
filters = 8
pools = { low = 0, high = 1 }
pool = { choices = ["max", "average"], when = { pools = [1] } }

[head]
block = "head"
kind = ["global_average", "flatten"]

[dense]
block = "dense"
units = { low = 8, high = 24, step = 8 }
regularizer = ["none", "dropout"]
dropout = { choices = [0.1, 0.2], when = { regularizer = ["dropout"] } }
"""


class Ended(Exception):
    """A script that ran out before the member was whole."""


class Scripted:
    """Follows a list of indices; tells how many values the next dimension has when the list ends."""

    def __init__(self, script: tuple[int, ...]) -> None:
        self.script = script
        self.params: dict[str, Value] = {}

    def choose(self, name: str, dim: Dim) -> Value:
        if len(self.params) == len(self.script):
            raise Ended(len(dim.values))
        self.params[name] = dim.values[self.script[len(self.params)]]
        return self.params[name]


def every_member(space: Space, script: tuple[int, ...] = ()) -> Iterator[dict[str, Value]]:
    """Walk the whole tree of choices."""
    chooser = Scripted(script)
    try:
        space.sample(chooser, row_of(space), 4)
    except Ended as end:
        for i in range(end.args[0]):
            yield from every_member(space, (*script, i))
    else:
        yield chooser.params


def small(**changes: Any) -> Space:
    return parse_space(tomllib.loads(SMALL) | changes, "small", "small.toml")
