"""The picture of a model's graph: a box for each operator or layer, with its bytes, and lines for what flows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nas.reports.markup import Markup, element
from nas.reports.memory_map.lifetimes import printable
from nas.reports.model_page.brief import brief, flow_words
from nas.reports.model_page.layout import LANE, Column, Edge, lay_out
from nas.reports.words import size, whole
from nas.study.summary import LayerSummary, Summary, TensorSummary
from nas.text import shortened

# Pixels: a box, a row with its gap, the room for words above and below a column, and a letter.
_WIDTH, _HEIGHT, _ROW, _EDGE, _LETTER = 234, 42, 62, 22, 6.9
_MOST_NAMED = 4
# A line to another column stands beside those within its own.
_ASIDE = 48
# Where a column is wider than the window, it shrinks to this share of its width; then the reader scrolls.
_LEAST_SCALE = 0.8


@dataclass(frozen=True, slots=True)
class _Box:
    """What a box shows: two lines of words, the bytes that fill it, and all that is known, for the pointer."""

    title: str
    words: str
    output: int
    weights: int
    says: str
    refused: bool = False


def graph(summary: Summary) -> list[tuple[str, Markup]]:
    """Draw the subgraphs of a model, each with its name: empty for the only one."""
    parts = _parts(summary)
    titles = [
        f"Subgraph {i}{f': {name}' if name else ''}" if len(parts) > 1 else "" for i, (name, _) in enumerate(parts)
    ]
    drawn = [_draw(summary, layers, i == 0) for i, (_, layers) in enumerate(parts)]
    return list(zip(titles, drawn, strict=True))


def _parts(summary: Summary) -> list[tuple[str, Sequence[LayerSummary]]]:
    """Return the layers of each subgraph that has some, with its name."""
    parts: list[tuple[str, Sequence[LayerSummary]]] = []
    start = 0
    for one in summary.facts.get("subgraphs", [{"name": "", "operators": len(summary.layers)}]):
        layers = summary.layers[start : start + one["operators"]]
        start += one["operators"]
        if layers:
            parts.append((printable(one["name"]), layers))
    return parts


def _draw(summary: Summary, layers: Sequence[LayerSummary], first: bool) -> Markup:
    # Boxes of inputs have negative numbers, below those of layers.
    inputs = {-1 - tensor.index: tensor for tensor in summary.of_kind("input")} if first else {}
    boxes = {number: _input(tensor) for number, tensor in inputs.items()}
    boxes |= {layer.index: _box(summary, layer) for layer in layers}
    most = (
        max((box.output for box in boxes.values()), default=1),
        max((box.weights for box in boxes.values()), default=1),
    )
    columns = lay_out(list(boxes), list(_edges(inputs, layers)))
    drawn = (_column(column, boxes, most) for column in columns)
    return element("div", *drawn, class_="columns")


def _edges(inputs: Mapping[int, TensorSummary], layers: Sequence[LayerSummary]) -> Iterator[Edge]:
    writers = {tensor.index: number for number, tensor in inputs.items()}
    for layer in layers:
        yield from ((writers[i], layer.index) for i in layer.inputs if i in writers)
        writers |= dict.fromkeys(layer.outputs, layer.index)


def _input(tensor: TensorSummary) -> _Box:
    words = flow_words(tensor)
    return _Box("input", words, tensor.bytes or 0, 0, f"input {printable(tensor.name)}: {words}, {size(tensor.bytes)}")


def _box(summary: Summary, layer: LayerSummary) -> _Box:
    outputs = [summary.tensors[i] for i in layer.outputs]
    weights = sum(summary.tensors[i].bytes or 0 for i in layer.weights)
    flows = ", ".join(flow_words(tensor) for tensor in outputs)
    title = f"{layer.index} {printable(layer.kind)} {brief(summary, layer)}".rstrip()
    facts = [
        title,
        printable(layer.name),
        f"gives {flows}",
        f"weights {size(weights)}, {whole(layer.parameters)} parameters",
        f"{whole(layer.macs)} MACs",
        *(f"{name}: {value}" for name, value in layer.options.items()),
        *([f"refused: {layer.reason}"] if layer.reason else []),
    ]
    held = sum(tensor.bytes or 0 for tensor in outputs)
    return _Box(title, flows, held, weights, "\n".join(map(printable, facts)), layer.reason is not None)


def _column(column: Column, boxes: Mapping[int, _Box], most: tuple[int, int]) -> Markup:
    height = _ROW * column.rows - (_ROW - _HEIGHT) + 2 * _EDGE
    width = max(column.width, LANE)
    kinds = [boxes[number].title for number in column.places]
    return element(
        "svg",
        *(element("path", d=_line(line), class_="arrow") for line in column.lines),
        *_stubs(column),
        *(_draw_box(boxes[number], x, row, most) for number, (x, row) in column.places.items()),
        viewBox=f"0 0 {width:.0f} {height}",
        role="img",
        aria_label=f"{len(kinds)} operators: {', '.join(kinds)}",
        class_="architecture graph",
        style=f"width: {width:.0f}px; max-width: max(100%, {_LEAST_SCALE * width:.0f}px)",
    )


def _top(row: int) -> float:
    return _EDGE + _ROW * row


def _line(line: Sequence[tuple[float, int]]) -> str:
    """Return a line from the foot of a box to the top of another, around what stands between, with an arrow's head."""
    (x, row), *rest = line
    path, y = f"M{x:.1f} {_top(row) + _HEIGHT}", _top(row) + _HEIGHT
    for i, (to, below) in enumerate(rest):
        end = _top(below)
        middle = (y + end) / 2
        path += f"C{x:.1f} {middle:.1f} {to:.1f} {middle:.1f} {to:.1f} {end}"
        x, y = to, end
        if i < len(rest) - 1:
            y = end + _HEIGHT
            path += f"V{y}"
    return f"{path}m-4 -6l4 6l4 -6"


