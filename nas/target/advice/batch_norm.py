"""Multiplications and additions after a convolution that could be folded into its weights and bias."""

from collections.abc import Iterator
from dataclasses import replace

from nas.graph.edit import RESHAPES, Draft
from nas.graph.graph import Graph, Op, Tensor
from nas.target.advice.change import Change, message_of, operators

_WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
_ACTIVATIONS = ("RELU", "RELU6")
_SCALINGS = ("MUL", "ADD", "SUB")
_TRAIN_AGAIN = (
    " and its activation, where the converter cannot fold that; put BatchNormalization between the convolution and its"
    " activation, and train again"
)
_CONVERT_AGAIN = ", whose weights and bias could hold that; convert the Keras model again with today's TensorFlow"


def folded_batch_norm(graph: Graph) -> Change | None:
    """Drop each MUL, ADD and SUB by a constant per channel that follows a convolution or dense layer.

    Message:
        channels are scaled or shifted ({operators}) behind a convolution or dense layer{remedy}
    """
    draft = Draft(graph)
    dropped: list[int] = []
    behind = False
    for i, op in draft.alive():
        if op.kind in _WEIGHTED:
            steps = list(_steps(draft, op))
            scalings = [s for s in steps if graph.ops[s].kind in _SCALINGS]
            behind |= bool(scalings) and _activated(graph, op, steps[: steps.index(scalings[0])] if scalings else [])
            _fold(draft, i, scalings)
            dropped += scalings
    if not dropped:
        return None
    remedy = _TRAIN_AGAIN if behind else _CONVERT_AGAIN
    message = message_of(folded_batch_norm, operators=operators(tuple(dropped)), remedy=remedy)
    return Change(tuple(dropped), message, draft.graph())


def _steps(draft: Draft, op: Op) -> Iterator[int]:
    """Yield the reshapes, activations and scalings that follow, up to the first tensor that has another reader."""
    channels = draft.tensors[op.outputs[0]].shape[-1]
    tensor = op.outputs[0]
    while tensor not in draft.outputs and len(draft.readers(tensor)) == 1:
        (index,) = draft.readers(tensor)
        reader = draft.op(index)
        assert reader is not None
        scaling = reader.kind in _SCALINGS and _by_channel(draft, reader, tensor, channels)
        if reader.kind not in (*RESHAPES, *_ACTIVATIONS) and not scaling:
            return
        if reader.kind in RESHAPES and draft.tensors[reader.outputs[0]].shape[-1:] != (channels,):
            return
        yield index
        tensor = reader.outputs[0]


def _by_channel(draft: Draft, op: Op, tensor: int, channels: int) -> bool:
    """Say whether the operator's other input is a constant with one value per channel, or one for all channels."""
    others = [t for t in op.inputs if t != tensor]
    return len(others) == 1 and draft.constant(others[0]) and draft.tensors[others[0]].elements in (1, channels)


def _activated(graph: Graph, op: Op, between: list[int]) -> bool:
    return op.options.get("activation", "NONE") != "NONE" or any(graph.ops[s].kind in _ACTIVATIONS for s in between)


def _fold(draft: Draft, index: int, scalings: list[int]) -> None:
    for s in scalings:
        scaling = draft.ops[s]
        assert scaling is not None
        activation = scaling.options.get("activation", "NONE")
        if activation != "NONE":
            draft.set_options(index, activation=activation)
        draft.bypass(s, kept=next(k for k, t in enumerate(scaling.inputs) if not draft.constant(t)))
    op = draft.ops[index]
    assert op is not None
    if scalings and (len(op.inputs) < 3 or op.inputs[2] < 0):
        _add_bias(draft, index, op)
    _fuse_activation(draft, index)


def _add_bias(draft: Draft, index: int, op: Op) -> None:
    out, weights = draft.tensors[op.outputs[0]], draft.tensors[op.inputs[1]]
    dtype = "int32" if out.dtype == "int8" else out.dtype
    bias = draft.add(Tensor("bias", (out.shape[-1],), dtype, constant=True, scales=weights.scales))
    draft.put(index, replace(op, inputs=(*op.inputs[:2], bias)))


def _fuse_activation(draft: Draft, index: int) -> None:
    """Fuse an activation that follows directly into the convolution, as the converter does."""
    op = draft.ops[index]
    assert op is not None
    readers = draft.readers(op.outputs[0])
    if len(readers) == 1 and op.options.get("activation", "NONE") == "NONE" and op.outputs[0] not in draft.outputs:
        reader = draft.ops[readers[0]]
        if reader is not None and reader.kind in _ACTIVATIONS:
            draft.set_options(index, activation=reader.kind)
            draft.bypass(readers[0])
