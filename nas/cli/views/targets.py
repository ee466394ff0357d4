"""Targets as a person reads them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from rich.console import Group
from rich.table import Table
from rich.text import Text

from nas.target.cores import CORES
from nas.target.profiler import runtime_of
from nas.target.target import Target

# Descriptions are shown in terminals of at least this number of columns.
WIDE = 120


def description(target: Target) -> str:
    """Return a target as text, a line for each thing known."""
    facts = {
        "core": f"{target.core}, {8 * target.pointer_bytes}-bit pointers",
        "kernels": _kernels(target),
        "clock": _megahertz(target.clock_hz),
        "RAM": _memory(target.ram_bytes),
        "flash": _memory(target.flash_bytes),
        "cycles": _cycles(target),
        "data sheet": target.datasheet or "-",
    }
    if not runtime_of(target).counts_instructions(target):
        facts["latency"] = "not known: no instructions were counted on this core with these kernels"
    return "\n".join([f"{target.name}: {target.description}", *(f"  {key:11} {value}" for key, value in facts.items())])


def listing(targets: Sequence[Target], width: int) -> Group:
    """Return the generic cores and the boards, by RAM; with their descriptions if `width` columns have room."""
    described = width >= WIDE
    cores = [target for target in targets if target.ram_bytes is None]
    boards = [target for target in targets if target.ram_bytes is not None]
    boards.sort(key=lambda target: (target.ram_bytes or 0, target.name))
    return Group(
        Text("generic cores: no limit of memory, no clock", style="bold"),
        _table(cores, _CORE_COLUMNS, described),
        Text("\nboards, by RAM", style="bold"),
        _table(boards, _CORE_COLUMNS + _BOARD_COLUMNS, described),
        Text(
            "\n`nas targets NAME` describes one; a TOML file with your board's table is a target too",
            style="dim",
        ),
    )


def _table(targets: Iterable[Target], columns: "Sequence[Column]", described: bool) -> Any:
    table = Table(box=None, pad_edge=False)
    for title, right, _ in columns:
        table.add_column(title, justify="right" if right else "left", no_wrap=True)
    if described:
        table.add_column("description")
    for target in targets:
        cells = [cell(target) for _, _, cell in columns]
        table.add_row(*cells, *([target.description] if described else []))
    return table


def _cycles(target: Target) -> str:
    """Return the cycles an instruction with their range and source, or the figure of the target's own table."""
    least, most = target.cycles_range()
    if least == most:
        return f"{target.cycles_per_instruction:g} an instruction, as the target's table gives it"
    words = f"{target.cycles_per_instruction:g} an instruction, assumed; {least:g} to {most:g} are likely"
    return f"{words}\n  {'':11} ({CORES[target.core].source})"


def _kernels(target: Target) -> str:
    return {"cmsis_nn": "CMSIS-NN", "reference": "reference", "plain_c": "plain C"}[target.kernels]


def _megahertz(clock_hz: int | None) -> str:
    return "-" if clock_hz is None else f"{clock_hz / 1e6:g} MHz"


def _memory(count: int | None) -> str:
    if count is None:
        return "-"
    return f"{count / 1024:g} KB" if count < 1024 * 1024 else f"{count / 1024 / 1024:g} MB"


# Title, whether it is a number, and the cell of a target.
Column: TypeAlias = tuple[str, bool, Callable[[Target], str]]
_CORE_COLUMNS: tuple[Column, ...] = (
    ("target", False, lambda target: target.name),
    ("core", False, lambda target: target.core),
    ("kernels", False, _kernels),
)
_BOARD_COLUMNS: tuple[Column, ...] = (
    ("clock", True, lambda target: _megahertz(target.clock_hz)),
    ("RAM", True, lambda target: _memory(target.ram_bytes)),
    ("flash", True, lambda target: _memory(target.flash_bytes)),
)
