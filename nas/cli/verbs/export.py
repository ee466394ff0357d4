"""`nas export`: write a study's winner as files."""

from pathlib import Path

import click

from nas.cli.completion import studies as complete_studies
from nas.cli.options import json_option, studies_option
from nas.cli.views.output import print_json

EPILOG = """\b
Examples:
  nas export cnn_timeseries-synthetic-6kb
  nas export studies/mine --format c -o firmware/model
  nas export mine.nas.zip -o firmware
  nas export mine --trial 17 --format tflite -o .
"""


@click.command(epilog=EPILOG)
@click.argument("study", metavar="STUDY|FILE.nas.zip", shell_complete=complete_studies)
@click.option("--trial", type=int, help="Number of a complete trial to write instead of the winner.")
@click.option("--format", "formats", multiple=True, help="Format to write, may be repeated; all formats by default.")
@click.option("-o", "--folder", type=click.Path(path_type=Path, file_okay=False), help="Folder to write into.")
@studies_option
@json_option
def command(
    study: str, trial: int | None, formats: tuple[str, ...], folder: Path | None, studies: Path, as_json: bool
) -> None:
    """Write a study's winner, or the model in an archive: .tflite, C sources, model card, metadata."""
    from nas import export

    files = [str(path) for path in export(study, folder, formats, trial, studies)]
    if as_json:
        print_json({"study": study, "files": files})
    else:
        click.echo("\n".join(files))
