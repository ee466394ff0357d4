"""`nas summarize`: what a model is, layer by layer."""

import click

from nas.cli.completion import studies as complete_studies
from nas.cli.options import float_option, json_option, studies_option, target_option
from nas.cli.views.output import print_json, print_view

EPILOG = """\b
Examples:
  nas summarize model.tflite
  nas summarize model.keras --json
  nas summarize my-study --target cortex-m4
"""


@click.command(epilog=EPILOG)
@click.argument("model", shell_complete=complete_studies)
@target_option
@float_option
@studies_option
@json_option
def command(model: str, target: str, keras: bool, studies: str, as_json: bool) -> None:
    """Print what MODEL is: layers, shapes, parameters, MACs and quantization.

    MODEL is a .tflite or .keras file, a study, the folder of a training, or an archive. A .keras file may hold only
    layers that come with Keras, since others are code of the file's author.
    """
    from nas import summarize
    from nas.cli.views.summary import view

    summary = summarize(model, target=target, keras=keras, root=studies)
    if as_json:
        print_json(summary.to_json())
    else:
        print_view(view(summary))
