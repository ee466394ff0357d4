"""The summary of a `.tflite` against LiteRT, TFLM's recorded figures, and the numbers that a model stands for."""

import json
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from hypothesis import given
from hypothesis import strategies as st
from single_operators import Case, T, ints, model_bytes

from nas.errors import InputError
from nas.study.tflite_summary import WeightTensor, summarize_tflite, tflite_weights
from nas.target.details import TensorQuantization
from nas.target.target import find_target

SHARED = Path(__file__).resolve().parents[3] / "shared"
FILES = [
    file
    for part in ("truth/models", "truth/external", "faults/inputs")
    for file in sorted((SHARED / part).glob("*.tflite"))
]
needs_files = pytest.mark.skipif(not FILES, reason="the folder `shared` with models is not beside this checkout")
TARGET = find_target("cortex-m4")
# How the makers of the recorded models say that they quantized them, by the end of the file's name.
SUFFIXES = {
    "_f32": "float32",
    "_no_quant": "float32",
    "_float16": "float16",
    "_drange": "dynamic_range",
    "_drange_fixed": "dynamic_range",
    "_i16": "int16x8",
    "_i16pt": "int16x8",
    "_floatio": "int8_float_io",
}


@needs_files
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_recorded_model_is_summarized_as_litert_sees_it(file: Path) -> None:
    model = file.read_bytes()
    summary = summarize_tflite(model, TARGET, file.name, file)
    json.dumps(summary.to_json())
    interpreter = Interpreter(model_content=model)
    for row in interpreter.get_tensor_details():
        tensor = summary.tensors[row["index"]]
        assert tensor.shape == tuple(row["shape"])
        theirs = row["quantization_parameters"]
        known = tensor.quantization or TensorQuantization((), ())
        assert np.array_equal(np.float32(known.scales), theirs["scales"])
        assert np.array_equal(known.zero_points, theirs["zero_points"])
    kinds = [op["op_name"] for op in interpreter._get_ops_details()]
    for layer, kind in zip(summary.layers, kinds, strict=False):  # LiteRT lists the first subgraph alone
        assert kind.startswith(layer.kind.removesuffix("..."))


@needs_files
@pytest.mark.parametrize(
    "file", [file for file in FILES if file.stem.endswith(tuple(SUFFIXES))], ids=lambda file: file.stem
)
def test_the_scheme_is_the_one_that_the_maker_of_the_file_names(file: Path) -> None:
    summary = summarize_tflite(file.read_bytes(), TARGET, file.name, file)
    assert summary.scheme == next(scheme for end, scheme in SUFFIXES.items() if file.stem.endswith(end))


def dense(dtype: str, weights: str, bias: str) -> bytes:
    tensors = [
        T((1, 8), dtype),
        T((4, 8), weights, data=[*range(-16, 16)], scales=4),
        T((4,), bias, scale=0.25).zeros(),
    ]
    return model_bytes(Case("FULLY_CONNECTED", tensors, [T((1, 4), dtype)], "FullyConnectedOptions"))


def test_parameters_are_weights_and_biases_and_not_shapes() -> None:
    x = T((1, 8))
    reshape = Case("RESHAPE", [x, ints(1, 2, 4)], [T((1, 2, 4))], "ReshapeOptions")
    assert summarize_tflite(model_bytes(reshape), TARGET, "reshape").parameters == 0
    assert summarize_tflite(dense("int8", "int8", "int32"), TARGET, "dense").parameters == 4 * 8 + 4


def test_a_hybrid_model_is_named_and_the_reason_of_its_refusal_told() -> None:
    summary = summarize_tflite(dense("float32", "int8", "float32"), TARGET, "hybrid")
    assert summary.scheme == "dynamic_range"
    assert summary.words.startswith("dynamic range (hybrid)")
    ((reason, layers),) = summary.refusals().items()
    assert "TFLM has no hybrid kernels" in reason
    assert layers == [0]


@pytest.mark.parametrize("axis", [0, 3])
def test_real_weights_are_those_of_a_dequantize_operator(axis: int) -> None:
    shape, scales = (2, 3, 2, 4), np.linspace(0.5, 2, (2, 3, 2, 4)[axis]).tolist()
    data = np.random.default_rng(axis).integers(-128, 128, shape)
    quantization = TensorQuantization(tuple(scales), (3,) * len(scales), axis)
    weights = WeightTensor("w", "int8", shape, data.ravel(), quantization)
    along = np.reshape(scales, [-1 if i == axis else 1 for i in range(4)])
    assert np.array_equal(weights.real().reshape(shape), (data - 3) * along)


def test_the_weights_are_the_values_in_the_file() -> None:
    model = dense("int8", "int8", "int32")
    weights, bias = tflite_weights(model, summarize_tflite(model, TARGET, "dense"))
    assert weights.values.tolist() == [*range(-16, 16)]
    assert bias.values.tolist() == [0] * 4


@given(st.lists(st.integers(-8, 7), min_size=32, max_size=32))
def test_weights_of_four_bits_are_unpacked_the_lower_half_first(values: list[int]) -> None:
    pairs = [low & 15 | (high & 15) << 4 for low, high in zip(values[::2], values[1::2], strict=True)]
    weights = T((4, 8), "int4", data=[pair - 256 if pair > 127 else pair for pair in pairs])
    case = Case("FULLY_CONNECTED", [T((1, 8)), weights], [T((1, 4))], "FullyConnectedOptions")
    model = model_bytes(case)
    (unpacked,) = tflite_weights(model, summarize_tflite(model, TARGET, "int4"))
    assert unpacked.values.tolist() == values


def test_the_range_of_a_tensor_is_what_its_integers_stand_for() -> None:
    model = model_bytes(Case("NEG", [T((1, 4), scale=0.5, zero_point=28)], [T((1, 4))]))
    assert summarize_tflite(model, TARGET, "neg").tensors[0].represents() == (-78.0, 49.5)


def test_bytes_that_are_no_model_are_refused_with_their_file() -> None:
    with pytest.raises(InputError, match=r"^notes\.tflite: must be a valid \.tflite file: byte 4"):
        summarize_tflite(b"no model at all", TARGET, "notes", "notes.tflite")


def test_the_frame_has_a_row_a_layer_with_its_options() -> None:
    frame = summarize_tflite(dense("int8", "int8", "int32"), TARGET, "dense").frame()
    assert frame[["kind", "parameters", "macs", "keep_num_dims"]].values.tolist() == [
        ["FULLY_CONNECTED", 36, 32, False]
    ]
