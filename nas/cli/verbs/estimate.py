"""`nas estimate`: the footprint of an architecture before it is trained."""

from typing import Any

import click

from nas.cli.completion import spaces as complete_spaces
from nas.cli.options import (
    classes_option,
    input_shape_option,
    json_option,
    runtime_option,
    streaming_option,
    target_option,
)
from nas.cli.views.output import print_json, print_view

EPILOG = """\b
Examples:
  nas estimate --space cnn_timeseries --params params.json --input-shape 128,6 --classes 6
  nas estimate --architecture architecture.json --target nucleo-f411re --json
  nas estimate --architecture architecture.json --input-shape 256,6
  nas estimate --architecture architecture.json --target arduino-uno --runtime c
"""


@click.command(epilog=EPILOG)
@click.option("--space", shell_complete=complete_spaces, help="Space that --params belongs to: a name or a TOML file.")
@click.option("--params", help="JSON file: an object with the value of each dimension.")
@click.option("--architecture", help="JSON file: an architecture, as a study's records hold it.")
@input_shape_option
@classes_option
@target_option
@runtime_option
@streaming_option
@json_option
def command(
    space: str | None,
    params: str | None,
    architecture: str | None,
    target: str,
    runtime: str | None,
    streaming: int | None,
    as_json: bool,
    **row: Any,
) -> None:
    """Print what an architecture will cost on a target, without building or training it."""
    from nas import estimate, find_target
    from nas.cli.views.footprint import view

    given = [value for value in (params, architecture) if value is not None]
    if len(given) != 1 or (space is None) != (params is None):
        raise click.UsageError("Give --space and --params, or --architecture.")
    board = find_target(target, runtime, streaming or 0)
    footprint = estimate(given[0], board, space=space, **row)
    if as_json:
        print_json(footprint.to_json())
    else:
        print_view(view(footprint, board))
