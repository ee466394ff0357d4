"""`nas tensorboard`: TensorBoard on trainings."""

import sys
from pathlib import Path

import click

from nas.cli.completion import studies as complete_studies
from nas.cli.options import browser_option, json_option, studies_option
from nas.cli.views.output import print_json

EPILOG = """\b
Examples:
  nas tensorboard
  nas tensorboard my_model --port 6007
  nas tensorboard logs/
"""


@click.command(epilog=EPILOG)
@click.argument("source", metavar="[FOLDER|NAME]", required=False, shell_complete=complete_studies)
@studies_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Network interface to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=6006, show_default=True, help="Port to listen on.")
@browser_option
@json_option
def command(source: str | None, studies: Path, host: str, port: int, browser: bool, as_json: bool) -> None:
    """Show trainings in TensorBoard, until Ctrl-C: those in FOLDER, or the training or study NAME.

    Without it, all trainings in models/ are shown. TensorBoard comes with pip install 'nas[tensorboard]'; a training
    writes its files if its specification says `tensorboard = true` in [training]. With --json, print its address and
    command, and end.
    """
    from nas import open_tensorboard, tensorboard_command

    if as_json:
        command = tensorboard_command(source, host=host, port=port, root=studies)
        print_json({"url": f"http://{host}:{port}", "command": command})
        return

    def tell(line: str) -> None:
        click.echo(line, err=True)

    sys.exit(open_tensorboard(source, host=host, port=port, root=studies, tell=tell, browser=browser))
