"""A footprint as a person reads it; pure functions from data to renderables."""

from collections.abc import Iterator
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from nas.cli.output import kilobytes
from nas.footprint import Footprint, TensorFootprint
from nas.target import Target


def view(footprint: Footprint, target: Target) -> Group:
    """Return totals against the target's limits, the operators, and what fills the arena at its fullest moment."""
    parts: list[Any] = [_title(footprint, target), "", _totals(footprint, target), "", _ops(footprint)]
    if footprint.ops:
        parts += ["", *_peak(footprint)]
    return Group(*parts)


def peak_op(footprint: Footprint) -> int:
    """Return the operator at which the most bytes of the arena's head are in use; the first of equal ones."""
    used = [sum(t.bytes for t in live_at(footprint, op.index)) for op in footprint.ops]
    return used.index(max(used))


def live_at(footprint: Footprint, op: int) -> list[TensorFootprint]:
    """Return the buffers in the arena while the operator runs, by offset."""
    live = [
        t
        for t in footprint.tensors
        if t.offset is not None and t.first_op is not None and t.last_op is not None and t.first_op <= op <= t.last_op
    ]
    return sorted(live, key=lambda t: (t.offset or 0, t.index))


def _title(footprint: Footprint, target: Target) -> Text:
    what = footprint.file or "estimate"
    return Text(f"{what} on {target.name} ({target.description})", style="bold")


def _totals(footprint: Footprint, target: Target) -> Table:
    arena, flash = footprint.arena, footprint.flash
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(style="dim")
    table.add_row("weights", f"{footprint.weights_bytes:,} B", "all constant tensors")
    table.add_row(
        "arena",
        f"{arena.min:,} B",
        f"the size to give the interpreter; it uses {footprint.arena_bytes:,}"
        f" = head {arena.head:,} + tail {arena.tail:,}" + _share(arena.min, target.ram_bytes, "RAM"),
    )
    table.add_row(
        "flash",
        f"{footprint.flash_bytes:,} B",
        f"model {flash.model:,} + code {flash.code:,}" + _share(footprint.flash_bytes, target.flash_bytes, "flash"),
    )
    table.add_row("MACs", f"{footprint.macs:,}", "")
    table.add_row("latency", milliseconds(footprint.latency_ms), _latency_note(footprint, target))
    return table


def _share(used: int, limit: int | None, what: str) -> str:
    if limit is None:
        return ""
    note = f"; {100 * used / limit:.1f} % of {kilobytes(limit)} {what}"
    return note if used <= limit else note + " [bold red]does not fit[/]"


def _latency_note(footprint: Footprint, target: Target) -> str:
    if footprint.latency_ms is not None:
        return f"estimate: counted instructions at {target.cycles_per_instruction:g} cycles each"
    if target.clock_hz is None:
        return "unknown: the target has no clock; name a board"
    return "unknown: no instructions were counted for an operator, or for this core"


def _ops(footprint: Footprint) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("#", justify="right", style="dim")
    table.add_column("operator", no_wrap=True)
    table.add_column("output")
    for title in ("MACs", "scratch B", "ms"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("")
    for op in footprint.ops:
        table.add_row(
            str(op.index),
            op.op,
            " ".join(_shape(footprint.tensors[i]) for i in op.outputs),
            f"{op.macs:,}" if op.macs else "-",
            f"{op.scratch_bytes:,}" if op.scratch_bytes else "-",
            milliseconds(op.latency_ms, unit=""),
            f"[red]{op.reason}[/]" if op.reason else "",
        )
    return table


def _peak(footprint: Footprint) -> Iterator[Any]:
    op = peak_op(footprint)
    live = live_at(footprint, op)
    yield Text(f"in the arena at its fullest, operator {op} ({footprint.ops[op].op}):", style="bold")
    table = Table(box=None, pad_edge=False)
    table.add_column("offset", justify="right")
    table.add_column("bytes", justify="right")
    for title in ("kind", "shape"):
        table.add_column(title, no_wrap=True)
    table.add_column("tensor", no_wrap=True)
    for tensor in live:
        shape = _shape(tensor) if tensor.kind != "scratch" else "-"
        table.add_row(f"{tensor.offset:,}", f"{tensor.bytes:,}", tensor.kind, shape, tensor.name)
    yield table


def _shape(tensor: TensorFootprint) -> str:
    return "x".join(map(str, tensor.shape)) or "scalar"


def milliseconds(value: float | None, unit: str = " ms") -> str:
    """Return a time to three digits; a dash for None."""
    return "-" if value is None else f"{value:.3g}{unit}"
