"""A `.tflite` as an ONNX model with float input and output, whose int8 numbers stay as they are (QDQ form)."""

from collections.abc import Mapping

from nas.errors import InputError
from nas.exporters.onnx.check import check_onnx
from nas.exporters.onnx.operators import OPERATORS
from nas.exporters.onnx.writer import OnnxWriter, end, require_one_row
from nas.target.plain_c.model import Network, Operator, read_network
from nas.target.plain_c.step import InexpressibleError, require

_COMPUTED_SHAPES = "int32"
_FROM_UINT8 = ("QUANTIZE", "DEQUANTIZE")
"""Operators that may have uint8 values: a model of int8 may begin and end with such ones."""


def tflite_to_onnx(tflite: bytes, place: str, name: str = "model", about: Mapping[str, str] | None = None) -> bytes:
    """Return a `.tflite` as ONNX.

    Inputs and outputs are float32 with the shapes that they have in the file and an open batch; they are quantized and
    dequantized in the model. Its weights are the file's own int8 numbers and scales. ONNX requantizes with float
    scales, where TFLite has integers of 31 bits, so outputs may differ by a step.

    Args:
        tflite: the content of the file, int8 or float32.
        place: the file in messages.
        name: of the graph.
        about: texts by key, for the model's metadata.

    Raises:
        InputError: at `place`: the file is damaged, or has an operator that is not known here.
    """
    network = read_network(tflite, place)
    onnx = OnnxWriter()
    inputs = []
    for number, tensor in enumerate(network.inputs):
        called = "input" if len(network.inputs) == 1 else f"input_{number}"
        inputs.append(end(called, tensor))
        try:
            onnx.take(tensor, called)
        except InexpressibleError as why:
            raise _refusal(place, f"its {called.replace('_', ' ')} {why}") from None
    for op in network.operators:
        _write(op, onnx, place)
    content = onnx.model((inputs, _outputs(network, onnx)), name, dict(about or {}))
    check_onnx(content, place)
    return content


def _outputs(network: Network, onnx: OnnxWriter) -> list[object]:
    found = []
    for number, tensor in enumerate(network.outputs):
        called = "output" if len(network.outputs) == 1 else f"output_{number}"
        onnx.node("Identity", [onnx.real(tensor)], output=called)
        found.append(end(called, tensor))
    return found


def _write(op: Operator, onnx: OnnxWriter, place: str) -> None:
    if all(tensor.dtype == _COMPUTED_SHAPES for tensor in op.outputs):
        return  # it computes a shape, and those of our tensors are known
    try:
        if op.kind not in OPERATORS:
            raise InexpressibleError("is not known")
        require_one_row(op)
        if op.kind not in _FROM_UINT8:
            of_uint8 = any(tensor is not None and tensor.dtype == "uint8" for tensor in (*op.inputs, *op.outputs))
            require(not of_uint8, "has a tensor of uint8, where only int8 and float32 are known")
        OPERATORS[op.kind](op, onnx)
    except InexpressibleError as why:
        raise _refusal(place, f"operator {op.index}, {op.kind}, {why}") from None
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise _refusal(place, f"operator {op.index}, {op.kind}, cannot be read ({error})") from error


def _refusal(place: str, why: str) -> InputError:
    rule = f"must be a model that can be written as ONNX, but {why}"
    return InputError(place, rule, hint="convert the Keras model to float ONNX instead, with --format onnx")
