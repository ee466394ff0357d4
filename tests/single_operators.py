"""Models of one operator each, written as flatbuffers, for tests against the real TFLM."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

TYPES = {
    "float32": 0,
    "int32": 2,
    "uint8": 3,
    "int64": 4,
    "bool": 6,
    "int16": 7,
    "int8": 9,
    "float64": 10,
    "uint64": 12,
    "resource": 13,
    "uint32": 15,
    "int4": 17,
}
OPTION_NAMES = {"UNIDIRECTIONAL_SEQUENCE_LSTM": "UnidirectionalSequenceLSTMOptions", "SVDF": "SVDFOptions"}


@dataclass(frozen=True)
class T:
    """A tensor; one with `data` is a constant."""

    shape: tuple[int, ...]
    dtype: str = "int8"
    data: Sequence[int] | None = None
    scales: int = 1
    scale: float = 0.5
    zero_point: int = 0
    variable: bool = False
    axis: int = 0

    def zeros(self) -> "T":
        return T(self.shape, self.dtype, [0] * int(np.prod(self.shape)), self.scales, self.scale, axis=self.axis)


@dataclass(frozen=True)
class Case:
    """One operator; an input may be None, which leaves it out."""

    kind: str
    inputs: Sequence[T | None]
    outputs: Sequence[T]
    options: str = ""
    fields: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        tensors = [t for t in self.inputs if t is not None]
        return "-".join([self.kind, *dict.fromkeys(t.dtype for t in tensors), "x".join(map(str, tensors[0].shape))])


def ints(*values: int) -> T:
    return T((len(values),), "int32", values, scales=0)


def table(*rows: tuple[int, ...]) -> T:
    return T((len(rows), len(rows[0])), "int32", [v for row in rows for v in row], scales=0)


def elementwise() -> Iterator[Case]:
    image = (1, 4, 4, 8)
    for dtype in ("float32", "int8", "int16", "int32"):
        x = T(image, dtype)
        for kind in [
            "ABS",
            "SIN",
            "COS",
            "LOG",
            "SQRT",
            "SQUARE",
            "CEIL",
            "FLOOR",
            "ROUND",
            "NEG",
            "ELU",
            "EXP",
            "HARD_SWISH",
            "RELU6",
            "RELU",
            "ZEROS_LIKE",
            "RELU_N1_TO_1",
            "GELU",
            "SIGN",
        ]:
            yield Case(kind, [x], [x])
        yield Case("L2_NORMALIZATION", [x], [x], "L2NormOptions")
        yield Case("LEAKY_RELU", [x], [x], "LeakyReluOptions", {"alpha": 0.1})
        yield Case("PRELU", [x, T((1, 1, 8), dtype).zeros()], [x])
        yield Case("QUANTIZE", [x], [T(image)])
        yield Case("DEQUANTIZE", [x], [T(image, "float32")])
        for kind in ["SUB", "ADD", "MUL"]:
            yield Case(kind, [x, x], [x], f"{kind.title()}Options")
        ones = T(image, dtype, [1] * 128)
        yield Case("DIV", [x, ones], [x], "DivOptions")
        for kind in ["FLOOR_DIV", "FLOOR_MOD"]:
            yield Case(kind, [x, ones], [x])
        yield Case("RSQRT", [T(image, dtype, zero_point=-128 if dtype == "int8" else 0)], [x])
        for kind in ["MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE", "POW"]:
            yield Case(kind, [x, x], [x])
        for kind in ["EQUAL", "NOT_EQUAL", "GREATER", "LESS", "GREATER_EQUAL", "LESS_EQUAL"]:
            yield Case(kind, [x, x], [T(image, "bool")])
        yield Case("SELECT_V2", [T(image, "bool"), x, x], [x])
        yield Case("SELECT", [T(image, "bool"), x, x], [x])
        yield Case("ADD_N", [x, x, x], [x])
    for kind in ("LOGISTIC", "TANH"):
        point = -128 if kind == "LOGISTIC" else 0
        yield Case(kind, [T(image)], [T(image, scale=1 / 256 if point else 1 / 128, zero_point=point)])
        yield Case(kind, [T(image, "int16", scale=2**-12)], [T(image, "int16", scale=2**-15)])
        yield Case(kind, [T(image, "float32")], [T(image, "float32")])
    for kind in ("LOGICAL_AND", "LOGICAL_OR"):
        yield Case(kind, [T(image, "bool")] * 2, [T(image, "bool")])
    yield Case("LOGICAL_NOT", [T(image, "bool")], [T(image, "bool")])


def reductions() -> Iterator[Case]:
    for dtype in ("float32", "int8", "int16", "int32"):
        x = T((1, 4, 4, 8), dtype)
        for kind in ["SUM", "MEAN", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD"]:
            yield Case(kind, [x, ints(1, 2)], [T((1, 8), dtype)], "ReducerOptions")
        for kind in ("ARG_MAX", "ARG_MIN"):
            options = kind.title().replace("_", "") + "Options"
            yield Case(kind, [T((1, 8), dtype), ints(1)], [T((1,), "int32")], options, {"outputType": 2})
        yield Case("CUMSUM", [T((4, 8), dtype), ints(1)], [T((4, 8), dtype)], "CumsumOptions")
    yield Case("REDUCE_ALL", [T((4, 8), "bool"), ints(1)], [T((4,), "bool")], "ReducerOptions")
    real = T((1, 8), "float32")
    yield Case("SOFTMAX", [real], [real], "SoftmaxOptions", {"beta": 1.0})
    yield Case("LOG_SOFTMAX", [real], [real])
    yield Case("SOFTMAX", [T((1, 8))], [T((1, 8), scale=1 / 256, zero_point=-128)], "SoftmaxOptions", {"beta": 1.0})
    half = T((1, 8), "int16", scale=2**-15)
    yield Case("SOFTMAX", [T((1, 8), "int16")], [half], "SoftmaxOptions", {"beta": 1.0})
    yield Case("LOG_SOFTMAX", [T((1, 8))], [T((1, 8), scale=1 / 16, zero_point=127)])


def shapes() -> Iterator[Case]:
    for dtype in ("float32", "int8", "int16", "int32"):
        x, flat = T((1, 4, 4, 8), dtype), T((4, 8), dtype)
        yield Case("GATHER", [x, ints(0, 1)], [T((1, 2, 4, 8), dtype)], "GatherOptions", {"axis": 1})
        yield Case("GATHER_ND", [flat, table((0,), (1,))], [T((2, 8), dtype)])
        yield Case("SLICE", [x, ints(0, 0, 0, 0), ints(1, 2, 2, 8)], [T((1, 2, 2, 8), dtype)])
        half = T((1, 4, 4, 4), dtype)
        yield Case("SPLIT", [ints(3), x], [half, half], "SplitOptions", {"numSplits": 2})
        yield Case(
            "SPLIT_V",
            [x, ints(3, 5), ints(3)],
            [T((1, 4, 4, 3), dtype), T((1, 4, 4, 5), dtype)],
            "SplitVOptions",
            {"numSplits": 2},
        )
        row = T((8,), dtype)
        yield Case("UNPACK", [T((2, 8), dtype)], [row, row], "UnpackOptions", {"num": 2})
        yield Case("PACK", [row, row], [T((2, 8), dtype)], "PackOptions", {"valuesCount": 2})
        yield Case("CONCATENATION", [flat, flat], [T((4, 16), dtype)], "ConcatenationOptions", {"axis": 1})
        big = T((1, 8, 8, 8), dtype)
        yield Case("RESIZE_BILINEAR", [x, ints(8, 8)], [big], "ResizeBilinearOptions")
        yield Case("RESIZE_NEAREST_NEIGHBOR", [x, ints(8, 8)], [big], "ResizeNearestNeighborOptions")
        yield Case("DEPTH_TO_SPACE", [x], [T((1, 8, 8, 2), dtype)], "DepthToSpaceOptions", {"blockSize": 2})
        yield Case("SPACE_TO_DEPTH", [x], [T((1, 2, 2, 32), dtype)], "SpaceToDepthOptions", {"blockSize": 2})
        none, four = table((0, 0), (0, 0)), T((4, 2, 2, 8), dtype)
        yield Case("SPACE_TO_BATCH_ND", [x, ints(2, 2), none], [four])
        yield Case("BATCH_TO_SPACE_ND", [four, ints(2, 2), none], [x])
        one = table((1, 1), (1, 1))
        yield Case("MIRROR_PAD", [flat, one], [T((6, 10), dtype)], "MirrorPadOptions")
        yield Case("PAD", [flat, one], [T((6, 10), dtype)])
        yield Case("PADV2", [flat, one, T((1,), dtype).zeros()], [T((6, 10), dtype)])
        yield Case("FILL", [ints(4, 8), T((), dtype)], [flat])
        yield Case("DYNAMIC_UPDATE_SLICE", [flat, T((2, 2), dtype), ints(1, 1)], [flat])
        yield Case("EMBEDDING_LOOKUP", [ints(1, 0), flat], [T((2, 8), dtype)])
        yield Case("REVERSE_V2", [flat, ints(1)], [flat])
        yield Case("BROADCAST_TO", [T((1, 8), dtype), ints(4, 8)], [flat])
        yield Case("TRANSPOSE", [flat, ints(1, 0)], [T((8, 4), dtype)])
        yield Case("EXPAND_DIMS", [flat, ints(0)], [T((1, 4, 8), dtype)])
        yield Case("SQUEEZE", [T((1, 4, 8), dtype)], [flat], "SqueezeOptions", {"squeezeDims": [0]})
        yield Case("RESHAPE", [T((1, 4, 8), dtype), ints(4, 8)], [flat])
        yield Case("SHAPE", [flat], [T((2,), "int32")], "ShapeOptions", {"outType": 2})
        yield Case(
            "STRIDED_SLICE",
            [flat, ints(0, 0), ints(2, 4), ints(1, 1)],
            [T((2, 4), dtype)],
            "StridedSliceOptions",
        )
        yield Case("CAST", [flat], [T((4, 8), "float32")], "CastOptions", {"inDataType": TYPES[dtype]})
        yield Case("TILE", [flat, ints(1, 1)], [flat])
    yield Case("BROADCAST_ARGS", [ints(4, 1), ints(1, 8)], [T((2,), "int32", scales=0)])


def weighted() -> Iterator[Case]:
    """Operators with weights: of all types that TFLM takes, and float activations with int8 weights."""
    for dtype, weights, bias in (
        ("int8", "int8", "int32"),
        ("float32", "float32", "float32"),
        ("int16", "int8", "int64"),
        ("int16", "int8", "int32"),
        ("int8", "int4", "int32"),
        ("float32", "int8", "float32"),
    ):
        x, b = T((1, 4, 4, 8), dtype), T((8,), bias).zeros()
        cube = T((8, 3, 3, 8), weights, scales=8).zeros()
        yield Case("CONV_2D", [x, cube, b], [x], "Conv2DOptions", {"strideW": 1, "strideH": 1})
        strides = {"strideW": 1, "strideH": 1, "depthMultiplier": 1}
        depthwise = [x, T((1, 3, 3, 8), weights, scales=8, axis=3).zeros(), b]
        yield Case("DEPTHWISE_CONV_2D", depthwise, [x], "DepthwiseConv2DOptions", strides)
        two = {"strideW": 2, "strideH": 2}
        yield Case("TRANSPOSE_CONV", [ints(1, 8, 8, 8), cube, x], [T((1, 8, 8, 8), dtype)], "TransposeConvOptions", two)
        for scales in (1, 4):
            dense = [T((1, 8), dtype), T((4, 8), weights, scales=scales).zeros(), T((4,), bias, scale=0.25).zeros()]
            yield Case("FULLY_CONNECTED", dense, [T((1, 4), dtype)], "FullyConnectedOptions")


def layers() -> Iterator[Case]:
    yield from weighted()
    x = T((1, 4, 4, 8))
    pool = {"padding": 1, "strideW": 2, "strideH": 2, "filterWidth": 2, "filterHeight": 2}
    for dtype in ("float32", "int8", "int16", "int32"):
        for kind in ("MAX_POOL_2D", "AVERAGE_POOL_2D", "L2_POOL_2D"):
            yield Case(kind, [T(x.shape, dtype)], [T((1, 2, 2, 8), dtype)], "Pool2DOptions", pool)
        for adj_x in (False, True):
            for adj_y in (False, True):
                left, right = (1, 2, 4, 6), (1, 2, 6, 5)
                left, right = (1, 2, 6, 4) if adj_x else left, (1, 2, 5, 6) if adj_y else right
                fields = {"adjX": adj_x, "adjY": adj_y}
                out = T((1, 2, 4, 5), dtype)
                yield Case("BATCH_MATMUL", [T(left, dtype), T(right, dtype)], [out], "BatchMatMulOptions", fields)
    for inputs, weights, bias, cell in (
        ("int8", "int8", "int32", "int16"),
        ("int16", "int8", "int64", "int16"),
        ("float32", "float32", "float32", "float32"),
    ):
        states = [T((1, 4), inputs, variable=True), T((1, 4), cell, variable=True)]
        w, u, b = (T(s, d).zeros() for s, d in (((4, 6), weights), ((4, 4), weights), ((4,), bias)))
        gates = [T((1, 5, 6), inputs), *[w] * 4, *[u] * 4, *[None] * 3, *[b] * 4, None, None, *states, *[None] * 4]
        options = "UnidirectionalSequenceLSTMOptions"
        yield Case(
            "UNIDIRECTIONAL_SEQUENCE_LSTM", gates, [T((1, 5, 4), inputs)], options, {"fusedActivationFunction": 4}
        )
    for rank in (1, 2):
        state = T((1, 80), "int16", variable=True)
        bias = T((8 // rank,), "int32", [0] * (8 // rank), scale=0.25)
        svdf = [T((1, 16)), T((8, 16)).zeros(), T((8, 10), "int16").zeros(), bias, state]
        yield Case("SVDF", svdf, [T((1, 8 // rank))], "SVDFOptions", {"rank": rank})
        real = [T(t.shape, "float32", variable=t.variable) for t in svdf]
        real = [t if t.variable or i == 0 else t.zeros() for i, t in enumerate(real)]
        yield Case("SVDF", real, [T((1, 8 // rank), "float32")], "SVDFOptions", {"rank": rank})


def cases() -> list[Case]:
    return [*elementwise(), *reductions(), *shapes(), *layers()]


class TensorWriter:
    """The tensors of a subgraph, with their data in the model's buffers."""

    def __init__(self, schema: Any, buffers: list[Any]) -> None:
        self.schema, self.tensors, self.buffers = schema, [], buffers

    def tensor(self, tensor: T) -> int:
        schema, written, buffer = self.schema, self.schema.TensorT(), self.schema.BufferT()
        if tensor.data is not None:
            data = np.asarray(tensor.data, "int8" if tensor.dtype == "int4" else tensor.dtype)
            buffer.data = np.frombuffer(data.tobytes(), np.uint8)
        self.buffers.append(buffer)
        written.shape, written.type, written.buffer = list(tensor.shape), TYPES[tensor.dtype], len(self.buffers) - 1
        written.isVariable, written.name = tensor.variable, b""
        bias = tensor.dtype in ("int32", "int64") and tensor.scales and tensor.scale != T.scale
        if bias or (tensor.scales and tensor.dtype in ("int8", "uint8", "int16", "int4")):
            written.quantization = schema.QuantizationParametersT()
            written.quantization.scale = [tensor.scale] * tensor.scales
            written.quantization.zeroPoint = [tensor.zero_point] * tensor.scales
            written.quantization.quantizedDimension = tensor.axis
        self.tensors.append(written)
        return len(self.tensors) - 1


