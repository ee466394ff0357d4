"""A model by several schemes as a person reads it: a table of schemes, and the layers where quantization hurts."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from nas.api.calibration import PARTS
from nas.api.quantized import Quantized, SchemeResult
from nas.cli.views.columns import columns
from nas.cli.views.memory_rows import milliseconds
from nas.reports.memory_map.lifetimes import printable
from nas.study.layer_error import LayerError
from nas.task.task import metric_title, score_text
from nas.text import kilobytes, percent

_MOST_LAYERS = 8


def view(result: Quantized) -> Group:
    """Return the schemes side by side, why some do not run, and the worst layers."""
    parts: list[Any] = [_heading(result), "", _schemes(result)]
    parts += _reasons([*result.schemes, *([result.deployed] if result.deployed else [])])
    if result.layers:
        parts += ["", *_layers(result)]
    if result.notes:
        parts += ["", *(Text(f"note: {printable(note)}", style="yellow") for note in result.notes)]
    return Group(*parts)


def _heading(result: Quantized) -> Text:
    title = Text(f"{printable(result.name)} on {result.target}\n", style="bold")
    words = f"calibrated on {result.calibrated_on}"
    if result.baseline is not None:
        words += f"; {metric_title(result.metric)} on {result.rows:,} {PARTS[result.part]} rows, "
        words += f"baseline {score_text(result.metric, result.baseline)}"
    return title.append(words, style="not bold dim")


def _schemes(result: Quantized) -> Text:
    rows = [*result.schemes, *([result.deployed] if result.deployed else [])]
    titles = ["scheme", "weights", "file", "arena", "ms", metric_title(result.metric), "TFLM"]
    styles = ["" if row.supported else "yellow" if row.content is not None else "red" for row in rows]
    return columns(titles, [_cells(row, result.metric) for row in rows], frozenset(titles) - {"scheme", "TFLM"}, styles)


def _cells(row: SchemeResult, metric: str) -> list[str]:
    runs = "runs" if row.supported else "refused" if row.content is not None else "not made"
    sizes = [kilobytes(size) for size in (row.weights_bytes, row.file_bytes, row.arena_min_bytes)]
    return [row.scheme, *sizes, milliseconds(row.latency_ms, unit=""), score_text(metric, row.score), runs]


def _reasons(rows: Sequence[SchemeResult]) -> Iterator[Any]:
    """Yield each reason once, with the schemes that it holds for."""
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row.reason:
            reasons.setdefault(row.reason, []).append(row.scheme)
    for reason, schemes in reasons.items():
        yield Padding(Text(f"! {', '.join(schemes)}: {printable(reason)}"), (0, 0, 0, 2))


def _layers(result: Quantized) -> Iterator[Any]:
    adding = [layer for layer in result.layers if layer.sqnr_db is not None]
    shown = adding[:_MOST_LAYERS]
    yield Text(f"error of each layer of {result.layers_of}, the worst first", style="bold")
    titles = ["operator", "layer", "alone dB", "so far dB", "error", "clipped", "weights dB"]
    rows = [_layer(layer) for layer in shown]
    styles = ["yellow" if layer.hint else "" for layer in shown]
    yield columns(titles, rows, frozenset(titles) - {"operator", "layer"}, styles)
    if len(adding) > len(shown):
        yield Text(f"and {len(adding) - len(shown)} more; --json gives all", style="dim")
    words = (
        "alone: signal-to-noise ratio with this layer's own error only; so far: with the errors of all layers up to "
        "it; 6 dB are one bit"
    )
    yield Text(words, style="dim")
    for layer in shown:
        if layer.hint:
            yield Padding(Text(f"! {_named(layer)}: {layer.hint}"), (0, 0, 0, 2))


def _layer(layer: LayerError) -> list[str]:
    return [
        layer.op,
        _named(layer),
        _decibels(layer.sqnr_db),
        _decibels(layer.total_sqnr_db),
        percent(layer.mean_error),
        percent(layer.saturated),
        _decibels(layer.weights_sqnr_db),
    ]


def _named(layer: LayerError) -> str:
    return printable(layer.layer) or f"operator {layer.index}"


def _decibels(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
