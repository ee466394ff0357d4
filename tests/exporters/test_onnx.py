"""Models as ONNX, against LiteRT: operator by operator, and opened by others."""

import dataclasses
import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import onnx
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from single_operators import Case, T, cases, ints, model_bytes, table
from whole_models import Node, Part, write

from nas.errors import InputError
from nas.exporters.onnx.check import check_onnx
from nas.exporters.onnx.operators import OPERATORS
from nas.exporters.onnx.qdq import tflite_to_onnx
from nas.model.host.onnx_runtime import run_onnx

HERE = Path(__file__).parent
NODE = shutil.which("node")


def filled(case: Case) -> Case:
    """The case with weights other than zeros, and scales small enough to keep its output in range."""
    rng = np.random.default_rng(0)

    def fill(tensor: T | None) -> T | None:
        bias = tensor is not None and tensor.dtype == "int32" and tensor.scale == 0.25
        if tensor is None or tensor.data is None or any(tensor.data) or not (bias or tensor.dtype != "int32"):
            return tensor
        if tensor.dtype == "float32":
            return dataclasses.replace(tensor, data=rng.normal(size=len(tensor.data)).tolist())
        values = rng.integers(-100, 101, len(tensor.data)).tolist()
        return dataclasses.replace(tensor, data=values, scale=0.005 if bias else 0.01)

    return dataclasses.replace(case, inputs=[fill(tensor) for tensor in case.inputs])


def own_cases() -> list[Case]:
    image, row = T((1, 4, 5, 3), scale=0.1), T((1, 2, 6))
    paddings = table((0, 0), (1, 2), (0, 1), (0, 0))
    mean = {"keepDims": False}
    kept = {"keepDims": True}
    dilated = {"padding": 0, "strideW": 1, "strideH": 1, "dilationWFactor": 2, "dilationHFactor": 1}
    weights, bias = T((4, 3, 2, 3), scales=4).zeros(), T((4,), "int32", scale=0.25).zeros()
    strided = {"padding": 0, "strideW": 2, "strideH": 2, "fusedActivationFunction": 1}
    pool = {"padding": 0, "strideW": 2, "strideH": 2, "filterWidth": 3, "filterHeight": 2}
    one = T((1, 1, 1, 3), scale=0.1)
    return [
        Case("CONCATENATION", [row, row], [T((1, 2, 12))], "ConcatenationOptions", {"axis": -1}),
        Case("PAD", [image, paddings], [T((1, 7, 6, 3), scale=0.1)]),
        Case("PADV2", [image, paddings, T((1,), "int8", [7], scale=0.1)], [T((1, 7, 6, 3), scale=0.1)]),
        Case("TRANSPOSE", [image, ints(0, 3, 1, 2)], [T((1, 3, 4, 5), scale=0.1)], "TransposeOptions"),
        Case("SLICE", [image, ints(0, 1, 2, 0), ints(1, 2, 3, 3)], [T((1, 2, 3, 3), scale=0.1)], "SliceOptions"),
        Case("SPLIT", [ints(2), row], [T((1, 2, 3)), T((1, 2, 3))], "SplitOptions", {"numSplits": 2}),
        Case("EXPAND_DIMS", [row, ints(1)], [T((1, 1, 2, 6))]),
        Case("SQUEEZE", [T((1, 1, 2, 6))], [row], "SqueezeOptions", {"squeezeDims": [1]}),
        Case("RESHAPE", [row, ints(1, 12)], [T((1, 12))]),
        Case("MEAN", [image, ints(1, 2)], [T((1, 3), scale=0.05)], "ReducerOptions", mean),
        Case("MEAN", [image, ints(1, 2)], [T((1, 1, 1, 3), scale=0.05)], "ReducerOptions", kept),
        Case(
            "CONV_2D",
            [image, weights, bias],
            [T((1, 4, 5, 4))],
            "Conv2DOptions",
            dilated,
        ),
        Case("CONV_2D", [image, weights, bias], [T((1, 2, 3, 4))], "Conv2DOptions", strided),
        Case("AVERAGE_POOL_2D", [image], [T((1, 2, 3, 3), scale=0.1)], "Pool2DOptions", pool),
        Case("MAX_POOL_2D", [image], [T((1, 2, 3, 3), scale=0.1)], "Pool2DOptions", pool),
        Case("MUL", [image, one], [image], "MulOptions"),
        Case("LOGISTIC", [row], [T((1, 2, 6), scale=1 / 256, zero_point=-128)]),
    ]


