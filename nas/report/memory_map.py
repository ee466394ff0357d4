"""The winner's memory map: what lies where in the arena, while which operator runs."""

from typing import TYPE_CHECKING

from nas.report.markup import Markup
from nas.report.svg import ACCENT, FOURTH, FULL_WIDTH, INK, MUTED, SECOND, THIRD, drawing, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nas.footprint import Footprint, TensorFootprint

COLOURS = {"input": THIRD, "activation": ACCENT, "output": FOURTH, "scratch": SECOND}
# Pixels that a line of the label needs, and that a letter takes at that size.
_LINE_PIXELS, _LETTER_PIXELS = 12.0, 5.4
_HEIGHT, _MARGINS_WIDTH, _MARGINS_HEIGHT = 440, 80, 130


def planned(footprint: "Footprint") -> list["TensorFootprint"]:
    """Return the tensors that lie in the arena's head."""
    return [tensor for tensor in footprint.tensors if tensor.offset is not None and tensor.bytes]


def memory_map(footprint: "Footprint") -> Markup:
    """Draw a rectangle a tensor: its bytes upwards, its life to the right."""
    from matplotlib.patches import Patch

    tensors = planned(footprint)
    with drawing(FULL_WIDTH, _HEIGHT) as (figure, axes):
        for tensor in tensors:
            _draw(axes, tensor, footprint)
        axes.axhline(footprint.arena.head, color=MUTED, linestyle=(0, (4, 3)), linewidth=1.2)
        axes.set_xlim(-0.5, len(footprint.ops) - 0.5)
        axes.set_ylim(0, 1.08 * max(footprint.arena.head, 1))
        axes.set_xticks(range(len(footprint.ops)), [op.op for op in footprint.ops], rotation=30, ha="right")
        axes.set_ylabel("offset in the arena, bytes")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.grid(axis="x", visible=False)
        kinds = [kind for kind in COLOURS if any(tensor.kind == kind for tensor in tensors)]
        handles = [Patch(facecolor=(COLOURS[kind], 0.25), edgecolor=COLOURS[kind], label=kind) for kind in kinds]
        figure.legend(handles=handles, loc="outside upper right", ncols=len(handles))
        return to_svg(figure, "memory-map", f"Memory map of {len(tensors)} tensors over {len(footprint.ops)} operators")


def _draw(axes: "Axes", tensor: "TensorFootprint", footprint: "Footprint") -> None:
    from matplotlib.patches import Rectangle

    assert tensor.offset is not None
    first = tensor.first_op or 0
    last = len(footprint.ops) - 1 if tensor.last_op is None else tensor.last_op
    corner = (first - 0.48, tensor.offset)
    width = last - first + 0.96
    colour = COLOURS.get(tensor.kind, MUTED)
    # Letters stay readable on a pale face, light or dark; the edge says the kind.
    axes.add_patch(Rectangle(corner, width, tensor.bytes, facecolor=(colour, 0.25), edgecolor=colour, linewidth=1.2))
    label, size = _label(tensor, width, footprint)
    middle = (corner[0] + width / 2, tensor.offset + tensor.bytes / 2)
    axes.text(*middle, label, ha="center", va="center", fontsize=size, color=INK, clip_on=True)


def _label(tensor: "TensorFootprint", width: float, footprint: "Footprint") -> tuple[str, float]:
    """Return as much of name, bytes and index as the rectangle holds, and the size of the letters."""
    across = width * (FULL_WIDTH - _MARGINS_WIDTH) / max(len(footprint.ops), 1)
    upwards = tensor.bytes * (_HEIGHT - _MARGINS_HEIGHT) / (1.08 * max(footprint.arena.head, 1))
    letters = int(across / _LETTER_PIXELS)
    number = f"{tensor.index}"
    one_line = f"{number} {tensor.name}, {tensor.bytes:,}"
    if upwards >= 2.4 * _LINE_PIXELS and len(f"{number} {tensor.name}") <= letters:
        return f"{number} {tensor.name}\n{tensor.bytes:,} B", 10
    if upwards >= _LINE_PIXELS and len(one_line) <= letters:
        return one_line, 10
    return number, 10 if upwards >= _LINE_PIXELS else 7
