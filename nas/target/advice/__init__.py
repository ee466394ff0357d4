"""What would make a model smaller or faster on the device, each with its saving computed.

A rule looks for a known waste in the graph and returns the changed graph; the saving is the difference of the two
footprints. Where the changed graph is not known exactly, the advice has a reason in place of a number. The last section
of a rule's docstring, `Message:`, is what users read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, TypeAlias

from nas.graph.graph import Graph
from nas.target.advice.batch_norm import folded_batch_norm
from nas.target.advice.change import Change
from nas.target.advice.conv1d import flat_conv2d
from nas.target.advice.fixed_batch import fixed_batch
from nas.target.advice.int8 import full_int8, int8_ends, one_scale_dense
from nas.target.advice.order import lower_peak
from nas.target.advice.outputs import without_softmax
from nas.target.advice.tflite import read_graph
from nas.target.advice.wellformed import is_wellformed
from nas.target.footprint import Footprint, Totals
from nas.target.profiler import estimate, estimate_many, profile
from nas.target.target import DEFAULT_RUNTIME, Target

__all__ = ["RULES", "Advice", "advise"]

Rule: TypeAlias = Callable[[Graph], Change | None]

RULES: Mapping[str, Rule] = {
    "full_int8": full_int8,
    "fixed_batch": fixed_batch,
    "flat_conv2d": flat_conv2d,
    "folded_batch_norm": folded_batch_norm,
    "int8_ends": int8_ends,
    "without_softmax": without_softmax,
}
# Larger models are not written anew: that takes half a second for a thousand operators.
_MOST_WRITTEN = 500


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of advice.

    Attributes:
        ops: the operators it is about.
        saves: what it saves of each figure (negative: what it costs), without those that stay; None if not known.
        after: the figures of the changed model; None if not known.
        note: why there are no figures, or which model they hold for.
    """

    rule: str
    ops: tuple[int, ...]
    message: str
    saves: Mapping[str, float] | None = None
    after: Mapping[str, float | None] | None = None
    note: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def advise(model: bytes, target: Target, strip: Callable[[bytes], bytes] | None = None) -> list[Advice]:
    """Return advice on a `.tflite`: each piece on its own, then all of them together; none for plain C.

    Args:
        model: the file's bytes.
        target: where the model shall run.
        strip: writes the same model without what the device does not need; None: no advice on that.
    """
    if target.runtime != DEFAULT_RUNTIME:
        return []  # the rules are those of TFLM's kernels and of its arena
    found = profile(model, target)
    if not found.complete:  # a difference of lower bounds means nothing
        return []
    graph = read_graph(model, found)
    examined = graph is not None and is_wellformed(graph) and _is_same(graph, found, target)
    if found.refused:
        return list(_to_run(graph, target)) if graph is not None and examined else []
    if graph is None or not examined:
        reason = "state, several subgraphs, plans made offline and malformed operators are not supported here"
        advice = [Advice("not_examined", (), "there is no advice on this model's operators", note=reason)]
    else:
        advice = _on_graph(graph, target)
    return advice + ([] if strip is None else _on_file(model, found, target, strip))


def _is_same(graph: Graph, found: Footprint, target: Target) -> bool:
    """Say whether the graph that was read costs what the file costs; otherwise differences would mean nothing."""
    try:
        return _figures(estimate(graph, target)) == _figures(found)
    except ValueError:  # options that the native core refuses, and did not look at in the file
        return False


def _on_graph(graph: Graph, target: Target) -> list[Advice]:
    before = estimate(graph, target)
    rules: dict[str, Rule] = {
        **RULES,
        "lower_peak": partial(lower_peak, cost=lambda changed: estimate_many([changed], target)[0]),
    }
    found = [_measured(name, rule(graph), before, target) for name, rule in rules.items()]
    advice = [piece for piece in found if piece is not None]
    return advice + _together(graph, before, rules, advice, target)


def _together(
    graph: Graph, before: Footprint, rules: Mapping[str, Rule], advice: Sequence[Advice], target: Target
) -> list[Advice]:
    """Apply the rules one after the other, each to the graph that the one before returned."""
    whole = graph
    named = {piece.rule for piece in advice if piece.saves is not None}
    if len(named) < 2:
        return []
    for name, rule in rules.items():
        found = rule(whole) if name in named else None
        whole = whole if found is None or found.graph is None else found.graph
    change = Change((), "all of these that have figures, together", whole)
    piece = _measured("together", change, before, target)
    return [] if piece is None else [piece]


