"""`nas report`: write a study's HTML report."""

from pathlib import Path

import click

from nas.cli.completion import studies as complete_studies
from nas.cli.options import json_option, studies_option
from nas.cli.views.output import print_json
from nas.errors import InputError

EPILOG = """\b
Examples:
  nas report
  nas report cnn_timeseries-synthetic-6kb
"""


@click.command(epilog=EPILOG)
@click.argument("study", required=False, shell_complete=complete_studies)
@studies_option
@json_option
def command(study: str | None, studies: Path, as_json: bool) -> None:
    """Write the HTML report of STUDY, one file that is read offline, and print its path.

    A study that has no winner yet gets a partial report of its trials so far.

    Without STUDY, the only study in the folder is reported; if there are several, they are listed.
    """
    from nas import list_studies, report

    names = [study] if study is not None else list_studies(studies)
    if not names:
        raise InputError(f"{studies}/", "must hold a study", hint="run `nas search` first")
    if len(names) > 1:
        if as_json:
            print_json({"studies": names})
        else:
            click.echo("\n".join(names))
        return
    path = report(names[0], studies)
    if as_json:
        print_json({"study": names[0], "report": str(path)})
    else:
        click.echo(path)
