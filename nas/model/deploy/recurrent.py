"""LSTMs in a `.tflite`: TensorFlow's converter writes none that TFLM runs, so we write the operator.

The converter is given a stand-in with the same inputs, outputs and ranges: a 1x1 convolution for an LSTM, a pooling of
the whole map for the slice of its last step, and maps in place of sequences. In what it has written, the stand-ins are
then exchanged for the network's own operators.

Of an LSTM, each of the eight matrices has one scale; the output has that of the state; a cell is an int16 with a power
of two as its scale, and all between them are fixed by TFLite's integer kernel (lstm_shared.h and lstm_eval.h of TFLM).
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from nas.arrays import Array, Floats
from nas.graph.graph import LSTM, Graph, Op, Tensor
from nas.model.deploy.operator_code import kind_of

_CELL_BITS = 15
_LEAST_CELLS, _MOST_CELLS = 3, 6
"""Powers of two: cells reach at least 8, where tanh is 1 to 15 bits, and at most 64, which is LiteRT's limit."""
_INTERMEDIATES = 5
_OPTIONS = schema.BuiltinOptions


def needs_stand_ins(graph: Graph) -> bool:
    """Say whether a graph has an operator that is written here; of a slice, the converter makes another one."""
    return any(op.kind in (LSTM, "SLICE") for op in graph.ops)


def stand_in(graph: Graph) -> Graph:
    """Return a graph of the same scales and the same order that TensorFlow's converter can write.

    Tensors keep their indices; new ones come behind them.
    """
    tensors, ops = list(graph.tensors), []
    same: dict[int, int] = {}  # of a RESHAPE's output, the map that it has the values of
    for op in graph.ops:
        (output,) = op.outputs
        data = tuple(same.get(i, i) for i in graph.data_inputs(op))
        _, height, width, channels = (1, 1, 1, *tensors[data[0]].shape)[-4:]
        if op.kind == "RESHAPE":
            same[output] = data[0]
        elif op.kind == LSTM:
            units = tensors[output].shape[-1]
            tensors[output] = replace(tensors[output], shape=(1, height, width, units))
            constants = len(tensors), len(tensors) + 1
            tensors.append(Tensor("weights", (units, 1, 1, channels), constant=True))
            tensors.append(Tensor("bias", (units,), "int32", constant=True))
            options = {"padding": "SAME", "stride": (1, 1), "dilation": (1, 1), "activation": "NONE"}
            ops.append(Op("CONV_2D", (*data, *constants), op.outputs, options))
        elif op.kind == "SLICE":
            tensors[output] = replace(tensors[output], shape=(1, 1, 1, channels))
            options = dict.fromkeys(("stride", "filter"), (height, width)) | {"padding": "VALID", "activation": "NONE"}
            ops.append(Op("MAX_POOL_2D", data, op.outputs, options))
        else:
            ops.append(replace(op, inputs=(*data, *(i for i in op.inputs if i not in graph.data_inputs(op)))))
    return Graph(tuple(tensors), tuple(ops), graph.inputs, graph.outputs)


def stand_in_weights(kernel: Floats, bias: Floats) -> tuple[Floats, Floats]:
    """Return any weights of the convolution that stands for an LSTM with these."""
    units = len(bias) // 4
    some = np.random.default_rng(units).uniform(0.1, 0.2, (1, 1, len(kernel) - units, units))
    return some.astype(np.float32), np.linspace(0.1, 0.2, units, dtype=np.float32)


def exchange(model: Any, stood: Graph, graph: Graph, lstms: Iterable[tuple[tuple[Floats, Floats], float]]) -> None:
    """Put the operators of a graph in the place of those that stand for them.

    Args:
        model: the object tree of a converted file, whose operators are those of `stood`, in its order.
        stood: from `stand_in`.
        graph: what it stands for.
        lstms: for each LSTM in order, its kernel and bias (see `nas.model.network.recurrent`), and the greatest size of
            its cells.
    """
    (written,) = model.subgraphs
    assert len(written.operators) == len(stood.ops)
    place = {stood.inputs[0]: int(written.inputs[0])}
    for op, twin in zip(stood.ops, written.operators, strict=True):
        place[op.outputs[0]] = int(twin.outputs[0])
    twins, own = iter(written.operators), iter(lstms)
    writer, operators = _Writer(model), []
    for op in graph.ops:
        data = [place[i] for i in graph.data_inputs(op)]
        shape = graph.tensors[op.outputs[0]].shape
        if op.kind == "RESHAPE":
            place[op.outputs[0]] = writer.like(data[0], shape)
            operators.append(writer.reshape(data[0], place[op.outputs[0]], shape))
            continue
        twin, output = next(twins), place[op.outputs[0]]
        if op.kind == LSTM:
            written.tensors[output].shape = list(shape)
            (kernel, bias), most = next(own)
            twin = writer.lstm(data[0], output, kernel, bias, most)
        elif op.kind == "SLICE":
            written.tensors[output].shape = list(shape)
            twin = writer.slice(data[0], output, op.options["begin"], shape)
        else:
            twin.inputs = [*data, *map(int, twin.inputs[len(data) :])]
        operators.append(twin)
    written.operators = operators


