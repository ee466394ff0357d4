"""Boards and cores that a network can be deployed on."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from nas.errors import InputError, unknown

# Cycles for each instruction of a core that waits neither for flash nor for memory. Assumptions after the cores'
# reference manuals (loads and taken branches take longer than one cycle, the M7 issues two at once), not measured.
CORES: Mapping[str, float] = {
    "x86-64": 0.5,
    "cortex-m0": 1.6,
    "cortex-m0plus": 1.5,
    "cortex-m3": 1.4,
    "cortex-m4": 1.3,
    "cortex-m7": 0.8,
    "cortex-m33": 1.2,
    "cortex-m55": 1.4,
    "xtensa-lx7": 1.3,
}
KERNELS = ("reference", "cmsis_nn")
# Releases of TFLM whose rules the native core has: a commit, or a build of the Python package tflite-micro.
# Error of the counted instructions on whole models that the fit had not seen: 90 % of them lie within this share.
# From native/tables/instructions.md; a test holds the two together.
INSTRUCTION_ERRORS: Mapping[tuple[str, str], float] = {
    ("cortex-m4", "reference"): 0.0052,
    ("cortex-m4", "cmsis_nn"): 0.0155,
    ("cortex-m55", "cmsis_nn"): 0.0248,
}
RELEASES = ("90b983c", "package-2026-10-23")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a network runs: a real board, or a generic core without clock and memory.

    Attributes:
        kernels: which kernels TFLM is built with, `reference` or `cmsis_nn`.
        clock_hz: makes latencies known; None for a generic core.
        datasheet: where the figures of a board come from.
        active_mw: power while the core runs from flash, peripherals off; makes energies known.
        free_ram_bytes: what the vendor's runtime leaves of the RAM, where it is known; so for `free_flash_bytes`.
        tflm: the release of TFLM whose rules hold, or the build of it.
        cycles_per_instruction: turns instruction counts into time; the core's in `CORES` unless the table says.
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
    tflm: str = RELEASES[0]

    def milliseconds(self, instructions: float | None) -> float | None:
        """Return the time that the instructions take; None without a clock, or without instructions."""
        if self.clock_hz is None or instructions is None:
            return None
        return instructions * self.cycles_per_instruction / self.clock_hz * 1000

    def microjoules(self, milliseconds: float | None) -> float | None:
        """Return the energy of a time at work; None where power or time is unknown."""
        return None if self.active_mw is None or milliseconds is None else self.active_mw * milliseconds

    @classmethod
    def from_table(cls, name: str, table: Mapping[str, Any], place: str) -> "Target":
        """Read one table of a targets file; InputError at `place` names the key that is wrong."""
        for key in table:
            if key not in _CHECKS:
                raise unknown(place, "key", key, _CHECKS)
        for key in ("description", "core", "kernels"):
            if key not in table:
                raise InputError(f"{place}.{key}", f"must be given: {_CHECKS[key][0]}")
        for key, value in table.items():
            rule, holds = _CHECKS[key]
            if not holds(value):
                raise InputError(f"{place}.{key}", f"must be {rule}", got=repr(value))
        core = table["core"]
        if not core.startswith("cortex-") and table["kernels"] != "reference":
            raise InputError(f"{place}.kernels", f"must be reference on {core}", got=repr(table["kernels"]))
        defaults = {"pointer_bytes": 8 if core == "x86-64" else 4, "cycles_per_instruction": CORES[core]}
        return cls(name=name, **{**defaults, **table})


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1000


# Each key of a target's table: the rule in words, and as a test.
_CHECKS: Mapping[str, tuple[str, Any]] = {
    "description": ("a text", _text),
    "core": (f"one of {', '.join(CORES)}", lambda value: isinstance(value, str) and value in CORES),
    "kernels": (f"one of {', '.join(KERNELS)}", lambda value: value in KERNELS),
    "clock_hz": ("a positive whole number", _count),
    "ram_bytes": ("a positive whole number", _count),
    "flash_bytes": ("a positive whole number", _count),
    "datasheet": ("a text", _text),
    "active_mw": ("a positive number", _positive),
    "free_ram_bytes": ("a positive whole number", _count),
    "free_flash_bytes": ("a positive whole number", _count),
    "tflm": (f"one of {', '.join(RELEASES)}", lambda value: value in RELEASES),
    "cycles_per_instruction": ("a positive number", _positive),
}


@cache
def known_targets() -> Mapping[str, Target]:
    """Return the targets that ship with this package, by name."""
    tables = tomllib.loads(resources.files("nas.target").joinpath("targets.toml").read_text(encoding="utf-8"))
    return {name: Target.from_table(name, table, f"targets.toml: {name}") for name, table in tables.items()}


def find_target(name: str) -> Target:
    """Return the target called `name`, or the one that the file `name` (ending in .toml) describes."""
    if name.endswith(".toml"):
        return _read(Path(name))
    if name not in known_targets():
        raise unknown("target", "target", name, known_targets())
    return known_targets()[name]


def _read(path: Path) -> Target:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(path, "must be a readable file", got=type(error).__name__) from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(path, f"must be TOML: {error}") from error
    if len(tables) != 1 or not isinstance(next(iter(tables.values())), dict):
        raise InputError(path, "must hold exactly one table, the target's", got=", ".join(tables) or "nothing")
    name, table = next(iter(tables.items()))
    return Target.from_table(name, table, f"{path}: {name}")
