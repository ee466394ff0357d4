"""Models of several operators and subgraphs, written as flatbuffers, for tests against the real TFLM."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from single_operators import T, TensorWriter, ints


@dataclass(frozen=True)
class Node:
    """An operator between tensors that are given by name; one with `custom` options is a custom operator.

    An input without a name is left out.
    """

    kind: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    options: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    custom: Mapping[str, int] | None = None
    intermediates: Sequence[str] = ()


@dataclass(frozen=True)
class Part:
    """A subgraph."""

    tensors: Mapping[str, T]
    nodes: Sequence[Node]
    inputs: Sequence[str] = ()
    outputs: Sequence[str] = ()


class _Codes:
    """The operator codes of a model, each once."""

    def __init__(self, schema: Any) -> None:
        self.schema, self.codes, self.places = schema, [], {}

    def place(self, node: Node) -> int:
        if node.kind not in self.places:
            code = self.schema.OperatorCodeT()
            name = "CUSTOM" if node.custom is not None else node.kind
            code.builtinCode = getattr(self.schema.BuiltinOperator, name)
            code.customCode = node.kind.encode() if node.custom is not None else None
            code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), 1
            self.places[node.kind] = len(self.codes)
            self.codes.append(code)
        return self.places[node.kind]


def write(*parts: Part, metadata: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """Return the subgraphs as a `.tflite`."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    model, codes, buffers = schema.ModelT(), _Codes(schema), [schema.BufferT()]
    model.version, model.description, model.subgraphs = 3, b"", []
    for part in parts:
        writer = TensorWriter(schema, buffers)
        place = {name: writer.tensor(tensor) for name, tensor in part.tensors.items()}
        graph = schema.SubGraphT()
        graph.tensors, graph.name = writer.tensors, b"main"
        graph.operators = [_operator(schema, node, place, codes) for node in part.nodes]
        graph.inputs, graph.outputs = [place[n] for n in part.inputs], [place[n] for n in part.outputs]
        model.subgraphs.append(graph)
    model.metadata = [_metadata(schema, name, data, buffers) for name, data in metadata]
    model.operatorCodes, model.buffers = codes.codes, buffers
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _operator(schema: Any, node: Node, place: Mapping[str, int], codes: _Codes) -> Any:
    op = schema.OperatorT()
    op.opcodeIndex = codes.place(node)
    op.inputs, op.outputs = [place[n] if n else -1 for n in node.inputs], [place[n] for n in node.outputs]
    op.intermediates = [place[n] for n in node.intermediates] or None
    if node.options:
        op.builtinOptions = getattr(schema, node.options + "T")()
        op.builtinOptionsType = getattr(schema.BuiltinOptions, node.options)
        for name, value in node.fields.items():
            setattr(op.builtinOptions, name, value)
    if node.custom is not None:
        op.customOptions = np.frombuffer(packed(node.custom), np.uint8)
    return op


def packed(options: Mapping[str, int]) -> bytes:
    """Return a custom operator's options in the form that TFLM reads."""
    from flatbuffers import flexbuffers

    return bytes(flexbuffers.Dumps(dict(options)))


def _metadata(schema: Any, name: str, data: bytes, buffers: list[Any]) -> Any:
    entry, buffer = schema.MetadataT(), schema.BufferT()
    buffer.data = np.frombuffer(data, np.uint8)
    buffers.append(buffer)
    entry.name, entry.buffer = name.encode(), len(buffers) - 1
    return entry


def variable(name: str, tensor: str) -> Node:
    fields = {"container": "", "sharedName": name}
    return Node("VAR_HANDLE", (), (tensor,), "VarHandleOptions", fields)


HANDLE = T((), "resource")


def initial(values: Mapping[str, T]) -> Part:
    """The subgraph that gives variables their first values."""
    tensors = {f"{kind} {name}": t for name, t in values.items() for kind, t in (("handle", HANDLE), ("value", t))}
    nodes = [
        node
        for name in values
        for node in (
            variable(name, f"handle {name}"),
            Node("ASSIGN_VARIABLE", (f"handle {name}", f"value {name}"), ()),
        )
    ]
    return Part(tensors, nodes)


