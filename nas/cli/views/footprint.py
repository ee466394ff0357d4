"""A footprint as a person reads it, at most 80 columns wide."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from nas.cli.views.columns import columns
from nas.cli.views.memory_rows import add_arena, add_buffers, add_front_end, add_room, dim, milliseconds
from nas.reports.memory_map.lifetimes import live_at, peak_op, planned, printable, short_name
from nas.target.footprint import RUNTIME_NAMES, Footprint, OpFootprint, TensorFootprint
from nas.target.profiler import runtime_of
from nas.target.ram import Arena, Buffers
from nas.target.room import at_least, left_for_program
from nas.target.target import Target
from nas.text import UNKNOWN, percent, shortened

_NAME = 24
_NO_PROGRAM = "unknown: there is no program, see below"


def view(footprint: Footprint, target: Target) -> Group:
    """Return totals against the target's limits, the operators, and what fills the arena at its fullest moment."""
    parts: list[Any] = [_title(footprint, target), "", _totals(footprint, target), "", _ops(footprint)]
    if footprint.refused:
        parts += ["", *_reasons(footprint, known=True)]
    if not footprint.complete:
        parts += ["", *_reasons(footprint, known=False)]
    if planned(footprint):
        parts += ["", *_peak(footprint)]
    return Group(*parts)


def _title(footprint: Footprint, target: Target) -> Text:
    what = footprint.file if footprint.file is not None else "estimate"
    title = Text(f"{what or 'model'} on {target.name}\n", style="bold").append(
        f"{target.description}, {_runtime(footprint)}", style="not bold dim"
    )
    if footprint.complete:
        return title
    unknown = _count(sum(not op.known for op in footprint.ops), "operator")
    return title.append(f"\nneeds at least this: {unknown} not known to us", style="bold yellow")


def _runtime(footprint: Footprint) -> str:
    if isinstance(footprint.detail, Arena):
        return f"TFLM {footprint.release}"
    return f"plain C, {footprint.release}" if footprint.release else "plain C"


def _totals(footprint: Footprint, target: Target) -> Table:
    least = at_least(not footprint.complete)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    table.add_row("weights", f"{footprint.weights_bytes:,} B", dim("all constant tensors"))
    if footprint.detail.known:
        _add_memory(table, footprint, target)
    else:
        for memory in ("RAM", "flash"):
            table.add_row(memory, UNKNOWN, dim(_NO_PROGRAM))
    table.add_row("MACs", f"{least}{footprint.macs:,}", "")
    table.add_row("latency", milliseconds(footprint.latency_ms), dim(_latency_note(footprint, target)))
    if footprint.hop is not None:
        table.add_row("streaming", "", dim(f"each answer computes what is new: {footprint.hop}"))
    if footprint.hop_by_hop is not None:
        table.add_row("streaming", "", dim(footprint.hop_by_hop.words()))
    if odd := [f"#{op.index} {printable(op.name)}" for op in footprint.ops if op.extrapolated]:
        words = f"less certain: no shape like {shortened(odd, 3)} was counted"
        table.add_row("", "", Text(words, style="yellow"))
    if footprint.energy_uj is not None:
        note = f"estimate: {target.active_mw:g} mW, the data sheet's power of the running core"
        table.add_row("energy", f"{footprint.energy_uj:.3g} uJ", dim(note))
    return table


def _add_memory(table: Table, footprint: Footprint, target: Target) -> None:
    """Add RAM and flash, each with its parts and with what the target leaves of it."""
    flash = footprint.flash
    if isinstance(footprint.detail, Buffers):
        add_buffers(table, footprint.detail)
    else:
        add_arena(table, footprint.detail, footprint.complete)
    add_front_end(table, footprint.front_end)
    add_room(table, "RAM", footprint.ram_bytes, target.ram_bytes, not footprint.complete)
    if left := left_for_program(footprint.ram_bytes, target.ram_bytes):
        table.add_row("", "", Text(f"fits, {left}", style="yellow"))
    if (beside := footprint.detail.outside) is not None:
        stack = "not measured on this core" if beside.stack is None else f"{beside.stack:,}"
        words = f"outside the arena: interpreter {beside.interpreter:,}, resolver {beside.resolver:,}, stack {stack}"
        table.add_row("", "", dim(words))
    model = "model" if isinstance(footprint.detail, Arena) else "constants"
    code = f"{model} {flash.model:,} + code {flash.code:,}"
    if footprint.front_end is not None:
        code += f" + front-end {footprint.front_end.flash_bytes:,}"
    if flash.without_code:
        code += f" or more: {', '.join(flash.without_code)} was never measured"
    open_ended = not footprint.complete or bool(flash.without_code)
    table.add_row("flash", f"{at_least(open_ended)}{footprint.flash_bytes:,} B", dim(code))
    add_room(table, "flash", footprint.flash_bytes, target.flash_bytes, open_ended)


