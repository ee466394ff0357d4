"""The work of each operator or layer as bars: multiply-accumulates, and latency where it is known."""

from collections.abc import Iterator

from nas.reports.answers import bars
from nas.reports.markup import Markup, element, note, section
from nas.reports.memory_map.lifetimes import printable
from nas.reports.model_page.brief import breakable
from nas.reports.words import whole
from nas.study.summary import Summary
from nas.text import counted

# Of more operators, the most costly are shown as bars; the table of the graph has all of them.
_MOST_BARS = 24


def work(summary: Summary) -> Iterator[Markup]:
    """Yield the section on multiply-accumulates and latency; nothing if none are known."""
    macs = _bars(
        summary,
        "share of MACs",
        "MACs",
        {layer.index: float(layer.macs or 0) for layer in summary.layers},
        whole_number=True,
    )
    times = {layer.index: layer.latency_ms or 0.0 for layer in summary.layers}
    latency = _bars(summary, "share of latency", "ms", times, whole_number=False)
    if macs or latency:
        hint = "" if summary.footprint is None else _untimed(summary)
        yield section(
            "Work of each operator" if summary.format == "tflite" else "Work of each layer",
            note(f"For one row.{hint}"),
            element("div", *macs, *latency, class_="pair work"),
        )


def _untimed(summary: Summary) -> str:
    """Return why the latency of some operators is not known; nothing if it is."""
    kinds = list(dict.fromkeys(printable(layer.kind) for layer in summary.layers if layer.latency_ms is None))
    if not kinds:
        return ""
    if all(layer.latency_ms is None for layer in summary.layers):
        return " Latency is estimated for targets with a clock, such as a board: name one with --target."
    return f" The latency is not known of {', '.join(kinds)}."


def _bars(summary: Summary, share: str, unit: str, costs: dict[int, float], *, whole_number: bool) -> list[Markup]:
    """Return the costliest operators as bars, in the order in which they run; nothing if none costs anything."""
    total = sum(costs.values())
    if not total:
        return []
    shown = sorted(sorted(costs, key=lambda i: (-costs[i], i))[:_MOST_BARS])
    rows = [
        (
            breakable(f"{i} {printable(summary.layers[i].kind)}"),
            costs[i] / total,
            whole(int(costs[i])) if whole_number else f"{costs[i]:.3g}",
        )
        for i in shown
        if costs[i]
    ]
    rest = sum(1 for i, cost in costs.items() if cost and i not in shown)
    what = "operator" if summary.format == "tflite" else "layer"
    return [
        element(
            "div", bars((what, share, unit), rows), note(f"{counted(rest, 'cheaper one')} not shown.") if rest else ""
        )
    ]
