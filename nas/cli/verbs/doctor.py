"""`nas doctor`: whether a search can run here, and what is missing."""

from pathlib import Path

import click

from nas.cli.options import json_option, studies_option
from nas.cli.views.output import print_json, print_view
from nas.errors import InputError

EPILOG = """\b
Examples:
  nas doctor
  nas doctor --json
"""


@click.command(epilog=EPILOG)
@studies_option
@json_option
def command(studies: Path, as_json: bool) -> None:
    """Print versions, what is missing or slow, and which command mends it; exit with 1 if no search can run."""
    from nas import doctor
    from nas.cli.views.doctor import view

    found = doctor(root=studies)
    if as_json:
        print_json(found.to_json())
    else:
        print_view(view(found))
    if not found.ready:
        first = found.problems[0]
        raise InputError(first.name, f"must be there for a search: {first.found}", hint=first.advice)
