"""`nas estimate`: the footprint of an architecture before it is trained."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from nas.cli.views.output import json_option, print_json
from nas.errors import InputError
from nas.space.architecture import Architecture
from nas.target.profiler import estimate
from nas.target.target import find_target

EPILOG = """\b
Examples:
  nas estimate --space cnn_timeseries --params params.json --input-shape 128,6 --classes 6
  nas estimate --architecture architecture.json --target nucleo-f411re --json
"""


@click.command(epilog=EPILOG)
@click.option("--space", help="Space that --params belongs to: a name or a .toml file.")
@click.option("--params", help="JSON file: an object with the value of each dimension.")
@click.option("--architecture", help="JSON file: an architecture, as a study's records hold it.")
@click.option("--input-shape", help="Shape of a row, such as 128,6; that of the space's own data by default.")
@click.option("--classes", type=int, help="Number of classes; that of the space's own data by default.")
@click.option("--target", default="cortex-m4", show_default=True, help="A target's name, or a .toml file with one.")
@json_option
def command(
    space: str | None,
    params: str | None,
    architecture: str | None,
    input_shape: str | None,
    classes: int | None,
    target: str,
    as_json: bool,
) -> None:
    """Print what an architecture will cost on a target, without building or training it."""
    board = find_target(target)
    if architecture is not None and space is None and params is None:
        member = Architecture.from_json(read_object(architecture), architecture)
    elif architecture is None and space is not None and params is not None:
        member = _member(space, params, input_shape, classes)
    else:
        raise click.UsageError("Give --space and --params, or --architecture.")
    footprint = estimate(member.lower(), board)
    if as_json:
        print_json(footprint.to_json())
        return
    from rich.console import Console

    from nas.cli.views.footprint import view

    Console().print(view(footprint, board))


def read_object(file: str) -> Mapping[str, Any]:
    """Return the JSON object in the file; InputError if there is none."""
    try:
        data = json.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(file, "must be a readable file", got=error.strerror) from error
    except (ValueError, RecursionError) as error:
        raise InputError(file, f"must be JSON: {error}") from error
    if not isinstance(data, dict):
        raise InputError(file, "must hold a JSON object", got=type(data).__name__)
    return data


def _member(space: str, params: str, input_shape: str | None, classes: int | None) -> Architecture:
    from nas.cli.verbs.spaces import row_shape
    from nas.space.file import load_space

    loaded = load_space(space)
    shape, outputs = row_shape(loaded, input_shape, classes)
    return loaded.from_params(read_object(params), shape, outputs)
