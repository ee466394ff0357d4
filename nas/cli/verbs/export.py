"""`nas export`: write a study's winner as files."""

from pathlib import Path
from typing import Any

import click

from nas.cli.completion import studies as complete_studies
from nas.cli.options import json_option, streaming_option, studies_option
from nas.cli.views.output import print_json
from nas.cli.views.params import setting
from nas.errors import InputError

EPILOG = """\b
Formats, all but the projects and c by default:
  tflite    the int8 model, for any TFLite runtime
  tflm      C sources for TensorFlow Lite Micro (TFLM)
  firmware  the next steps with TFLM, and an input with its right output
  arduino   a project with TFLM: a sketch in a folder NAME, for the Arduino IDE
  cmake     the same for CMake, in a folder NAME_cmake, for this computer and boards
  esp-idf   the same for Espressif's ESP-IDF, in a folder NAME_esp_idf
  pico-sdk  the same for Raspberry Pi's Pico SDK, in a folder NAME_pico_sdk
  zephyr    the same for Zephyr, in a folder NAME_zephyr
  c         the network as plain C, NAME.c and NAME.h, without a runtime, with scaling and a self-test; it has one input
            and one output
  keras     the float model
  spec      what trains the model again: nas train spec.toml
  card      the model card, for people
  json      the same facts, for programs
\b
Examples:
  nas export cnn_timeseries-synthetic-6kb
  nas export studies/mine --format c --name gesture -o firmware
  nas export studies/mine --format c --name gesture --streaming 4 -o firmware
  nas export studies/mine --format arduino --name gesture -o sketches
  nas export other.tflite --format cmake --name gesture -o projects
  nas export mine.nas.zip -o firmware
  nas export models/gesture -o firmware
  nas export other.tflite --format tflm -o firmware
  nas export other.tflite --format tflite -o smaller
  nas export pump --format c --baseline k-means -o firmware
  nas export mine --trial 17 --format tflite -o .
  nas export mine --set version=3 --set date=2026-11-26
"""


@click.command(epilog=EPILOG)
@click.argument("study", metavar="MODEL", shell_complete=complete_studies)
@click.option("--trial", type=int, help="Number of a complete trial to write instead of the winner.")
@click.option("--format", "formats", multiple=True, help="Format to write, one of those below; may be repeated.")
@click.option(
    "--baseline",
    metavar="k-means|gaussian",
    help="Write this simple detector of anomalies in place of the network, with as many bytes; with --format c.",
)
@click.option("--bare", is_flag=True, help="Leave out the parameters in the model's metadata.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Add a parameter to the model's metadata.")
@click.option("--name", help="What C symbols, project and plain C are called; the model's name by default.")
@streaming_option
@click.option("--force", is_flag=True, help="Overwrite C files and projects that nas did not write.")
@click.option("-o", "--folder", type=click.Path(path_type=Path, file_okay=False), help="Folder to write into.")
@studies_option
@json_option
def command(
    study: str, trial: int | None, formats: tuple[str, ...], folder: Path | None, studies: Path, **options: Any
) -> None:
    """Write MODEL for a firmware: .tflite, C sources, next steps; of a study also model card and metadata.

    MODEL is a study's name or folder, the folder of a training, a .nas.zip, or any .tflite with int8 input and output.
    A .tflite is written anew, as small as it can be with equal outputs; with --format tflite that may be any .tflite.
    All names in the C sources begin with the study's name, which `nas search --name` sets: --name gesture gives
    gesture_model and GESTURE_ARENA_BYTES.
    """
    from nas import Destination, export, export_baseline

    parameters = dict(setting(text, "--set") for text in options["settings"])
    to = Destination(folder, name=options["name"], force=options["force"], streaming=options["streaming"] or 0)
    if options["baseline"] is None:
        written = export(study, to, formats, trial, studies, bare=options["bare"], parameters=parameters)
    elif formats != ("c",) or trial is not None or any(options[name] for name in ("streaming", "bare", "settings")):
        rule = "is written as plain C: give --format c, and neither --trial, --streaming, --bare nor --set"
        raise InputError("--baseline", rule)
    else:
        written = export_baseline(study, options["baseline"], to, root=studies)
    files = [str(path) for path in written]
    if options["as_json"]:
        print_json({"study": study, "files": files})
    else:
        click.echo("\n".join(files))
