"""Long short-term memory as ONNX."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nas.exporters.onnx.writer import OnnxWriter
from nas.target.plain_c.model import Operator
from nas.target.plain_c.step import constant, require

# Positions of TFLite's inputs, in ONNX's order of gates: input, output, forget, cell.
_READ, _KEPT, _BIASES = (1, 4, 2, 3), (5, 8, 6, 7), (12, 15, 13, 14)
_OTHERS = (9, 10, 11, 16, 17, 20, 21, 22, 23)
_SWAPPED = (1, 0, 2)


def lstm(op: Operator, onnx: OnnxWriter) -> None:
    """Write UNIDIRECTIONAL_SEQUENCE_LSTM; its state and what lies between are real numbers in ONNX."""
    require(not op.options["time_major"] and op.options["cell_clip"] == 0, "has time first, or clips its cells")
    require(all(op.optional(place) is None for place in _OTHERS), "has peepholes, a projection or a normalization")
    require(op.options["fused_activation_function"] == "TANH", "has another activation than tanh")
    units = op.output.shape[-1]
    steps = onnx.node("Transpose", [onnx.real(op.input(0))], perm=_SWAPPED)
    inputs = [steps, _matrices(op, onnx, _READ), _matrices(op, onnx, _KEPT), _biases(op, onnx)]
    states = onnx.node("LSTM", inputs, hidden_size=units)
    states = onnx.node("Squeeze", [states, onnx.whole([1])])
    plain = replace(op, options={})
    onnx.give(plain, onnx.node("Transpose", [states], perm=_SWAPPED))


def _matrices(op: Operator, onnx: OnnxWriter, places: Sequence[int]) -> str:
    """Return the matrices [1, 4 units, inputs] of four gates."""
    joined = onnx.node("Concat", [onnx.real(op.input(place)) for place in places], axis=0)
    return onnx.node("Unsqueeze", [joined, onnx.whole([0])])


def _biases(op: Operator, onnx: OnnxWriter) -> str:
    """Return the biases [1, 8 units]: of the inputs, and zeros for the state."""
    parts = []
    for bias, matrix in zip(_BIASES, _READ, strict=True):
        step = op.input(0).scale * op.input(matrix).scale if op.input(bias).dtype == "int32" else 1.0
        parts.append(constant(op.input(bias), "bias") * np.float32(step))
    values = np.concatenate(parts).astype(np.float32)
    return onnx.constant(np.concatenate([values, np.zeros_like(values)])[None])
