"""`nas targets`: list the boards and cores, or describe one."""

import dataclasses
from collections.abc import Iterable
from typing import Any

import click

from nas.cli.output import json_option, print_json
from nas.target import Target, find_target, known_targets

EPILOG = """\b
Examples:
  nas targets
  nas targets arduino-nano-33-ble
  nas targets ./mine.toml --json
"""


@click.command(epilog=EPILOG)
@click.argument("name", required=False)
@json_option
def command(name: str | None, as_json: bool) -> None:
    """List targets, or describe one; NAME may be a .toml file that holds your own board's table."""
    if name is None:
        known = list(known_targets().values())
        if as_json:
            print_json([dataclasses.asdict(target) for target in known])
        else:
            _print_list(known)
        return
    target = find_target(name)
    if as_json:
        print_json(dataclasses.asdict(target))
    else:
        click.echo(describe(target))


def describe(target: Target) -> str:
    """Return a target as text, a line for each thing known."""
    facts = {
        "core": f"{target.core}, {8 * target.pointer_bytes}-bit pointers",
        "kernels": _kernels(target),
        "clock": _megahertz(target.clock_hz),
        "RAM": _memory(target.ram_bytes),
        "flash": _memory(target.flash_bytes),
        "cycles": f"{target.cycles_per_instruction:g} an instruction, assumed",
        "data sheet": target.datasheet or "-",
    }
    return "\n".join([f"{target.name}: {target.description}", *(f"  {key:11} {value}" for key, value in facts.items())])


def _print_list(targets: Iterable[Target]) -> None:
    from rich.console import Console

    Console().print(_table(targets))


def _table(targets: Iterable[Target]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in ("target", "core", "kernels"):
        table.add_column(title, no_wrap=True)
    for title in ("clock", "RAM", "flash"):
        table.add_column(title, justify="right", no_wrap=True)
    for target in targets:
        table.add_row(
            target.name,
            target.core,
            _kernels(target),
            _megahertz(target.clock_hz),
            _memory(target.ram_bytes),
            _memory(target.flash_bytes),
        )
    return table


def _kernels(target: Target) -> str:
    return {"cmsis_nn": "CMSIS-NN", "reference": "reference"}[target.kernels]


def _megahertz(clock_hz: int | None) -> str:
    return "-" if clock_hz is None else f"{clock_hz / 1e6:g} MHz"


def _memory(count: int | None) -> str:
    if count is None:
        return "-"
    return f"{count / 1024:g} KB" if count < 1024 * 1024 else f"{count / 1024 / 1024:g} MB"
