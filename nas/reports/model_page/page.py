"""The page of a model: totals, graph, work, memory map, weights, tensors, and what the file says of itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nas.files import write_atomic
from nas.reports.markup import Markup, details, element, join, note, page, section, table
from nas.reports.memory_map.lifetimes import printable, short_name
from nas.reports.memory_map.page import buffers, picture
from nas.reports.memory_map.words import how_memory_is_used, where_buffers_lie
from nas.reports.model_page.brief import breakable, brief, flow_words
from nas.reports.model_page.graph import graph
from nas.reports.model_page.histograms import MOST_TENSORS, histograms
from nas.reports.model_page.tensors import file, tensors
from nas.reports.model_page.work import work
from nas.reports.tiles import flash_tile, ram_tile, tile
from nas.reports.words import decimal, size, whole
from nas.study.summary import LayerSummary, Summary
from nas.study.tflite_summary import WeightTensor
from nas.target.target import Target
from nas.text import counted, shortened


@dataclass(frozen=True, slots=True)
class ModelView:
    """What a model's page shows: its summary, the values of its weights, and the target of its footprint."""

    summary: Summary
    weights: Sequence[WeightTensor]
    target: Target


def write_model_page(view: ModelView, path: Path) -> Path:
    """Write the page as one HTML file that needs no other, and return its path."""
    return write_atomic(path, render_model(view))


def render_model(view: ModelView) -> str:
    """Return the page's HTML; equal views give equal text."""
    return page(printable(view.summary.name), _headline(view), element("main", *_sections(view)))


def _headline(view: ModelView) -> Markup:
    return element(
        "header",
        element("h1", breakable(printable(view.summary.name))),
        element("p", _sentence(view), class_="lead"),
        element("div", *_tiles(view), class_="tiles"),
    )


def _sentence(view: ModelView) -> str:
    summary = view.summary
    if summary.footprint is None:
        return f"A Keras model of {counted(len(summary.layers), 'layer')}, {summary.words}."
    runs = "It does not run" if summary.footprint.refused else "It runs"
    subgraphs = len(summary.facts["subgraphs"])
    parts = f" in {subgraphs} subgraphs" if subgraphs > 1 else ""
    unknown = "" if summary.footprint.complete else ", if the firmware has the operators that are not known to us"
    return (
        f"A .tflite of {counted(len(summary.layers), 'operator')}{parts}, {summary.words}. {runs} on TensorFlow Lite "
        f"Micro{unknown}. Figures are for {view.target.name}, {view.target.description}."
    )


def _tiles(view: ModelView) -> list[Markup]:
    summary, target = view.summary, view.target
    parameters = tile("Parameters", whole(summary.parameters), f"{size(summary.weights_bytes)} of constants")
    footprint = summary.footprint
    if footprint is None:
        trainable = tile(
            "Trainable", whole(summary.trainable), f"{whole(summary.parameters - (summary.trainable or 0))} fixed"
        )
        beside = f"not those of {', '.join(summary.unknown_macs)}" if summary.unknown_macs else "for one row"
        file = tile("File", size(summary.file_bytes), "")
        return [parameters, trainable, tile("Multiply-accumulates", whole(summary.macs), beside), file]
    latency = "" if footprint.latency_ms is None else f", about {footprint.latency_ms:.3g} ms"
    least = "" if footprint.complete else "at least: "
    return [
        parameters,
        ram_tile(footprint.summary(), target.ram_bytes, least),
        flash_tile(footprint.summary(), target.flash_bytes, least),
        tile("Multiply-accumulates", whole(footprint.macs), f"{least}for one inference{latency}"),
    ]


def _sections(view: ModelView) -> Iterator[Markup]:
    summary = view.summary
    if reasons := summary.refusals():
        yield _refusals(summary, reasons)
    yield _graph(summary)
    yield from work(summary)
    if summary.footprint is not None and summary.footprint.ops:
        yield _memory(view)
    if any(one.values.size for one in view.weights):
        yield _weights(view.weights)
    yield tensors(summary)
    yield file(summary)


def _refusals(summary: Summary, reasons: dict[str, list[int]]) -> Markup:
    refused = summary.footprint is not None and summary.footprint.refused
    title = "Why it does not run on TensorFlow Lite Micro" if refused else "What is not known"
    items = (
        element("li", printable(reason), element("small", f" operators {shortened(layers, 12)}", class_="note"))
        for reason, layers in reasons.items()
    )
    return section(title, element("ul", *items, class_="steps"))


def _graph(summary: Summary) -> Markup:
    what = "operators" if summary.format == "tflite" else "layers"
    dashed = " A dashed box is not known to run on TensorFlow Lite Micro." if summary.refusals() else ""
    parts = (
        join(element("h3", title) if title else "", element("div", drawn, class_="scroll", tabindex="0"))
        for title, drawn in graph(summary)
    )
    return section(
        "Graph",
        note(
            f"The {what} from the input down, in columns from left to right. The fuller a box, the larger its "
            f"output; the longer the line at its foot, the larger its weights.{dashed} Rest the "
            "pointer on a box to see all that is known of it."
        ),
        *parts,
        details(f"All {what}", _layers(summary)),
    )


def _layers(summary: Summary) -> Markup:
    rows: list[list[object]] = [
        [
            layer.index,
            printable(layer.kind),
            printable(short_name(layer.name)),
            brief(summary, layer),
            join(*_shapes(summary, layer)),
            whole(layer.parameters),
            whole(layer.macs),
            decimal(layer.latency_ms, 3),
        ]
        for layer in summary.layers
    ]
    return table(["", "kind", "name", "settings", "output", "parameters", "MACs", "ms"], rows, text_columns=5)


def _shapes(summary: Summary, layer: LayerSummary) -> Iterator[str]:
    for i, tensor in enumerate(summary.tensors[i] for i in layer.outputs):
        yield f"{', ' if i else ''}{flow_words(tensor)}"


def _memory(view: ModelView) -> Markup:
    footprint = view.summary.footprint
    assert footprint is not None
    return section(
        "Memory map",
        note(how_memory_is_used(footprint)),
        picture(footprint),
        details(f"Buffers in {where_buffers_lie(footprint)}", buffers(footprint)),
    )


def _weights(weights: Sequence[WeightTensor]) -> Markup:
    cut = f" The {MOST_TENSORS} largest of {len(weights)} tensors are shown." if len(weights) > MOST_TENSORS else ""
    return section(
        "Weights",
        note(
            "How the values of each tensor are spread: integers over the whole range of their type, floats over their "
            f"own. Bars below a histogram are the scales of the channels.{cut}"
        ),
        *histograms(weights),
    )
