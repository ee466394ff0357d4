"""Slimming: the smallest `.tflite` that computes the same, with its tensors in the graph's order.

What neither TFLM nor LiteRT reads is left out: names, descriptions, the signature of the only subgraph, metadata of the
converter, ranges that quantization was computed from, versions of operators and the older field of their kinds, options
at their defaults, and the scales of biases, which are those of the input times those of the weights. What is left is
written by `nas.model.deploy.packing`.

FULLY_CONNECTED flattens its input itself, in TFLM as in LiteRT, so a RESHAPE before it only costs an operator, its code
and a copy in the arena. Tensors are put in the order of their first mention: the inputs, then each operator's inputs
and outputs. TFLM's planner breaks ties by this order, and the footprint was estimated with it.

A plan of the arena that the file brings along, `OfflineMemoryAllocation`, stays: TFLM reads it. It has an offset for
each tensor by its place, so tensors then keep theirs. Other metadata stay too, unless asked otherwise: the parameters
that `nas params` writes, and what other tools put there.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from nas.graph.graph import LSTM_STATES, Graph
from nas.graph.scales import SAME_SCALE
from nas.model.deploy.operator_code import kind_of
from nas.model.deploy.order import put_in_order
from nas.model.deploy.packing import pack

PLAN = b"OfflineMemoryAllocation"
# Metadata that TensorFlow's converter writes, and that no runtime reads.
_CONVERTERS = (b"min_runtime_version", b"CONVERSION_METADATA")
_KINDS = schema.BuiltinOperator
_WITH_BIAS = (_KINDS.CONV_2D, _KINDS.DEPTHWISE_CONV_2D, _KINDS.FULLY_CONNECTED)
# What computes new values, so that only data decide their zero point if no activation follows.
_COMPUTING = (*_WITH_BIAS, _KINDS.ADD, _KINDS.MUL, _KINDS.HARD_SWISH)
# What copies values, or compares them.
_COPYING = tuple(getattr(_KINDS, kind) for kind in sorted(SAME_SCALE))
# Operators whose missing options are read as options at their defaults, in both runtimes. TensorFlow's quantizer does
# not read float models without them.
_OPTIONAL = (
    _KINDS.FULLY_CONNECTED, _KINDS.MEAN, _KINDS.SUM, _KINDS.REDUCE_MAX, _KINDS.QUANTIZE, _KINDS.DEQUANTIZE,
    _KINDS.PAD, _KINDS.TRANSPOSE, _KINDS.EXPAND_DIMS, _KINDS.HARD_SWISH,
)  # fmt: skip


def slim(tflite: bytes, *, keep_metadata: bool = True, plan: Sequence[int] = (), graph: Graph | None = None) -> bytes:
    """Return the smallest file with the same model: for equal inputs, it computes equal outputs.

    Args:
        tflite: a file that `nas.target.profiler.profile` has accepted.
        keep_metadata: keep parameters and other metadata that are not the converter's own.
        plan: an offset in the arena for each tensor of the file, -1 for those that TFLM plans itself; empty for the
            plan that the file has.
        graph: what the file was converted from; its operators are put in the order of that one.

    Raises:
        NotImplementedError: the model has data outside of its FlatBuffer.
    """
    return slim_model(schema.ModelT.InitFromPackedBuf(tflite, 0), keep_metadata=keep_metadata, plan=plan, graph=graph)


def slim_model(
    model: Any, *, keep_metadata: bool = True, plan: Sequence[int] = (), graph: Graph | None = None
) -> bytes:
    """Return what `slim` returns, for the object tree of a file; it must not be used afterwards."""
    if any(buffer.offset > 1 for buffer in model.buffers) or model.externalBuffers or model.externalBufferGroups:
        raise NotImplementedError("a model with data outside of its FlatBuffer is not written anew")
    model.metadata = [entry for entry in model.metadata or [] if entry.name not in _CONVERTERS]
    if plan:
        _add_plan(model, plan)
    plans = [entry for entry in model.metadata if entry.name == PLAN]  # of several, TFLM takes the last
    if not keep_metadata:
        model.metadata = plans
    if not plans and len(model.subgraphs) == 1:
        drop_reshapes(model)
    if graph is not None:
        put_in_order(model, graph)
    own: set[int] = set()
    for subgraph in model.subgraphs:
        own |= _slim_graph(model, subgraph, ordered=not plans)
    _keep_used_codes(model)
    model.buffers = _pack_buffers(model)
    model.description = model.metadataBuffer = None
    if len(model.signatureDefs or []) < 2:
        model.signatureDefs = None
    model.metadata = model.metadata or None
    return pack(model, own)


def _add_plan(model: Any, offsets: Sequence[int]) -> None:
    words = np.array([1, 0, len(offsets), *offsets], "<i4")  # version, subgraph, number of tensors
    entry = schema.MetadataT()
    entry.name, entry.buffer = PLAN, len(model.buffers)
    model.buffers.append(schema.BufferT(data=words.view(np.uint8)))
    model.metadata = [*(old for old in model.metadata if old.name != PLAN), entry]


def _slim_graph(model: Any, graph: Any, *, ordered: bool) -> set[int]:
    """Leave out of a subgraph what is not read; return which tables of quantization are not to be shared."""
    if ordered:
        places = reorder(graph)
        for signature in model.signatureDefs or []:
            if model.subgraphs[signature.subgraphIndex] is graph:
                for entry in (*(signature.inputs or []), *(signature.outputs or [])):
                    entry.tensorIndex = places[entry.tensorIndex]
    graph.name = None
    for tensor in graph.tensors:
        _strip_tensor(tensor)
    operators = [(op, kind_of(model.operatorCodes[op.opcodeIndex])) for op in graph.operators]
    _drop_bias_scales(graph, operators)
    for op, kind in operators:
        if kind in _OPTIONAL and _gives_int8(op, graph) and _at_defaults(op.builtinOptions):
            op.builtinOptions, op.builtinOptionsType = None, 0
    return _own_quantization(graph, operators)


def drop_reshapes(model: Any) -> None:
    """Connect each FULLY_CONNECTED to the input of the RESHAPE before it, and remove operators that nothing reads."""
    (graph,) = model.subgraphs
    kinds = [kind_of(model.operatorCodes[op.opcodeIndex]) for op in graph.operators]
    source = {
        int(op.outputs[0]): int(op.inputs[0])
        for op, kind in zip(graph.operators, kinds, strict=True)
        if kind == _KINDS.RESHAPE
    }
    for op, kind in zip(graph.operators, kinds, strict=True):
        if kind == _KINDS.FULLY_CONNECTED and not (op.builtinOptions and op.builtinOptions.keepNumDims):
            data, *rest = map(int, op.inputs)
            op.inputs = [source.get(data, data), *rest]
    read = {int(i) for i in graph.outputs}.union(*(map(int, op.inputs) for op in graph.operators))
    graph.operators = [op for op in graph.operators if _is_read(op, read)]


def _is_read(op: Any, read: set[int]) -> bool:
    """Say whether an operator does something: one without outputs assigns a variable."""
    return op.outputs is None or not len(op.outputs) or bool(read.intersection(map(int, op.outputs)))


def _keep_used_codes(model: Any) -> None:
    operators = [op for graph in model.subgraphs for op in graph.operators]
    used = list(dict.fromkeys(op.opcodeIndex for op in operators))
    model.operatorCodes = [model.operatorCodes[old] for old in used]
    for op in operators:
        op.opcodeIndex = used.index(op.opcodeIndex)
    for code in model.operatorCodes:
        code.builtinCode, code.deprecatedBuiltinCode = kind_of(code), 0
        if code.customCode is None:
            code.version = 1  # the default; every version of a kind has the same kernel


def reorder(graph: Any) -> dict[int, int]:
    """Put the tensors in the order of their first mention, and remove those that are never mentioned.

    Returns:
        The new place of each tensor by its old one.
    """
    order = [int(i) for i in dict.fromkeys(_mentions(graph)) if i >= 0]
    place = {old: new for new, old in enumerate(order)} | {-1: -1}
    graph.tensors = [graph.tensors[old] for old in order]
    for item in (graph, *graph.operators):
        item.inputs, item.outputs = _moved(item.inputs, place), _moved(item.outputs, place)
    for op in graph.operators:
        op.intermediates = None if op.intermediates is None else _moved(op.intermediates, place)
    return place


def _mentions(graph: Any) -> Iterator[int]:
    yield from _numbers(graph.inputs)
    for op in graph.operators:
        yield from (*_numbers(op.inputs), *_numbers(op.outputs), *_numbers(op.intermediates))
    yield from _numbers(graph.outputs)


def _numbers(vector: Any) -> list[int]:
    return [] if vector is None else [int(i) for i in vector]


def _moved(vector: Any, place: dict[int, int]) -> list[int]:
    return [place[i] for i in _numbers(vector)]


def _pack_buffers(model: Any) -> list[Any]:
    """Return the buffers with data, equal ones once unless equality is chance; by the format, buffer 0 is empty."""
    kept, place, own = [schema.BufferT()], dict[bytes, int](), _own_data(model)
    for item in (*(tensor for graph in model.subgraphs for tensor in graph.tensors), *model.metadata):
        data = model.buffers[item.buffer].data
        if data is None or not len(data):
            item.buffer = 0
            continue
        key = bytes(bytearray(data))
        if key in place and id(item) not in own:
            item.buffer = place[key]
            continue
        place[key] = item.buffer = len(kept)
        kept.append(schema.BufferT(data=data))
    return kept


def _own_data(model: Any) -> set[int]:
    """Return the tensors, by identity, that share no data with equal ones, as the estimate before training assumes.

    Two kernels with one weight for each scale, each of them 127 or -127, are equal by chance, as are two biases that
    rounding has cut to the same outermost numbers. Biases of zeros say that layers have none.
    """
    own: set[int] = set()
    for graph in model.subgraphs:
        for op in graph.operators:
            if kind_of(model.operatorCodes[op.opcodeIndex]) in _WITH_BIAS:
                _, kernel, *bias = (graph.tensors[i] for i in _numbers(op.inputs) if i >= 0)
                own.update(id(tensor) for tensor in bias if np.any(model.buffers[tensor.buffer].data))
                own.update({id(kernel)} if _size(kernel) == _scales(kernel) else ())
    return own


def _size(tensor: Any) -> int:
    return math.prod(_numbers(tensor.shape))


def _strip_tensor(tensor: Any) -> None:
    tensor.name = tensor.shapeSignature = None
    if tensor.shape is not None and len(tensor.shape):
        tensor.hasRank = False
    quantization = tensor.quantization
    if quantization is None:
        return
    quantization.min = quantization.max = None
    if quantization.details is None and (quantization.scale is None or not len(quantization.scale)):
        tensor.quantization = None


def _drop_bias_scales(graph: Any, operators: list[tuple[Any, int]]) -> None:
    """Leave out the scales of biases of int8 layers, which no runtime reads.

    Only FULLY_CONNECTED whose weights have one scale compares that of its bias with theirs.
    """
    readers = Counter(i for op, _ in operators for i in _numbers(op.inputs)) + Counter(_numbers(graph.outputs))
    for op, kind in operators:
        inputs = _numbers(op.inputs)
        if kind not in _WITH_BIAS or len(inputs) < 3 or inputs[2] < 0 or readers[inputs[2]] > 1:
            continue
        data, weights, bias = (graph.tensors[i] for i in inputs[:3])
        types = (data.type, weights.type, bias.type)
        if types != (schema.TensorType.INT8, schema.TensorType.INT8, schema.TensorType.INT32):
            continue
        if kind != _KINDS.FULLY_CONNECTED or _scales(weights) > 1:
            bias.quantization = None


def _scales(tensor: Any) -> int:
    quantization = tensor.quantization
    return 0 if quantization is None or quantization.scale is None else len(quantization.scale)


def _gives_int8(op: Any, graph: Any) -> bool:
    return all(graph.tensors[i].type == schema.TensorType.INT8 for i in _numbers(op.outputs))


def _at_defaults(options: Any) -> bool:
    return options is None or vars(options) == vars(type(options)())


def _own_quantization(graph: Any, operators: list[tuple[Any, int]]) -> set[int]:
    """Return the tables of quantization, by identity, that share nothing with equal ones.

    They are those of inputs and of operators without an activation: only data decide their zero points, so whether two
    are equal is chance. Sharing them would make the file's size a matter of chance, which the estimate before training
    could not know. A pooling has the quantization of its input, in the same table; so have concatenated tensors.
    """
    tensors, own = graph.tensors, set(_numbers(graph.inputs))
    for op, kind in operators:
        if kind in _COMPUTING and not getattr(op.builtinOptions, "fusedActivationFunction", 0):
            own.update(_numbers(op.outputs))
        if kind == _KINDS.UNIDIRECTIONAL_SEQUENCE_LSTM:  # of the state, which has the output's, and of the cells
            states = [i for i in _numbers(op.inputs)[LSTM_STATES] if i >= 0]
            _share_quantization(tensors, (*_numbers(op.outputs), *states[:1], *_numbers(op.intermediates)))
            own.update(states)
        if kind in _COPYING:
            _share_quantization(tensors, (*_numbers(op.inputs), *_numbers(op.outputs)))
    return {id(tensors[i].quantization) for i in own} - {id(None)}


def _share_quantization(tensors: list[Any], which: Sequence[int]) -> None:
    """Give tensors the table of the first of them, and so all that shared theirs, if they are equal."""
    kept = tensors[which[0]].quantization
    for old in (tensors[i].quantization for i in which[1:]):
        if old is not kept and _is_equal(kept, old):
            for tensor in tensors:
                tensor.quantization = kept if tensor.quantization is old else tensor.quantization


def _is_equal(a: Any, b: Any) -> bool:
    if a is None or b is None or a.details is not None or b.details is not None:
        return False
    same = (np.array_equal(x, y) for x, y in ((a.scale, b.scale), (a.zeroPoint, b.zeroPoint)))
    return all(same) and a.quantizedDimension == b.quantizedDimension
