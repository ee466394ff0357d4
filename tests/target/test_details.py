"""What a `.tflite` says of itself, as LiteRT's own reader and interpreter say it."""

import re
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from single_operators import Case, T, model_bytes, model_of, packed, weighted

from nas.errors import InputError
from nas.target.details import read_details

OPTIONS = {
    number: name
    for name, number in vars(schema.BuiltinOptions).items()
    if isinstance(number, int) and number and vars(getattr(schema, f"{name}T")())
}
WORDS = {
    "padding": ["SAME", "VALID"],
    "fused_activation_function": ["NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT"],
    "mode": ["REFLECT", "SYMMETRIC"],
}
TYPED = ("data_type", "out_type", "output_type", "dtype", "bias_type")


def in_snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def filled(options: Any) -> Any:
    """Give each option a value that it does not have by default."""
    for i, (name, value) in enumerate(vars(options).items()):
        if isinstance(value, bool):
            setattr(options, name, not value)
        elif isinstance(value, float):
            setattr(options, name, 0.5 + i)
        elif isinstance(value, int):
            setattr(options, name, 1)
        elif name in ("container", "sharedName"):
            setattr(options, name, b"a name")
        else:
            setattr(options, name, np.array([1, 2 + i], np.float32 if name == "boundaries" else np.int32))
    return options


def expected(options: Any) -> dict[str, Any]:
    known = {}
    for name, value in ((in_snake_case(name), value) for name, value in vars(options).items()):
        if name in WORDS:
            value = WORDS[name][value]
        elif name.endswith(TYPED):
            value = {1: "float16"}[value]
        elif isinstance(value, np.ndarray):
            value = value.tolist()
        known[name] = value.decode() if isinstance(value, bytes) else value
    return known


@pytest.mark.parametrize("kind", [*OPTIONS.values()])
def test_the_options_of_every_operator_are_read_as_the_schema_names_them(kind: str) -> None:
    x = T((1, 4), "float32")
    model = model_of(Case("ADD", [x, x], [x], kind))
    (op,) = model.subgraphs[0].operators
    if kind == "FullyConnectedOptions":
        op.builtinOptions.quantSpec = np.array([], np.uint8)
    options = filled(op.builtinOptions)
    if kind == "FullyConnectedOptions":
        options.quantSpec = np.array([3, 4], np.uint8)
    wanted = expected(options)
    assert dict(read_details(packed(model)).operators[0].options) == wanted


@pytest.mark.parametrize("kind", ["Conv2DOptions", "AddOptions", "UniqueOptions", "ReshapeOptions"])
def test_options_that_a_file_leaves_out_have_the_schema_s_defaults(kind: str) -> None:
    x = T((1, 4), "float32")
    model = packed(model_of(Case("ADD", [x, x], [x], kind)))
    read = schema.ModelT.InitFromPackedBuf(model, 0).subgraphs[0].operators[0].builtinOptions
    known = dict(read_details(model).operators[0].options)
    for name, value in ((in_snake_case(name), value) for name, value in vars(read).items()):
        if name == "quantized_bias_type":  # it has none
            assert name not in known
        elif name == "idx_out_type":
            assert known[name] == {2: "int32"}[value]
        else:
            assert known[name] == (WORDS[name][value] if name in WORDS else value if value is not None else [])


@pytest.mark.parametrize("case", [*weighted()], ids=str)
def test_scales_zero_points_and_axes_are_those_of_litert(case: Case) -> None:
    model = model_bytes(case)
    interpreter = Interpreter(model_content=model)
    details = {row["index"]: row["quantization_parameters"] for row in interpreter.get_tensor_details()}
    for index, tensor in enumerate(read_details(model).tensors):
        theirs, known = details[index], tensor.quantization
        assert list(theirs["scales"]) == list(() if known is None else np.float32(known.scales))
        assert list(theirs["zero_points"]) == list(() if known is None else known.zero_points)
        assert known is None or theirs["quantized_dimension"] == known.axis


def test_the_data_of_a_constant_lie_where_the_details_say() -> None:
    weights = T((4, 8), data=range(32), scales=4)
    model = model_bytes(Case("FULLY_CONNECTED", [T((1, 8)), weights], [T((1, 4))], "FullyConnectedOptions"))
    start, size = read_details(model).tensors[1].data
    assert list(model[start : start + size]) == list(range(32))


def test_metadata_signatures_and_open_shapes_are_told() -> None:
    model = model_of(Case("NEG", [T((1, 4))], [T((1, 4))]))
    model.description = "caf\u00e9".encode()
    model.subgraphs[0].tensors[0].shapeSignature = [-1, 4]
    entry, signature = schema.MetadataT(), schema.SignatureDefT()
    entry.name, entry.buffer = b"notes", len(model.buffers)
    model.buffers.append(schema.BufferT())
    model.buffers[-1].data = np.frombuffer(b"hello", np.uint8)
    signature.signatureKey = b"serving_default"
    model.metadata, model.signatureDefs = [entry], [signature]
    content = packed(model)
    read = read_details(content)
    start, size = read.metadata["notes"]
    assert content[start : start + size] == b"hello"
    assert (read.description, read.signatures) == ("caf\u00e9", ("serving_default",))
    assert read.tensors[0].signature == (-1, 4)
    assert [one.operators for one in read.subgraphs] == [1]


def test_a_buffer_that_does_not_exist_is_refused_at_its_place() -> None:
    model = model_of(Case("NEG", [T((1, 4))], [T((1, 4))]))
    model.subgraphs[0].tensors[0].buffer = 99
    with pytest.raises(InputError, match=r"^m\.tflite: must be a valid \.tflite file: byte \d+: a buffer must exist"):
        read_details(packed(model), "m.tflite")


def test_cut_files_are_read_or_refused_without_a_crash() -> None:
    model = model_bytes(next(iter(weighted())))
    for end in range(8, len(model), 7):
        with suppress(InputError):
            read_details(model[:end])
