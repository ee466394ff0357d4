"""`nas features`: what a front-end computes of a sound, or of windows of sensor data."""

from pathlib import Path

import click

from nas.cli.options import front_end_option, json_option
from nas.cli.views.output import print_json

EPILOG = """\b
Examples:
  nas features yes.wav -o features.npz
  nas features clips.npz --front-end settings.toml -o features.npz
\b
Settings of sound are MLTK's, such as
  window_size_ms = 30
  window_step_ms = 20
  filterbank_n_channels = 40
\b
For windows of motion or vibration, the file names another front-end:
  front_end = "spectrum"
  bands = 8
"""


@click.command(epilog=EPILOG)
@click.argument("source")
@front_end_option
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The .npz file to write.")
@json_option
def command(source: str, front_end: Path | None, output: Path, as_json: bool) -> None:
    """Compute the features of SOURCE, an audio file or samples or windows in an .npz file, as a device does.

    OUTPUT holds `features`: of sound uint16 [frames, channels] as the front-end gives them, and `features_int8` as a
    network reads them; of windows float32 [n, frames, values x channels], in units, before a model scales them.
    """
    from nas import features

    found = features(source, front_end=front_end)
    found.write(output)
    if as_json:
        print_json({"file": str(output), **found.to_json()})
        return
    for name, values in found.features.items():
        shape = " x ".join(map(str, values.shape))
        click.echo(f"{name}: {shape}, from {values.min():g} to {values.max():g}, in {output}")
