"""The ranges of int8 around a HARD_SWISH: no steps for values that it makes zero, and scales that TFLM accepts."""

from collections.abc import Sequence

from nas.graph.graph import Graph
from nas.graph.scales import find_scales

# Below it, every value becomes 0.
_LEAST = -3.0
# TFLM refuses an input whose steps are more than 128 times as wide as those of the output.
_WIDEST = 64.0


def fit_hard_swish(graph: Graph, ranges: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return ranges of the scales of a graph, see `nas.graph.scales.find_scales`, that fit its operators HARD_SWISH.

    What only they read is cut off at -3. Their outputs get a range that is not much narrower than that of their inputs,
    as they have on rows for which the operator gives zeros only.
    """
    fitted, scales = list(ranges), find_scales(graph)
    swishes = [op for op in graph.ops if op.kind == "HARD_SWISH"]
    others = {scales.get(i) for op in graph.ops if op.kind != "HARD_SWISH" for i in op.inputs}
    others |= {scales.get(i) for i in graph.outputs}
    for op in swishes:
        (low, high), (out_low, out_high) = (fitted[scales[tensor]] for tensor in (op.inputs[0], op.outputs[0]))
        low = low if scales[op.inputs[0]] in others else max(low, _LEAST)
        fitted[scales[op.inputs[0]]] = low, high
        fitted[scales[op.outputs[0]]] = out_low, max(out_high, (high - low) / _WIDEST)
    return fitted
