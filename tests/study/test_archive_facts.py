"""What an archive says of its model: whether it is scaled, what it reads and gives, and which operators are int8."""

from dataclasses import replace
from typing import Any

import pytest

from nas.data.prepared import Scaling
from nas.study.archive import Archive, Quantization
from nas.study.record import Record, State
from nas.study.result import Trained
from nas.task.regression import Regression

INT8, INT32, FLOAT = "int8", "int32", "float32"


def footprint(*ops: tuple[str, list[str], list[str]], shape: tuple[int, ...] = (1, 4)) -> dict[str, Any]:
    """The JSON of a profile with operators of tensors of these types."""
    tensors: list[dict[str, Any]] = [{"index": 0, "kind": "input", "shape": list(shape), "dtype": INT8}]
    listed = []
    for kind, inputs, outputs in ops:
        first = len(tensors)
        tensors += [{"index": first + n, "kind": "activation", "dtype": t} for n, t in enumerate([*inputs, *outputs])]
        places = list(range(first, len(tensors)))
        listed.append({"op": kind, "inputs": places[: len(inputs)], "outputs": places[len(inputs) :]})
    return {"tensors": tensors, "ops": listed}


def archive(*kinds: str, shape: tuple[int, ...] = (1, 4), **changes: Any) -> Archive:
    """An archive of a model that no study has found, which reads raw rows."""
    described = footprint(*((kind, [INT8], [INT8]) for kind in kinds), shape=shape)
    scaling, affine = Scaling((0.0, 0.0), (1.0, 1.0)), Quantization(0.5, 0)
    made = Archive("a", b"", None, described, ("x", "y"), scaling, affine, affine, "nas search")
    return replace(made, **{"reads": {"input_shape": [4]}, **changes})


@pytest.mark.parametrize(
    ("mean", "std", "scaled"),
    [
        ((0.0, 0.0), (1.0, 1.0), False),
        ((0.0, 0.5), (1.0, 1.0), True),
        ((0.0, 0.0), (1.0, 2.0), True),
        ((0.0, 0.0), (2.0, 1.0), True),
    ],
)
def test_a_scaling_that_changes_nothing_is_none_but_for_a_model_of_a_study(
    mean: tuple[float, ...], std: tuple[float, ...], scaled: bool
) -> None:
    lone = archive("SOFTMAX", scaling=Scaling(mean, std))
    assert lone.is_scaled is scaled
    record = Record(1, State.COMPLETE, "d", {}, {"input_shape": [4]}, 7)
    assert replace(lone, trained=Trained(record)).is_scaled


@pytest.mark.parametrize(
    ("shape", "word"),
    [
        ((1, 4), "rows"),
        ((1, 5, 4), "windows"),
        ((1, 1, 16, 3), "windows"),
        ((1, 8, 16, 3), "images"),
        ((1, 2, 8, 16, 3), "rows"),
    ],
)
def test_what_a_model_reads_is_told_by_the_shape_of_its_input(shape: tuple[int, ...], word: str) -> None:
    one = archive("SOFTMAX", shape=shape)
    assert (one.inputs_are, one.input_shape) == (word, shape)


@pytest.mark.parametrize(
    ("kinds", "word"),
    [
        (("CONV_2D", "SOFTMAX"), "probability"),
        (("CONV_2D", "LOGISTIC"), "probability"),
        (("SOFTMAX", "FULLY_CONNECTED"), "logit"),
        (("FULLY_CONNECTED",), "logit"),
    ],
)
def test_a_model_whose_last_operator_makes_probabilities_gives_them(kinds: tuple[str, ...], word: str) -> None:
    assert archive(*kinds).output_is == word


def test_a_regression_gives_values_whatever_its_last_operator() -> None:
    assert archive("LOGISTIC", task=Regression()).output_is == "value"


def test_kinds_of_operators_are_listed_once_and_int8_if_inputs_weights_and_outputs_are_everywhere() -> None:
    described = footprint(
        ("CONV_2D", [INT8, INT8, INT32], [INT8]),
        ("ADD", [INT8, INT8], [INT8]),
        ("ADD", [INT8, FLOAT], [INT8]),
        ("CONV_2D", [INT8, INT8], [INT8]),
        ("DEQUANTIZE", [INT8], [FLOAT]),
        ("FULLY_CONNECTED", [FLOAT, INT8, INT32], [INT8]),
        ("SPLIT", [INT32, INT8], [INT8, INT8]),
        ("RELU", [INT8], [INT8]),
    )
    found = archive(footprint=described)
    assert found.op_kinds == ("CONV_2D", "ADD", "DEQUANTIZE", "FULLY_CONNECTED", "SPLIT", "RELU")
    assert found.int8_kinds == {"CONV_2D", "RELU"}
