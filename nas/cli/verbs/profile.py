"""`nas profile`: the footprint of one or more `.tflite` files on one or more targets."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nas.cli.options import json_option, targets_option
from nas.cli.views.output import print_json, print_view, width
from nas.errors import InputError

if TYPE_CHECKING:
    from nas import Comparison, Target

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
@targets_option
@click.option(
    "--memory-map",
    metavar="MAP",
    help="Draw which bytes of the arena each tensor occupies while each operator runs, into MAP: .svg, .html or .txt.",
)
@json_option
def command(files: tuple[str, ...], target: str, memory_map: str | None, as_json: bool) -> None:
    """Print what each FILE costs on a target: weights, arena, flash, MACs and latency.

    For one file on one target, it also prints the operators, the tensors at the arena's peak, and advice with its
    savings. A folder stands for the .tflite files in it; several files or targets give a line each, and --json a list.
    """
    from nas import compare, find_target, list_targets

    targets = list_targets() if target == "all" else [find_target(name.strip()) for name in target.split(",")]
    several = len(files) > 1 or len(targets) > 1 or Path(files[0]).is_dir()
    if several and memory_map is not None:
        raise click.UsageError("--memory-map draws one file on one target.")
    if several:
        _print_comparison(compare(files, targets), as_json)
    else:
        _print_profile(files[0], targets[0], memory_map, as_json)


def _print_profile(file: str, target: "Target", memory_map: str | None, as_json: bool) -> None:
    from nas import advise, profile, write_memory_map
    from nas.cli.views.advice import advice_view
    from nas.cli.views.footprint import view

    footprint = profile(file, target)
    if memory_map is not None:
        click.echo(f"wrote {write_memory_map(footprint, Path(memory_map))}", err=True)
    advice = advise(file, target)
    if as_json:
        print_json({**footprint.to_json(), "advice": [piece.to_json() for piece in advice]})
        return
    print_view(view(footprint, target))
    if advice:
        print_view(advice_view(advice, target))


def _print_comparison(rows: "Sequence[Comparison]", as_json: bool) -> None:
    from nas.cli.views.comparison import comparison

    if as_json:
        print_json([_document(row) for row in rows])
    else:
        print_view(comparison(rows, width()))
    if all(isinstance(row.result, InputError) for row in rows):
        raise InputError(", ".join(dict.fromkeys(row.file for row in rows)), "must hold a valid .tflite file")


def _document(row: "Comparison") -> dict[str, Any]:
    if isinstance(row.result, InputError):
        return {"file": row.file, "target": row.target.name, "error": str(row.result)}
    return row.result.to_json()
