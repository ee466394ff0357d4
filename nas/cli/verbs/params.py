"""`nas params`: the parameters in the metadata of a `.tflite`."""

from pathlib import Path
from typing import Any

import click

from nas.cli.options import json_option
from nas.cli.views.output import print_json
from nas.cli.views.params import params_text, setting

EPILOG = """\b
Examples:
  nas params model.tflite
  nas params model.tflite --set version=3 --set threshold:uint8=185 --set 'labels=["up", "down"]'
  nas params model.tflite --get class_names
  nas params model.tflite --file parameters.toml -o other.tflite
  nas params model.tflite --remove '*'

\b
A value is read as JSON if it is a number, true, false or a list, and else as text. KEY:KIND=VALUE names its kind:
bool, int8 to int64, uint8 to uint64, float32, float64, string, bytes (hexadecimal), or a list with commas between:
strings, ints, floats. Without a kind, the smallest of int32, uint32, int64 and uint64, or of float32 and float64, that
holds the number is taken.
"""


@click.command(epilog=EPILOG)
@click.argument("file")
@click.argument("more", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Set a parameter; may be repeated.")
@click.option("--type", "types", multiple=True, metavar="KEY=KIND", help="Store a parameter as this kind.")
@click.option("--file", "values", type=click.Path(path_type=Path), help="Set the values of a TOML or JSON file.")
@click.option("--remove", multiple=True, metavar="KEY", help="Remove a parameter, or '*' for all; may be repeated.")
@click.option("--get", "keys", multiple=True, metavar="KEY", help="Print only this value; may be repeated.")
@click.option("--silabs", is_flag=True, help="Take the entry SL_PARAMSv1, which the tools of Silicon Labs read.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write instead of FILE.")
@json_option
def command(file: str, keys: tuple[str, ...], silabs: bool, output: Path | None, as_json: bool, **changes: Any) -> None:
    """Read, set or remove parameters in the metadata of any .tflite file; its graph stays as it is."""
    from nas import params, set_params

    entry = "SL_PARAMSv1" if silabs else None
    if any(changes.values()) or output is not None:
        found = set_params(
            file,
            dict(setting(text, "--set") for text in (*changes["settings"], *changes["more"])),
            file=changes["values"],
            kinds={key: str(kind) for key, kind in (setting(text, "--type") for text in changes["types"])},
            remove=changes["remove"],
            entry=entry,
            out=output,
        )
    else:
        found = params(file, entry=entry)
    document = found.to_json()
    if keys:
        document["params"] = {key: document["params"][key] for key in keys if found[key] is not None}
    if as_json:
        print_json(document)
    else:
        click.echo(params_text(document, alone=bool(keys)))
