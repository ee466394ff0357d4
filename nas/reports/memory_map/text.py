"""The memory map as text: operators across, offsets upwards, a letter for each buffer."""

import math
import string
import textwrap

from nas.reports.memory_map.format import MAP_FORMATS
from nas.reports.memory_map.lifetimes import lifetime, live_at, peak_op, planned, printable, short_name, span
from nas.target.footprint import Footprint, TensorFootprint
from nas.target.ram import Buffers

_LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits
_ROWS, _MARGIN = 24, 9
_LEAST_COLUMN, _MOST_COLUMN = 3, 8


@MAP_FORMATS.register("txt")
def to_text(footprint: Footprint, width: int = 80) -> str:
    """Text of at most 80 columns, for terminals and code reviews.

    If there are too many operators for one line, the map continues in further parts below it.
    """
    in_order = sorted(planned(footprint), key=lambda t: (lifetime(t)[0], t.index))
    letters = {t.index: _LETTERS[i % len(_LETTERS)] for i, t in enumerate(in_order)}
    room = width - _MARGIN
    count = max(len(footprint.ops), 1)
    pages = math.ceil(count * max(len(f"{count - 1} "), _LEAST_COLUMN) / room)
    across = math.ceil(count / pages)
    column = min(room // across, _MOST_COLUMN)
    maps = [
        _grid(footprint, letters, range(first, min(first + across, count)), column) for first in range(0, count, across)
    ]
    return "\n\n".join([textwrap.fill(_title(footprint), width), *maps, _legend(footprint, letters, width)]) + "\n"


def _title(footprint: Footprint) -> str:
    ram, target = footprint.detail, footprint.target
    if isinstance(ram, Buffers):
        beside = f"input and output {ram.given:,} and stack {ram.stack:,} beside it"
        return f"static RAM {ram.static:,} B of plain C on {target} (below), with {beside}"
    return (
        f"arena {ram.min:,} B on {target}: head {ram.head:,} (below) + tail {ram.tail:,}, which is "
        "kept as long as the interpreter exists"
    )


def _grid(footprint: Footprint, letters: dict[int, str], ops: range, column: int) -> str:
    band = max(footprint.detail.head / _ROWS, 1)
    live = [live_at(footprint, op) for op in ops]
    lines = []
    for row in reversed(range(_ROWS)):
        owners = (_owner(tensors, row * band, (row + 1) * band) for tensors in live)
        cells = (_cell(owner, letters, op, column) for op, owner in zip(ops, owners, strict=True))
        lines.append(f"{round(row * band):>{_MARGIN - 2},}  {''.join(cells)}".rstrip())
    lines.append(" " * _MARGIN + "".join(f"{op:<{column}}" for op in ops).rstrip())
    return "\n".join(lines)


def _owner(tensors: list[TensorFootprint], low: float, high: float) -> TensorFootprint | None:
    """Return the buffer that has the most of these bytes."""
    shares = [min(high, (t.offset or 0) + t.bytes) - max(low, t.offset or 0) for t in tensors]
    most = max(shares, default=0)
    return tensors[shares.index(most)] if most > 0 else None


def _cell(owner: TensorFootprint | None, letters: dict[int, str], op: int, column: int) -> str:
    """Return the buffer's letter, joined to the next column if it is still needed there."""
    if owner is None:
        return ".".ljust(column)
    continues = lifetime(owner)[1] > op
    return (letters[owner.index] * (column if continues else column - 1)).ljust(column)


def _legend(footprint: Footprint, letters: dict[int, str], width: int) -> str:
    peak = peak_op(footprint) if footprint.ops else None
    lines = [f"{'':3}{'offset':>9}{'bytes':>10}  {'operators':11}{'kind':12}name"]
    tensors = {tensor.index: tensor for tensor in planned(footprint)}
    lines += [_row(tensors[index], letter, peak, width) for index, letter in letters.items()]
    if peak is not None:
        lines.append(f"* in use at operator {peak} ({printable(footprint.ops[peak].name)}), the peak")
    return "\n".join(line[:width].rstrip() for line in lines)


def _row(tensor: TensorFootprint, letter: str, peak: int | None, width: int) -> str:
    first, last = lifetime(tensor)
    star = "*" if peak is not None and first <= peak <= last else " "
    name = short_name(tensor.name, most=width - 47)
    return f"{letter}{star} {tensor.offset:>9,}{tensor.bytes:>10,}  {span(tensor):11}{tensor.kind:12}{name}"
