"""The command line: flags, one call of the API, one line on failure.

Each verb is a module of this folder that is imported only when it is used, so that `nas --help` stays quick.
"""

import importlib
import sys

import click

from nas import __version__
from nas.errors import InputError

VERBS = {
    "search": "Search a space for the best model that fits.",
    "spaces": "List search spaces, or describe one.",
    "targets": "List targets, or describe one.",
    "data": "Describe a data source: shapes, classes, groups, split, and what looks wrong.",
    "estimate": "Print the footprint of an architecture before training.",
    "profile": "Print the footprint of a .tflite file.",
    "ui": "Open the MLflow UI on the studies.",
    "report": "Write a study's HTML report.",
    "export": "Write a study's winner: .tflite, C sources, model card.",
}


class LazyVerbs(click.Group):
    """A group that knows its verbs' names and one-line helps without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"nas.cli.verbs.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=LazyVerbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def group() -> None:
    """Find the most accurate int8 network that fits a microcontroller.

    Example: nas search --space cnn_timeseries --budget-kb 6
    """


def main() -> None:
    """Run the command line; exit codes: 0 done, 1 wrong input, 2 usage, 130 interrupted."""
    try:
        # click returns the code of an exit of its own, and what a verb returns, which is nothing.
        sys.exit(group.main(standalone_mode=False) or 0)
    except InputError as error:
        click.echo(f"nas: {error}", err=True)
        sys.exit(1)
    except OSError as error:
        # A folder that cannot be written, a full disk: nothing that a traceback would help with.
        click.echo(f"nas: {error.filename or 'files'}: {error.strerror or error}", err=True)
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        click.echo("nas: interrupted; everything finished so far is kept", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
