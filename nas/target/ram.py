"""What a runtime knows of its RAM, a type for each runtime."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class OutsideArena:
    """RAM that TFLM needs outside its arena: two objects, and the stack of allocation and inference.

    Attributes:
        interpreter: bytes of the `MicroInterpreter`, its `sizeof` in real builds.
        resolver: bytes of the `MicroMutableOpResolver`, which grows with the kinds of operators.
        stack: the most bytes that a release build used below its caller; None if that was not measured.
    """

    interpreter: int
    resolver: int
    stack: int | None


@dataclass(frozen=True, slots=True)
class Arena:
    """TFLM's detail: its one block of RAM.

    Attributes:
        head: bytes of activations and scratch buffers, which share memory over time.
        tail: bytes that live as long as the interpreter.
        min: the smallest arena with which allocation and inference succeed, a multiple of 16. Planning needs
            temporary memory, so it can exceed `head + tail`. This is the size that a user writes into the firmware.
        outside: RAM outside the arena; None in the totals of `estimate_many`.
        variables: resource variables that `MicroResourceVariables::Create` must be given; their memory is in the tail.
    """

    head: int
    tail: int
    min: int
    outside: OutsideArena | None = None
    variables: int = 0

    @property
    def known(self) -> bool:
        """Whether there are figures at all, as there are of every model."""
        return True

    @property
    def used(self) -> int:
        """Bytes that TFLM's `arena_used_bytes()` gives."""
        return self.head + self.tail

    @property
    def ram_bytes(self) -> int:
        return self.min

    def summary(self) -> dict[str, Any]:
        """Return the figures as one flat table."""
        return {
            "arena_bytes": self.used,
            "arena_head_bytes": self.head,
            "arena_tail_bytes": self.tail,
            "arena_min_bytes": self.min,
        }

    def to_json(self) -> dict[str, Any]:
        """Return the keys that a footprint's document has on TFLM only."""
        return {
            "arena_bytes": self.used,
            "arena": {"head": self.head, "tail": self.tail, "min": self.min},
            "outside_arena": None if self.outside is None else dataclasses.asdict(self.outside),
            "resource_variables": self.variables,
        }


@dataclass(frozen=True, slots=True)
class Buffers:
    """Plain C's detail: static buffers, those of the caller, and the stack; all RAM that an inference needs.

    Attributes:
        static: bytes of the network's static RAM, which activations and copies of windows share over time.
        input: bytes of the input, which the caller has; 0 where a front-end keeps them and counts them as its own.
        output: bytes of the output, which the caller has.
        stack: the most bytes of stack below the caller.
        known: whether there is a program that needs them; of a network that plain C cannot express, nothing is known.
    """

    static: int
    input: int
    output: int
    stack: int
    known: bool = True

    @property
    def given(self) -> int:
        """Bytes of the input and the output, which the caller has."""
        return self.input + self.output

    @property
    def ram_bytes(self) -> int:
        return self.static + self.given + self.stack

    @property
    def head(self) -> int:
        """Bytes that are planned by lifetimes."""
        return self.static

    @property
    def tail(self) -> int:
        """Bytes that are kept as long as the network: none."""
        return 0

    @property
    def used(self) -> int:
        return self.static

    @property
    def min(self) -> int:
        """What a RAM budget binds."""
        return self.ram_bytes

    @property
    def variables(self) -> int:
        return 0

    @property
    def outside(self) -> None:
        return None

    def summary(self) -> dict[str, Any]:
        """Return the figures as one flat table; the RAM in all stands where TFLM's smallest arena does."""
        return {
            "arena_bytes": self.static,
            "arena_head_bytes": self.static,
            "arena_tail_bytes": 0,
            "arena_min_bytes": self.ram_bytes,
            "input_output_bytes": self.given,
            "stack_bytes": self.stack,
        }

    def to_json(self) -> dict[str, Any]:
        """Return the keys that a footprint's document has for its RAM."""
        arena = {"head": self.static, "tail": 0, "min": self.ram_bytes}
        ram = {"static": self.static, "input_output": self.given, "stack": self.stack}
        if not self.known:
            return {"arena_bytes": None, "arena": dict.fromkeys(arena), "ram": dict.fromkeys(ram)}
        return {"arena_bytes": self.static, "arena": arena, "ram": ram}


def ram_figures(summary: Mapping[str, Any]) -> dict[str, int | None]:
    """Return those of a summary's figures that `ram_needed` and `ram_title` read."""
    beside = {key: summary[key] for key in ("stack_bytes", "ram_bytes") if key in summary}
    return {"arena_min_bytes": summary.get("arena_min_bytes"), **beside}


def ram_needed(summary: Mapping[str, Any]) -> int | None:
    """Return the RAM that a limit binds, in bytes: TFLM's arena, or all of plain C, and a front-end's with either."""
    found: int | None = summary.get("ram_bytes", summary.get("arena_min_bytes"))
    return found


def ram_title(*summaries: Mapping[str, Any]) -> str:
    """Return what `ram_needed` of the given summaries is called: the arena, or RAM if one has more than that."""
    return "RAM" if any("stack_bytes" in summary or "ram_bytes" in summary for summary in summaries) else "arena"


def ram_to_reserve(summary: Mapping[str, Any]) -> str:
    """Return what `ram_needed` of one summary is called where it stands alone."""
    if "stack_bytes" in summary:
        return "RAM in all"
    return "arena and front-end" if "ram_bytes" in summary else "arena to reserve"


Detail: TypeAlias = Arena | Buffers
"""What a runtime knows of its RAM, a type a runtime. Each has `ram_bytes`, `summary()` and `to_json()`."""
