"""The values that the fields of a block accept and refuse."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import pytest

from nas.errors import InputError
from nas.graph.builder import GraphBuilder
from nas.space.blocks.block import Block, at_least, check_value, flag, one_of


@dataclass(frozen=True, slots=True)
class Sample(Block):
    """A block with one field of every kind."""

    kind: str = one_of("a", "b")
    size: int = at_least(2, 4)
    rate: float = at_least(0.0, 0.5)
    on: bool = flag(True)

    def lower(self, g: GraphBuilder) -> None:
        """Append nothing."""


def test_defaults_are_the_first_choice_and_the_given_ones() -> None:
    assert dataclasses.asdict(Sample()) == {"kind": "a", "size": 4, "rate": 0.5, "on": True}


@pytest.mark.parametrize(
    ("name", "value"), [("kind", "b"), ("size", 2), ("rate", 0), ("rate", 7.5), ("on", False), ("on", True)]
)
def test_allowed_values_are_accepted(name: str, value: Any) -> None:
    check_value(Sample, name, value, "here")


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("kind", "c", "here: must be one of a, b, got 'c'"),
        ("kind", ["a"], "here: must be one of a, b"),
        ("size", 1, "here: must be a whole number from 2 to 65,536, got 1"),
        ("size", 3.0, "here: must be a whole number"),
        ("size", True, "here: must be a whole number"),
        ("rate", -0.1, "here: must be a number from 0.0 to 65,536, got -0.1"),
        ("rate", "1", "here: must be a number"),
        ("rate", float("nan"), "here: must be a number"),
        ("rate", float("inf"), "here: must be a number"),
        ("on", 1, "here: must be true or false, got 1"),
        ("sise", 4, "here: must be one of the block's dimensions: kind, size, rate, on, got sise"),
    ],
)
def test_values_that_are_not_allowed_are_refused(name: str, value: Any, line: str) -> None:
    with pytest.raises(InputError) as error:
        check_value(Sample, name, value, "here")
    assert str(error.value).startswith(line)
