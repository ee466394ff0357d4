"""The tables of a model's tensors and of its file."""

from collections.abc import Sequence

from nas.reports.markup import Markup, details, element, join, section, table
from nas.reports.memory_map.lifetimes import printable, short_name
from nas.reports.model_page.brief import shape_words
from nas.reports.words import size, whole
from nas.study.summary import Summary, TensorSummary

# More rows are folded up.
_MOST_OPEN_ROWS = 30


def tensors(summary: Summary) -> Markup:
    """List all tensors with their quantization."""
    rows = [_tensor(tensor) for tensor in summary.tensors]
    head: list[object] = ["", "tensor", "kind", "type", "shape", "scale", "zero point", "range", "bytes"]
    quantized = any(tensor.quantization for tensor in summary.tensors)
    if not quantized:
        head, *rows = ([*row[:5], row[-1]] for row in (head, *rows))
    listing = table(head, rows, text_columns=len(head) - 1)
    folded = len(rows) > _MOST_OPEN_ROWS
    title = "Tensors and their quantization" if quantized else "Tensors"
    return section(title, details(f"All {len(rows)} tensors", listing) if folded else listing)


def _tensor(tensor: TensorSummary) -> list[object]:
    known = tensor.quantization
    scale: object = ""
    zero = stands = ""
    if known is not None and known.per_channel:
        ends = f"{min(known.scales):.3g} to {max(known.scales):.3g}"
        scale = join(ends, element("small", f"{len(known.scales)} along axis {known.axis}"))
        zero = _one_or_range(known.zero_points)
    elif known is not None:
        scale, zero = f"{known.scales[0]:.6g}", str(known.zero_points[0])
        stands = "" if (held := tensor.represents()) is None else f"{held[0]:.3g} to {held[1]:.3g}"
    name = element("span", short_name(tensor.name), title=printable(tensor.name))
    return [
        tensor.index,
        name,
        tensor.kind,
        printable(tensor.dtype),
        shape_words(tensor),
        scale,
        zero,
        stands,
        whole(tensor.bytes),
    ]


def _one_or_range(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low} to {high}"


def file(summary: Summary) -> Markup:
    """Tell what the file says of itself."""
    facts = summary.facts
    rows: list[list[object]] = [["size", size(summary.file_bytes)]]
    rows += [
        [key.replace("_", " "), printable(str(facts[key]))]
        for key in ("keras_version", "date_saved", "description")
        if facts.get(key)
    ]
    if facts.get("signatures"):
        rows.append(["signatures", printable(", ".join(facts["signatures"]))])
    rows += [[f"metadata {printable(entry['name'])}", size(entry["bytes"])] for entry in facts.get("metadata", ())]
    return section("File", table(["", ""], rows, text_columns=2))
