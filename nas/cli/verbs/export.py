"""`nas export`: write a study's winner as files."""

from pathlib import Path

import click

from nas.cli.views.output import json_option, print_json

EPILOG = """\b
Examples:
  nas export cnn_timeseries-synthetic-6kb
  nas export studies/mine --format c -o firmware/model
  nas export mine --trial 17 --format tflite -o .
"""


@click.command(epilog=EPILOG)
@click.argument("study")
@click.option("--trial", type=int, help="Another candidate than the winner, by its trial's number.")
@click.option("--format", "formats", multiple=True, help="One of the formats; all by default.")
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Folder to write into.")
@click.option(
    "--studies", type=click.Path(path_type=Path), default=Path("studies"), show_default=True, help="Folder of studies."
)
@json_option
def command(
    study: str, trial: int | None, formats: tuple[str, ...], output: Path | None, studies: Path, as_json: bool
) -> None:
    """Write a study's winner: .tflite, C sources, model card, metadata."""
    from nas import api

    files = [str(path) for path in api.export(study, output, formats, trial, studies)]
    if as_json:
        print_json({"study": study, "files": files})
    else:
        click.echo("\n".join(files))
