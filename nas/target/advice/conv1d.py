"""1-D convolutions: TFLite has none, so axes of size 1 are added and dropped around 2-D ones, which copies tensors."""

from dataclasses import replace
from typing import Any

from nas.graph.edit import RESHAPES, Draft
from nas.graph.graph import Graph, Op, Tensor
from nas.target.advice.change import Change, message_of, operators

_WINDOWED = ("CONV_2D", "DEPTHWISE_CONV_2D", "MAX_POOL_2D", "AVERAGE_POOL_2D")
_REDUCERS = ("MEAN", "SUM", "REDUCE_MAX")
_PADS = ("PAD", "PADV2", "MIRROR_PAD")
# Operators that compute the same with one more axis of size 1: element by element, or along the last axis.
_EITHER_RANK = (
    *("ADD", "SUB", "MUL", "MAXIMUM", "MINIMUM", "CONCATENATION", "QUANTIZE", "DEQUANTIZE", "SHAPE", "FULLY_CONNECTED"),
    *("RELU", "RELU6", "LEAKY_RELU", "PRELU", "ELU", "HARD_SWISH", "LOGISTIC", "TANH", "SOFTMAX", "ABS"),
)


def flat_conv2d(graph: Graph) -> Change | None:
    """Give every (1, time, channels) tensor a height of 1, then drop the reshapes that change nothing.

    Message:
        tensors are copied only to add or drop an axis of size 1 for 1-D layers ({operators}); use Conv2D and pooling
        with height 1 on an input of (1, time, channels)
    """
    if not _has_copies(graph):
        return None
    draft = Draft(graph)
    copies = tuple(i for i, op in draft.alive() if op.kind in RESHAPES and _adds_axis(graph, op))
    message = message_of(flat_conv2d, operators=operators(copies))
    obstacle = _obstacle(graph)
    if obstacle is not None:
        return Change(copies, message, None, obstacle)
    for i, op in draft.alive():
        _rewrite(draft, graph, i, op)
    for t, tensor in enumerate(draft.tensors):
        if not tensor.constant:
            draft.tensors[t] = replace(tensor, shape=_flat(tensor.shape))
    draft.merge_reshapes()
    return Change(copies, message, draft.graph())


def _is_line(tensor: Tensor) -> bool:
    """Say whether a tensor has one axis between batch and channels, or two of which one has size 1."""
    return len(tensor.shape) == 3 or (len(tensor.shape) == 4 and 1 in tensor.shape[1:3])


def _adds_axis(graph: Graph, op: Op) -> bool:
    source, result = graph.tensors[op.inputs[0]], graph.tensors[op.outputs[0]]
    return _is_line(source) and _is_line(result) and _flat(source.shape) == _flat(result.shape)


def _has_copies(graph: Graph) -> bool:
    maps = [t for t in graph.tensors if len(t.shape) == 4 and not t.constant]
    adding = any(op.kind in RESHAPES and _adds_axis(graph, op) for op in graph.ops)
    return adding and any(op.kind in _WINDOWED for op in graph.ops) and all(_is_line(t) for t in maps)


def _flat(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape with height 1 and time as the width."""
    if len(shape) == 3:
        return (shape[0], 1, *shape[1:])
    if len(shape) == 4 and shape[2] == 1:
        return (shape[0], 1, shape[1], shape[3])
    return shape


def _obstacle(graph: Graph) -> str | None:
    """Return why the changed graph is not known; None if it is."""
    for i, op in enumerate(graph.ops):
        touched = [graph.tensors[t] for t in (*op.inputs, *op.outputs) if t >= 0 and not graph.tensors[t].constant]
        if not any(len(t.shape) == 3 for t in touched) or op.kind in (*RESHAPES, *_EITHER_RANK, *_PADS):
            continue
        if op.kind not in _REDUCERS:
            return f"what operator {i} ({op.kind}) becomes with one axis more is not known here"
        if op.options.get("axes") not in ((1,), (-2,)):
            return f"operator {i} ({op.kind}) does not reduce time, and what it becomes is not known here"
    return None


def _rewrite(draft: Draft, graph: Graph, index: int, op: Op) -> None:
    """Turn windows that run along the height, and give axes and paddings their new rank."""
    source = graph.tensors[op.inputs[0]]
    if op.kind in _WINDOWED and len(source.shape) == 4 and source.shape[2] == 1 and source.shape[1] > 1:
        turned: dict[str, Any] = {
            key: value[::-1] for key, value in op.options.items() if key in ("stride", "dilation", "filter")
        }
        draft.set_options(index, **turned)
        if len(op.inputs) > 1:
            weights = graph.tensors[op.inputs[1]]
            o, h, w, i = weights.shape
            draft.tensors[op.inputs[1]] = replace(weights, shape=(o, w, h, i))
    elif len(source.shape) == 3 and op.kind in (*_REDUCERS, *_PADS):
        shape = (2,) if op.kind in _REDUCERS else (4, 2)
        constant = draft.add(replace(graph.tensors[op.inputs[1]], shape=shape))
        draft.put(index, replace(op, inputs=(op.inputs[0], constant, *op.inputs[2:])))