def _stubs(column: Column) -> Iterator[Markup]:
    """Draw the beginnings and ends of lines between columns, with the operators at their other ends."""
    for edges, mine, other, word in ((column.before, 1, 0, "from"), (column.behind, 0, 1, "to")):
        ends: dict[int, list[int]] = {}
        for edge in edges:
            ends.setdefault(edge[mine], []).append(edge[other])
        for number, others in ends.items():
            x, row = column.places[number]
            above = word == "from"
            x += 0 if row == (0 if above else column.rows - 1) else -2 * _ASIDE if above else _ASIDE
            y = _top(row) if above else _top(row) + _HEIGHT
            path = f"M{x:.1f} {y - 16}V{y}m-4 -6l4 6l4 -6" if above else f"M{x:.1f} {y}v14m-4 -6l4 6l4 -6"
            yield element("path", d=path, class_="arrow")
            yield element(
                "text", f"{word} {_named(others)}", x=f"{x + 9:.1f}", y=y - 6 if above else y + 13, class_="quiet"
            )


def _named(numbers: Sequence[int]) -> str:
    return shortened(("input" if number < 0 else number for number in sorted(numbers)), _MOST_NAMED)


def _draw_box(box: _Box, x: float, row: int, most: tuple[int, int]) -> Markup:
    left, top = x - _WIDTH / 2, _top(row)
    kind = "box refused" if box.refused else "box"
    return element(
        "g",
        element("title", box.says),
        _bar(kind, left, top, _WIDTH, _HEIGHT, rx=5),
        _bar("output", left, top, _WIDTH * box.output / max(most[0], 1), _HEIGHT, rx=5),
        _bar("weights", left, top + _HEIGHT - 4, _WIDTH * box.weights / max(most[1], 1), 4) if box.weights else "",
        _text(left + 10, top + 17, box.title, "name"),
        _text(left + 10, top + 33, f"{box.words}, {size(box.output)}" if box.output else box.words, "quiet"),
    )


def _bar(kind: str, x: float, y: float, width: float, height: float, rx: int = 0) -> Markup:
    return element(
        "rect", x=f"{x:.1f}", y=f"{y:.1f}", width=f"{width:.1f}", height=height, class_=kind, rx=rx if rx else None
    )


def _text(x: float, y: float, words: str, kind: str) -> Markup:
    most = int((_WIDTH - 16) / _LETTER)
    shown = words if len(words) <= most else f"{words[: most - 1]}\u2026"
    return element("text", shown, x=f"{x:.1f}", y=f"{y:.1f}", class_=kind)
