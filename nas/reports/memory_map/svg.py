"""The memory map as one SVG that needs no other file, light or dark as the reader's system is."""

import html
from collections.abc import Iterator
from dataclasses import dataclass

from nas.reports.memory_map.format import MAP_FORMATS
from nas.reports.memory_map.lifetimes import (
    KINDS,
    lifetime,
    peak_op,
    planned,
    printable,
    shape,
    short_name,
    span,
    title,
)
from nas.target.footprint import Footprint, TensorFootprint
from nas.target.ram import Buffers

# Pixels: the margins of the plot, its least size, an operator's least width, a line and a letter of text.
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 16, 64, 118
_WIDTH, _HEIGHT, _COLUMN = 894, 470, 17
LINE, LETTER = 14, 6.6
# In a page, the picture shrinks with the window down to this share of its width; then the reader scrolls.
_LEAST_SCALE = 0.85

STYLE = """
.memory-map { --ink: #1b2430; --muted: #5c6776; --line: #d5dae1; --surface: #ffffff;
  --activation: #2166c4; --scratch: #c2551c; --input: #1d8a5b; --output: #8446b0; }
@media screen and (prefers-color-scheme: dark) {
  .memory-map { --ink: #e6eaf0; --muted: #9aa6b5; --line: #3a4452; --surface: #1a2028;
    --activation: #6ba6f5; --scratch: #f0965c; --input: #5ac899; --output: #c79aec; }
}
.memory-map { font: 11px system-ui, sans-serif; }
.memory-map .paper { fill: var(--surface); }
.memory-map text { fill: var(--ink); }
.memory-map .title { font-size: 15px; font-weight: 600; }
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


@MAP_FORMATS.register("svg")
def to_svg(footprint: Footprint) -> str:
    """A picture as an SVG file, for web pages and documents."""
    return "\n".join(_Drawing(footprint).lines()) + "\n"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; y grows downwards."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: "Box") -> bool:
        """Return whether the two share some area."""
        across = self.x < other.x + other.width and other.x < self.x + self.width
        return across and self.y < other.y + other.height and other.y < self.y + self.height


class _Drawing:
    """Turns operators and bytes into pixels, and tensors into rectangles with labels that cover nothing else."""

    def __init__(self, footprint: Footprint) -> None:
        self.footprint = footprint
        self.ops = max(len(footprint.ops), 1)
        planned_bytes = footprint.detail.static if isinstance(footprint.detail, Buffers) else footprint.ram_bytes
        self.arena = max(planned_bytes, footprint.detail.used, 1)
        self.width = max(_WIDTH, _COLUMN * self.ops)
        self.size = (_LEFT + self.width + _RIGHT, _TOP + _HEIGHT + _BOTTOM)
        self.tail_box = Box(_LEFT, _TOP, self.width, _HEIGHT * footprint.detail.tail / self.arena)

    def x(self, op: float) -> float:
        return _LEFT + self.width * op / self.ops

    def y(self, offset: float) -> float:
        return _TOP + _HEIGHT * (1 - offset / self.arena)

    def lines(self) -> Iterator[str]:
        width, height = self.size
        says = f"Memory map of {len(planned(self.footprint))} buffers over {self.ops} operators"
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="memory-map" viewBox="0 0 {width:g} {height:g}" '
            f'width="{width:g}" height="{height:g}" style="min-width: {_LEAST_SCALE * width:.0f}px" role="img" '
            f'aria-label="{says}">'
        )
        yield f'<style>{STYLE}</style><rect class="paper" width="100%" height="100%"/>'
        yield from self.legend()
        yield from self.axes()
        yield from self.tail()
        yield from self.tensors()
        yield "</svg>"

    def legend(self) -> Iterator[str]:
        f = self.footprint
        in_c = isinstance(f.detail, Buffers)
        memory = "static RAM" if in_c else "arena"
        yield text(_LEFT, 22, f"{title(f)}: {self.arena:,} B of {memory}", 'class="title"')
        x = float(_LEFT)
        present = [kind for kind in KINDS if any(t.kind == kind for t in planned(f))]
        # Plain C has no tail: all of its static RAM is planned.
        tail = [] if in_c else [("tail", f"tail (head {f.detail.head:,} + tail {f.detail.tail:,} B)")]
        for kind, label in [*((kind, kind) for kind in present), *tail]:
            yield f'<rect class="{kind} body" x="{x:g}" y="34" width="11" height="11"/>'
            yield text(x + 16, 44, label, 'class="quiet"')
            x += 34 + LETTER * len(label)

    def axes(self) -> Iterator[str]:
        """Draw the scale of bytes, the operators' names, and a bar behind the operator of the peak."""
        f, bottom = self.footprint, _TOP + _HEIGHT
        peak = peak_op(f) if f.ops else None
        if peak is not None:
            top, says = self.y(f.detail.head), f"operator {peak}, at which the most bytes are in use"
            yield rectangle("peak", Box(self.x(peak), top, self.x(1) - self.x(0), bottom - top), says)
        yield text(_LEFT - 8, _TOP - 12, "offset, B", 'class="quiet" text-anchor="end"')
        for offset in _ticks(self.arena):
            yield f'<path class="line" d="M{_LEFT} {self.y(offset):.1f}h{self.width:g}"/>'
            yield text(_LEFT - 8, self.y(offset) + 4, f"{offset:,}", 'class="quiet" text-anchor="end"')
        yield f'<path class="head" d="M{_LEFT} {self.y(f.detail.head):.1f}h{self.width:g}"/>'
        for op in f.ops:
            x = self.x(op.index + 0.5) + 4
            look = "now" if op.index == peak else "quiet"
            turn = f'class="{look}" text-anchor="end" transform="rotate(-40 {x:.1f} {bottom + 14})"'
            yield text(x, bottom + 14, f"{op.index} {printable(op.name)}", turn)

    def tail(self) -> Iterator[str]:
        """Draw the arena's end, which is kept as long as the interpreter exists."""
        says = f"tail, {self.footprint.detail.tail:,} B: kept as long as the interpreter exists"
        yield rectangle("tail", self.tail_box, says)
        if self.tail_box.height >= LINE:
            yield from _inside(self.tail_box, [says])

    def box(self, tensor: TensorFootprint) -> Box:
        """Return the rectangle of a planned tensor: its operators to the right, its bytes upwards."""
        first, last = lifetime(tensor)
        height = _HEIGHT * tensor.bytes / self.arena
        left = self.x(first) + 1
        return Box(left, self.y(tensor.offset or 0) - height, self.x(last + 1) - left - 1, height)

    def tensors(self) -> Iterator[str]:
        """Draw every planned tensor, then their labels: inside, or above if nothing else is there."""
        boxes = {tensor: self.box(tensor) for tensor in planned(self.footprint)}
        for tensor, box in boxes.items():
            place = f"{tensor.bytes:,} B at {tensor.offset:,}, operators {span(tensor)}"
            says = f"{tensor.index} {printable(tensor.name)} {shape(tensor)}".rstrip()
            yield rectangle(f"{tensor.kind} body", box, f"{says}: {place}")
        taken = [self.tail_box, *boxes.values()]
        for tensor, box in sorted(boxes.items(), key=lambda item: -item[0].bytes):
            label = self.above(tensor, box)
            if lines := _label(tensor, box):
                yield from _inside(box, lines)
            elif not any(label.overlaps(other) for other in taken):
                taken.append(label)
                yield text(label.x + 2, label.y + LINE - 3, _outside(tensor))

    def above(self, tensor: TensorFootprint, box: Box) -> Box:
        """Return the place of a label above a rectangle, moved to the left if it would leave the plot."""
        width = LETTER * len(_outside(tensor)) + 4
        return Box(min(box.x, _LEFT + self.width - width), box.y - LINE, width, LINE - 0.5)


