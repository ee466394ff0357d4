"""Boards and cores that a network can be deployed on."""

import tomllib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, ClassVar

from nas.codec import read_toml
from nas.errors import InputError, unknown
from nas.graph.graph import Graph
from nas.keywords import explains_keywords
from nas.registry import Registry
from nas.target.cores import CORES
from nas.target.footprint import Footprint, Totals
from nas.text import kilobytes

DEFAULT_RUNTIME = "tflm"
# The target where a user names none.
DEFAULT_TARGET = "cortex-m4"


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """The device that runs a network: a real board, or a generic core without a clock and memory limits.

    Attributes:
        name: its table's name.
        description: what it is, in a line.
        core: the processor core, whose instructions are counted.
        kernels: the set of kernels that the runtime is built with; TFLM has `reference` and `cmsis_nn`, plain C
            `plain_c`.
        cycles_per_instruction: turns instruction counts into time; that of the core (`CORES`) unless the table gives
            it.
        pointer_bytes: size of a pointer, by which the runtime's structures grow; the core's.
        clock_hz: makes latencies known; None for a generic core.
        ram_bytes: the largest contiguous bank of RAM, the limit of the arena; None for a generic core.
        flash_bytes: flash that a program may take, the limit of model and code; None for a generic core.
        datasheet: where the figures of a board come from.
        active_mw: power while the core runs from flash, peripherals off; makes energies known.
        free_ram_bytes, free_flash_bytes: RAM and flash that the vendor's own firmware leaves free, where it is known.
        runtime: what executes the network; `tflm` is TensorFlow Lite Micro, `c` is plain C.
        tflm: the release of TFLM whose rules hold, a commit or a build of its Python package.
        streaming: rows in time from one answer to the next, rounded up to a multiple of a network's total stride; each
            answer computes only what is new. 0 for answers that compute their whole window.
    """

    name: str
    description: str
    core: str
    kernels: str
    pointer_bytes: int
    cycles_per_instruction: float
    clock_hz: int | None = None
    ram_bytes: int | None = None
    flash_bytes: int | None = None
    datasheet: str | None = None
    active_mw: float | None = None
    free_ram_bytes: int | None = None
    free_flash_bytes: int | None = None
    runtime: str = DEFAULT_RUNTIME
    tflm: str = ""
    streaming: int = 0

    def milliseconds(self, instructions: float | None) -> float | None:
        """Return the time that the instructions take; None without a clock, or without instructions."""
        if self.clock_hz is None or instructions is None:
            return None
        return instructions * self.cycles_per_instruction / self.clock_hz * 1000

    def cycles_range(self) -> tuple[float, float]:
        """Return the range of cycles an instruction; a point if the target's own table gives the figure."""
        core = CORES[self.core]
        own = self.cycles_per_instruction != core.cycles
        return (self.cycles_per_instruction,) * 2 if own else (core.least, core.most)

    def range_ms(self, milliseconds: float | None) -> tuple[float, float] | None:
        """Return the range in which a latency lies for the range of cycles an instruction; None for None."""
        if milliseconds is None:
            return None
        least, most = (cycles / self.cycles_per_instruction for cycles in self.cycles_range())
        return least * milliseconds, most * milliseconds

    def microjoules(self, milliseconds: float | None) -> float | None:
        """Return the energy that the running core takes in this time; None where power or time is unknown."""
        return None if self.active_mw is None or milliseconds is None else self.active_mw * milliseconds

    def on(self, runtime: str | None) -> "Target":
        """Return the target with another runtime; with its own for None.

        Raises:
            InputError: there is no such runtime, or it does not run here.
        """
        same = runtime is None or runtime == self.runtime
        return self if same else RUNTIMES.find(str(runtime), "--runtime").adapted(self)

    def hop_by_hop(self, rows: int) -> "Target":
        """Return the target with networks that compute only what is new, every so many rows; as it is for 0.

        Raises:
            InputError: the runtime is not plain C, the only one that can.
        """
        if not rows:
            return self
        if self.runtime != "c":
            raise InputError("--streaming", "must be left out unless the runtime is c", got=f"runtime {self.runtime}")
        return replace(self, streaming=rows)

    def __repr__(self) -> str:
        memory = {"RAM": self.ram_bytes, "flash": self.flash_bytes}
        parts = [f"{what} {kilobytes(size)}" for what, size in memory.items() if size is not None]
        parts += [] if self.clock_hz is None else [f"{self.clock_hz / 1e6:g} MHz"]
        return f"<nas.Target {self.name}: {', '.join([self.core, *parts, f'runtime {self.runtime}'])}>"

    @classmethod
    def from_table(cls, name: str, table: Mapping[str, Any], place: str) -> "Target":
        """Read one table of a targets file; InputError at `place` names the key that is wrong."""
        runtime = RUNTIMES.find(str(table.get("runtime", DEFAULT_RUNTIME)), f"{place}.runtime")
        keys = {**KEYS, **runtime.keys}
        for key in table:
            if key not in keys:
                raise unknown(place, "key", key, keys)
        for key, known in keys.items():
            if known.required and key not in table:
                raise InputError(f"{place}.{key}", f"must be given: {known.rule}")
        for key, value in table.items():
            if not keys[key].holds(value):
                raise InputError(f"{place}.{key}", f"must be {keys[key].rule}", got=repr(value))
        runtime.check(table, place)
        core = table["core"]
        defaults = {key: known.default for key, known in keys.items() if known.default is not None}
        defaults |= {
            "pointer_bytes": {"x86-64": 8, "avr": 2}.get(core, 4),
            "cycles_per_instruction": CORES[core].cycles,
        }
        return cls(name=name, **{**defaults, **table})