def streaming_convolution() -> bytes:
    """A convolution over five rows, four of which are state, as wake words have them; its outputs are state as well."""
    row, state, window = T((1, 1, 1, 8)), T((1, 4, 1, 8)), T((1, 5, 1, 8))
    mean, kept = T((1, 3, 1, 6)), T((1, 4, 1, 6))
    out = T((1, 1, 1, 6))
    four = {
        name: ints(*values)
        for name, values in {"begin": (0, 1, 0, 0), "end": (1, 5, 1, 8), "step": (1, 1, 1, 1)}.items()
    }
    tensors = {
        "x": row, "handle": HANDLE, "state": state, "window": window, "new": state, **four,
        "weights": T((6, 5, 1, 8), scales=6).zeros(), "bias": T((6,), "int32", [0] * 6, scales=0),
        "y": out, "second": HANDLE, "past": mean, "last": kept, "later": mean, "end 6": ints(1, 4, 1, 6),
    }  # fmt: skip
    cut = {"beginMask": 0, "endMask": 0}
    nodes = [
        Node("CALL_ONCE", (), (), "CallOnceOptions", {"initSubgraphIndex": 1}),
        variable("rows", "handle"),
        Node("READ_VARIABLE", ("handle",), ("state",)),
        Node("CONCATENATION", ("state", "x"), ("window",), "ConcatenationOptions", {"axis": 1}),
        Node("STRIDED_SLICE", ("window", "begin", "end", "step"), ("new",), "StridedSliceOptions", cut),
        Node("ASSIGN_VARIABLE", ("handle", "new"), ()),
        Node(
            "CONV_2D",
            ("window", "weights", "bias"),
            ("y",),
            "Conv2DOptions",
            {"padding": 1, "strideW": 1, "strideH": 1},
        ),
        variable("outputs", "second"),
        Node("READ_VARIABLE", ("second",), ("past",)),
        Node("CONCATENATION", ("past", "y"), ("last",), "ConcatenationOptions", {"axis": 1}),
        Node("STRIDED_SLICE", ("last", "begin", "end 6", "step"), ("later",), "StridedSliceOptions", cut),
        Node("ASSIGN_VARIABLE", ("second", "later"), ()),
    ]
    first = initial({"rows": state.zeros(), "outputs": mean.zeros()})
    return write(Part(tensors, nodes, ("x",), ("last",)), first)


def streaming_dense() -> bytes:
    """A dense layer on its input and its last output; one variable with two handles, and no initial values."""
    tensors = {
        "x": T((1, 6), "float32"), "one": HANDLE, "two": HANDLE, "last": T((1, 10), "float32"),
        "both": T((1, 16), "float32"), "weights": T((10, 16), "float32").zeros(), "y": T((1, 10), "float32"),
    }  # fmt: skip
    nodes = [
        variable("last", "one"),
        Node("READ_VARIABLE", ("one",), ("last",)),
        Node("CONCATENATION", ("last", "x"), ("both",), "ConcatenationOptions", {"axis": 1}),
        Node("FULLY_CONNECTED", ("both", "weights"), ("y",), "FullyConnectedOptions"),
        variable("last", "two"),
        Node("ASSIGN_VARIABLE", ("two", "y"), ()),
    ]
    return write(Part(tensors, nodes, ("x",), ("y",)))


