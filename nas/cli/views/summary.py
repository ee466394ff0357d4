"""The summary of a model as a person reads it, at most 80 columns wide."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from nas.cli.views.columns import columns
from nas.reports.memory_map.lifetimes import printable, short_name
from nas.reports.model_page.brief import brief, shape_words
from nas.study.summary import LayerSummary, Summary, TensorSummary
from nas.text import counted, shortened

_NAME = 30
_MOST_LAYERS = 10


def view(summary: Summary) -> Group:
    """Return what a model is: a head, its layers, why they are refused, and how its tensors are quantized."""
    parts: list[Any] = [_head(summary), "", _layers(summary)]
    if reasons := summary.refusals():
        parts += ["", *_reasons(summary, reasons)]
    quantized = [tensor for tensor in summary.tensors if tensor.quantization is not None]
    if quantized:
        parts += ["", Text("quantized tensors", style="bold"), _quantized(quantized)]
    return Group(*parts)


def _head(summary: Summary) -> Text:
    text = Text(f"{printable(summary.name)}: {summary.words}\n", style="bold")
    rows = [
        ("layers", _count_words(summary)),
        ("parameters", _parameter_words(summary)),
        ("MACs", _mac_words(summary)),
        ("file", f"{summary.file_bytes:,} B, {summary.weights_bytes:,} B of it constants"),
        *_runs(summary),
        *(("input", _end(tensor)) for tensor in summary.of_kind("input")),
        *(("output", _end(tensor)) for tensor in summary.of_kind("output")),
    ]
    text.append("\n".join(f"{name:11} {words}" for name, words in rows), style="not bold")
    return text


def _count_words(summary: Summary) -> str:
    if summary.format == "keras":
        return f"{len(summary.layers)} of Keras"
    subgraphs = len(summary.facts["subgraphs"])
    return counted(len(summary.layers), "operator") + (f" in {subgraphs} subgraphs" if subgraphs > 1 else "")


def _parameter_words(summary: Summary) -> str:
    if summary.trainable is None:
        return f"{summary.parameters:,}"
    return f"{summary.parameters:,}, {summary.trainable:,} of them trainable"


def _mac_words(summary: Summary) -> str:
    unknown = ", ".join(map(printable, summary.unknown_macs))
    return f"{'at least ' if unknown else ''}{summary.macs:,}{f', not counting {unknown}' if unknown else ''}"


def _runs(summary: Summary) -> Iterator[tuple[str, str]]:
    known = summary.footprint
    if known is None:
        return
    answer = (
        "no, for the reasons below" if known.refused else "yes" if known.complete else "if the firmware has all of it"
    )
    yield "runs", f"on TensorFlow Lite Micro ({known.target}): {answer}"


def _end(tensor: TensorSummary) -> str:
    words = f"{short_name(tensor.name)}, {shape_words(tensor)} {tensor.dtype}"
    if (ends := tensor.represents()) is None:
        return words
    return f"{words}, {ends[0]:.3g} to {ends[1]:.3g}"


def _layers(summary: Summary) -> Text:
    named = summary.format == "keras"
    types = {tensor.dtype for tensor in summary.tensors if tensor.kind != "constant"}
    titles = ["#", "layer" if named else "operator", "settings", "output", "type", "parameters", "MACs"]
    rows = [_layer(summary, layer, named) for layer in summary.layers]
    if len(types) == 1:  # the input and the output tell it
        titles.pop(4)
        for row in rows:
            row.pop(4)
    refused = summary.footprint is not None
    styles = ["red" if refused and layer.reason else "" for layer in summary.layers]
    return columns(titles, rows, frozenset(("#", "parameters", "MACs")), styles)


def _layer(summary: Summary, layer: LayerSummary, named: bool) -> list[str]:
    outputs = [summary.tensors[i] for i in layer.outputs]
    name = f"{short_name(layer.name)} ({layer.kind})" if named else printable(layer.kind)
    return [
        str(layer.index),
        f"{name}{' !' if layer.reason else ''}",
        brief(summary, layer),
        " ".join(map(shape_words, outputs)),
        " ".join(dict.fromkeys(tensor.dtype for tensor in outputs)),
        f"{layer.parameters:,}" if layer.parameters else "-",
        "?" if layer.macs is None else f"{layer.macs:,}" if layer.macs else "-",
    ]


def _reasons(summary: Summary, reasons: dict[str, list[int]]) -> Iterator[Any]:
    refused = summary.footprint is not None and summary.footprint.refused
    title = "does not run on TensorFlow Lite Micro as it is" if refused else "not everything is known"
    yield Text(f"{title}, for {counted(len(reasons), 'reason')}:", style="bold red" if refused else "bold yellow")
    for reason, layers in reasons.items():
        yield Padding(Text(f"! {_numbered(layers)}: {printable(reason)}"), (0, 0, 0, 2))


def _numbered(layers: Sequence[int]) -> str:
    return f"operator{'' if len(layers) == 1 else 's'} {shortened(layers, _MOST_LAYERS)}"


def _quantized(tensors: Sequence[TensorSummary]) -> Text:
    titles = ["tensor", "type", "shape", "scale", "zero"]
    rows = []
    for tensor in tensors:
        known = tensor.quantization
        assert known is not None
        scale = f"{known.scales[0]:.6g}"
        if known.per_channel:
            scale = f"{len(known.scales)}: {min(known.scales):.3g} to {max(known.scales):.3g}"
        zeros = sorted(set(known.zero_points))
        zero = str(zeros[0]) if len(zeros) == 1 else f"{zeros[0]}..{zeros[-1]}"
        rows.append([short_name(tensor.name, most=_NAME), tensor.dtype, shape_words(tensor), scale, zero])
    return columns(titles, rows, frozenset(("zero",)), [""] * len(rows))
