"""`nas data`: which sources there are, and what one holds."""

import sys
from pathlib import Path
from typing import Any

import click

from nas.cli.default_group import DefaultGroup
from nas.cli.options import json_option
from nas.cli.study_options import reader_options
from nas.cli.verbs.data_fetch import command as fetch
from nas.cli.views.output import print_json, print_view

EPILOG = """
Examples:
  nas data
  nas data recordings/ --window 128 --stride 64
  nas data recordings/ --window 128 -o windows.npz
  nas data fetch mnist
"""


@click.group(cls=DefaultGroup, default="describe", alone=True, epilog=EPILOG)
def command() -> None:
    """List data sources, describe or write one, or download a public one.

    `nas data SOURCE` is short for `nas data describe SOURCE`, whose --help explains all options, and `nas data` alone
    lists the sources. Each command takes --json. A folder with the name of a command is given as `./fetch`.
    """


command.add_command(fetch, "fetch")


@command.command(short_help="List data sources, describe SOURCE, or write it as files.")
@click.argument("source", required=False)
@reader_options
@click.option(
    "--kind",
    type=click.Choice(["table", "window", "image"]),
    help="What a row is, where the file does not say it; a search takes it from its space.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31),
    default=0,
    show_default=True,
    help="Seed of the split, and of simulated data.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write SOURCE as this .npz or .csv file, or into this folder.",
)
@click.option(
    "--form",
    type=click.Choice(["json", "cbor"]),
    default="json",
    show_default=True,
    help="Form of recordings.",
)
@json_option
def describe(source: str | None, seed: int, output: Path | None, form: str, as_json: bool, **options: Any) -> None:
    """List data sources, or describe SOURCE: its shapes, classes, groups and split, and whether a search can begin.

    SOURCE is a listed name, an .npz file, a folder of recordings (CSV, TSV, TXT, Excel or Parquet), of audio or of
    pictures, or one table with a column of classes. A folder holds <class>/<recording>.csv, <class>/<subject>/...,
    <subject>/<class>/..., train/ and test/ with these, files with the class in their names, or a labels.csv with the
    columns file, label and optionally group and part. What is assumed of the files is told, a line each. The last lines
    say what is wrong, and the command that mends it. The exit code is 1 if a search would refuse the data.

    With -o, SOURCE is written instead: as .npz, as .csv, or into a folder in Edge Impulse's data acquisition format.

    Example: nas data recordings/ --window 128 --stride 64
    """
    from nas import DataOptions, describe_data, list_data, save_data
    from nas.cli.views.data import listing, view

    if source is None:
        sources = list_data()
        if as_json:
            print_json([{"name": each.name, "summary": each.summary} for each in sources if each.embedded])
        else:
            print_view(listing(sources))
        return
    if output is not None:
        files = save_data(source, output, DataOptions(**options), seed=seed, form=form)
        listed = {"folder": str(output), "files": [str(file) for file in files]}
        print_json(listed) if as_json else click.echo(f"{output}: {len(files):,} file{'' if len(files) == 1 else 's'}")
        return
    description = describe_data(source, DataOptions(**options), seed)
    if as_json:
        print_json(description.to_json())
    else:
        print_view(view(description))
        if description.mend:
            click.echo(f"mend with: {description.mend}")  # not wrapped, so that it can be copied
    if description.errors:
        sys.exit(1)
