"""Options that several verbs have, each written once."""

from pathlib import Path

import click

from nas.api import STUDIES
from nas.cli.completion import runtimes, targets
from nas.errors import InputError
from nas.study.costs import COSTS
from nas.target.target import DEFAULT_TARGET

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")
studies_option = click.option(
    "--studies", type=click.Path(path_type=Path), default=STUDIES, show_default=True, help="Folder of studies."
)
target_option = click.option(
    "--target",
    default=DEFAULT_TARGET,
    show_default=True,
    shell_complete=targets,
    help="A target's name (see `nas targets`), or a TOML file with one.",
)
targets_option = click.option(
    "--target",
    default=DEFAULT_TARGET,
    show_default=True,
    shell_complete=targets,
    help="A target's name or a TOML file with one, several with commas between, or all.",
)
runtime_option = click.option(
    "--runtime",
    shell_complete=runtimes,
    help="What runs the model: tflm, or c for plain C, as `nas export --format c` writes it.  [default: the target's]",
)
streaming_option = click.option(
    "--streaming",
    type=click.IntRange(1),
    metavar="ROWS",
    help="In plain C, answer every ROWS rows in time (samples, or frames of sound), rounded up to a multiple of the "
    "network's total stride, and compute only what is new.  [default: whole windows]",
)
cost_option = click.option(
    "--cost",
    type=click.Choice(list(COSTS)),
    default="weights",
    show_default=True,
    help="Cost of the fronts in the terminal; the page and the JSON document have all.",
)
classes_option = click.option("--classes", type=int, help="Number of classes; by default as --input-shape.")
float_option = click.option(
    "--float", "keras", is_flag=True, help="Take the float Keras model where MODEL has both that and a .tflite."
)
front_end_option = click.option(
    "--front-end",
    type=click.Path(path_type=Path),
    help="TOML file with the settings of the front-end.  [default: those of TensorFlow's example micro_speech]",
)
browser_option = click.option(
    "--browser/--no-browser", default=True, show_default=True, help="Open it in a browser, where there is one."
)


def _numbers(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[int, ...] | None:
    try:
        return tuple(int(number) for number in value.split(",")) if value else None
    except ValueError:
        raise InputError("--input-shape", "must be whole numbers with commas between", got=repr(value)) from None


input_shape_option = click.option(
    "--input-shape",
    callback=_numbers,
    help="Shape of one row of data, such as 128,6; by default the architecture's, or that of the space's own data.",
)