def _latency_note(footprint: Footprint, target: Target) -> str:
    if footprint.latency_ms is not None:
        error = runtime_of(target).latency_error(footprint, target)
        known = "" if error is None else f" (90 % of models within {percent(error)})"
        if target.core == "avr":
            return f"estimate: cycles{known}"
        least, most = target.cycles_range()
        between = f" ({least:g} to {most:g})" if least < most else ""
        return f"estimate: instructions{known}, assuming {target.cycles_per_instruction:g} cycles each{between}"
    if not footprint.detail.known:
        return _NO_PROGRAM
    if target.clock_hz is None:
        return "unknown: the target has no clock; name a board"
    unknown = sorted({printable(op.name) for op in footprint.ops if op.latency_ms is None})
    if len(unknown) == len({op.name for op in footprint.ops}):
        return "unknown: no instructions were counted on this core"
    return f"unknown: no instructions were counted for {', '.join(unknown)} on this core"


def _ops(footprint: Footprint) -> Text:
    timed = any(op.latency_ms is not None for op in footprint.ops)
    titles = ["#", "operator", "output", "MACs", "scratch B", *(["ms", "%"] if timed else [])]
    known = sum(op.latency_ms or 0 for op in footprint.ops)
    rows = [_op_cells(footprint, op, known if timed else None) for op in footprint.ops]
    styles = ["" if op.supported else "red" if op.known else "yellow" for op in footprint.ops]
    return columns(titles, rows, frozenset(titles) - {"operator", "output"}, styles)


def _op_cells(footprint: Footprint, op: OpFootprint, known_ms: float | None) -> list[str]:
    """Return an operator's cells; `known_ms` is the latency of all operators, None without a column for it."""
    cells = [
        str(op.index),
        printable(op.name) + ("" if op.supported else " !" if op.known else " ?"),
        " ".join(_shape(footprint.tensors[i]) for i in op.outputs if i >= 0),
        f"{op.macs:,}" if op.macs else "-",
        f"{op.scratch_bytes:,}" if op.scratch_bytes else "-",
    ]
    if known_ms is None:
        return cells
    share = "-" if op.latency_ms is None or not known_ms else f"{100 * op.latency_ms / known_ms:.0f}"
    return [*cells, milliseconds(op.latency_ms, unit=""), share]


def _reasons(footprint: Footprint, *, known: bool) -> Iterator[Any]:
    """Yield each reason why operators do not run, or why nothing is known of them, once, with those operators."""
    reasons: dict[str, list[str]] = {}
    for op in footprint.ops:
        if op.reason and op.known == known:
            reasons.setdefault(op.reason, []).append(str(op.index))
    many = _count(len(reasons), "reason")
    runtime = RUNTIME_NAMES[footprint.runtime]
    if known:
        yield Text(f"does not run on {runtime} as it is, for {many}:", style="bold red")
    else:
        yield Text(f"needs at least what is said above, for {many}:", style="bold yellow")
    for reason, ops in reasons.items():
        yield Padding(Text(f"{'!' if known else '?'} {_operators(ops)}: {printable(reason)}"), (0, 0, 0, 2))


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _operators(ops: Sequence[str]) -> str:
    return f"operator {ops[0]}" if len(ops) == 1 else f"operators {', '.join(ops)}"


def _peak(footprint: Footprint) -> Iterator[Any]:
    op = peak_op(footprint)
    live = live_at(footprint, op)
    if isinstance(footprint.detail, Arena):
        used = f"{sum(tensor.bytes for tensor in live):,} of the head's {footprint.detail.head:,} B"
    else:  # an operator may write where its input was
        most = max((tensor.offset or 0) + tensor.bytes for tensor in live)
        used = f"{most:,} of the static RAM's {footprint.detail.static:,} B"
    yield Text(f"fullest at operator {op} ({printable(footprint.ops[op].name)}): {used}", style="bold")
    rows = [
        [
            f"{tensor.offset:,}",
            f"{tensor.bytes:,}",
            _life(tensor),
            tensor.kind,
            _shape(tensor) if tensor.kind != "scratch" else "-",
            short_name(tensor.name, most=_NAME),
        ]
        for tensor in live
    ]
    titles = ["offset", "bytes", "operators", "kind", "shape", "tensor"]
    yield columns(titles, rows, frozenset(("offset", "bytes")), [""] * len(rows))


def _life(tensor: TensorFootprint) -> str:
    return f"{tensor.first_op}" if tensor.first_op == tensor.last_op else f"{tensor.first_op} to {tensor.last_op}"


def _shape(tensor: TensorFootprint) -> str:
    return "x".join(map(str, tensor.shape)) or "scalar"
