"""`nas classify`: the classes that begin in recordings, before the microphone or before a camera, and when."""

from pathlib import Path
from typing import Any

import click

from nas.cli.options import json_option, studies_option
from nas.cli.views.events import event_line, event_lines
from nas.cli.views.output import print_json, print_text
from nas.errors import InputError

EPILOG = """\b
Examples:
  nas classify mine several_words.wav
  nas classify mine recordings/ --threshold 0.9 --json
  nas classify mine --microphone
  nas classify faces --camera --latency-ms 500
"""


@click.command(epilog=EPILOG)
@click.argument("model")
@click.argument("data", required=False)
@click.option("--average-ms", type=float, help="Average the probabilities over this long.  [default: one window]")
@click.option("--threshold", type=float, help="Least average at which a class begins, 0 to 1.  [default: 0.7]")
@click.option("--suppression-ms", type=float, help="After an event, none for this long.  [default: 0.75 windows]")
@click.option("--minimum-count", type=int, help="Least number of windows to average.  [default: 3]")
@click.option("--latency-ms", type=float, help="Time from one window to the next.  [default: 0.1 windows]")
@click.option("--microphone", is_flag=True, help="Listen, until Ctrl-C; needs the extra `live` and a sound card.")
@click.option(
    "--camera",
    type=click.IntRange(0),
    is_flag=False,
    flag_value=0,
    metavar="[NUMBER]",
    help="Watch, until Ctrl-C; of several cameras that with a number, from 0. Needs the extra `camera`.",
)
@click.option("--device", help="Number or part of the name of the microphone.  [default: the system's]")
@studies_option
@json_option
def command(
    model: str,
    data: str | None,
    microphone: bool,
    camera: int | None,
    device: str | None,
    studies: Path,
    as_json: bool,
    **asked: Any,
) -> None:
    """Say when a class, such as a word, begins in DATA: an audio file, a recording as a table, or a folder of these.

    A window as long as MODEL's input slides over the recording. Where the probability of a class, averaged over the
    latest windows, reaches the threshold, the class begins; this is printed once. Classes whose names begin with `_`,
    such as `_silence_`, are left out. Options that are not given are taken from the parameters in the model's file, if
    it has them by MLTK's names: average_window_duration_ms, detection_threshold, suppression_ms, minimum_count,
    latency_ms. Before a camera, a window counts as 1 s, and frames are cut and scaled as the training pictures were.
    """
    from nas import classify, listen, load, spotting_of, watch

    if [microphone, camera is not None, data is not None].count(True) != 1:
        raise InputError("nas classify", "needs a recording, --microphone or --camera, one of them")
    loaded = load(model, studies)
    spotting = spotting_of(loaded, **asked)
    if data is None:
        live = (
            listen(loaded, spotting=spotting, device=device, missed=_say_missed)
            if camera is None
            else watch(loaded, spotting=spotting, camera=camera)
        )
        for event in live:
            print_json(event.to_json()) if as_json else print_text(event_line(event))
        return
    found = classify(loaded, data, spotting=spotting)
    for note in found.predictions.notes:
        click.echo(note, err=True)
    if as_json:
        print_json(found.to_json())
        return
    for line in event_lines(found.events):
        print_text(line)
    if not found.events:
        print_text(f"nothing begins: no mean reaches the threshold of {spotting.threshold:g}")


def _say_missed(seconds: float) -> None:
    rule = "this computer is too slow: give a larger --latency-ms"
    click.echo(f"warning: samples before {seconds:.1f} s were lost, since {rule}", err=True)
