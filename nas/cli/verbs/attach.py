"""`nas attach`: follow a search that runs in the background."""

from pathlib import Path

import click

from nas.cli.completion import studies as complete_studies
from nas.cli.options import json_option, studies_option
from nas.cli.views.output import print_json


@click.command(epilog="Example: nas attach cnn_timeseries-synthetic-6kb")
@click.argument("study", shell_complete=complete_studies)
@studies_option
@json_option
def command(study: str, studies: Path, as_json: bool) -> None:
    """Show what the search of STUDY prints, which was begun with `nas search --detach`.

    Ctrl-C leaves the search running; `nas stop` ends it. With --json, the study's state follows on standard output.
    """
    from dataclasses import asdict

    from nas import follow_search, show_study

    follow_search(study, studies, lambda line: click.echo(line, err=as_json))
    if as_json:
        print_json(asdict(show_study(study, studies)))
