"""Many footprints beside each other, a line each, 80 columns wide; what does not fit or run is told below."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from rich.console import Group
from rich.table import Table
from rich.text import Text

from nas.cli.views.footprint import milliseconds
from nas.errors import InputError
from nas.reports.memory_map import printable
from nas.target.footprint import Footprint
from nas.target.target import Target
from nas.text import kilobytes

Row: TypeAlias = tuple[str, Target, Footprint | InputError]
_NAME = 26
# Columns that everything beside the names takes.
_FIGURES = 54


def comparison(rows: Sequence[Row], width: int = 80) -> Group:
    """Return a table of the models or targets that differ, then the reasons of those that are not fine."""
    files, targets = {file for file, _, _ in rows}, {target.name for _, target, _ in rows}
    parts: list[Any] = [_heading(rows, files, targets), "", _table(rows, len(files) > 1, len(targets) > 1, width)]
    notes = list(_notes(rows))
    return Group(*parts, *(["", *notes] if notes else []))


def _heading(rows: Sequence[Row], files: set[str], targets: set[str]) -> Text:
    if len(files) > 1 and len(targets) > 1:
        return Text(f"{len(files)} files on {len(targets)} targets", style="bold")
    if len(files) > 1:
        return Text(f"{len(files)} files on {rows[0][1].name} ({rows[0][1].description})", style="bold")
    return Text(f"{rows[0][0]} on {len(targets)} targets", style="bold")


def _table(rows: Sequence[Row], files: bool, targets: bool, width: int) -> Table:
    table = Table(box=None, pad_edge=False)
    names = [title for title, shown in (("file", files or not targets), ("target", targets)) if shown]
    room_for_names = max(width - _FIGURES, _NAME)
    for title in (*names, "fits"):
        table.add_column(title, no_wrap=True)
    for title in ("weights", "arena", "flash", "MACs", "ms"):
        table.add_column(title, justify="right", no_wrap=True)
    for file, target, result in rows:
        of = {"file": Path(file).stem, "target": target.name}
        table.add_row(*(_cut(of[title], room_for_names // len(names)) for title in names), *_cells(target, result))
    return table


def _cut(name: str, most: int) -> str:
    """Return a name without its middle if it is too long: names of one family differ at their ends."""
    if len(name) <= most:
        return name
    return f"{name[: most // 2 - 1]}…{name[len(name) - (most - most // 2) :]}"


def _cells(target: Target, result: Footprint | InputError) -> list[str | Text]:
    if isinstance(result, InputError):
        return [Text("unreadable", style="red")]
    return [
        _verdict(target, result),
        kilobytes(result.weights_bytes),
        kilobytes(result.ram_bytes),
        kilobytes(result.flash_bytes),
        _millions(result.macs),
        milliseconds(result.latency_ms, unit=""),
    ]


def _millions(count: int) -> str:
    return f"{count:,}" if count < 100_000 else f"{count / 1e6:,.2f} M"


def _verdict(target: Target, footprint: Footprint) -> Text:
    if not footprint.supported:
        return Text("refused", style="red")
    if target.ram_bytes is None and target.flash_bytes is None:
        return Text("-", style="dim")
    return Text("no", style="red") if _over(target, footprint) else Text("yes", style="green")


def _over(target: Target, footprint: Footprint) -> list[str]:
    """Return what exceeds the board, each in words."""
    uses = (("arena", footprint.ram_bytes, target.ram_bytes), ("flash", footprint.flash_bytes, target.flash_bytes))
    return [
        f"{what} over by {kilobytes(used - limit)}" for what, used, limit in uses if limit is not None and used > limit
    ]


def _notes(rows: Sequence[Row]) -> Iterator[Any]:
    """Say each reason once, with the files and targets that it holds for."""
    several = len({target.name for _, target, _ in rows}) > 1
    refusals: dict[str, list[str]] = {}
    yield from dict.fromkeys(str(result) for _, _, result in rows if isinstance(result, InputError))
    for file, target, result in rows:
        if isinstance(result, InputError):
            continue
        place = f"{Path(file).stem} on {target.name}" if several else Path(file).stem
        for reason in dict.fromkeys(op.reason for op in result.ops if op.reason):
            refusals.setdefault(reason, []).append(place)
        if over := _over(target, result):
            yield Text(f"{place}: {'; '.join(over)}")
    for reason, places in refusals.items():
        named = ", ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")
        yield Text(f"{named}: {printable(reason)}")