def _label(tensor: TensorFootprint, box: Box) -> list[str]:
    """Return the lines that say the most of those that fit into a rectangle; nothing if none do."""
    number, size = str(tensor.index), f"{tensor.bytes:,} B"
    name = f"{number} {short_name(tensor.name)}"
    cut = f"{name[: max(int(box.width / LETTER) - 2, 1)]}\u2026"
    choices = [[name, size], [f"{name}, {size}"], [cut, size], [number, size], [name], [cut], [size], [number]]
    for lines in choices:
        fits = max(map(len, lines)) * LETTER + 4 <= box.width and len(lines) * LINE <= box.height + 2
        if fits and (cut not in lines or len(cut) > 8):
            return lines
    return []


def _inside(box: Box, lines: list[str]) -> Iterator[str]:
    for i, line in enumerate(lines):
        y = box.y + box.height / 2 + 4 + LINE * (i - (len(lines) - 1) / 2)
        yield text(box.x + box.width / 2, y, line, 'text-anchor="middle"')


def _outside(tensor: TensorFootprint) -> str:
    return f"{tensor.index} {short_name(tensor.name, 20)}, {tensor.bytes:,} B"


def _ticks(most: int) -> range:
    """Return round offsets, at most eleven."""
    steps = (digit * 10**zeros for zeros in range(12) for digit in (1, 2, 5))
    return range(0, most + 1, next(step for step in steps if most / step <= 10))


def rectangle(kind: str, box: Box, says: str) -> str:
    """Return a rectangle, at least half a pixel large, that says what it is when the pointer rests on it."""
    size = f'width="{max(box.width, 0.5):.1f}" height="{max(box.height, 0.5):.1f}"'
    return f'<rect class="{kind}" x="{box.x:.1f}" y="{box.y:.1f}" {size}><title>{html.escape(says)}</title></rect>'


def text(x: float, y: float, words: str, attributes: str = "") -> str:
    """Return a text at a place."""
    return f'<text x="{x:.1f}" y="{y:.1f}" {attributes}>{html.escape(words)}</text>'
