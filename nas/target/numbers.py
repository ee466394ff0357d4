"""Which numbers a `.tflite` computes with: floats, integers, or both."""

from collections.abc import Iterator
from enum import StrEnum

from nas.target.footprint import Footprint, OpFootprint


class Numbers(StrEnum):
    """How a model is quantized; the values are its names."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"
    HYBRID = "dynamic_range"
    INT8 = "int8"
    INT8_FLOAT_IO = "int8_float_io"
    INT16X8 = "int16x8"
    UINT8 = "uint8"
    MIXED = "mixed"

    @property
    def words(self) -> str:
        """What it is, in a few words."""
        return _WORDS[self]

    @property
    def has_floats(self) -> bool:
        """Whether some layers compute with floats, so that `nas quantize` can convert the file."""
        return self in (Numbers.FLOAT32, Numbers.FLOAT16, Numbers.HYBRID, Numbers.MIXED)


_WORDS = {
    Numbers.FLOAT32: "all float32",
    Numbers.FLOAT16: "float16 weights, float32 activations",
    Numbers.HYBRID: "hybrid (dynamic range): int8 weights, float32 activations",
    Numbers.INT8: "full int8",
    Numbers.INT8_FLOAT_IO: "int8 with float32 input or output",
    Numbers.INT16X8: "int16 activations, int8 weights",
    Numbers.UINT8: "uint8, the former quantization of TFLite",
    Numbers.MIXED: "some layers quantized, others float",
}

# Place of the data among the inputs; the weights follow it, but precede it in a TRANSPOSE_CONV.
_WEIGHTED = {
    "CONV_2D": (0, 1),
    "DEPTHWISE_CONV_2D": (0, 1),
    "FULLY_CONNECTED": (0, 1),
    "TRANSPOSE_CONV": (2, 1),
    "SVDF": (0, 1),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": (0, 2),
    "BATCH_MATMUL": (0, 1),
}
_OF_DATA = {"int8": Numbers.INT8, "int16": Numbers.INT16X8, "uint8": Numbers.UINT8}


def numbers_of(footprint: Footprint) -> Numbers:
    """Return how a model is quantized, judged by its layers with weights; by its input if it has none."""
    halves = {t.index for t in footprint.tensors if t.dtype == "float16"}
    found = {_numbers(footprint, op) for op in footprint.ops if op.op in _WEIGHTED and len(op.inputs) > 1}
    ends = {t.dtype for t in footprint.tensors if t.kind in ("input", "output")}
    kinds = found or {_OF_DATA.get(end, Numbers.FLOAT32) for end in ends if end != "bool"}
    if kinds == {Numbers.HYBRID, Numbers.FLOAT32}:  # small weights stay float
        return Numbers.HYBRID
    if len(kinds) != 1:
        return Numbers.MIXED if kinds else Numbers.FLOAT32
    (kind,) = kinds
    if kind is Numbers.FLOAT32 and halves:
        return Numbers.FLOAT16
    return Numbers.INT8_FLOAT_IO if kind is Numbers.INT8 and "float32" in ends else kind


def hybrid_operators(footprint: Footprint) -> Iterator[OpFootprint]:
    """Yield the operators that multiply float activations by integer weights, which TFLM does not do."""
    for op in footprint.ops:
        if op.op in _WEIGHTED and len(op.inputs) > 1 and _numbers(footprint, op) is Numbers.HYBRID:
            yield op


def _numbers(footprint: Footprint, op: OpFootprint) -> Numbers:
    data, weights = (footprint.tensors[op.inputs[place]].dtype for place in _WEIGHTED[op.op])
    if data in _OF_DATA:
        return _OF_DATA[data]
    return Numbers.HYBRID if weights in ("int8", "uint8", "int4") else Numbers.FLOAT32
