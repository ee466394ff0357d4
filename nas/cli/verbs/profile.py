"""`nas profile`: the footprint of one or more `.tflite` files on one or more targets."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nas.cli.views.output import json_option, print_json
from nas.errors import InputError
from nas.target.footprint import Footprint
from nas.target.profiler import profile
from nas.target.target import Target, find_target, known_targets

if TYPE_CHECKING:
    from nas.target.advice import Advice

EPILOG = """\b
Examples:
  nas profile model.tflite --target arduino-nano-33-ble
  nas profile model.tflite --target all
  nas profile models/ other.tflite --target nucleo-f411re,raspberry-pi-pico
  nas profile model.tflite --memory-map map.html
  nas profile model.tflite --target cortex-m4-reference --json
"""


@click.command(epilog=EPILOG)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--target",
    default="cortex-m4",
    show_default=True,
    help="A target's name or a .toml file with one, several with commas between, or all.",
)
@click.option(
    "--memory-map",
    metavar="MAP",
    help="Draw what lies where in the arena while which operator runs, into MAP: .svg, .html or .txt.",
)
@json_option
def command(files: tuple[str, ...], target: str, memory_map: str | None, as_json: bool) -> None:
    """Print what each FILE costs on a target: weights, arena, flash, MACs and latency.

    One file on one target: also by operator, what fills the arena at its fullest moment, and advice with what it
    saves. A folder stands for the .tflite files in it; several files or targets give a line each, and --json a list.
    """
    targets = _targets(target)
    several = len(files) > 1 or len(targets) > 1 or Path(files[0]).is_dir()
    if several and memory_map is not None:
        raise click.UsageError("--memory-map draws one file on one target.")
    if several:
        _compare(_models(files), targets, as_json)
    else:
        _show(files[0], targets[0], memory_map, as_json)


def _targets(names: str) -> list[Target]:
    if names == "all":
        return list(known_targets().values())
    return [find_target(name.strip()) for name in names.split(",")]


def _models(files: Sequence[str]) -> list[str]:
    """Return the files, with folders replaced by what they hold."""
    models = []
    for file in files:
        found = sorted(map(str, Path(file).rglob("*.tflite"))) if Path(file).is_dir() else [file]
        if not found:
            raise InputError(file, "must hold .tflite files", got="none")
        models += found
    return models


def _show(file: str, target: Target, memory_map: str | None, as_json: bool) -> None:
    footprint = profile(file, target)
    if memory_map is not None:
        from nas.reports.memory_map import write

        click.echo(f"wrote {write(footprint, Path(memory_map))}", err=True)
    advice = _advice(file, target)
    if as_json:
        print_json({**footprint.to_json(), "advice": [piece.to_json() for piece in advice]})
        return
    from rich.console import Console

    from nas.cli.views.advice import advice_view
    from nas.cli.views.footprint import view

    console = Console()
    console.print(view(footprint, target))
    if advice:
        console.print(advice_view(advice, target))


def _advice(file: str, target: Target) -> "list[Advice]":
    from nas.target.advice import advise

    def strip(model: bytes) -> bytes:
        from nas.model.deploy.slim import slim

        return slim(model)

    return advise(Path(file).read_bytes(), target, strip)


def _compare(models: Sequence[str], targets: Sequence[Target], as_json: bool) -> None:
    rows: list[tuple[str, Target, Footprint | InputError]] = []
    for model in models:
        for target in targets:
            try:
                rows.append((model, target, profile(model, target)))
            except InputError as error:
                rows.append((model, target, error))
    if as_json:
        print_json([_document(*row) for row in rows])
    else:
        from rich.console import Console

        from nas.cli.views.comparison import comparison

        console = Console()
        console.print(comparison(rows, console.width))
    if all(isinstance(result, InputError) for _, _, result in rows):
        raise InputError(", ".join(models), "must hold a valid .tflite file")


def _document(model: str, target: Target, result: Footprint | InputError) -> dict[str, Any]:
    if isinstance(result, InputError):
        return {"file": model, "target": target.name, "error": str(result)}
    return result.to_json()
