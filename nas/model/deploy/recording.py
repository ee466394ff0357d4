"""A `.tflite` with all its tensors: what each operator reads and gives, for given rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from nas.arrays import Array, Floats
from nas.model.deploy.operator_code import kind_of
from nas.model.deploy.packing import plainly_packed

LAYER_SCOPE = "keras."
"""What stands before a Keras layer's name in the names of its tensors."""

_KINDS: Mapping[int, str] = {
    number: name for name, number in vars(schema.BuiltinOperator).items() if not name.startswith("_")
}


def interpreter_of(tflite: bytes, *, preserve: bool = False) -> Any:
    """Return LiteRT's interpreter of a model, on one thread and with its built-in kernels, ready to run."""
    interpreter = Interpreter(
        model_content=tflite,
        num_threads=1,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        experimental_preserve_all_tensors=preserve,
    )
    interpreter.allocate_tensors()
    return interpreter


@dataclass(frozen=True, slots=True)
class Scale:
    """real = (number - zero point) * scale; `least` and `most` are the numbers that the type holds."""

    scale: float
    zero: int
    least: int
    most: int

    def real(self, numbers: Array) -> Floats:
        return np.asarray((numbers.astype(np.float32) - self.zero) * np.float32(self.scale), np.float32)

    def number(self, values: Floats, dtype: Any) -> Array:
        return np.clip(np.round(values / np.float32(self.scale)) + self.zero, self.least, self.most).astype(dtype)

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest value, each with half a step, that it holds without clipping."""
        return (self.least - 0.5 - self.zero) * self.scale, (self.most + 0.5 - self.zero) * self.scale


@dataclass(slots=True)
class Operator:
    """One operator: its kind, the tensors that it reads and gives by their numbers, and the object of the schema."""

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    table: Any = field(repr=False)


class Recording:
    """A model of one subgraph, one input and one output, whose tensors can be read after each inference.

    Args:
        tflite: a file that `nas.target.profiler.profile` has accepted.

    Raises:
        ValueError: LiteRT cannot run it, or it has several subgraphs.
    """

    def __init__(self, tflite: bytes) -> None:
        self._model = schema.ModelT.InitFromPackedBuf(tflite, 0)
        if len(self._model.subgraphs) != 1:
            raise ValueError("a model of several subgraphs")
        (self._graph,) = self._model.subgraphs
        self.operators = [
            Operator(
                _KINDS[kind_of(self._model.operatorCodes[op.opcodeIndex])],
                tuple(map(int, op.inputs)),
                tuple(map(int, op.outputs)),
                op,
            )
            for op in self._graph.operators
        ]
        self.names = [(tensor.name or b"").decode(errors="replace") for tensor in self._graph.tensors]
        self._interpreter = interpreter_of(tflite, preserve=True)
        details = self._interpreter.get_tensor_details()
        self.dtypes = {detail["index"]: detail["dtype"] for detail in details}
        self.shapes = {detail["index"]: tuple(map(int, detail["shape"])) for detail in details}
        self.scales = {detail["index"]: scale for detail in details if (scale := _scale(detail)) is not None}
        self.input, self.output = int(self._graph.inputs[0]), int(self._graph.outputs[0])

    def run(self, rows: Floats, tensors: Sequence[int]) -> dict[int, Floats]:
        """Return the values of tensors [n, ...] for scaled rows [n, ...], as real numbers."""
        found: dict[int, list[Floats]] = {tensor: [] for tensor in tensors}
        for row in rows:
            self._interpreter.set_tensor(self.input, self._as_input(row))
            self._interpreter.reset_all_variables()  # each row begins anew
            self._interpreter.invoke()
            for tensor, values in found.items():
                values.append(self._real(tensor, self._interpreter.get_tensor(tensor)))
        return {tensor: np.stack(values) for tensor, values in found.items()}

    def layer(self, tensor: int) -> str:
        """Return the layers that a tensor's name tells, the first one first; several if the converter merged them."""
        parts = self.names[tensor].split(";")
        found = [name for part in parts for name in re.findall(rf"{re.escape(LAYER_SCOPE)}([^/;]+)", part)]
        if not found:  # another program's file
            found = [scopes[-2] if len(scopes := part.split("/")) > 1 else part for part in parts if part]
        return " + ".join(dict.fromkeys(reversed(found)))

    def constant(self, tensor: int) -> Floats | None:
        """Return a constant's values as real numbers; None for a tensor that is none, or empty."""
        data = self._model.buffers[self._graph.tensors[tensor].buffer].data
        if data is None or not len(data):
            return None
        values = np.asarray(data, np.uint8).view(self.dtypes[tensor]).reshape(self.shapes[tensor])
        quantization = self._graph.tensors[tensor].quantization
        if values.dtype.kind == "f" or quantization is None or quantization.scale is None:
            return values.astype(np.float32)
        axis = int(quantization.quantizedDimension)
        shape = [1] * values.ndim
        shape[axis if len(quantization.scale) > 1 else 0] = len(quantization.scale)
        scale, zero = np.reshape(quantization.scale, shape), np.reshape(quantization.zeroPoint, shape)
        return np.asarray((values.astype(np.float32) - zero) * scale, np.float32)

    def alone(self, operator: Operator, inputs: Mapping[int, Floats]) -> Floats:
        """Return the output [n, ...] of one operator of a float model for given inputs, by their tensors' numbers."""
        interpreter = interpreter_of(self._extract(operator, list(inputs)))
        places = [detail["index"] for detail in interpreter.get_input_details()]
        output = interpreter.get_output_details()[0]["index"]
        outputs = []
        for row in range(len(next(iter(inputs.values())))):
            for place, values in zip(places, inputs.values(), strict=True):
                interpreter.set_tensor(place, values[row])
            interpreter.invoke()
            outputs.append(np.array(interpreter.get_tensor(output), np.float32))
        return np.stack(outputs)

    def _extract(self, operator: Operator, inputs: list[int]) -> bytes:
        """Return a model of one operator, whose tensors are those that it mentions."""
        mentioned = list(dict.fromkeys(t for t in (*operator.inputs, *operator.outputs) if t >= 0))
        place = {tensor: i for i, tensor in enumerate(mentioned)} | {-1: -1}
        model, graph, code = schema.ModelT(), schema.SubGraphT(), schema.OperatorT()
        buffers = [schema.BufferT()]
        graph.tensors = []
        for tensor in mentioned:
            one = schema.TensorT()
            vars(one).update(vars(self._graph.tensors[tensor]))
            buffers.append(self._model.buffers[one.buffer])
            one.buffer = len(buffers) - 1
            graph.tensors.append(one)
        vars(code).update(vars(operator.table))
        code.inputs, code.outputs = [place[t] for t in operator.inputs], [place[t] for t in operator.outputs]
        graph.operators, graph.name = [code], b"main"
        graph.inputs, graph.outputs = [place[t] for t in inputs], [place[t] for t in operator.outputs]
        model.version, model.subgraphs, model.buffers = 3, [graph], buffers
        model.operatorCodes, model.description = self._model.operatorCodes, b""
        return plainly_packed(model)

    def _as_input(self, row: Floats) -> Array:
        values = row.reshape(self.shapes[self.input])
        scale, dtype = self.scales.get(self.input), self.dtypes[self.input]
        return values.astype(dtype) if scale is None else scale.number(values, dtype)

    def _real(self, tensor: int, values: Array) -> Floats:
        scale = self.scales.get(tensor)
        return np.array(values, np.float32) if scale is None else scale.real(values)


def _scale(detail: Mapping[str, Any]) -> Scale | None:
    """Return the scale of a tensor of integers with one scale; None for any other."""
    scales, zeros = (detail["quantization_parameters"][key] for key in ("scales", "zero_points"))
    if len(scales) != 1 or np.dtype(detail["dtype"]).kind not in "iu":
        return None
    limits = np.iinfo(detail["dtype"])
    return Scale(float(scales[0]), int(zeros[0]), int(limits.min), int(limits.max))
