"""`nas predict`: a model's answers for rows or recordings, window by window, as CSV."""

from pathlib import Path
from typing import Any

import click

from nas.cli.options import json_option, studies_option
from nas.cli.study_options import reader_options
from nas.cli.views.output import print_json, print_written

EPILOG = """\b
Examples:
  nas predict mine recording.csv -o answers.csv
  nas predict best/model.tflite recordings/ --stride 16 --smooth 4 -o answers.csv
  nas predict models/gesture new.npz -o - | head
"""


@click.command(epilog=EPILOG)
@click.argument("model")
@click.argument("data")
@click.option("-o", "--output", default="-", show_default=True, help="CSV file to write; - is standard output.")
@click.option(
    "--smooth",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Take the mean of so many windows: this one and those before it in its recording.",
)
@reader_options
@studies_option
@json_option
def command(model: str, data: str, output: str, smooth: int, studies: Path, as_json: bool, **options: Any) -> None:
    """Give MODEL's answers for DATA: the columns source, start, end (in seconds), class, and one a class.

    MODEL is what `nas evaluate` takes. DATA is an .npz file with rows, a recording (CSV, TSV, TXT, Excel, Parquet), a
    folder of recordings, or a listed name. Classes are not needed, and not looked at. Recordings are read as the
    training data were: columns by name, the same rate, windows of the model's length.
    """
    from nas import DataOptions, predict

    found = predict(model, data, options=DataOptions(**options), smooth=smooth, root=studies)
    for note in found.notes:
        click.echo(note, err=True)
    written = None if output == "-" else str(found.save(output))
    if as_json:
        print_json({"file": written} | (found.to_json() if written is None else {"rows": len(found)}))
    elif written is None:
        click.echo(found.to_csv(), nl=False)
    else:
        print_written(written, len(found), "row")
