"""Which numbers a file computes with, judged by its layers with weights."""

import pytest
from single_operators import T
from whole_models import Node, Part, write

from nas.target.numbers import Numbers, hybrid_operators, numbers_of
from nas.target.profiler import profile


def dense(data: str, weights: str) -> bytes:
    tensors = {"x": T((1, 8), data), "w": T((4, 8), weights).zeros(), "y": T((1, 4), data)}
    return write(Part(tensors, [Node("FULLY_CONNECTED", ("x", "w"), ("y",), "FullyConnectedOptions")], ("x",), ("y",)))


@pytest.mark.parametrize(
    ("data", "weights", "expected"),
    [
        ("float32", "float32", Numbers.FLOAT32),
        ("float32", "int8", Numbers.HYBRID),
        ("int8", "int8", Numbers.INT8),
        ("int16", "int8", Numbers.INT16X8),
    ],
)
def test_the_types_of_data_and_weights_tell_the_scheme(data: str, weights: str, expected: Numbers) -> None:
    footprint = profile(dense(data, weights), "host")
    assert numbers_of(footprint) is expected
    assert [op.op for op in hybrid_operators(footprint)] == ["FULLY_CONNECTED"] * (expected is Numbers.HYBRID)
    assert expected.words


def test_a_model_without_weights_is_judged_by_its_ends() -> None:
    tensors = {"x": T((1, 8)), "y": T((1, 8))}
    model = write(Part(tensors, [Node("RELU", ("x",), ("y",))], ("x",), ("y",)))
    assert numbers_of(profile(model, "host")) is Numbers.INT8
