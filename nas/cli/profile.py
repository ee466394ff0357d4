"""`nas profile`: the footprint of a `.tflite`."""

import click

from nas.cli.output import json_option, print_json
from nas.footprint import profile
from nas.target import find_target

EPILOG = """\b
Examples:
  nas profile model.tflite --target arduino-nano-33-ble
  nas profile model.tflite --target cortex-m4-reference --json
"""


@click.command(epilog=EPILOG)
@click.argument("file")
@click.option("--target", default="cortex-m4", show_default=True, help="A target's name, or a .toml file with one.")
@json_option
def command(file: str, target: str, as_json: bool) -> None:
    """Print what FILE costs on a target: weights, arena, flash and MACs, by operator and tensor."""
    board = find_target(target)
    footprint = profile(file, board)
    if as_json:
        print_json(footprint.to_json())
        return
    from rich.console import Console

    from nas.cli.footprint_view import view

    Console().print(view(footprint, board))
