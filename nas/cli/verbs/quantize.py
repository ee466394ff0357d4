"""`nas quantize`: a model by every scheme of quantization, compared, and where quantization hurts."""

from pathlib import Path
from typing import Any

import click

from nas.cli.options import json_option, studies_option, target_option
from nas.cli.study_options import data_choice, reader_options
from nas.cli.views.output import print_json, print_view
from nas.errors import InputError

EPILOG = """\b
Examples:
  nas quantize studies/mine --target nucleo-f411re
  nas quantize model.keras --data recordings.npz -o quantized/
  nas quantize model.keras --data recordings.npz --schemes int8,int8_qat
  nas quantize float.tflite --calibration rows.npz --calibration-rows 1000
"""


@click.command(epilog=EPILOG)
@click.argument("model")
@click.option("--data", help="Name or path of the data; what the model was trained on by default.")
@reader_options
@click.option("--schemes", help="Schemes with commas between, or all; those without training by default.")
@click.option("--calibration", help="Rows that ranges are measured on: train, val, or an .npz or .npy file.")
@click.option("--calibration-rows", type=int, help="How many of these rows; 512 by default.")
@click.option("--seed", type=click.IntRange(0, 2**31), help="Seed of the choice of rows, and of training on.")
@target_option
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder to write <scheme>.tflite into.")
@studies_option
@json_option
def command(
    model: str, data: str | None, target: str, output: Path | None, studies: Path, as_json: bool, **options: Any
) -> None:
    """Compare MODEL by every scheme: sizes, accuracy, latency, and whether TensorFlow Lite Micro runs it.

    MODEL is a study, the folder of a training, a .keras file, or a float .tflite. The schemes are float32, float16,
    dynamic_range, int8, int8_float_io, int16x8, int8_qat (quantization-aware training), and custom, whose settings a
    specification gives. Then it lists the layers whose error is largest, and what helps.
    """
    from nas import quantize
    from nas.cli.views.quantized import view

    given = {name: options.pop(name) for name in _SETTINGS}
    settings = {name: value for name, value in given.items() if value is not None}
    result = quantize(
        model,
        data=data_choice(data, options, given["seed"] or 0),
        settings=settings,
        target=target,
        folder=output,
        root=studies,
    )
    if as_json:
        print_json(result.to_json())
    else:
        print_view(view(result))
    if all(row.content is None for row in result.schemes):
        raise InputError(model, "could not be converted by any scheme, for the reasons given")


_SETTINGS = ("schemes", "calibration", "calibration_rows", "seed")
