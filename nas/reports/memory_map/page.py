"""The memory map as a page of HTML: the picture, and a table of what lies in the arena's head."""

from nas.reports.markup import Markup, element, page, table
from nas.reports.memory_map.format import MAP_FORMATS
from nas.reports.memory_map.lifetimes import lifetime, live_at, peak_op, planned, printable, shape, span, title
from nas.reports.memory_map.svg import to_svg
from nas.reports.memory_map.words import how_memory_is_used, where_buffers_lie
from nas.target.footprint import Footprint


@MAP_FORMATS.register("html")
def to_html(footprint: Footprint) -> str:
    """A page with the picture and a table of the buffers, for a browser."""
    how = how_memory_is_used(footprint)
    heading = element("header", element("h1", title(footprint)), element("p", how, class_="lead"))
    tables = [element("h2", f"Buffers in {where_buffers_lie(footprint)}"), buffers(footprint)] if footprint.ops else []
    return page(title(footprint), heading, element("main", element("section", picture(footprint), *tables)))


def picture(footprint: Footprint) -> Markup:
    """Return the drawing for a page."""
    return element("div", Markup(to_svg(footprint)), class_="scroll wide", tabindex="0")


def buffers(footprint: Footprint) -> Markup:
    """List the planned buffers as they are needed, with those in use at the peak marked."""
    peak = peak_op(footprint)
    live = live_at(footprint, peak)
    tensors = sorted(planned(footprint), key=lifetime)
    rows: list[list[object]] = [
        [
            f"{tensor.index}",
            printable(tensor.name),
            tensor.kind,
            tensor.dtype,
            shape(tensor),
            f"{tensor.offset:,}",
            f"{tensor.bytes:,}",
            span(tensor),
        ]
        for tensor in tensors
    ]
    head: list[object] = ["", "buffer", "kind", "type", "shape", "offset", "bytes", "operators"]
    marked = {i for i, tensor in enumerate(tensors) if tensor in live}
    used = f"{sum(tensor.bytes for tensor in live):,}"
    note = f"Marked: the {used} bytes in use at operator {peak} ({printable(footprint.ops[peak].name)}), the peak."
    return Markup(element("p", note, class_="note") + table(head, rows, text_columns=5, marked=marked))
