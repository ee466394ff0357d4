"""`nas data`: which sources there are, and what one holds."""

from typing import Any

import click

from nas.cli.options import json_option
from nas.cli.views.output import print_json, print_view


@click.command()
@click.argument("source", required=False)
@click.option("--window", type=int, help="Samples in a window that is cut from a recording; default 128.")
@click.option("--stride", type=int, help="Samples from one window's start to the next one's; default half a window.")
@click.option("--rate-hz", type=float, help="Resample recordings to this rate.")
@click.option("--labels", help="CSV file with the columns file, label, group; default FOLDER/labels.csv.")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31),
    default=0,
    show_default=True,
    help="Seed of the split, and of simulated data.",
)
@json_option
def command(source: str | None, seed: int, as_json: bool, **options: Any) -> None:
    """List data sources, or describe SOURCE: its shapes, classes, groups and split, and what looks wrong.

    SOURCE is a listed name, an .npz file, or a folder of CSV recordings, one per file: <class>/<group>.csv. The group
    (the subject) is the file's name up to its first number: sub_07_walk2.csv belongs to sub_07. A labels.csv with the
    columns file, label and group replaces these names.

    Example: nas data recordings/ --window 128 --stride 64
    """
    from nas import DataOptions, describe_data, list_data
    from nas.cli.views.data import listing, view

    if source is None:
        sources = list_data()
        if as_json:
            print_json([{"name": each.name, "summary": each.summary} for each in sources if each.embedded])
        else:
            print_view(listing(sources))
        return
    description = describe_data(source, DataOptions(**options), seed)
    if as_json:
        print_json(description.to_json())
    else:
        print_view(view(description))
