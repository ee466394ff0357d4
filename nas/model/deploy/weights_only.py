"""The weights of a float `.tflite` as float16 or int8, and back; activations stay float32.

TensorFlow does this while it converts a Keras model, and has no function for a file that exists already.
"""

from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from nas.arrays import Array, Floats
from nas.model.deploy.operator_code import kind_of
from nas.model.deploy.packing import plainly_packed
from nas.model.deploy.slim import reorder

_FEWEST_WEIGHTS = 1024
"""Smaller tensors stay float32, as in TensorFlow's dynamic-range quantization."""

# By operator: the axis of output channels of its weights, None for one scale, and the version with hybrid kernels.
_HYBRID = {
    schema.BuiltinOperator.CONV_2D: (0, 5),
    schema.BuiltinOperator.DEPTHWISE_CONV_2D: (3, 6),
    schema.BuiltinOperator.FULLY_CONNECTED: (None, 9),
}
_WEIGHTS = 1
_INTEGERS = {schema.TensorType.INT8: np.int8, schema.TensorType.UINT8: np.uint8}


def half_weights(tflite: bytes) -> bytes:
    """Return a float model with float16 constants, each behind a DEQUANTIZE, as TensorFlow writes it."""
    model = schema.ModelT.InitFromPackedBuf(tflite, 0)
    code = _code(model, schema.BuiltinOperator.DEQUANTIZE, 3)
    for graph in model.subgraphs:
        first = []
        for place, tensor in enumerate(list(graph.tensors)):
            values = _floats(model, tensor)
            if values is None:
                continue
            half = schema.TensorT()
            vars(half).update(vars(tensor))
            half.type, half.name = schema.TensorType.FLOAT16, (tensor.name or b"") + b"_float16"
            half.buffer = _add_buffer(model, values.astype(np.float16))
            tensor.buffer = 0
            graph.tensors.append(half)
            first.append(_operator(code, len(graph.tensors) - 1, place))
        graph.operators = [*first, *graph.operators]
    return _pack(model)


def int8_weights(tflite: bytes) -> bytes:
    """Return a float model as a hybrid one: the large weights of its layers are int8 (dynamic range)."""
    model = schema.ModelT.InitFromPackedBuf(tflite, 0)
    for graph in model.subgraphs:
        for op in graph.operators:
            code = model.operatorCodes[op.opcodeIndex]
            if kind_of(code) not in _HYBRID:
                continue
            axis, version = _HYBRID[kind_of(code)]
            tensor = graph.tensors[int(op.inputs[_WEIGHTS])]
            values = _floats(model, tensor)
            if values is None or values.size < _FEWEST_WEIGHTS:
                continue
            code.version = max(code.version, version)
            if axis is None:
                op.builtinOptions.asymmetricQuantizeInputs = True
            _quantize(model, tensor, values, axis)
    return _pack(model)


def float_weights(tflite: bytes) -> bytes:
    """Return a hybrid model, or one with float16 weights, with all weights in float32."""
    model = schema.ModelT.InitFromPackedBuf(tflite, 0)
    for graph in model.subgraphs:
        halves = {}
        for op in graph.operators:
            source = graph.tensors[int(op.inputs[0])] if op.inputs is not None and len(op.inputs) else None
            if kind_of(model.operatorCodes[op.opcodeIndex]) == schema.BuiltinOperator.DEQUANTIZE:
                values = _constant(model, source)
                if values is not None:
                    target = graph.tensors[int(op.outputs[0])]
                    target.buffer = _add_buffer(model, values)
                    halves[id(op)] = op
            else:
                _unpack_weights(model, graph, op)
        graph.operators = [op for op in graph.operators if id(op) not in halves]
        reorder(graph)
    model.signatureDefs = None  # they refer to tensors by their places
    return _pack(model)


