"""Several footprints in a table, a line each; the reasons why models do not fit or run stand below it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from nas.api.models import Comparison
from nas.cli.views.labels import labels
from nas.cli.views.memory_rows import milliseconds
from nas.errors import InputError
from nas.reports.memory_map.lifetimes import printable
from nas.target.footprint import Footprint
from nas.target.ram import ram_title
from nas.target.room import at_least, left_for_program
from nas.target.target import Target
from nas.text import UNKNOWN, kilobytes, shortened

_NAME = 26
# Columns that the figures take; the names get the rest.
_FIGURES = 54


def comparison(rows: Sequence[Comparison], width: int = 80) -> Group:
    """Return a table of the footprints, then the reasons why some of the models do not fit or run."""
    files, targets = {row.file for row in rows}, {row.target.name for row in rows}
    called = labels({row.file: row.study for row in rows})
    table = _table(rows, called, len(targets) > 1, width)
    parts: list[Any] = [_heading(rows, files, targets), "", table]
    notes = list(_notes(rows, called))
    return Group(*parts, *(["", *notes] if notes else []))


def _heading(rows: Sequence[Comparison], files: set[str], targets: set[str]) -> Text:
    if len(files) > 1 and len(targets) > 1:
        return Text(f"{len(files)} files on {len(targets)} targets", style="bold")
    if len(files) > 1:
        return Text(f"{len(files)} files on {rows[0].target.name} ({rows[0].target.description})", style="bold")
    return Text(f"{rows[0].file} on {len(targets)} targets", style="bold")


def _table(rows: Sequence[Comparison], called: Mapping[str, str], targets: bool, width: int) -> Table:
    table = Table(box=None, pad_edge=False)
    names = [title for title, shown in (("file", len(called) > 1 or not targets), ("target", targets)) if shown]
    facts = (row.result.summary() for row in rows if isinstance(row.result, Footprint))
    room_for_names = max(width - _FIGURES, _NAME)
    for title in (*names, "fits"):
        table.add_column(title, no_wrap=True)
    for title in ("weights", ram_title(*facts), "flash", "MACs", "ms"):
        table.add_column(title, justify="right", no_wrap=True)
    for row in rows:
        of = {"file": called[row.file], "target": row.target.name}
        cut = [_cut(of[title], room_for_names // len(names)) for title in names]
        table.add_row(*cut, *_cells(row.target, row.result))
    return table


def _cut(name: str, most: int) -> str:
    """Return a name without its middle if it is too long, since similar names differ mostly at their ends."""
    if len(name) <= most:
        return name
    return f"{name[: most // 2 - 1]}…{name[len(name) - (most - most // 2) :]}"


def _cells(target: Target, result: Footprint | InputError) -> list[str | Text]:
    if isinstance(result, InputError):
        return [Text("unreadable", style="red")]
    least = "" if result.complete else "≥"
    return [
        _verdict(target, result),
        kilobytes(result.weights_bytes),
        *(
            least + kilobytes(size) if result.detail.known else UNKNOWN
            for size in (result.ram_bytes, result.flash_bytes)
        ),
        least + _millions(result.macs),
        ("~" if any(op.extrapolated for op in result.ops) else "") + milliseconds(result.latency_ms, unit=""),
    ]


def _millions(count: int) -> str:
    return f"{count:,}" if count < 100_000 else f"{count / 1e6:,.2f} M"


def _verdict(target: Target, footprint: Footprint) -> Text:
    if footprint.refused:
        return Text("refused", style="red")
    if not footprint.complete and not _over(target, footprint):
        return Text("unknown", style="yellow")
    if target.ram_bytes is None and target.flash_bytes is None:
        return Text("-", style="dim")
    return Text("no", style="red") if _over(target, footprint) else Text("yes", style="green")


def _over(target: Target, footprint: Footprint) -> list[str]:
    """Return each of the board's limits that is exceeded, in words."""
    ram = ram_title(footprint.summary())
    uses = ((ram, footprint.ram_bytes, target.ram_bytes), ("flash", footprint.flash_bytes, target.flash_bytes))
    return [
        f"{what} over by {at_least(not footprint.complete)}{kilobytes(used - limit)}"
        for what, used, limit in uses
        if limit is not None and used > limit
    ]


def _footnotes(targets: Sequence[Target], results: Sequence[Footprint | InputError]) -> Iterator[Text]:
    """Yield for which cores the code of another one is assumed, and why some targets have no latency."""
    pairs = [(t, r) for t, r in zip(targets, results, strict=True) if isinstance(r, Footprint) and r.complete]
    if odd := [target.core for target, _ in pairs if target.core in ("cortex-m3", "cortex-m55")]:
        yield Text(f"flash: no code was linked for {', '.join(dict.fromkeys(odd))}; the Cortex-M4's is assumed")
    if any(op.extrapolated for _, result in pairs for op in result.ops):
        yield Text("ms ~: less certain, since no shape like one of the operators' was counted")
    untimed = [target for target, result in pairs if result.latency_ms is None]
    if without := dict.fromkeys(target.core for target in untimed if target.clock_hz is not None):
        yield Text(f"ms -: instructions of some operators were not counted on {', '.join(without)}")
    if any(target.clock_hz is None for target in untimed):
        yield Text("ms -: a generic core has no clock; name a board")


def _notes(rows: Sequence[Comparison], called: Mapping[str, str]) -> Iterator[Any]:
    """Yield each reason once, with the files and targets that it applies to."""
    several = len({row.target.name for row in rows}) > 1
    refusals: dict[str, list[str]] = {}
    if several:
        yield from _footnotes([row.target for row in rows], [row.result for row in rows])
    if any(isinstance(row.result, Footprint) and not row.result.complete for row in rows):
        yield Text("≥: at least, since operators of these models are not known to us", style="yellow")
    yield from dict.fromkeys(str(row.result) for row in rows if isinstance(row.result, InputError))
    for row in rows:
        if isinstance(row.result, InputError):
            continue
        place = f"{called[row.file]} on {row.target.name}" if several else called[row.file]
        for reason in dict.fromkeys(op.reason for op in row.result.ops if op.reason):
            refusals.setdefault(reason, []).append(place)
        if over := _over(row.target, row.result):
            yield Text(f"{place}: {'; '.join(over)}")
        elif left := left_for_program(row.result.ram_bytes, row.target.ram_bytes):
            yield Text(f"{place}: fits, {left}", style="yellow")
    for reason, places in refusals.items():
        yield Text(f"{shortened(places, 3)}: {printable(reason)}")
