"""`nas spaces`: list search spaces, or describe one."""

from dataclasses import asdict
from typing import Any

import click

from nas.cli.completion import spaces as complete_spaces
from nas.cli.options import classes_option, input_shape_option, json_option, runtime_option, target_option
from nas.cli.views.output import print_json

EPILOG = """\b
Examples:
  nas spaces
  nas spaces --target arduino-nano-33-ble
  nas spaces cnn_timeseries --budget-kb 6 --target cortex-m4
  nas spaces ./mine.toml --input-shape 100,3 --classes 4 --budget-kb 2
"""


@click.command(epilog=EPILOG)
@click.argument("name", required=False, shell_complete=complete_spaces)
@click.option("--budget-kb", type=float, help="Print the share of a random sample whose weights fit this limit, in KB.")
@click.option("--ram-kb", type=float, help="Limit of the tensor arena for the same sample, in KB.")
@target_option
@runtime_option
@input_shape_option
@classes_option
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the random sample.")
@json_option
def command(name: str | None, as_json: bool, target: str, runtime: str | None, **sample: Any) -> None:
    """List search spaces, or describe one: its dimensions, its size, and the share that fits a board or limits."""
    from nas import describe_space, find_target, list_spaces
    from nas.cli.views.spaces import description, listing

    if name is None:
        if shape := [flag for flag in ("input_shape", "classes") if sample.pop(flag) is not None]:
            raise click.UsageError(f"--{shape[0].replace('_', '-')} needs the NAME of a space")
        spaces = list_spaces(target=find_target(target, runtime), **sample)
        if as_json:
            print_json([_document(space) for space in spaces])
        else:
            click.echo(listing(spaces))
        return
    space = describe_space(name, target=find_target(target, runtime), **sample)
    if as_json:
        print_json(_document(space))
    else:
        click.echo(description(space))


def _document(space: Any) -> dict[str, Any]:
    return {key: value for key, value in asdict(space).items() if key != "budget" or value is not None}
