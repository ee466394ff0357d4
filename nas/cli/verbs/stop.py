"""`nas stop`: end a search that runs in the background or in another terminal."""

from pathlib import Path

import click

from nas.cli.completion import studies as complete_studies
from nas.cli.options import json_option, studies_option
from nas.cli.views.output import print_json


@click.command(epilog="Example: nas stop cnn_timeseries-synthetic-6kb")
@click.argument("study", shell_complete=complete_studies)
@studies_option
@json_option
def command(study: str, studies: Path, as_json: bool) -> None:
    """End the search of STUDY on this machine, as Ctrl-C would: all that is done is kept, and it can go on later."""
    from nas import stop_search

    said = stop_search(study, studies)
    if as_json:
        print_json({"study": study, "said": said})
    else:
        click.echo(said or f"study {study} was ended; all that was done is kept")
