"""By which scheme a `.tflite` is quantized, told from the types of its operators' activations and weights."""

from collections.abc import Iterator, Mapping

from nas.target.footprint import Footprint, OpFootprint, TensorFootprint

SCHEMES: Mapping[str, str] = {
    "float32": "float32",
    "float16": "float16 weights, computed in float32",
    "dynamic_range": "dynamic range (hybrid): int8 weights, float32 activations",
    "int8_weights": "int8 weights that are made float32 before they are used",
    "int8": "int8",
    "int8_float_io": "int8 with float32 input or output",
    "int16x8": "int16 activations, int8 weights",
    "int16x8_float_io": "int16 activations, int8 weights, float32 input or output",
    "uint8": "uint8, from an old converter",
    "mixed": "several types mixed",
    "none": "no operator computes with weights or quantized numbers",
}
"""The schemes, each in words."""

# The inputs that hold the activations and the weights.
_PLACES: Mapping[str, tuple[int, int]] = {
    "CONV_2D": (0, 1),
    "CONV_3D": (0, 1),
    "DEPTHWISE_CONV_2D": (0, 1),
    "FULLY_CONNECTED": (0, 1),
    "BATCH_MATMUL": (0, 1),
    "SVDF": (0, 1),
    "RNN": (0, 1),
    "UNIDIRECTIONAL_SEQUENCE_RNN": (0, 1),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": (0, 2),
    "BIDIRECTIONAL_SEQUENCE_LSTM": (0, 2),
    "LSTM": (0, 2),
    "TRANSPOSE_CONV": (2, 1),
}
_BY_TYPES: Mapping[tuple[str, str, bool], str] = {
    # Activations, stored weights, and whether a DEQUANTIZE makes these float32.
    ("float32", "float32", False): "float32",
    ("float32", "float16", True): "float16",
    ("float32", "int8", True): "int8_weights",
    ("float32", "int8", False): "dynamic_range",
    ("float32", "uint8", False): "dynamic_range",
    ("float32", "int4", False): "dynamic_range",
    ("int8", "int8", False): "int8",
    ("int8", "int4", False): "int8",
    ("int16", "int8", False): "int16x8",
    ("uint8", "uint8", False): "uint8",
}
_QUANTIZED = {"int8": "int8", "int16": "int16x8", "uint8": "uint8"}


def scheme_of(footprint: Footprint) -> str:
    """Return the name in `SCHEMES` of how a profiled model is quantized."""
    found = set(_by_operators(footprint)) or _by_tensors(footprint)
    # Converters leave small weights as they are.
    if len(found) > 1 and found - {"float32"} <= {"dynamic_range", "float16", "int8_weights"}:
        found -= {"float32"}
    if len(found) != 1:
        return "mixed" if found else "none"
    (scheme,) = found
    ends = {tensor.dtype for tensor in footprint.tensors if tensor.kind in ("input", "output")}
    return f"{scheme}_float_io" if "float32" in ends and f"{scheme}_float_io" in SCHEMES else scheme


def _by_operators(footprint: Footprint) -> Iterator[str]:
    """Yield the scheme of each operator that multiplies activations by constant weights."""
    writers = {output: op for op in footprint.ops for output in op.outputs}
    for op in footprint.ops:
        if op.op not in _PLACES or len(op.inputs) <= max(_PLACES[op.op]):
            continue
        activations, weights = (op.inputs[place] for place in _PLACES[op.op])
        if activations < 0 or weights < 0:
            continue
        stored, converted = _stored(footprint, weights, writers)
        if stored.kind == "constant" or op.op != "BATCH_MATMUL":
            kinds = (footprint.tensors[activations].dtype, stored.dtype, converted)
            yield _BY_TYPES.get(kinds, "mixed")


def _stored(footprint: Footprint, weights: int, writers: Mapping[int, OpFootprint]) -> tuple[TensorFootprint, bool]:
    """Return weights as they are in the file, and whether a DEQUANTIZE stands between them and their operator."""
    writer = writers.get(weights)
    if writer is not None and writer.op == "DEQUANTIZE" and writer.inputs and writer.inputs[0] >= 0:
        return footprint.tensors[writer.inputs[0]], True
    return footprint.tensors[weights], False


def _by_tensors(footprint: Footprint) -> set[str]:
    """Return the schemes of a model without weights, by the types of its activations."""
    kinds = {tensor.dtype for tensor in footprint.tensors if tensor.kind not in ("constant", "scratch")}
    quantized = {_QUANTIZED[kind] for kind in kinds if kind in _QUANTIZED}
    return quantized or ({"float32"} if "float32" in kinds else set())
