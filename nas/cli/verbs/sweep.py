"""`nas sweep`: search a grid of studies."""

from pathlib import Path

import click

from nas.cli.options import json_option, studies_option
from nas.cli.views.output import print_json, print_view

EPILOG = """\b
Example: nas sweep sweep.toml, with a file such as
  space = "cnn_timeseries"
  minutes = 5
  [grid]
  data = ["left.npz", "right.npz"]
  budget_kb = [2, 4, 6]
  seed = [0, 1]
"""


@click.command(epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@studies_option
@json_option
@click.pass_context
def command(context: click.Context, file: Path, studies: Path, as_json: bool) -> None:
    """Search one study after the other for each combination of the values in the table `grid` of FILE.

    The other keys of FILE are those of a study.toml, and hold for all; so all have the workers of a table `cluster`.
    The same command goes on with a sweep that was interrupted. At the end there is one table here, and one page in the
    sweep's folder. The exit code is 1 if no study has a winner.
    """
    from nas import sweep
    from nas.cli.views.sweep import listing

    found = sweep(file, studies)
    if as_json:
        print_json(found.to_json())
    else:
        print_view(listing(found))
    if all(study.outcome is None for study in found.studies):
        context.exit(1)
