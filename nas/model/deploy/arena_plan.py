"""A `.tflite` that needs less RAM on a target: its operators in a better order, and a plan of the arena of its own.

TFLM plans the arena itself, the largest tensor first; a search finds lower plans for some models. TFLM takes such a
plan from the file's metadata, which takes about 100 bytes of flash and 4 for each tensor. It holds for the tensors;
scratch memory of kernels, which differs from target to target, is still planned by TFLM, around them.
"""

from collections.abc import Sequence
from typing import Any

from ai_edge_litert import schema_py_generated as schema

from nas.model.deploy.packing import pack
from nas.model.deploy.slim import slim
from nas.target.advice.order import lower_peak
from nas.target.advice.tflite import read_graph
from nas.target.advice.wellformed import is_wellformed
from nas.target.plan import plan_of
from nas.target.profiler import estimate_many, profile
from nas.target.target import Target


def with_less_ram(tflite: bytes, target: Target) -> bytes:
    """Return a model that computes the same and needs less RAM on a target, by more than its file grows.

    The same file is returned if there is none.

    Args:
        tflite: a slimmed file, see `nas.model.deploy.slim`.
        target: whose kernels it will run with. On another target it runs too, and may need more than without the plan.
    """
    return _planned(_ordered(tflite, target), target)


def _ordered(tflite: bytes, target: Target) -> bytes:
    """Return the model with its operators in the order of the lowest peak."""
    graph = read_graph(tflite, profile(tflite, target))
    if graph is None or not is_wellformed(graph):
        return tflite
    change = lower_peak(graph, lambda changed: estimate_many([changed], target)[0])
    if change is None or change.graph is None:
        return tflite
    places = {id(op): place for place, op in enumerate(graph.ops)}
    return _better(_in_order(tflite, [places[id(op)] for op in change.graph.ops]), tflite, target)


def _in_order(tflite: bytes, order: Sequence[int]) -> bytes:
    model: Any = schema.ModelT.InitFromPackedBuf(tflite, 0)
    (graph,) = model.subgraphs
    graph.operators = [graph.operators[place] for place in order]
    return slim(pack(model))


def _planned(tflite: bytes, target: Target) -> bytes:
    offsets = plan_of(tflite, target).offsets
    return _better(slim(tflite, plan=offsets), tflite, target) if offsets else tflite


def _better(new: bytes, old: bytes, target: Target) -> bytes:
    saved = profile(old, target).ram_bytes - profile(new, target).ram_bytes
    return new if saved > max(0, len(new) - len(old)) else old
