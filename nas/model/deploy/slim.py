"""Slimming: removes from a `.tflite` what a microcontroller does not need, and puts its tensors in the graph's order.

The interpreter does not use names, descriptions, signatures, metadata, and the ranges that quantization was computed
from. FULLY_CONNECTED flattens its input itself, in TFLM as in LiteRT, so a RESHAPE before it only costs an operator,
its code and a copy in the arena. Tensors are put in the order of their first mention: the inputs, then each operator's
inputs and outputs. TFLM's planner breaks ties by this order, and the footprint was estimated with it.

A plan of the arena that the file brings along, `OfflineMemoryAllocation`, stays: TFLM reads it. It has an offset for
each tensor by its place, so tensors then keep theirs.
"""

from typing import Any

from ai_edge_litert import schema_py_generated as schema

from nas.model.deploy.packing import pack


def slim(tflite: bytes) -> bytes:
    """Return a smaller file with the same model: for equal inputs, it computes equal outputs.

    Raises:
        NotImplementedError: the model has several subgraphs.
    """
    model = schema.ModelT.InitFromPackedBuf(tflite, 0)
    if len(model.subgraphs) != 1:
        raise NotImplementedError("a model of several subgraphs is not written anew")
    (graph,) = model.subgraphs
    plan = _offline_plan(model)
    if plan is None:
        _drop_reshapes(graph, model.operatorCodes)
        _keep_used_codes(model, graph)
        reorder(graph)
    kept = [] if plan is None else [model.buffers[plan.buffer]]
    model.buffers = _pack_buffers(graph, model.buffers)
    for tensor in graph.tensors:
        _strip_tensor(tensor)
    graph.name = model.description = None
    model.metadata = model.metadataBuffer = model.signatureDefs = None
    if plan is not None:
        plan.buffer = len(model.buffers)
        model.buffers, model.metadata = [*model.buffers, *kept], [plan]
    return pack(model)


def _offline_plan(model: Any) -> Any:
    """Return the metadata that holds a plan of the arena; of several, TFLM takes the last. None if there is none."""
    plans = [entry for entry in model.metadata or [] if entry.name == b"OfflineMemoryAllocation"]
    return plans[-1] if plans else None


def _drop_reshapes(graph: Any, codes: list[Any]) -> None:
    """Connect each FULLY_CONNECTED to the input of the RESHAPE before it, and remove operators that nothing reads."""
    kinds = [codes[op.opcodeIndex].builtinCode for op in graph.operators]
    source = {
        int(op.outputs[0]): int(op.inputs[0])
        for op, kind in zip(graph.operators, kinds, strict=True)
        if kind == schema.BuiltinOperator.RESHAPE
    }
    for op, kind in zip(graph.operators, kinds, strict=True):
        if kind == schema.BuiltinOperator.FULLY_CONNECTED and not op.builtinOptions.keepNumDims:
            data, *rest = map(int, op.inputs)
            op.inputs = [source.get(data, data), *rest]
    read = {int(i) for i in graph.outputs}.union(*(map(int, op.inputs) for op in graph.operators))
    graph.operators = [op for op in graph.operators if _is_read(op, read)]


def _is_read(op: Any, read: set[int]) -> bool:
    """Say whether an operator does something: one without outputs assigns a variable."""
    return op.outputs is None or not len(op.outputs) or bool(read.intersection(map(int, op.outputs)))


def _keep_used_codes(model: Any, graph: Any) -> None:
    used = list(dict.fromkeys(op.opcodeIndex for op in graph.operators))
    model.operatorCodes = [model.operatorCodes[old] for old in used]
    for op in graph.operators:
        op.opcodeIndex = used.index(op.opcodeIndex)


def reorder(graph: Any) -> None:
    """Put the tensors in the order of their first mention, and remove those that are never mentioned."""
    mentions = [*graph.inputs, *(i for op in graph.operators for i in (*op.inputs, *op.outputs)), *graph.outputs]
    order = [int(i) for i in dict.fromkeys(mentions) if i >= 0]
    place = {old: new for new, old in enumerate(order)} | {-1: -1}
    graph.tensors = [graph.tensors[old] for old in order]
    for item in (graph, *graph.operators):
        item.inputs = [place[int(i)] for i in item.inputs]
        item.outputs = [place[int(i)] for i in item.outputs]


def _pack_buffers(graph: Any, buffers: list[Any]) -> list[Any]:
    """Return the buffers that hold data, equal ones once; by the format, buffer 0 is empty."""
    kept = [schema.BufferT()]
    place: dict[bytes, int] = {}
    for tensor in graph.tensors:
        buffer = buffers[tensor.buffer]
        data = buffer.data
        if data is None or not len(data):
            tensor.buffer = 0
            continue
        key = bytes(data)
        if key not in place:
            place[key] = len(kept)
            kept.append(buffer)
        tensor.buffer = place[key]
    return kept


def _strip_tensor(tensor: Any) -> None:
    tensor.name = tensor.shapeSignature = None
    if tensor.quantization is not None:
        tensor.quantization.min = tensor.quantization.max = None