def preprocessor(kind: str, *, channels: int = 40, fft: int = 512) -> bytes:
    """The features of one 30 ms frame of sound, as float32 or int8: TFLM's signal operators in their usual order."""
    samples, bins = 480, fft + 2
    line = T((channels,), "uint32")
    tensors = {
        "sound": T((1, samples), "int16"), "window": T((samples,), "int16", [1] * samples, scales=0),
        "soft": T((1, samples), "int16"), "flat shape": ints(samples), "flat": T((samples,), "int16"),
        "loud": T((samples,), "int16"), "shift": T((), "int32", scales=0), "spectrum": T((bins,), "int16"),
        "energy": T((bins // 2,), "uint32"),
        **{f"table {i}": T((n,), "int16", [1] * n, scales=0) for i, n in enumerate((300, 300, *[channels + 1] * 3))},
        "bank": T((channels,), "uint64"), "root": line, "clean": line, "noise": line,
        "gain": T((125,), "int16", [1] * 125, scales=0), "even": line, "log": T((channels,), "int16"),
        "floats": T((channels,), "float32"), "features": T((channels,), kind),
    }  # fmt: skip
    tables = [f"table {i}" for i in range(5)]
    nodes = [
        Node("SignalWindow", ("sound", "window"), ("soft",), custom={"shift": 12}),
        Node("RESHAPE", ("soft", "flat shape"), ("flat",), "ReshapeOptions", {"newShape": [samples]}),
        Node("SignalFftAutoScale", ("flat",), ("loud", "shift"), custom={}),
        Node("SignalRfft", ("loud",), ("spectrum",), custom={"T": 7, "fft_length": fft}),
        Node("SignalEnergy", ("spectrum",), ("energy",), custom={"start_index": 5, "end_index": 200}),
        Node("SignalFilterBank", ("energy", *tables), ("bank",), custom={"num_channels": channels}),
        Node("SignalFilterBankSquareRoot", ("bank", "shift"), ("root",), custom={}),
        Node("SignalFilterBankSpectralSubtraction", ("root",), ("clean", "noise"), custom={
            "alternate_one_minus_smoothing": 1, "alternate_smoothing": 1, "clamping": 0, "min_signal_remaining": 819,
            "num_channels": channels, "one_minus_smoothing": 15974, "smoothing": 409, "smoothing_bits": 10,
            "spectral_subtraction_bits": 14,
        }),
        Node("SignalPCAN", ("clean", "noise", "gain"), ("even",), custom={"snr_shift": 6}),
        Node("SignalFilterBankLog", ("even",), ("log",), custom={"input_correction_bits": 3, "output_scale": 1600}),
        Node("CAST", ("log",), ("floats",), "CastOptions", {"inDataType": 7, "outDataType": 0}),
    ]  # fmt: skip
    if kind == "int8":
        nodes.append(Node("QUANTIZE", ("floats",), ("features",)))
        return write(Part(tensors, nodes, ("sound",), ("features",)))
    del tensors["features"]
    return write(Part(tensors, nodes, ("sound",), ("floats",)))


def signal_operators() -> dict[str, bytes]:
    """One model for each signal operator that a preprocessor does not have, and for other types and ranks of those."""
    sound, bits = T((2, 64), "int16"), {"int16": 7, "int32": 2, "float32": 0}
    found = {
        "delay": one("SignalDelay", [sound], [sound], {"delay_length": 10}),
        "framer": one(
            "SignalFramer", [sound], [T((2, 4, 40), "int16"), T((), "bool")],
            {"frame_size": 40, "frame_step": 16, "prefill": 1},
        ),
        "stacker": one(
            "SignalStacker", [T((12,), "int16")], [T((60,), "int16"), T((), "bool")],
            {"num_channels": 12, "stacker_left_context": 3, "stacker_right_context": 1, "stacker_step": 2},
        ),
        "circular buffer": one("CIRCULAR_BUFFER", [T((1, 1, 1, 8))], [T((1, 5, 1, 8))], {"cycles_max": 2}),
        "detections": one(
            "TFLite_Detection_PostProcess",
            [T((1, 6, 4), "float32", [0] * 24), T((1, 6, 3), "float32"), T((6, 4), "float32", [1] * 24)],
            [T((1, 2, 4), "float32"), T((1, 2), "float32"), T((1, 2), "float32"), T((1,), "float32")],
            {"max_detections": 2, "num_classes": 2, "max_classes_per_detection": 1, "h_scale": 5, "w_scale": 5,
             "x_scale": 10, "y_scale": 10, "nms_score_threshold": 0, "nms_iou_threshold": 1},
        ),
    }  # fmt: skip
    for kind, number in bits.items():
        for length in (16, 64, 100):
            time, spectrum = T((3, length), kind), T((3, length + 2), kind)
            found[f"rfft {kind} {length}"] = one("SignalRfft", [time], [spectrum], {"T": number, "fft_length": length})
            found[f"irfft {kind} {length}"] = one(
                "SignalIrfft", [spectrum], [time], {"T": number, "fft_length": length}
            )
    for kind in ("int16", "float32"):
        out, options = T((2, 60), kind), {"T": bits[kind], "frame_step": 15}
        found[f"overlap add {kind}"] = one("SignalOverlapAdd", [T((2, 4, 30), kind)], [out], options)
    return found


def one(kind: str, inputs: Sequence[T], outputs: Sequence[T], options: Mapping[str, int]) -> bytes:
    """A model of one custom operator."""
    tensors = {**{f"in {i}": t for i, t in enumerate(inputs)}, **{f"out {i}": t for i, t in enumerate(outputs)}}
    names = [f"in {i}" for i in range(len(inputs))], [f"out {i}" for i in range(len(outputs))]
    free = [name for name in names[0] if tensors[name].data is None]
    return write(Part(tensors, [Node(kind, *names, custom=options)], free, names[1]))