def _to_run(graph: Graph, target: Target) -> Iterator[Advice]:
    """Yield the change that makes a refused model run, if there is one; it has no cost that could be saved from."""
    change = full_int8(graph)
    if change is None or change.graph is None:
        return
    after = estimate(change.graph, target)
    if after.supported:
        notes = filter(None, ["no saving can be computed: TFLM refuses the model as it is", _scales(change, target)])
        yield Advice("full_int8", change.ops, change.message, None, _figures(after), "; ".join(notes))


def _measured(name: str, change: Change | None, before: Footprint, target: Target) -> Advice | None:
    """Return a change with its saving; None if it costs more than it saves."""
    if change is None:
        return None
    if change.graph is None:
        return Advice(name, change.ops, change.message, note=change.note)
    after = estimate(change.graph, target)
    if not after.supported:
        refused = sorted({op.name for op in after.ops if not op.supported})
        return Advice(name, change.ops, change.message, note=f"no saving is known: TFLM refuses {', '.join(refused)}")
    saves = _differences(_figures(before), _figures(after))
    if _is_loss(saves):
        return None
    note = _scales(change, target) if name == "full_int8" else None
    return Advice(name, change.ops, change.message, saves, _figures(after), note)


def _is_loss(saves: Mapping[str, float]) -> bool:
    """Say whether a change costs more bytes than it saves, or as many without being faster."""
    gained = sum(saves.get(key, 0) for key in ("file_bytes", "weights_bytes", "code_bytes", "arena_min_bytes"))
    faster = saves.get("latency_ms", 0) > 0 or saves.get("macs", 0) > 0
    return gained < 0 or (gained == 0 and not faster)


def _scales(change: Change, target: Target) -> str | None:
    """Say what scales for each output of dense layers cost, and how the converter leaves them out."""
    assert change.graph is not None
    one = one_scale_dense(change.graph)
    if one is None:
        return None
    cost = estimate(change.graph, target).ram_bytes - estimate(one, target).ram_bytes
    if cost <= 0:
        return None
    return (
        f"{cost:,} B of the int8 model's arena are for a scale of each output of its dense layers; the converter "
        "leaves them out with _experimental_disable_per_channel_quantization_for_dense_layers = True, which may cost "
        "accuracy"
    )


def _on_file(model: bytes, found: Footprint, target: Target, strip: Callable[[bytes], bytes]) -> list[Advice]:
    message = "the file holds names, signatures or metadata that the device does not read; write it without them"
    if b"OfflineMemoryAllocation" in model:
        message += ", but keep OfflineMemoryAllocation, which TFLM reads"
    if len(found.ops) > _MOST_WRITTEN:
        note = f"whether it holds any, and what that saves, is not computed for more than {_MOST_WRITTEN} operators"
        return [Advice("stripped_file", (), message.replace("holds", "may hold"), note=note)]
    try:
        stripped = profile(strip(model), target)
    except NotImplementedError:
        return []
    except Exception as error:  # a file that cannot be written anew can be profiled all the same
        return [Advice("stripped_file", (), message, note=f"the file could not be written anew: {error}")]
    saves = _differences(
        {"file_bytes": found.file_bytes, **_figures(found)}, {"file_bytes": stripped.file_bytes, **_figures(stripped)}
    )
    if saves.get("file_bytes", 0) <= 0 or _is_loss({**saves, "weights_bytes": 0}):  # weights lie in the file
        return []
    after = {"file_bytes": stripped.file_bytes, **_figures(stripped)}
    return [Advice("stripped_file", (), message, saves, after)]


def _figures(totals: Totals) -> dict[str, float | None]:
    """Return the figures that advice can save, without the file's bytes, which depend on its writer."""
    return {
        "weights_bytes": totals.weights_bytes,
        "arena_bytes": totals.detail.used,
        "arena_min_bytes": totals.ram_bytes,
        "code_bytes": totals.flash.code,
        "macs": totals.macs,
        "latency_ms": totals.latency_ms,
    }


def _differences(before: Mapping[str, float | None], after: Mapping[str, float | None]) -> dict[str, float]:
    """Return by how much each figure became less, of those that are known before and after and differ."""
    pairs = {key: (value, after[key]) for key, value in before.items()}
    return {key: b - a for key, (b, a) in pairs.items() if b is not None and a is not None and b != a}
