"""`nas view`: a page that shows a model, or Netron on it."""

import sys
from typing import Any

import click

from nas.cli.completion import studies as complete_studies
from nas.cli.options import browser_option, float_option, json_option, studies_option, target_option
from nas.cli.views.output import print_json

EPILOG = """\b
Examples:
  nas view model.tflite --target arduino-nano-33-ble
  nas view my-study -o winner.html
  nas view model.keras --netron
"""


@click.command(epilog=EPILOG)
@click.argument("model", shell_complete=complete_studies)
@click.option("-o", "--out", metavar="PAGE", help="The page to write.  [default: NAME-view.html]")
@target_option
@click.option("--netron", is_flag=True, help="Show the model in Netron until Ctrl-C; pip install 'nas[netron]'.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Network interface that Netron listens on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Port of Netron.")
@float_option
@browser_option
@studies_option
@json_option
def command(model: str, netron: bool, host: str, port: int, browser: bool, as_json: bool, **options: Any) -> None:
    """Write a page that shows MODEL: graph, memory map, latency, weights and quantization.

    The page is one HTML file that needs no other. MODEL is a .tflite or .keras file, a study, the folder of a training,
    or an archive.
    """
    from nas import open_netron, view

    shared = {"keras": options["keras"], "root": options["studies"], "browser": browser}
    if netron:
        if as_json or options["out"]:
            raise click.UsageError("--netron opens a server; it writes no page and no JSON.")
        sys.exit(open_netron(model, host=host, port=port, tell=lambda line: click.echo(line, err=True), **shared))
    page = view(model, out=options["out"], target=options["target"], **shared)
    if as_json:
        print_json({"page": str(page), "bytes": page.stat().st_size})
    else:
        click.echo(page)
