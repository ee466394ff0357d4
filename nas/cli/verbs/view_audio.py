"""`nas view-audio`: what a network hears of a sound."""

import sys
from typing import Any

import click

from nas.cli.options import browser_option, front_end_option, json_option
from nas.cli.views.output import print_json, width
from nas.errors import InputError

EPILOG = """\b
Examples:
  nas view-audio yes.wav
  nas view-audio yes.wav --front-end settings.toml --features-only
  nas view-audio --microphone --seconds 3
"""


@click.command(epilog=EPILOG)
@click.argument("file", required=False)
@click.option("--microphone", is_flag=True, help="Record in place of a file; needs the extra `live` and a sound card.")
@click.option("--device", help="Number or part of the name of the microphone.  [default: the system's]")
@front_end_option
@click.option("--start-s", type=float, default=0.0, help="Where in the file to begin, in seconds.  [default: 0]")
@click.option("--seconds", type=float, help="How much to show.  [default: 10 of a file, 2 of a microphone]")
@click.option("--features-only", is_flag=True, help="Print the features on the terminal, and open no page.")
@click.option("--port", type=click.IntRange(1, 65535), default=8060, show_default=True, help="Port of the page.")
@browser_option
@json_option
def command(
    file: str | None, microphone: bool, features_only: bool, port: int, browser: bool, as_json: bool, **asked: Any
) -> None:
    """Show the features that a front-end makes of FILE, or of what a microphone hears, for a network to read.

    The terminal draws them, time to the right and frequency upwards. A page that only this machine can open shows them
    too, with the front-end's settings as sliders, until Ctrl-C. --json needs --features-only.
    """
    from nas import serve_audio, view_audio
    from nas.cli.views.spectrogram import spectrogram_lines

    if microphone == (file is not None):
        raise InputError("nas view-audio", "needs a file or --microphone, one of both")
    if as_json and not features_only:
        raise click.UsageError("--json needs --features-only: a page gives no JSON.")
    shown = view_audio(file, **asked)
    if as_json:
        print_json(shown.to_json())
        return
    features = shown.features
    for line in spectrogram_lines(features, width()):
        click.echo(line)
    what = "coefficients" if shown.front_end.mfcc_coefficients else "channels"
    size = f"{len(features)} frames of {features.shape[1]} {what}"
    click.echo(f"{shown.name}: {shown.seconds:.2f} s, {size}, int8 from {features.min()} to {features.max()}")
    if not features_only:
        sys.exit(serve_audio(shown, port=port, tell=lambda line: click.echo(line, err=True), browser=browser))
