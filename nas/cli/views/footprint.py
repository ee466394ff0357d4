"""A footprint as a person reads it, at most 80 columns wide."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from nas.reports.memory_map.lifetimes import live_at, peak_op, printable, short_name
from nas.target.footprint import Footprint, OpFootprint, TensorFootprint
from nas.target.profiler import runtime_of
from nas.target.target import Target
from nas.text import kilobytes, percent

_NAME = 24


def view(footprint: Footprint, target: Target) -> Group:
    """Return totals against the target's limits, the operators, and what fills the arena at its fullest moment."""
    parts: list[Any] = [_title(footprint, target), "", _totals(footprint, target), "", _ops(footprint)]
    if not footprint.supported:
        parts += ["", *_refused(footprint)]
    if footprint.ops:
        parts += ["", *_peak(footprint)]
    return Group(*parts)


def room(used: int, limit: int | None) -> tuple[str, bool]:
    """Return how much of a limit is used, in words, and whether it fits; no words if there is no limit."""
    if limit is None:
        return "", True
    share = f"{percent(used / limit)} of {kilobytes(limit)}"
    if used <= limit:
        return f"{share}, {kilobytes(limit - used)} free", True
    return f"{share}: does not fit, over by {kilobytes(used - limit)}", False


def milliseconds(value: float | None, unit: str = " ms") -> str:
    """Return a time to three digits; a dash for None."""
    return "-" if value is None else f"{value:.3g}{unit}"


def _title(footprint: Footprint, target: Target) -> Text:
    what = footprint.file if footprint.file is not None else "estimate"
    return Text(f"{what or 'model'} on {target.name}\n", style="bold").append(
        f"{target.description}, TFLM {footprint.release}", style="not bold dim"
    )


def _totals(footprint: Footprint, target: Target) -> Table:
    arena, flash = footprint.detail, footprint.flash
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    table.add_row("weights", f"{footprint.weights_bytes:,} B", _dim("all constant tensors"))
    table.add_row("arena", f"{arena.min:,} B", _dim("the size to reserve for the interpreter"))
    used = f"it uses {footprint.detail.used:,} = head {arena.head:,} + tail {arena.tail:,}"
    table.add_row("", "", _dim(used))
    _add_room(table, "RAM", arena.min, target.ram_bytes)
    if (beside := footprint.detail.outside) is not None:
        stack = "not measured on this core" if beside.stack is None else f"{beside.stack:,}"
        words = f"outside the arena: interpreter {beside.interpreter:,}, resolver {beside.resolver:,}, stack {stack}"
        table.add_row("", "", _dim(words))
    code = f"model {flash.model:,} + code {flash.code:,}"
    if flash.without_code:
        code += f" or more: {', '.join(flash.without_code)} was never measured"
    table.add_row("flash", f"{footprint.flash_bytes:,} B", _dim(code))
    _add_room(table, "flash", footprint.flash_bytes, target.flash_bytes)
    table.add_row("MACs", f"{footprint.macs:,}", "")
    table.add_row("latency", milliseconds(footprint.latency_ms), _dim(_latency_note(footprint, target)))
    if footprint.energy_uj is not None:
        note = f"estimate: {target.active_mw:g} mW, the data sheet's power of the running core"
        table.add_row("energy", f"{footprint.energy_uj:.3g} uJ", _dim(note))
    return table


def _add_room(table: Table, what: str, used: int, limit: int | None) -> None:
    words, fits = room(used, limit)
    if words:
        table.add_row("", "", Text(f"{what}: {words}", style="green" if fits else "bold red"))


def _dim(words: str) -> Text:
    return Text(words, style="dim")


def _latency_note(footprint: Footprint, target: Target) -> str:
    if footprint.latency_ms is not None:
        error = runtime_of(target).latency_error(target)
        known = "" if error is None else f" (90 % of models within {percent(error)})"
        return f"estimate: instructions{known}, assuming {target.cycles_per_instruction:g} cycles each"
    if target.clock_hz is None:
        return "unknown: the target has no clock; name a board"
    unknown = sorted({op.op for op in footprint.ops if op.latency_ms is None})
    if len(unknown) == len({op.op for op in footprint.ops}):
        return "unknown: no instructions were counted on this core"
    return f"unknown: no instructions were counted for {', '.join(unknown)} on this core"


def _ops(footprint: Footprint) -> Table:
    timed = any(op.latency_ms is not None for op in footprint.ops)
    table = Table(box=None, pad_edge=False)
    table.add_column("#", justify="right", style="dim")
    table.add_column("operator", no_wrap=True, overflow="ellipsis")
    table.add_column("output", no_wrap=True)
    for title in ("MACs", "scratch B", *(["ms", "%"] if timed else [])):
        table.add_column(title, justify="right", no_wrap=True)
    for op in footprint.ops:
        table.add_row(*_op_cells(footprint, op, timed), style=None if op.supported else "red")
    return table


def _op_cells(footprint: Footprint, op: OpFootprint, timed: bool) -> list[str]:
    cells = [
        str(op.index),
        op.op if op.supported else f"{op.op} !",
        " ".join(_shape(footprint.tensors[i]) for i in op.outputs if i >= 0),
        f"{op.macs:,}" if op.macs else "-",
        f"{op.scratch_bytes:,}" if op.scratch_bytes else "-",
    ]
    if not timed:
        return cells
    known = sum(other.latency_ms or 0 for other in footprint.ops)
    share = "-" if op.latency_ms is None or not known else f"{100 * op.latency_ms / known:.0f}"
    return [*cells, milliseconds(op.latency_ms, unit=""), share]


def _refused(footprint: Footprint) -> Iterator[Any]:
    """Yield each reason why operators do not run, once, with those operators."""
    reasons: dict[str, list[str]] = {}
    for op in footprint.ops:
        if op.reason:
            reasons.setdefault(op.reason, []).append(str(op.index))
    yield Text(
        f"does not run on TensorFlow Lite Micro as it is, for {_count(len(reasons), 'reason')}:", style="bold red"
    )
    for reason, ops in reasons.items():
        yield Padding(Text(f"! {_operators(ops)}: {printable(reason)}"), (0, 0, 0, 2))


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _operators(ops: Sequence[str]) -> str:
    return f"operator {ops[0]}" if len(ops) == 1 else f"operators {', '.join(ops)}"


def _peak(footprint: Footprint) -> Iterator[Any]:
    op = peak_op(footprint)
    live = live_at(footprint, op)
    used = sum(tensor.bytes for tensor in live)
    yield Text(
        f"fullest at operator {op} ({footprint.ops[op].op}): {used:,} of the head's {footprint.detail.head:,} B",
        style="bold",
    )
    table = Table(box=None, pad_edge=False)
    for title in ("offset", "bytes"):
        table.add_column(title, justify="right", no_wrap=True)
    for title in ("operators", "kind", "shape"):
        table.add_column(title, no_wrap=True)
    table.add_column("tensor", no_wrap=True, overflow="ellipsis", max_width=_NAME)
    for tensor in live:
        shape = _shape(tensor) if tensor.kind != "scratch" else "-"
        name = short_name(tensor.name, most=_NAME)
        table.add_row(f"{tensor.offset:,}", f"{tensor.bytes:,}", _life(tensor), tensor.kind, shape, name)
    yield table


def _life(tensor: TensorFootprint) -> str:
    return f"{tensor.first_op}" if tensor.first_op == tensor.last_op else f"{tensor.first_op} to {tensor.last_op}"


def _shape(tensor: TensorFootprint) -> str:
    return "x".join(map(str, tensor.shape)) or "scalar"
