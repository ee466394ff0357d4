"""Floats where int8 would do: in the whole model, in its weights, or only in its inputs and outputs."""

from dataclasses import replace

from nas.graph.edit import Draft
from nas.graph.graph import Graph, Op
from nas.target.advice.change import Change, message_of, operators

_WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV")
_FLOATS = ("float32", "float16")


def full_int8(graph: Graph) -> Change | None:
    """Give every float the type that TensorFlow's full-integer quantization gives it.

    Weights have a scale for each output channel, as TensorFlow converts them since 2.20; biases are int32.

    Message:
        {found}; convert to full int8: representative_dataset, supported_ops TFLITE_BUILTINS_INT8, inference_input_type
        and inference_output_type int8
    """
    if not _multiplies_floats(graph):
        return None
    draft = Draft(graph)
    _quantize_constants(draft)
    for t, tensor in enumerate(draft.tensors):
        if tensor.dtype in _FLOATS:
            draft.tensors[t] = replace(tensor, dtype="int8", scales=1)
    _drop_conversions(draft)
    hybrid = any(_is_hybrid(graph, op) for op in graph.ops)
    half = any(tensor.dtype == "float16" for tensor in graph.tensors)
    found = (
        "weights are quantized, but not activations" if hybrid else "weights are float16" if half else "all is float"
    )
    ops = tuple(i for i, op in enumerate(graph.ops) if op.kind in _WEIGHTED)
    return Change(ops, message_of(full_int8, found=found), draft.graph())


def one_scale_dense(graph: Graph) -> Graph | None:
    """Return the graph with one scale for all weights of a dense layer; None if it has that already."""
    tensors = list(graph.tensors)
    for op in graph.ops:
        for t in op.inputs[1:] if op.kind == "FULLY_CONNECTED" else ():
            if t >= 0 and tensors[t].scales > 1:
                tensors[t] = replace(tensors[t], scales=1)
    return None if tuple(tensors) == graph.tensors else replace(graph, tensors=tuple(tensors))


def int8_ends(graph: Graph) -> Change | None:
    """Drop the QUANTIZE and DEQUANTIZE of an int8 model whose inputs or outputs are floats.

    Message:
        the int8 model converts its inputs or outputs from or to float ({operators}); set inference_input_type and
        inference_output_type to int8, and scale in the firmware
    """
    if _multiplies_floats(graph):
        return None
    draft = Draft(graph)
    ends = []
    for i, op in draft.alive():
        first = op.kind == "QUANTIZE" and op.inputs[0] in draft.inputs and graph.tensors[op.inputs[0]].dtype in _FLOATS
        last = op.kind == "DEQUANTIZE" and op.outputs[0] in draft.outputs
        if first and len(draft.readers(op.inputs[0])) == 1:
            draft.inputs[draft.inputs.index(op.inputs[0])] = op.outputs[0]
            draft.put(i, None)
            ends.append(i)
        elif last:
            draft.bypass(i)
            ends.append(i)
    if not ends:
        return None
    return Change(tuple(ends), message_of(int8_ends, operators=operators(tuple(ends))), draft.graph())


def _multiplies_floats(graph: Graph) -> bool:
    return any(op.kind in _WEIGHTED and graph.tensors[_data(op)].dtype == "float32" for op in graph.ops)


def _data(op: Op) -> int:
    return op.inputs[2 if op.kind == "TRANSPOSE_CONV" else 0]


def _is_hybrid(graph: Graph, op: Op) -> bool:
    return op.kind in _WEIGHTED and graph.tensors[op.inputs[1]].dtype == "int8"


def _quantize_constants(draft: Draft) -> None:
    """Set the types of weights and biases, also of those that a layer reads through a DEQUANTIZE.

    In a float file, layers with equal biases share one; an int8 layer has its own, in its own scale.
    """
    biases: set[int] = set()
    for i, op in draft.alive():
        if op.kind not in _WEIGHTED:
            continue
        channels = draft.tensors[op.outputs[0]].shape[-1]
        _set(draft, op.inputs[1], "int8", channels)
        bias = 3 if op.kind == "TRANSPOSE_CONV" else 2
        if len(op.inputs) > bias and op.inputs[bias] >= 0:
            if op.inputs[bias] in biases:
                own = draft.add(draft.tensors[op.inputs[bias]])
                op = replace(op, inputs=(*op.inputs[:bias], own, *op.inputs[bias + 1 :]))
                draft.put(i, op)
            biases.add(op.inputs[bias])
            _set(draft, op.inputs[bias], "int32", channels)


def _set(draft: Draft, tensor: int, dtype: str, scales: int) -> None:
    op = draft.op(draft.producer(tensor))
    for t in (tensor, *(op.inputs if op is not None and op.kind == "DEQUANTIZE" else ())):
        draft.tensors[t] = replace(draft.tensors[t], dtype=dtype, scales=scales)


def _drop_conversions(draft: Draft) -> None:
    """Drop conversions whose two types are now the same."""
    for i, op in draft.alive():
        if op.kind in ("QUANTIZE", "DEQUANTIZE"):
            source, result = (draft.tensors[t] for t in (op.inputs[0], op.outputs[0]))
            if source.dtype == result.dtype:
                draft.bypass(i)
