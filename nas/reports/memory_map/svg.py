"""The memory map as one SVG that needs nothing beside it, light or dark."""

import html
from collections.abc import Iterator
from pathlib import Path

from nas.reports.memory_map.lives import KINDS, life, peak_op, planned, printable, short_name
from nas.target.footprint import Footprint, TensorFootprint

# Pixels: what stands beside the plot, the plot's least size, an operator's least column, a line and a letter of text.
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 16, 64, 118
_WIDTH, _HEIGHT, _COLUMN = 894, 470, 17
_LINE, _LETTER = 14, 6.3

STYLE = """
.memory-map { --ink: #1b2430; --muted: #5c6776; --line: #d5dae1; --surface: #ffffff;
  --activation: #2166c4; --scratch: #c2551c; --input: #1d8a5b; --output: #8446b0; }
@media (prefers-color-scheme: dark) {
  .memory-map { --ink: #e6eaf0; --muted: #9aa6b5; --line: #3a4452; --surface: #1a2028;
    --activation: #6ba6f5; --scratch: #f0965c; --input: #5ac899; --output: #c79aec; }
}
.memory-map { background: var(--surface); font: 11px system-ui, sans-serif; }
.memory-map text { fill: var(--ink); }
.memory-map .quiet { fill: var(--muted); }
.memory-map .now { font-weight: 700; }
.memory-map .line { stroke: var(--line); fill: none; }
.memory-map .head { stroke: var(--muted); stroke-dasharray: 4 3; fill: none; }
.memory-map .peak { fill: var(--muted); fill-opacity: 0.13; }
.memory-map .tail { fill: var(--muted); fill-opacity: 0.3; stroke: var(--muted); }
.memory-map .body { fill-opacity: 0.25; stroke-width: 1.2; }
"""
for _kind in KINDS:
    STYLE += f".memory-map .{_kind} {{ fill: var(--{_kind}); stroke: var(--{_kind}); }}\n"


def to_svg(footprint: Footprint) -> str:
    """Return the map as an SVG file's text."""
    return "\n".join(_Drawing(footprint).lines()) + "\n"