def expressible(case: Case) -> bool:
    tensors = [tensor for tensor in (*case.inputs, *case.outputs) if tensor is not None]
    free = [tensor for tensor in tensors if tensor.data is None]
    return (
        case.kind in OPERATORS.keys() - {"DEQUANTIZE"}
        and all(tensor.dtype != "int4" for tensor in tensors)
        and all(tensor.dtype in ("int8", "float32") and tensor.shape[:1] == (1,) for tensor in free)
        and {tensor.dtype for tensor in tensors} not in ({"int8", "float32"}, {"int8", "float32", "int32"})
    )


CASES = [filled(case) for case in [*cases(), *own_cases()] if expressible(case)]


def in_litert(tflite: bytes, rows: list[np.ndarray]) -> tuple[list[np.ndarray], list[np.ndarray], list[float]]:
    """Real inputs, the outputs that LiteRT gives for them, and the steps of the outputs (0 for float)."""
    interpreter = Interpreter(
        model_content=tflite, experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    )
    interpreter.allocate_tensors()
    given = []
    for detail, row in zip(interpreter.get_input_details(), rows, strict=True):
        scale, zero = detail["quantization"]
        interpreter.set_tensor(detail["index"], row if scale else row.astype(np.float32))
        given.append(((row.astype(np.float32) - zero) * np.float32(scale)) if scale else row.astype(np.float32))
    interpreter.invoke()
    found, steps = [], []
    for detail in interpreter.get_output_details():
        scale, zero = detail["quantization"]
        values = interpreter.get_tensor(detail["index"])
        found.append((values.astype(np.float32) - zero) * np.float32(scale) if scale else values)
        steps.append(scale)
    return given, found, steps


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{i}-{case}" for i, case in enumerate(CASES)])
def test_every_operator_answers_as_litert_does(number):
    import onnxruntime

    case = CASES[number]
    rng = np.random.default_rng(number)
    free = [tensor for tensor in case.inputs if tensor is not None and tensor.data is None and not tensor.variable]
    rows = [
        rng.integers(-128, 128, tensor.shape).astype(np.int8)
        if tensor.dtype == "int8"
        else rng.normal(size=tensor.shape)
        for tensor in free
    ]
    tflite = model_bytes(case)
    given, wanted, steps = in_litert(tflite, rows)
    session = onnxruntime.InferenceSession(tflite_to_onnx(tflite, "one.tflite"))
    answers = session.run(None, {source.name: row for source, row in zip(session.get_inputs(), given, strict=True)})
    assert len(answers) == len(wanted)
    for answer, right, step in zip(answers, wanted, steps, strict=True):
        assert answer.shape == right.shape
        if step:
            away = np.abs(np.round((answer - right) / step))
            assert away.max() <= 1
            assert (away == 0).sum() >= 0.94 * away.size - 1  # of a few numbers, one may be a half
        else:
            np.testing.assert_allclose(answer, right, rtol=1e-5, atol=1e-5)


UINT8 = T((1, 2, 8), "uint8", scale=0.04, zero_point=131)


def between_uint8() -> bytes:
    """A model of int8 that begins and ends with uint8, as the converter makes one for `inference_input_type`."""
    within = T((1, 2, 8), scale=0.04, zero_point=3)
    tensors = {"in": UINT8, "a": within, "b": T((1, 2, 8), scale=1 / 256, zero_point=-128)}
    end = T((1, 2, 8), "uint8", scale=1 / 256, zero_point=0)
    nodes = [Node("QUANTIZE", ["in"], ["a"]), Node("LOGISTIC", ["a"], ["b"]), Node("QUANTIZE", ["b"], ["out"])]
    return write(Part({**tensors, "out": end}, nodes, ["in"], ["out"]))


