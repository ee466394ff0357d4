"""`nas convert`: a model as `.tflite`, float ONNX and int8 ONNX, each compared with what it was made from."""

from pathlib import Path
from typing import Any

import click

from nas.cli.options import json_option, studies_option
from nas.cli.study_options import data_choice, reader_options
from nas.cli.views.output import print_json, print_view
from nas.errors import InputError

EPILOG = """\b
Formats:
  tflite     the int8 model; compared with Keras
  onnx       the float model; compared with Keras in onnxruntime
  onnx-int8  the int8 model, with QuantizeLinear and DequantizeLinear (QDQ);
             compared with the .tflite in LiteRT
\b
Examples:
  nas convert studies/mine -o converted/
  nas convert model.keras --data recordings.npz -o converted/
  nas convert model.tflite --format onnx-int8 -o .
  nas convert model.keras --format onnx --difference 1e-3 --json
"""


@click.command(epilog=EPILOG)
@click.argument("model")
@click.option("--format", "formats", multiple=True, help="Format to make, one of those below; may be repeated.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder to write the files into.")
@click.option("--data", help="Rows to compare on and to calibrate with; what the model was trained on by default.")
@reader_options
@click.option("--rows", type=int, default=1000, show_default=True, help="At most so many rows are compared.")
@click.option("--check/--no-check", default=True, help="Compare the files; --no-check needs no onnxruntime.")
@click.option(
    "--difference",
    type=float,
    help="Largest difference of float ONNX from Keras.  [default: 1e-4]",
)
@click.option("--steps", type=int, help="Largest difference of int8 ONNX from LiteRT.  [default: 1]")
@click.option("--equal", type=float, help="Least share of int8 outputs that are equal.  [default: 0.94]")
@click.option(
    "--agreement", type=float, help="Least share of rows that int8 classifies as Keras does.  [default: 0.95]"
)
@click.option("--seed", type=click.IntRange(0, 2**31), default=0, show_default=True, help="Seed of the choice of rows.")
@studies_option
@json_option
def command(model: str, formats: tuple[str, ...], data: str | None, **options: Any) -> None:
    """Convert MODEL, print sizes, and say whether each file answers as the model that it was made from.

    MODEL is a study, the folder of a training, a .nas.zip, a .keras file, or a .tflite, from which only onnx-int8 can
    be made. The exit code is 1 if a file could not be made or differs beyond the bounds; what was made is written.
    ONNX needs `pip install 'nas[onnx]'`.
    """
    from nas import Bounds, Checking, convert
    from nas.cli.views.converted import view

    output, studies, as_json, seed = (options.pop(name) for name in ("output", "studies", "as_json", "seed"))
    rows, check = options.pop("rows"), options.pop("check")
    asked = {name: options.pop(name) for name in ("difference", "steps", "equal", "agreement")}
    bounds = Bounds(**{name: value for name, value in asked.items() if value is not None})
    result = convert(
        model,
        formats=formats,
        data=data_choice(data, options, seed),
        checking=Checking(rows if check else 0, seed, bounds),
        folder=output,
        root=studies,
    )
    if as_json:
        print_json(result.to_json())
    else:
        print_view(view(result))
    if not result.passed:
        words = ", ".join(f"{file.format} {file.verdict}" for file in result.files if file.failed)
        raise InputError(model, f"must convert within the bounds, but: {words}", hint="the reasons stand above")