def cell_scale(most: float) -> float:
    """Return the scale of cells whose greatest size on some rows is `most`; larger ones saturate."""
    bits = math.ceil(math.log2(max(most, 1e-6)))
    return float(2.0 ** (min(max(bits, _LEAST_CELLS), _MOST_CELLS) - _CELL_BITS))


class _Writer:
    """Adds tensors to the only subgraph of a model, and makes operators of them."""

    def __init__(self, model: Any) -> None:
        self._model = model
        (self._graph,) = model.subgraphs

    def like(self, tensor: int, shape: Sequence[int], *, variable: bool = False) -> int:
        """Add a tensor with the type and the quantization of another one."""
        other = self._graph.tensors[tensor]
        return self._add(shape, other.type, other.quantization, variable=variable)

    def reshape(self, source: int, target: int, shape: Sequence[int]) -> Any:
        options = schema.ReshapeOptionsT(newShape=list(shape))
        return self._operator("RESHAPE", [source], target, _OPTIONS.ReshapeOptions, options)

    def slice(self, source: int, target: int, begin: Sequence[int], size: Sequence[int]) -> Any:
        numbers = [self._constant(np.array(values, np.int32)) for values in (begin, size)]
        return self._operator("SLICE", [source, *numbers], target)

    def lstm(self, source: int, target: int, kernel: Floats, bias: Floats, most: float) -> Any:
        """Make an LSTM from `source` to `target`, whose scales are given; `most` is the greatest size of its cells."""
        units, scales = len(bias) // 4, [_scale(gate) for gate in _gates(kernel, len(bias) // 4)]
        matrices = [
            self._constant(_rounded(gate, scale, np.int8), scale)
            for gate, scale in zip(_gates(kernel, units), scales, strict=True)
        ]
        step = float(self._graph.tensors[source].quantization.scale[0])
        biases = [
            self._constant(_rounded(part, step * scale, np.int32))
            for part, scale in zip(np.split(bias, 4), scales[:4], strict=True)
        ]
        state = self.like(target, (1, units), variable=True)
        cells = self._add((1, units), schema.TensorType.INT16, _quantization(cell_scale(most)), variable=True)
        none = [-1]
        inputs = [source, *matrices, *3 * none, *biases, *2 * none, state, cells, *4 * none]
        options = schema.UnidirectionalSequenceLSTMOptionsT(fusedActivationFunction=schema.ActivationFunctionType.TANH)
        found = self._operator(LSTM, inputs, target, _OPTIONS.UnidirectionalSequenceLSTMOptions, options)
        # LiteRT reads the scale of the state in the last of these; for TFLM they must be empty.
        found.intermediates = [self.like(target, (0,))] * _INTERMEDIATES
        return found

    def _constant(self, values: Array, scale: float | None = None) -> int:
        self._model.buffers.append(schema.BufferT(data=np.frombuffer(values.tobytes(), np.uint8)))
        kind = {np.dtype(np.int8): schema.TensorType.INT8, np.dtype(np.int32): schema.TensorType.INT32}[values.dtype]
        return self._add(values.shape, kind, scale and _quantization(scale), len(self._model.buffers) - 1)

    def _add(
        self, shape: Sequence[int], kind: int, quantization: Any, buffer: int = 0, *, variable: bool = False
    ) -> int:
        tensor = schema.TensorT(
            shape=list(shape), type=kind, buffer=buffer, quantization=quantization, isVariable=variable
        )
        self._graph.tensors.append(tensor)
        return len(self._graph.tensors) - 1

    def _operator(self, kind: str, inputs: Sequence[int], output: int, type_: int = 0, options: Any = None) -> Any:
        return schema.OperatorT(
            opcodeIndex=self._code(getattr(schema.BuiltinOperator, kind)),
            inputs=list(inputs),
            outputs=[output],
            builtinOptionsType=type_,
            builtinOptions=options,
        )

    def _code(self, number: int) -> int:
        """Return the place of the code of an operator, which is added if there is none yet."""
        codes = self._model.operatorCodes
        known = next((i for i, code in enumerate(codes) if kind_of(code) == number), len(codes))
        if known == len(codes):
            codes.append(schema.OperatorCodeT(builtinCode=number, version=1))
        return known


def _gates(kernel: Floats, units: int) -> Iterator[Floats]:
    """Yield the matrices [units, inputs] of the four gates for the inputs, then those [units, units] for the state."""
    inputs = len(kernel) - units
    for part in (kernel[:inputs], kernel[inputs:]):
        yield from (gate.T for gate in np.split(part, 4, axis=1))


def _scale(matrix: Floats) -> float:
    return float(max(np.float32(np.abs(matrix).max()), np.float32(1e-6)) / np.float32(127))


def _rounded(values: Floats, scale: float, dtype: Any) -> Array:
    most = np.iinfo(dtype).max
    return np.clip(np.rint(np.float64(values) / scale), -most, most).astype(dtype)


def _quantization(scale: float) -> Any:
    return schema.QuantizationParametersT(scale=np.array([scale], np.float32), zeroPoint=np.zeros(1, np.int64))