def test_a_model_that_begins_and_ends_with_uint8_answers_as_litert_does():
    tflite = between_uint8()
    row = np.random.default_rng(0).integers(0, 256, UINT8.shape).astype(np.uint8)
    (given,), (wanted,), (step,) = in_litert(tflite, [row])
    answer = run_onnx(tflite_to_onnx(tflite, "one.tflite"), given, "one")
    away = np.abs(np.round((answer - wanted.reshape(1, -1)) / step))
    assert away.max() <= 1
    assert (away == 0).sum() >= away.size - 1


@pytest.mark.parametrize(
    ("kind", "dtype", "words"),
    [
        ("LOGISTIC", "uint8", "operator 0, LOGISTIC, has a tensor of uint8, where only int8 and float32 are known"),
        ("LOGISTIC", "int16", "its input has values of int16, where only int8 and float32 are known"),
    ],
)
def test_values_of_other_types_are_refused_in_a_line(kind, dtype, words):
    case = Case(kind, [T((1, 4), dtype, zero_point=0)], [T((1, 4), dtype)])
    with pytest.raises(InputError, match=f"must be a model that can be written as ONNX, but {words}"):
        tflite_to_onnx(model_bytes(case), "one.tflite")


def test_most_operators_are_tried():
    assert {case.kind for case in CASES} >= set(OPERATORS) - {"SUM", "REDUCE_MAX", "QUANTIZE", "DEQUANTIZE"}


def small() -> bytes:
    case = next(case for case in CASES if case.kind == "CONV_2D" and case.inputs[0].dtype == "int8")
    return model_bytes(case)


def test_a_model_takes_any_number_of_rows_and_says_what_it_is_for():
    content = tflite_to_onnx(small(), "one.tflite", "gesture", {"nas.class_names": '["a", "b"]'})
    shape = [
        side.dim_param or side.dim_value
        for side in onnx.load_from_string(content).graph.input[0].type.tensor_type.shape.dim
    ]
    assert shape[0] == "batch"
    rows = np.random.default_rng(0).normal(size=(5, *shape[1:])).astype(np.float32)
    together = run_onnx(content, rows, "model")
    np.testing.assert_array_equal(together, np.concatenate([run_onnx(content, rows[i : i + 1], "m") for i in range(5)]))
    model = onnx.load_from_string(content)
    assert {entry.key: entry.value for entry in model.metadata_props} == {"nas.class_names": '["a", "b"]'}
    assert model.graph.name == "gesture"


def test_equal_models_give_equal_files():
    assert tflite_to_onnx(small(), "one.tflite") == tflite_to_onnx(small(), "one.tflite")


def test_an_operator_that_is_not_known_is_named():
    case = next(case for case in cases() if case.kind == "SVDF" and case.inputs[0].dtype == "int8")
    with pytest.raises(InputError, match=r"operator 0, SVDF, is not known"):
        tflite_to_onnx(model_bytes(case), "one.tflite")


def test_an_operator_that_onnx_lacks_is_named():
    model = onnx.load_from_string(tflite_to_onnx(small(), "one.tflite"))
    model.graph.node[1].op_type = "FancyConv"
    with pytest.raises(InputError, match="must have only operators that ONNX has, got FancyConv"):
        check_onnx(model.SerializeToString(), "model.keras")


def test_what_is_no_onnx_is_refused_in_one_line():
    with pytest.raises(InputError, match="must become a valid ONNX model"):
        check_onnx(b"no model at all", "model.keras")
    with pytest.raises(InputError, match="must run in onnxruntime"):
        run_onnx(b"no model at all", np.zeros((1, 2), np.float32), "model.onnx")


@pytest.mark.skipif(NODE is None or importlib.util.find_spec("netron") is None, reason="needs node and netron")
def test_netron_opens_it(tmp_path):
    file = tmp_path / "model.onnx"
    file.write_bytes(tflite_to_onnx(small(), "one.tflite"))
    spec = importlib.util.find_spec("netron")
    assert spec is not None
    home = Path(str(spec.origin)).parent
    command = [str(NODE), "--experimental-default-type=module", str(HERE / "netron.mjs"), str(home), str(file)]
    seen = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert seen["format"].startswith("ONNX")
    assert seen["nodes"].count("Conv") == 1
    assert seen["inputs"] == ["input float32[batch,4,4,8]"]