class _Drawing:
    """Turns operators and bytes into pixels, and tensors into rectangles with a label where it fits."""

    def __init__(self, footprint: Footprint) -> None:
        self.footprint = footprint
        self.ops = max(len(footprint.ops), 1)
        self.arena = max(footprint.ram_bytes, footprint.detail.used, 1)
        self.width = max(_WIDTH, _COLUMN * self.ops)
        self.size = (_LEFT + self.width + _RIGHT, _TOP + _HEIGHT + _BOTTOM)

    def x(self, op: float) -> float:
        return _LEFT + self.width * op / self.ops

    def y(self, offset: float) -> float:
        return _TOP + _HEIGHT * (1 - offset / self.arena)

    def lines(self) -> Iterator[str]:
        width, height = self.size
        says = f"Memory map of {len(planned(self.footprint))} buffers over {self.ops} operators"
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="memory-map" viewBox="0 0 {width:g} {height:g}" '
            f'width="{width:g}" height="{height:g}" role="img" aria-label="{says}">'
        )
        yield f'<style>{STYLE}</style><rect width="100%" height="100%" style="fill: var(--surface)"/>'
        yield from self.legend()
        yield from self.axes()
        yield from self.tail()
        for tensor in planned(self.footprint):
            yield from self.tensor(tensor)
        yield "</svg>"

    def legend(self) -> Iterator[str]:
        f = self.footprint
        title = f"{printable(Path(f.file).name) if f.file else 'estimate'} on {f.target}: {f.ram_bytes:,} B of arena"
        parts = f"head {f.detail.head:,} + tail {f.detail.tail:,} B"
        yield text(_LEFT, 22, title, 'style="font-size: 15px; font-weight: 600"')
        x = float(_LEFT)
        present = [kind for kind in KINDS if any(t.kind == kind for t in planned(f))]
        for kind, label in [*((kind, kind) for kind in present), ("tail", f"tail ({parts})")]:
            yield f'<rect class="{kind} body" x="{x:g}" y="34" width="11" height="11"/>'
            yield text(x + 16, 44, label, 'class="quiet"')
            x += 34 + _LETTER * len(label)

    def axes(self) -> Iterator[str]:
        """Draw the scale of bytes, the operators' names, and a bar behind the operator of the peak."""
        f, bottom = self.footprint, _TOP + _HEIGHT
        peak = peak_op(f) if f.ops else None
        if peak is not None:
            top, says = self.y(f.detail.head), f"the fullest moment: operator {peak}"
            yield box("peak", self.x(peak), top, self.x(1) - self.x(0), bottom - top, says)
        for offset in _ticks(self.arena):
            yield f'<path class="line" d="M{_LEFT} {self.y(offset):.1f}h{self.width:g}"/>'
            yield text(_LEFT - 8, self.y(offset) + 4, f"{offset:,}", 'class="quiet" text-anchor="end"')
        yield f'<path class="head" d="M{_LEFT} {self.y(f.detail.head):.1f}h{self.width:g}"/>'
        for op in f.ops:
            x = self.x(op.index + 0.5) + 4
            look = "now" if op.index == peak else "quiet"
            turn = f'class="{look}" text-anchor="end" transform="rotate(-40 {x:.1f} {bottom + 14})"'
            yield text(x, bottom + 14, f"{op.index} {op.op}", turn)

    def tail(self) -> Iterator[str]:
        """Draw what lives as long as the interpreter, at the arena's end."""
        height = _HEIGHT * self.footprint.detail.tail / self.arena
        says = f"tail, {self.footprint.detail.tail:,} B: lives as long as the interpreter"
        yield box("tail", _LEFT, _TOP, self.width, height, says)
        if height >= _LINE:
            yield text(_LEFT + self.width / 2, _TOP + height / 2 + 4, says, 'text-anchor="middle"')

    def tensor(self, tensor: TensorFootprint) -> Iterator[str]:
        first, last = life(tensor)
        x, width = self.x(first) + 1, self.x(last + 1) - self.x(first) - 2
        height = _HEIGHT * tensor.bytes / self.arena
        y = self.y(tensor.offset or 0) - height
        shape = "" if tensor.kind == "scratch" else " " + "x".join(map(str, tensor.shape))
        place = f"{tensor.bytes:,} B at {tensor.offset:,}, operators {first} to {last}"
        says = f"{tensor.index} {printable(tensor.name)}{shape}: {place}"
        yield box(f"{tensor.kind} body", x, y, width, height, says)
        lines = _label(tensor, width, height)
        for i, line in enumerate(lines):
            at = y + height / 2 + 4 + _LINE * (i - (len(lines) - 1) / 2)
            yield text(x + width / 2, at, line, 'text-anchor="middle"')


def _label(tensor: TensorFootprint, width: float, height: float) -> list[str]:
    """Return the most telling lines that fit into a rectangle."""
    name, size = f"{tensor.index} {short_name(tensor.name)}", f"{tensor.bytes:,} B"
    cut = f"{name[: max(int(width / _LETTER) - 2, 1)]}…"
    choices = [[name, size], [f"{name}, {size}"], [cut, size], [name], [cut], [size], [str(tensor.index)]]
    for lines in choices:
        fits = max(map(len, lines)) * _LETTER + 4 <= width and len(lines) * _LINE <= height + 2
        if fits and (cut not in lines or len(cut) > 8):
            return lines
    return []


def _ticks(most: int) -> range:
    """Return round offsets, at most eleven."""
    steps = (digit * 10**zeros for zeros in range(12) for digit in (1, 2, 5))
    return range(0, most + 1, next(step for step in steps if most / step <= 10))


def box(kind: str, x: float, y: float, width: float, height: float, says: str) -> str:
    """Return a rectangle that tells what it is when the pointer rests on it."""
    place = f'x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{max(height, 0.5):.1f}"'
    return f'<rect class="{kind}" {place}><title>{html.escape(says)}</title></rect>'


def text(x: float, y: float, words: str, attributes: str = "") -> str:
    """Return a text at a place."""
    return f'<text x="{x:.1f}" y="{y:.1f}" {attributes}>{html.escape(words)}</text>'
