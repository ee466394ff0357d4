"""`nas learning-block`: a search as a custom learning block of Edge Impulse."""

from pathlib import Path
from typing import Any

import click

from nas.cli.options import json_option
from nas.cli.views.learning_block import found
from nas.cli.views.output import print_json

EPILOG = """\b
Examples:
  nas learning-block write block/ --wheel dist/nas-0.1.0-cp311-cp311-linux_x86_64.whl
  nas learning-block run --data-directory data/ --out-directory out/ --trials 20
"""


@click.group(epilog=EPILOG)
def command() -> None:
    """Write a custom learning block for Edge Impulse, or run one as their platform does. Each command takes --json."""


@command.command(epilog=EPILOG)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--wheel", type=click.Path(path_type=Path), help="Install this wheel in place of the released version.")
@json_option
def write(folder: Path, wheel: Path | None, as_json: bool) -> None:
    """Write the block's files into FOLDER: Dockerfile, parameters.json, README.md."""
    from nas import write_learning_block

    files = [str(path) for path in write_learning_block(folder, wheel=wheel)]
    if as_json:
        print_json({"files": files})
    else:
        click.echo("\n".join(files))


@command.command(epilog=EPILOG, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.option("--data-directory", required=True, type=click.Path(path_type=Path), help="Folder with X_split_train.npy.")
@click.option(
    "--out-directory", required=True, type=click.Path(path_type=Path), help="Folder to write the models into."
)
@click.option(
    "--info-file", "--input-file", "info", type=click.Path(path_type=Path), help="train_input.json, if there."
)
@click.option("--epochs", type=int, default=10, show_default=True, help="Passes over the rows for a candidate.")
@click.option("--learning-rate", type=float, default=4e-3, show_default=True, help="Peak of the learning rate.")
@click.option("--budget-kb", type=float, default=16.0, show_default=True, help="Limit of the weights.")
@click.option("--space", help="Search space.  [default: the one that suits the features]")
@click.option(
    "--channels",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Number of sensor channels whose values alternate in a row; 0 if a row is not a signal.",
)
@click.option(
    "--minutes", type=float, default=20.0, show_default=True, help="End after so many, or the platform's limit."
)
@click.option("--trials", type=int, help="End after so many candidates.")
@click.option("--seed", type=click.IntRange(0, 2**31), default=0, show_default=True, help="Seed of everything random.")
@json_option
@click.pass_context
def run(
    context: click.Context,
    /,
    data_directory: Path,
    out_directory: Path,
    info: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Search a network for the features in a folder, as Edge Impulse calls the block.

    Arguments that are not known are named and left out, since the platform may add some.
    """
    from nas import BlockSettings, run_learning_block

    if context.args:
        click.echo(f"left out: {' '.join(context.args)}", err=True)
    result = run_learning_block(data_directory, out_directory, settings=BlockSettings(**options), info=info)
    if as_json:
        print_json(result.to_json())
        return
    click.echo(found(result))
