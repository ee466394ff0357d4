"""`nas data`: which sources there are, and what one holds."""

import sys
from collections.abc import Iterator

import click
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from nas.cli.views.output import print_json
from nas.data.dataset import DataOptions
from nas.data.describe import ChannelSummary, Description, PartSummary, describe
from nas.data.source import READERS, SOURCES, load
from nas.text import percent

MOST_CHANNELS = 12
"""A table's features and a signal's channels beyond these are in the JSON only."""


@click.command()
@click.argument("source", required=False)
@click.option("--window", type=int, help="Samples a window of a recording; default 128.")
@click.option("--stride", type=int, help="Samples from one window to the next; default half a window.")
@click.option("--rate-hz", type=float, help="Resample recordings to this rate.")
@click.option("--labels", help="CSV file with the columns file, label, group; default FOLDER/labels.csv.")
@click.option(
    "--seed", type=click.IntRange(0, 2**31), default=0, show_default=True, help="Of the split, and of simulated data."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    source: str | None,
    window: int | None,
    stride: int | None,
    rate_hz: float | None,
    labels: str | None,
    seed: int,
    as_json: bool,
) -> None:
    """List data sources, or describe SOURCE: its shapes, classes, groups and split, and what looks wrong.

    SOURCE is a listed name, an .npz file, or a folder of CSV recordings, one a file:
    <class>/<group>.csv, where the group (the subject) is the name up to its first number: sub_07_walk2.csv is
    sub_07's. A labels.csv with the columns file, label and group says it in place of the names.

    Example: nas data recordings/ --window 128 --stride 64
    """
    if source is None:
        _list(as_json)
        return
    options = DataOptions(window=window, stride=stride, rate_hz=rate_hz, labels=labels)
    description = describe(load(source, seed=seed, options=options), seed, options)
    _print(description.to_json() if as_json else render(description))


def _list(as_json: bool) -> None:
    sources = [{"name": name, "summary": _first_line(SOURCES[name].__doc__)} for name in SOURCES]
    if as_json:
        _print(sources)
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("source", no_wrap=True)
    table.add_column("holds")
    for entry in sources:
        table.add_row(entry["name"], entry["summary"])
    for reader in READERS.values():
        table.add_row(reader.pattern, reader.summary)
    _print(table)


def _first_line(doc: str | None) -> str:
    return (doc or "").strip().partition("\n")[0]


def _print(what: object) -> None:
    if isinstance(what, dict | list):
        print_json(what)
    else:
        Console(file=sys.stdout, highlight=False, markup=False, emoji=False).print(what)


def render(description: Description) -> RenderableType:
    """Lay a description out for people."""
    return Group(
        headline(description),
        "",
        classes_table(description),
        "",
        channels_table(description.channels),
        "",
        *remarks(description),
    )


def headline(description: Description) -> Text:
    """Say in two lines what it is and how often."""
    shape = " x ".join(str(size) for size in description.row_shape)
    rows = sum(part.rows for part in description.parts.values())
    words = {"series": "windows", "image": "images", "table": "rows"}[description.kind]
    line = f"{rows} {words} of {shape}, {len(description.class_names)} classes"
    if description.sample_rate_hz:
        rate = description.sample_rate_hz
        line += f", {rate:g} Hz"
        if description.kind == "series":
            line += f", {description.row_shape[0] / rate:.3g} s each"
    if description.units_scale:
        factors = dict.fromkeys(f"{factor:.4g}" for factor in description.units_scale)
        line += f"\nunits = integers x {', '.join(factors)}"
    return Text.assemble((description.source, "bold"), "\n", line)


def classes_table(description: Description) -> Table:
    """Count each class in each part; then the groups, and the accuracy of always answering one class."""
    parts = description.parts
    table = Table(box=None, pad_edge=False)
    table.add_column("class")
    for name, part in parts.items():
        table.add_column(name + ("" if name == "train" else " (given)" if part.from_source else ""), justify="right")
    for index, name in enumerate(description.class_names):
        table.add_row(name, *(str(part.class_counts[index]) for part in parts.values()))
    table.add_section()
    table.add_row("rows", *(str(part.rows) for part in parts.values()), style="bold")
    if any(part.groups for part in parts.values()):
        table.add_row("groups", *(_count(part) for part in parts.values()))
    table.add_row("majority baseline", *(percent(part.majority_baseline) for part in parts.values()))
    return table


def _count(part: PartSummary) -> str:
    return "-" if part.groups is None else str(len(part.groups))


def channels_table(channels: tuple[ChannelSummary, ...]) -> Table:
    """Show the range of each channel in train, which the scaling is fitted on."""
    table = Table("channel, in train", box=None, pad_edge=False)
    for name in ("min", "max", "mean", "std"):
        table.add_column(name, justify="right")
    for channel in channels[:MOST_CHANNELS]:
        values = (channel.min, channel.max, channel.mean, channel.std)
        table.add_row(channel.name, *("-" if value is None else f"{value:.4g}" for value in values))
    if len(channels) > MOST_CHANNELS:
        table.add_row(f"... and {len(channels) - MOST_CHANNELS} more", style="dim")
    return table


def remarks(description: Description) -> Iterator[Text]:
    """Tell the groups held out, what the source did, what looks wrong, and what a search refuses."""
    for name, part in description.parts.items():
        if part.groups and name != "train":
            yield Text(f"{name} groups: {_some(part.groups)}")
    for note in description.notes:
        yield Text(note)
    for style, mark, lines in (
        ("yellow", "looks wrong: ", description.warnings),
        ("bold red", "a search refuses: ", description.errors),
    ):
        for line in lines:
            yield Text.assemble((mark, style), line)
    if not description.warnings and not description.errors:
        yield Text("nothing looks wrong", style="green")


def _some(groups: tuple[str, ...]) -> str:
    return ", ".join(groups[:12]) + (f" and {len(groups) - 12} more" if len(groups) > 12 else "")
