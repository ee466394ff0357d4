"""`nas ui`: MLflow's own UI on the studies' runs."""

import sys
from pathlib import Path

import click

from nas.cli.options import json_option, studies_option
from nas.cli.views.output import print_json

EPILOG = """\b
Examples:
  nas ui
  nas ui --studies ../other/studies --port 8080
"""


@click.command(epilog=EPILOG)
@studies_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Network interface to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=5000, show_default=True, help="Port to listen on.")
@click.option("--browser/--no-browser", default=True, show_default=True, help="Open the latest study in a browser.")
@json_option
def command(studies: Path, host: str, port: int, browser: bool, as_json: bool) -> None:
    """Open the MLflow UI on the studies, until Ctrl-C.

    It prints the address of each study's table, and opens that of the latest study where there is a browser. With
    --json, print the UI's address and the server's command, and end.
    """
    from nas import open_ui, ui_command

    if as_json:
        print_json({"url": f"http://{host}:{port}", "command": ui_command(studies, host, port)})
        return
    sys.exit(open_ui(studies, host, port, lambda line: click.echo(line, err=True), browser))
