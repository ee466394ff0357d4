"""The winner's network as a picture: its operators from the input down, with shapes and bytes."""

from dataclasses import dataclass

from nas.reports.markup import Markup, element, join
from nas.reports.memory_map.lifetimes import shape
from nas.reports.words import size, whole
from nas.target.footprint import Footprint, OpFootprint, TensorFootprint

# In units of the drawing, which fits a phone.
_WIDTH, _ROW, _BOX, _BOX_WIDTH = 488, 54, 40, 236
# Width of the lane of a line beside the boxes, and how many lanes there are.
_LANE, _LANES = 8, 4


@dataclass(frozen=True, slots=True)
class _Layer:
    """A row of the drawing: an operator, or the input.

    Attributes:
        name: of the operator, with the size of its kernel.
        sources: the rows of what it reads.
        output: what it gives.
        weights: bytes of its constants; `macs` are its multiply-accumulates.
    """

    name: str
    output: TensorFootprint
    sources: tuple[int, ...] = ()
    weights: int = 0
    macs: int = 0


def architecture(footprint: Footprint) -> Markup:
    """Draw the operators from the input down; bars compare the bytes of their outputs, and of their weights.

    What an operator reads of rows that are not the one above it is drawn as a line on the left.
    """
    layers = _layers(footprint)
    shortcuts = [(source, i) for i, layer in enumerate(layers) for source in layer.sources if source != i - 1]
    left = _LANE * min(len(shortcuts), _LANES)
    most = max((layer.output.bytes for layer in layers), default=1), max((layer.weights for layer in layers), default=0)
    rows = (_row(i, layer, *most) for i, layer in enumerate(layers))
    says = f"The network's {len(footprint.ops)} operators: {', '.join(op.op for op in footprint.ops)}"
    return element(
        "svg",
        *(_shortcut(number, *ends) for number, ends in enumerate(shortcuts)),
        *rows,
        viewBox=f"{-left} 0 {_WIDTH + left} {_ROW * len(layers)}",
        role="img",
        aria_label=says,
        class_="architecture",
        style=f"max-width: {_WIDTH + left}px",
    )


def _layers(footprint: Footprint) -> list[_Layer]:
    tensors = {tensor.index: tensor for tensor in footprint.tensors}
    layers = [_Layer("input", tensor) for tensor in footprint.tensors if tensor.kind == "input"]
    rows = {layer.output.index: row for row, layer in enumerate(layers)}
    for op in footprint.ops:
        constants = [tensors[i] for i in op.inputs if i in tensors and tensors[i].kind == "constant"]
        for output in (tensors[i] for i in op.outputs if i in tensors):
            name = f"{op.index} {op.op}{_kernel(op, constants)}"
            sources = tuple(rows[i] for i in op.inputs if i in rows)
            rows[output.index] = len(layers)
            layers.append(_Layer(name, output, sources, sum(tensor.bytes for tensor in constants), op.macs))
    return layers


def _kernel(op: OpFootprint, constants: list[TensorFootprint]) -> str:
    """Return the height and width of a convolution's kernel as text; nothing for other operators."""
    kernels = [f" {tensor.shape[1]}x{tensor.shape[2]}" for tensor in constants if len(tensor.shape) == 4]
    return kernels[0] if kernels and "CONV" in op.op else ""


def _row(i: int, layer: _Layer, most_output: int, most_weights: int) -> Markup:
    top, right = _ROW * i, _BOX_WIDTH + 16
    middle, above = _BOX_WIDTH / 2, i - 1 in layer.sources
    out = _BOX_WIDTH * layer.output.bytes / max(most_output, 1)
    weights = _BOX_WIDTH * layer.weights / max(most_weights, 1)
    costs = f"weights {size(layer.weights)}, {whole(layer.macs)} MACs" if layer.weights else ""
    return join(
        element("path", d=f"M{middle:g} {top - _ROW + _BOX}v{_ROW - _BOX}", class_="arrow") if above else "",
        _bar("box", top, _BOX_WIDTH, _BOX),
        _bar("output", top, out, _BOX),
        _bar("weights", top + _BOX - 4, weights, 4) if layer.weights else "",
        _text(12, top + 24, layer.name, "name"),
        _text(right, top + 16, f"{shape(layer.output)}, {size(layer.output.bytes)}", "name"),
        _text(right, top + 34, costs, "quiet"),
    )


def _shortcut(number: int, source: int, reader: int) -> Markup:
    """Draw a line beside the boxes, from the middle of one to that of another, in a lane of its own if possible."""
    lane, height = _LANE * (number % _LANES + 1) - 2, _ROW * (reader - source)
    path = f"M0 {_ROW * source + _BOX / 2:g}h{-lane}v{height:g}h{lane}"
    return element("path", d=path, class_="arrow", fill="none")


def _bar(kind: str, y: float, width: float, height: float) -> Markup:
    return element("rect", x=0.5, y=f"{y + 0.5:g}", width=f"{width:.1f}", height=height - 1, class_=kind)


def _text(x: float, y: float, words: str, kind: str) -> Markup:
    return element("text", words, x=x, y=y, class_=kind)
