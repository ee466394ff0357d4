"""`nas benchmark`: latency in LiteRT and TFLM on this computer, accuracy, and memory, of one model or a folder."""

from pathlib import Path
from typing import Any

import click

from nas.cli.options import json_option
from nas.cli.study_options import data_choice, reader_options
from nas.cli.views.output import print_json, print_view, width
from nas.errors import InputError

EPILOG = """\b
Examples:
  nas benchmark model.tflite
  nas benchmark quantized/ --data recordings.npz
  nas benchmark models/ --csv models.csv --excel models.xlsx
"""


@click.command(epilog=EPILOG)
@click.argument("models", nargs=-1, required=True, metavar="MODEL...")
@click.option("--data", help="Name or path of the data for accuracies; what a model was trained on by default.")
@reader_options
@click.option("--seed", type=click.IntRange(0, 2**31), default=0, help="Seed of the split of the data.")
@click.option(
    "--runs",
    type=click.IntRange(1, 100_000),
    default=50,
    show_default=True,
    help="Timed inferences in each interpreter.",
)
@click.option("--target", default="host", show_default=True, help="Target of the arena; `host` is this computer.")
@click.option("--csv", type=click.Path(path_type=Path), help="Write the table, and one of all tensors beside it.")
@click.option("--excel", type=click.Path(path_type=Path), help="Write both tables into an .xlsx workbook.")
@json_option
def command(
    models: tuple[str, ...],
    data: str | None,
    seed: int,
    csv: Path | None,
    excel: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Measure each MODEL on this computer: latency in LiteRT and in TensorFlow Lite Micro, accuracy, memory.

    A MODEL is a .tflite file, a folder of them, a study or the folder of a training. Latencies are of one thread of
    this computer: they rank models of a kind, and say nothing of a microcontroller; `nas profile` estimates that.
    """
    from nas import benchmark
    from nas.cli.views.benchmarked import view

    runs, target = options.pop("runs"), options.pop("target")
    result = benchmark(models, data=data_choice(data, options, seed), runs=runs, target=target)
    for path in (csv, excel):
        if path is not None:
            click.echo(f"wrote {', '.join(map(str, result.write(path)))}", err=True)
    if as_json:
        print_json(result.to_json())
    else:
        print_view(view(result, width()))
    if all(row.footprint is None for row in result.rows):
        raise InputError(", ".join(models), "could not be measured, for the reasons given")
