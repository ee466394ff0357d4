"""What a summary of a model says of itself."""

from typing import Any, Literal

import numpy as np
import pytest

from nas.study.summary import LayerSummary, Summary, TensorSummary
from nas.study.tflite_summary import WeightTensor
from nas.target.details import TensorQuantization


@pytest.mark.parametrize(("file", "words"), [("tflite", "2 operators"), ("keras", "2 layers")])
def test_a_summary_counts_operators_of_a_tflite_and_layers_of_a_keras_model(
    file: Literal["tflite", "keras"], words: str
) -> None:
    layers = tuple(LayerSummary(i, "x", "Dense", (0,), (1,), (), 8, 8, 4, {}) for i in range(2))
    summary = Summary("mine", file, "float32", layers, (), 100, 8)
    assert words in repr(summary)
    assert "8 MACs" in repr(summary)


def tensor(index: int, shape: tuple[int | None, ...], kind: str = "activation", **fields: Any) -> TensorSummary:
    return TensorSummary(index, f"t{index}", kind, shape, **{"dtype": "int8", "bytes": 4, **fields})


@pytest.mark.parametrize(
    ("dtype", "zero_point", "expected"),
    [
        ("int8", -128, (0.0, 127.5)),
        ("uint8", 0, (0.0, 127.5)),
        ("int16", 0, (-16384.0, 16383.5)),
        ("int4", 1, (-4.5, 3)),
    ],
)
def test_the_numbers_that_a_quantized_tensor_can_hold_follow_from_its_scale_and_zero_point(
    dtype: str, zero_point: int, expected: tuple[float, float]
) -> None:
    one_scale = TensorQuantization((0.5,), (zero_point,), 0)
    assert tensor(0, (1, 4), dtype=dtype, quantization=one_scale).represents() == expected
    assert tensor(0, (1, 4), dtype=dtype).represents() is None
    assert tensor(0, (1, 4), dtype="float32", quantization=one_scale).represents() is None
    per_channel = TensorQuantization((0.5, 0.25), (0, 0), 1)
    assert tensor(0, (1, 2), dtype=dtype, quantization=per_channel).represents() is None


def test_an_open_size_counts_as_one() -> None:
    assert tensor(0, (None, 3, 5)).elements == 15
    assert tensor(0, ()).elements == 1


def test_what_is_not_known_of_layers_and_why_they_are_refused_is_told_once_for_each_kind() -> None:
    layers = tuple(
        LayerSummary(i, kind, f"l{i}", (0,), (1,), (2,), 8, None, macs, {}, reason=reason)
        for i, (kind, macs, reason) in enumerate(
            [
                ("A", 10, None),
                ("B", None, "no kernel"),
                ("B", None, "no kernel"),
                ("C", None, "too large"),
                ("A", 5, ""),
            ]
        )
    )
    tensors = (tensor(0, (1, 4), "input"), tensor(1, (1, 4), "output"), tensor(2, (8,), "constant", bytes=8))
    summary = Summary("mine", "tflite", "int8", layers, tensors, 100, 8)
    assert (summary.macs, summary.unknown_macs, summary.weights_bytes) == (15, ("B", "C"), 8)
    assert summary.refusals() == {"no kernel": [1, 2], "too large": [3]}
    document = summary.to_json()
    assert document["reasons"] == [
        {"reason": "no kernel", "layers": [1, 2]},
        {"reason": "too large", "layers": [3]},
    ]
    assert [len(document[key]) for key in ("inputs", "outputs", "layers", "tensors")] == [1, 1, 5, 3]
    assert (document["target"], document["supported"], document["macs_unknown"]) == (None, None, ["B", "C"])
    frame = summary.frame()
    assert frame["output"].tolist() == [(1, 4)] * 5
    assert frame["type"].tolist() == ["int8"] * 5
    html = summary._repr_html_()
    assert "no kernel; too large" in html
    assert "operators" in html


def test_the_numbers_of_quantized_values_are_those_of_their_channel() -> None:
    values = np.array([[1, 2, 3], [-4, 5, 6]], np.int8)
    single = WeightTensor("w", "int8", (2, 3), values.ravel(), TensorQuantization((0.5,), (3,), 0))
    np.testing.assert_array_equal(single.real(), ((values - 3.0) * 0.5).ravel())
    for axis, shape in ((0, (2, 1)), (1, (1, 3))):
        scales = tuple(0.25 * (i + 1) for i in range(values.shape[axis]))
        zeros = tuple(range(values.shape[axis]))
        each = WeightTensor("w", "int8", (2, 3), values.ravel(), TensorQuantization(scales, zeros, axis))
        expected = (values - np.reshape(np.array(zeros, float), shape)) * np.reshape(scales, shape)
        np.testing.assert_allclose(each.real(), expected.ravel())
    np.testing.assert_array_equal(WeightTensor("w", "int8", (2, 3), values.ravel()).real(), values.ravel())