@dataclass(frozen=True, slots=True)
class Key:
    """A key that a target's table may have: its rule in words and as a test, and its default if it has one."""

    rule: str
    holds: Callable[[Any], bool]
    default: Any = None
    required: bool = False


class Runtime(ABC):
    """The software that runs a network on a target; it decides the footprint.

    Life cycle: a file in `nas/target/runtimes/` registers one object without state under the name that targets give.
    `keys` and `check` read a target's table; `footprint` and `totals` are called any number of times, by
    `nas.target.profiler` alone.

    Attributes:
        keys: keys that only targets with this runtime have in their table.
    """

    keys: ClassVar[Mapping[str, Key]] = {}

    @abstractmethod
    def check(self, table: Mapping[str, Any], place: str) -> None:
        """InputError at `place` if values of a table, each good alone, do not go together."""

    @abstractmethod
    def adapted(self, target: Target) -> Target:
        """Return a target of another runtime with this one; InputError if this one does not run there."""

    @abstractmethod
    def footprint(self, model: Graph | bytes, target: Target) -> Footprint:
        """Return what a network costs, given as a graph or as the bytes of its `.tflite`.

        The graph of a `.tflite` and the file itself must give the same footprint.

        Raises:
            ValueError: the bytes are no valid `.tflite`, or the graph has options that it cannot have.
        """

    @abstractmethod
    def totals(self, graphs: Iterable[Graph], target: Target) -> list[Totals]:
        """Return the totals of each graph's footprint, tens of thousands of graphs a second."""

    @abstractmethod
    def latency_error(self, footprint: Footprint, target: Target) -> float | None:
        """Return the relative error of the instructions of 90 % of models like this; None where it was not measured."""

    def counts_instructions(self, target: Target) -> bool:
        """Return whether instructions were counted on the target's core: without, no latency is known there."""
        return True


RUNTIMES: Registry[Runtime] = Registry("runtime", "nas.target.runtimes")


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1000


# The keys that a target's table may have on any runtime.
KEYS: Mapping[str, Key] = {
    "description": Key("a text", _text, required=True),
    "core": Key(f"one of {', '.join(CORES)}", lambda value: isinstance(value, str) and value in CORES, required=True),
    "clock_hz": Key("a positive whole number", _count),
    "ram_bytes": Key("a positive whole number", _count),
    "flash_bytes": Key("a positive whole number", _count),
    "datasheet": Key("a text", _text),
    "active_mw": Key("a positive number", _positive),
    "free_ram_bytes": Key("a positive whole number", _count),
    "free_flash_bytes": Key("a positive whole number", _count),
    "cycles_per_instruction": Key("a positive number", _positive),
    "runtime": Key("a text", _text),
}


@cache
def known_targets() -> Mapping[str, Target]:
    """Return the targets that ship with this package, by name."""
    tables = tomllib.loads(resources.files("nas.target").joinpath("targets.toml").read_text(encoding="utf-8"))
    return {name: Target.from_table(name, table, f"targets.toml: {name}") for name, table in tables.items()}


@explains_keywords
def find_target(name: str, runtime: str | None = None, streaming: int = 0) -> Target:
    """Return the target called `name`, or the one that the file `name` (ending in .toml) describes.

    Args:
        name: of a target, or of a file.
        runtime: `tflm` or `c`; None for the target's own.
        streaming: in plain C, rows in time from one answer to the next, of which each computes only what is new; 0
            for the target's own, which are whole windows unless its file says otherwise.

    Raises:
        InputError: there is no such target or runtime, or the runtime does not run on the target or cannot stream.
    """
    if not name.endswith(".toml") and name not in known_targets():
        raise unknown("--target", "target", name, known_targets())
    target = _read(Path(name)) if name.endswith(".toml") else known_targets()[name]
    return target.on(runtime).hop_by_hop(streaming)


def _read(path: Path) -> Target:
    tables = read_toml(path)
    if len(tables) != 1 or not isinstance(next(iter(tables.values())), dict):
        raise InputError(path, "must hold exactly one table, the target's", got=", ".join(tables) or "nothing")
    name, table = next(iter(tables.items()))
    return Target.from_table(name, table, f"{path}: {name}")