def _unpack_weights(model: Any, graph: Any, op: Any) -> None:
    """Turn the integer weights of an operator that reads float data into floats."""
    inputs = [int(i) for i in op.inputs if i >= 0]
    if not any(graph.tensors[i].type == schema.TensorType.FLOAT32 for i in inputs):
        return
    for i in inputs:
        tensor = graph.tensors[i]
        values = _constant(model, tensor) if tensor.type in _INTEGERS else None
        if values is not None:
            tensor.type, tensor.quantization = schema.TensorType.FLOAT32, None
            tensor.buffer = _add_buffer(model, values)
    if hasattr(op.builtinOptions, "asymmetricQuantizeInputs"):
        op.builtinOptions.asymmetricQuantizeInputs = False


def _constant(model: Any, tensor: Any) -> Floats | None:
    """Return a float16 or quantized constant as floats; None for any other tensor."""
    data = model.buffers[tensor.buffer].data
    if data is None or not len(data):
        return None
    raw = np.asarray(data, np.uint8)
    if tensor.type == schema.TensorType.FLOAT16:
        return raw.view(np.float16).astype(np.float32)
    quantization = tensor.quantization
    if tensor.type not in _INTEGERS or quantization is None or quantization.scale is None:
        return None
    values = raw.view(_INTEGERS[tensor.type]).reshape(tensor.shape).astype(np.float32)
    shape = [1] * values.ndim
    if len(quantization.scale) > 1:
        shape[int(quantization.quantizedDimension)] = len(quantization.scale)
    zeros = np.zeros(len(quantization.scale)) if quantization.zeroPoint is None else quantization.zeroPoint
    return np.asarray((values - np.reshape(zeros, shape)) * np.reshape(quantization.scale, shape), np.float32)


def _floats(model: Any, tensor: Any) -> Floats | None:
    data = model.buffers[tensor.buffer].data
    if tensor.type != schema.TensorType.FLOAT32 or data is None or not len(data):
        return None
    return np.asarray(data, np.uint8).view(np.float32).reshape(tensor.shape)


def _quantize(model: Any, tensor: Any, values: Floats, axis: int | None) -> None:
    """Make a tensor int8, symmetric around 0, with a scale for each entry of `axis`."""
    others = tuple(i for i in range(values.ndim) if i != axis)
    most = np.maximum(np.abs(values).max(axis=others, keepdims=True), np.finfo(np.float32).tiny)
    numbers = np.clip(np.round(values / (most / 127)), -127, 127).astype(np.int8)
    tensor.type, tensor.buffer = schema.TensorType.INT8, _add_buffer(model, numbers)
    tensor.quantization = schema.QuantizationParametersT()
    tensor.quantization.scale = (most.ravel() / 127).astype(np.float32)
    tensor.quantization.zeroPoint = np.zeros(most.size, np.int64)
    tensor.quantization.quantizedDimension = axis or 0


def _add_buffer(model: Any, values: Array) -> int:
    model.buffers.append(schema.BufferT(data=np.frombuffer(values.tobytes(), np.uint8)))
    return len(model.buffers) - 1


def _code(model: Any, kind: int, version: int) -> int:
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = kind
    code.version = version
    model.operatorCodes.append(code)
    return len(model.operatorCodes) - 1


def _operator(code: int, source: int, target: int) -> Any:
    op = schema.OperatorT()
    op.opcodeIndex, op.inputs, op.outputs = code, [source], [target]
    op.builtinOptionsType, op.builtinOptions = schema.BuiltinOptions.DequantizeOptions, schema.DequantizeOptionsT()
    return op


def _pack(model: Any) -> bytes:
    """Return the file without the data and the kinds of operators that nothing uses any more."""
    kinds = list(dict.fromkeys(op.opcodeIndex for graph in model.subgraphs for op in graph.operators))
    model.operatorCodes = [model.operatorCodes[kind] for kind in kinds]
    for op in (op for graph in model.subgraphs for op in graph.operators):
        op.opcodeIndex = kinds.index(op.opcodeIndex)
    used = {tensor.buffer for graph in model.subgraphs for tensor in graph.tensors}
    used |= {entry.buffer for entry in model.metadata or []}
    model.buffers = [buffer if place in used else schema.BufferT() for place, buffer in enumerate(model.buffers)]
    return plainly_packed(model)
