"""`nas train`: train a model, quantize it, and write everything about it."""

from pathlib import Path
from typing import Any

import click

from nas.cli.options import json_option
from nas.cli.views.output import print_json
from nas.errors import InputError

EPILOG = """\b
Examples:
  nas train my_model.py --data recordings/ --test     # a dry run of seconds
  nas train my_model.toml --epochs 100
  nas train my_model.toml --resume                    # go on after an interruption
  nas train my_model.nas.zip --trust                  # train an archive again
  nas train models/my_model --resume --epochs 200     # train it longer
  nas train studies/mine                              # a search's winner again: the same .tflite
  nas train studies/mine --epochs 1000                # or longer
  nas train my_model.toml --cluster ssh://anna@bench1 # on a stronger machine
"""


@click.command(epilog=EPILOG)
@click.argument("spec")
@click.option("--data", help="A name (see `nas data`) or a path, in place of the specification's [data].")
@click.option("-e", "--epochs", type=int, help="Passes over the training rows; -1 until EarlyStopping ends it.")
@click.option("--batch-size", type=int, help="Rows in a step.")
@click.option("--learning-rate", type=float, help="Learning rate: the peak of its schedule, or its constant value.")
@click.option("--seed", type=int, help="Seed of everything random in the training.")
@click.option("--resume", is_flag=True, help="Go on from the latest checkpoint.")
@click.option("--resume-epoch", type=int, help="Go on from the checkpoint of this number of epochs.")
@click.option("--clean", is_flag=True, help="Begin anew, and remove the checkpoints that are there.")
@click.option("--test", is_flag=True, help="A dry run on a few rows of each class, in a folder of its own.")
@click.option("--trust", is_flag=True, help="Run the code in an archive: its author may do anything on this machine.")
@click.option(
    "-w", "--weights", type=click.Path(path_type=Path), help="Begin with these: an .npz, .keras or .weights.h5 file."
)
@click.option(
    "-o", "--folder", type=click.Path(path_type=Path, file_okay=False), help="Where to write; models/<name> by default."
)
@click.option(
    "--cluster", help="Train elsewhere: tcp://HOST:PORT of a Dask scheduler, or ssh://USER@HOST; see docs/cluster.md."
)
@click.option("--tracking-uri", help="MLflow server, or `none`.  [default: SQLite below studies]")
@click.option("--no-mlflow", is_flag=True, help="The same as --tracking-uri none.")
@json_option
def command(
    spec: str,
    data: str | None,
    folder: Path | None,
    resume: bool,
    resume_epoch: int | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Train a model, quantize it to int8, and write everything about it.

    SPEC is a specification (.toml), a Python file with build(spec), the folder of a training, a study with a winner, or
    a .nas.zip. `nas specs --keys` lists what a specification may hold.
    """
    from nas import train
    from nas.cli.views.training import summary

    if resume_epoch is not None and resume_epoch < 1:
        raise InputError("--resume-epoch", "must be 1 or more", got=resume_epoch)
    if options.pop("no_mlflow"):
        options["tracking_uri"] = "none"
    result = train(spec, data=data, folder=folder, resume=resume_epoch or resume, **options)
    if as_json:
        print_json(result.to_json())
    else:
        click.echo(summary(result))
