"""Data sources as a person reads them."""

from collections.abc import Iterable, Iterator

from rich.console import Group
from rich.table import Table
from rich.text import Text

from nas.api.data import DataSource
from nas.data.describe import ChannelSummary, Description, PartSummary
from nas.data.file_table import FileTable
from nas.data.finding import Finding
from nas.signal.kind import Kind
from nas.task.task import LABELS, TARGETS
from nas.text import percent, shortened

# Channels, or features of a table, beyond these are in the JSON only.
MOST_CHANNELS = 12
MOST_GROUPS = 12


def listing(sources: Iterable[DataSource]) -> Table:
    """Return a line for each source."""
    table = Table("source", "holds", box=None, pad_edge=False)
    table.columns[0].no_wrap = True
    for source in sources:
        table.add_row(source.name, source.summary)
    return table


def view(description: Description) -> Group:
    """Return what a data source holds, how it is split, what is wrong, and the verdict."""
    return Group(
        headline(description),
        "",
        classes_table(description),
        "",
        channels_table(description.channels),
        "",
        *(each for table in description.files for each in (file_table(table), "")),
        *remarks(description),
    )


def headline(description: Description) -> Text:
    """Return the source's name, and a line with its rows, their shape, the classes and the sample rate."""
    shape = " x ".join(str(size) for size in description.row_shape)
    rows = sum(part.rows for part in description.parts.values())
    line = f"{rows} {description.kind.plural} of {shape}, {description.outputs_counted}"
    if description.sample_rate_hz:
        rate = description.sample_rate_hz
        line += f", {rate:g} Hz"
        if description.kind == Kind.WINDOW:
            line += f", {description.row_shape[0] / rate:.3g} s each"
    if description.units_scale:
        factors = dict.fromkeys(f"{factor:.4g}" for factor in description.units_scale)
        line += f"\nunits = integers x {', '.join(factors)}"
    return Text.assemble((description.source, "bold"), "\n", line)


def classes_table(description: Description) -> Table:
    """Return the rows of each class or label in each part, the groups, and the accuracy of always answering one class.

    Of targets, their mean and deviation in each part, the deviation being the error of the best constant answer.
    """
    parts, measured, several = description.parts, description.task == TARGETS, description.task == LABELS
    table = Table(box=None, pad_edge=False)
    table.add_column("target, mean +- std" if measured else "rows with label" if several else "class")
    for name, part in parts.items():
        table.add_column(name + ("" if name == "train" else " (given)" if part.from_source else ""), justify="right")
    for index, name in enumerate(description.class_names):
        cells = (_target(part, index) if measured else str(part.class_counts[index]) for part in parts.values())
        table.add_row(name, *cells)
    table.add_section()
    table.add_row(description.kind.plural, *(str(part.rows) for part in parts.values()), style="bold")
    if any(part.groups for part in parts.values()):
        table.add_row("groups", *(_count(part) for part in parts.values()))
    if not measured and not several:
        table.add_row("majority baseline", *(percent(part.majority_baseline) for part in parts.values()))
    return table


def _target(part: PartSummary, index: int) -> str:
    found = part.targets[index]
    return "-" if found.mean is None or found.std is None else f"{found.mean:.4g} +- {found.std:.3g}"


def _count(part: PartSummary) -> str:
    return "-" if part.groups is None else str(len(part.groups))


def channels_table(channels: tuple[ChannelSummary, ...]) -> Table:
    """Return the range of each channel over the training rows, to which the scaling is fitted."""
    table = Table("channel, in train", box=None, pad_edge=False)
    for name in ("min", "max", "mean", "std"):
        table.add_column(name, justify="right")
    for channel in channels[:MOST_CHANNELS]:
        values = (channel.min, channel.max, channel.mean, channel.std)
        table.add_row(channel.name, *("-" if value is None else f"{value:.4g}" for value in values))
    if len(channels) > MOST_CHANNELS:
        table.add_row(f"... and {len(channels) - MOST_CHANNELS} more", style="dim")
    return table


def file_table(measured: FileTable) -> Table:
    """Return what a reader measured of the files."""
    table = Table(box=None, pad_edge=False)
    for number, name in enumerate(measured.columns):
        table.add_column(name, justify="right" if number else "left")
    for row in measured.rows:
        table.add_row(*("-" if cell is None else str(cell) for cell in row))
    return table


def remarks(description: Description) -> Iterator[Text]:
    """Yield the held-out groups, what the source did to the data, what is wrong, and the verdict."""
    for name, part in description.parts.items():
        if part.groups and name != "train":
            yield Text(f"{name} groups: {shortened(part.groups, MOST_GROUPS)}")
    for note in description.notes:
        yield Text(note)
    for finding in description.findings:
        style = "bold red" if finding.is_error else "yellow"
        yield Text.assemble((f"{finding.level}: ", style), finding.text if not finding.is_error else _placed(finding))
        if finding.mend:
            yield Text(f"  mend: {finding.mend}")
    errors = any(finding.is_error for finding in description.findings)
    style = "bold red" if errors else "yellow" if description.findings else "green"
    yield Text.assemble("verdict: ", (description.verdict, style))


def _placed(finding: Finding) -> str:
    return finding.text if finding.place in finding.text else f"{finding.place}: {finding.text}"
