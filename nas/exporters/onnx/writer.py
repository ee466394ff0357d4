"""The ONNX graph while it is written: nodes, constants, and the values of TFLite's tensors.

TFLite keeps channels last, ONNX first. A value is kept in the order in which it was made, and is transposed when an
operator asks for the other one, so a chain of convolutions and poolings needs one transposition at its start.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from nas.arrays import Array
from nas.target.plain_c.model import Operator, Tensor
from nas.target.plain_c.step import require

OPSET = 17
"""The first with all that we write is 14; this is what current runtimes and converters read."""
_IR_VERSION = 8
_FIRST, _LAST = (0, 3, 1, 2), (0, 2, 3, 1)
_WHOLE: Mapping[str, type[np.generic]] = {"int8": np.int8, "uint8": np.uint8}
"""The types of quantized values: uint8 only where a model begins or ends, see `nas.exporters.onnx.qdq`."""
_BOUNDS = {"RELU6": (0.0, 6.0), "RELU_N1_TO_1": (-1.0, 1.0)}


class OnnxWriter:
    """Collects the nodes of one graph.

    Quantized tensors are int8 values. An operator takes them as real numbers from `real`, by DequantizeLinear, and
    gives its result to `give`, by QuantizeLinear: the QDQ form, which runtimes fuse to integer kernels.
    """

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._values: dict[tuple[int, bool], str] = {}
        self._count = 0

    def node(self, kind: str, inputs: Sequence[str], *, output: str = "", outputs: int = 1, **options: Any) -> str:
        """Add a node and return the name of its output; those of several outputs end in _0, _1 ..."""
        self._count += 1
        name = f"{kind}_{self._count}"
        found = [output or name] if outputs == 1 else [f"{name}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), found, name=name, **options))
        return output or name

    def constant(self, values: Array, what: str = "constant") -> str:
        """Add an array and return its name."""
        self._count += 1
        name = f"{what}_{self._count}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def whole(self, values: Iterable[int]) -> str:
        """Add int64 numbers, as shapes and axes are given, and return their name."""
        return self.constant(np.array(list(values), np.int64))

    def is_first(self, *tensors: Tensor) -> bool:
        """Return whether all tensors are there with channels first."""
        return all((tensor.index, True) in self._values for tensor in tensors)

    def put(self, tensor: Tensor, value: str, first: bool = False) -> None:
        """Say which value a tensor has, in its own type."""
        self._values[tensor.index, first] = value

    def take(self, tensor: Tensor, name: str) -> None:
        """Take real numbers that the caller gives as a tensor, in its own type."""
        self.put(tensor, name if tensor.dtype == "float32" else self._in_steps_of(tensor, name))

    def value(self, tensor: Tensor, first: bool = False) -> str:
        """Return a tensor's value in its own type, with channels first or last."""
        if (tensor.index, first) not in self._values:
            if tensor.data is not None:
                self.put(tensor, self.constant(tensor.data))
                return self.value(tensor, first)
            require((tensor.index, not first) in self._values, f"reads tensor {tensor.index}, which nothing wrote")
            other = self._values[tensor.index, not first]
            self.put(tensor, self.node("Transpose", [other], perm=_FIRST if first else _LAST), first)
        return self._values[tensor.index, first]

    def real(self, tensor: Tensor, first: bool = False) -> str:
        """Return a tensor as real numbers."""
        return self.dequantized(self.value(tensor, first), tensor)

    def dequantized(self, value: str, tensor: Tensor, axis: int = 0) -> str:
        """Return a value in a tensor's type as real numbers; `axis` is that of its channels."""
        if tensor.dtype == "float32":
            return value
        require(tensor.dtype in _WHOLE, f"has a tensor of {tensor.dtype}, where only int8 and float32 are known")
        scales = np.array(tensor.channel_scales, np.float32)
        return self.scaled(value, scales, np.array(tensor.zero_points, _WHOLE[tensor.dtype]), axis)

    def scaled(self, value: str, scales: Array, zero_points: Array | None, axis: int = 0) -> str:
        """Return whole numbers as real ones; the zero points of int32 are 0, and are left out."""
        require(scales.size > 0, "has a tensor without a scale")
        single = scales.size == 1
        inputs = [value, self.constant(scales.reshape(()) if single else scales, "scale")]
        if zero_points is not None:
            zeros = np.broadcast_to(zero_points.ravel(), scales.shape)
            inputs.append(self.constant(zeros.reshape(()) if single else zeros, "zero_point"))
        options: dict[str, Any] = {} if single else {"axis": axis}
        return self.node("DequantizeLinear", inputs, **options)

    def give(self, op: Operator, value: str, first: bool = False, tensor: Tensor | None = None) -> None:
        """Take real numbers as the output of an operator: with its fused activation, in the output's type."""
        target = tensor or op.output
        value = self.activated(value, op.options.get("fused_activation_function", "NONE"))
        if target.dtype != "float32":
            value = self._in_steps_of(target, value)
        self.put(target, value, first)

    def activated(self, value: str, activation: str) -> str:
        """Return real numbers behind an activation."""
        if activation == "NONE":
            return value
        if activation == "RELU":
            return self.node("Relu", [value])
        require(activation in _BOUNDS, f"has the activation {activation}")
        low, high = (self.constant(np.array(bound, np.float32)) for bound in _BOUNDS[activation])
        return self.node("Clip", [value, low, high])

    def rounded(self, op: Operator, value: str, first: bool = False) -> None:
        """Take numbers in steps of the output, not yet whole, as the output; see `nas.exporters.onnx.windows`."""
        self.put(op.output, self._quantized(value, 1.0, np.array(0, np.int8)), first)

    def _in_steps_of(self, tensor: Tensor, value: str) -> str:
        """Return real numbers as a quantized tensor's whole ones."""
        require(tensor.dtype in _WHOLE, f"has values of {tensor.dtype}, where only int8 and float32 are known")
        return self._quantized(value, tensor.scale, np.array(tensor.zero_point, _WHOLE[tensor.dtype]))

    def _quantized(self, value: str, scale: float, zero_point: Array) -> str:
        step = self.constant(np.array(scale, np.float32), "scale")
        return self.node("QuantizeLinear", [value, step, self.constant(zero_point, "zero_point")])

    def model(self, ends: tuple[Any, Any], name: str, about: dict[str, str]) -> bytes:
        """Return the model.

        Args:
            ends: its inputs and its outputs, as `end` describes them.
            name: of the graph.
            about: texts by key, for its metadata.
        """
        graph = helper.make_graph(self.nodes, name, *ends, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="nas")
        model.ir_version = _IR_VERSION
        helper.set_model_props(model, about)
        return bytes(model.SerializeToString())


def end(name: str, tensor: Tensor) -> Any:
    """Return the description of an input or output, of real numbers with an open batch."""
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *tensor.shape[1:]])


def open_batch(shape: Sequence[int]) -> list[int]:
    """Return a shape to reshape to, whose first side is what is left."""
    return [-1, *shape[1:]]


def require_one_row(op: Operator) -> None:
    """Raise InexpressibleError unless the first axis of all activations is a batch of 1."""
    for tensor in (*op.inputs, *op.outputs):
        if tensor is not None and not tensor.is_constant and tensor.dtype in ("float32", "int8"):
            require(tensor.shape[:1] in ((1,), ()), "has a tensor whose first axis is no batch of 1")