def model_bytes(case: Case) -> bytes:
    """Return the case as a `.tflite`."""
    return packed(model_of(case))


def packed(model: Any) -> bytes:
    """Return a model of the schema's object API as a `.tflite`."""
    import flatbuffers

    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def model_of(case: Case) -> Any:
    """Return the case as a model of the schema's object API."""
    from ai_edge_litert import schema_py_generated as schema

    writer, op, code = TensorWriter(schema, [schema.BufferT()]), schema.OperatorT(), schema.OperatorCodeT()
    op.inputs = [-1 if t is None else writer.tensor(t) for t in case.inputs]
    op.outputs = [writer.tensor(t) for t in case.outputs]
    if case.options:
        op.builtinOptions = getattr(schema, case.options + "T")()
        op.builtinOptionsType = getattr(schema.BuiltinOptions, case.options)
        for name, value in case.fields.items():
            setattr(op.builtinOptions, name, value)
    code.builtinCode = getattr(schema.BuiltinOperator, case.kind)
    code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), 1
    graph, model = schema.SubGraphT(), schema.ModelT()
    graph.tensors, graph.operators, graph.name = writer.tensors, [op], b"main"
    free = [(i, t) for i, t in zip(op.inputs, case.inputs, strict=True) if t is not None and t.data is None]
    graph.inputs, graph.outputs = [i for i, t in free if not t.variable], op.outputs
    model.version, model.description, model.operatorCodes = 3, b"", [code]
    model.subgraphs, model.buffers = [graph], writer.buffers
    return model
