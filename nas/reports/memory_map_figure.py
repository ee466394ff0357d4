"""The winner's memory map: what lies where in the arena, while which operator runs."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nas.reports.markup import Markup
from nas.reports.svg import ACCENT, FOURTH, FULL_WIDTH, INK, MUTED, SECOND, SURFACE, THIRD, drawing, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nas.target.footprint import Footprint, TensorFootprint

COLOURS = {"input": THIRD, "activation": ACCENT, "output": FOURTH, "scratch": SECOND}
_HEIGHT = 460
# Pixels on the page: a label's line and letter, and what axes and legend take from the figure.
_LINE, _LETTER, _SIDES, _ENDS = 13.0, 6.2, 80, 150
_FONT_SIZE = 10.5
_LEAST_LETTERS, _MOST_LETTERS = 8, 22


def planned(footprint: "Footprint") -> list["TensorFootprint"]:
    """Return the tensors that lie in the arena's head."""
    return [tensor for tensor in footprint.tensors if tensor.offset is not None and tensor.bytes]


def memory_map(footprint: "Footprint") -> Markup:
    """Draw a rectangle a tensor: its bytes upwards, its life to the right."""
    from matplotlib.patches import Patch

    tensors = planned(footprint)
    with drawing(FULL_WIDTH, _HEIGHT) as (figure, axes):
        drawer = _Drawer(axes, len(footprint.ops), 1.08 * max(footprint.detail.head, 1))
        # Large ones first: their labels have a place, those of small ones look for one.
        for tensor in sorted(tensors, key=lambda tensor: -tensor.bytes):
            drawer.draw(tensor)
        axes.axhline(footprint.detail.head, color=MUTED, linestyle=(0, (4, 3)), linewidth=1.2)
        axes.set_xlim(-0.5, drawer.ops - 0.5)
        axes.set_ylim(0, drawer.top)
        names = [f"{op.index} {op.op}" for op in footprint.ops]
        axes.set_xticks(range(drawer.ops), names, rotation=30, ha="right", rotation_mode="anchor")
        axes.set_ylabel("offset in the arena, bytes")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.grid(axis="x", visible=False)
        kinds = [kind for kind in COLOURS if any(tensor.kind == kind for tensor in tensors)]
        handles = [Patch(facecolor=(COLOURS[kind], 0.25), edgecolor=COLOURS[kind], label=kind) for kind in kinds]
        figure.legend(handles=handles, loc="outside upper right", ncols=len(handles))
        return to_svg(figure, "memory-map", f"Memory map of {len(tensors)} tensors over {drawer.ops} operators")


@dataclass(slots=True)
class _Drawer:
    """Draws tensors with labels that do not cover each other; `top` is the height of the axes in bytes."""

    axes: "Axes"
    ops: int
    top: float
    labels: list[tuple[float, float, float, float]] = field(default_factory=list)

    @property
    def line(self) -> float:
        """Height of a line in bytes."""
        return _LINE * self.top / (_HEIGHT - _ENDS)

    @property
    def letter(self) -> float:
        """Width of a letter in operators."""
        return _LETTER * self.ops / (FULL_WIDTH - _SIDES)

    def draw(self, tensor: "TensorFootprint") -> None:
        from matplotlib.patches import Rectangle

        assert tensor.offset is not None
        last = self.ops - 1 if tensor.last_op is None else tensor.last_op
        left, width = (tensor.first_op or 0) - 0.48, last - (tensor.first_op or 0) + 0.96
        colour = COLOURS.get(tensor.kind, MUTED)
        # Letters stay readable on a pale face, light or dark; the edge says the kind.
        for face in (SURFACE, (colour, 0.25)):
            box = Rectangle((left, tensor.offset), width, tensor.bytes, facecolor=face, edgecolor=colour, linewidth=1.2)
            self.axes.add_patch(box)
        self._label(tensor, left, width, tensor.offset)

    def _label(self, tensor: "TensorFootprint", left: float, width: float, bottom: int) -> None:
        """Write a label of two lines or one inside, if it fits; else above the rectangle, where it is free."""
        letters = int(width / self.letter)
        amount, middle = f"{tensor.bytes:,} B", (left + width / 2, bottom + tensor.bytes / 2)
        if tensor.bytes >= 2.2 * self.line and letters >= _LEAST_LETTERS:
            self._write(*middle, _shorten(f"{tensor.index} {tensor.name}", letters), amount)
        elif tensor.bytes >= 1.1 * self.line and letters >= len(f"{tensor.index} {tensor.name}, {amount}"):
            self._write(*middle, f"{tensor.index} {tensor.name}, {amount}")
        else:
            text = f"{_shorten(f'{tensor.index} {tensor.name}', _MOST_LETTERS)}, {amount}"
            across = len(text) * self.letter
            x = min(left + across / 2, self.ops - 0.5 - across / 2)
            self._write(x, bottom + tensor.bytes + 0.6 * self.line, text)

    def _write(self, x: float, y: float, *lines: str) -> None:
        across, height = max(map(len, lines)) * self.letter, len(lines) * self.line
        while any(_overlap((x, y, across, height), other) for other in self.labels):
            y += self.line / 4
        self.labels.append((x, y, across, height))
        text = "\n".join(lines)
        written = self.axes.text(x, y, text, ha="center", va="center", fontsize=_FONT_SIZE, color=INK, zorder=5)
        written.set_in_layout(False)  # a long name must not shrink the map


def _shorten(text: str, letters: int) -> str:
    """Keep the beginning, which holds the tensor's number, and mark what was cut off."""
    return text if len(text) <= letters else f"{text[: letters - 2]}.."


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    """Say whether two boxes, each a middle and its extent, share some area."""
    return abs(one[0] - other[0]) < (one[2] + other[2]) / 2 and abs(one[1] - other[1]) < (one[3] + other[3]) / 2
