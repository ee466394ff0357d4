"""A program of plain C on many rows at once: the answers of TFLM, to the bit."""

import itertools

import graph_files
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_c_batch import tflm_answers
from single_operators import Case, T, model_bytes

from nas.space.dims import RandomChooser
from nas.space.file import space_names
from nas.target.plain_c.arithmetic import divide_by_power, exp_on_negative, multiply
from nas.target.plain_c.batch import batch_of
from nas.target.plain_c.batch_arithmetic import Requantizer, exponentials_of, halved, requantized
from nas.target.plain_c.model import read_network

SHAPES = {"window": (40, 3), "image": (12, 12, 2), "table": (11,)}


def rows_of(tflite: bytes, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return inputs of the whole range, small ones, and extreme ones."""
    (tensor,) = read_network(tflite, "model").inputs
    whole = rng.integers(-128, 128, (count, tensor.size))
    return np.concatenate([whole, whole // 16, np.where(whole < 0, -128, 127)]).astype(np.int8)


def assert_as_tflm(tflite: bytes, rng: np.random.Generator, count: int = 20) -> None:
    rows, batch = rows_of(tflite, count, rng), batch_of(tflite)
    assert batch is not None
    np.testing.assert_array_equal(batch.run(rows), tflm_answers(tflite, read_network(tflite, "model"), rows))


@pytest.mark.parametrize("odd", [False, True])
def test_random_members_of_all_spaces_answer_as_tflm_does(odd: bool) -> None:
    pytest.importorskip("tflite_micro.python.tflite_micro.runtime")
    rng = np.random.default_rng(7)
    drawn = graph_files.members(space_names(), rng, RandomChooser(7), lambda kind, _: SHAPES[kind], (7, 4000))
    for graph in itertools.islice(drawn, 12):
        assert_as_tflm(graph_files.file_of(graph, rng, odd), rng)


def test_rows_beyond_one_batch_and_no_rows_at_all_are_answered_too() -> None:
    rng = np.random.default_rng(1)
    drawn = graph_files.members(["mlp_tabular"], rng, RandomChooser(1), lambda kind, _: SHAPES[kind], (3, 4000))
    tflite = graph_files.file_of(next(drawn), rng)
    batch = batch_of(tflite)
    assert batch is not None
    rows = rows_of(tflite, 1000, rng)
    alone = np.concatenate([batch.run(rows[i : i + 1]) for i in range(0, 3000, 500)])
    np.testing.assert_array_equal(batch.run(rows)[::500], alone)
    assert batch.run(rows[:0]).shape == (0, alone.shape[1])


def test_a_model_with_another_operator_or_two_inputs_is_left_to_litert() -> None:
    assert batch_of(model_bytes(Case("ADD", [T((1, 4)), T((1, 4))], [T((1, 4))], "AddOptions"))) is None
    assert batch_of(model_bytes(Case("ABS", [T((1, 4))], [T((1, 4))]))) is None
    assert batch_of(b"no model") is None


@given(
    st.lists(st.integers(-(2**20), 2**20), min_size=1, max_size=50),
    st.integers(2**30, 2**31 - 1),
    st.integers(-3, 20),
    st.integers(-(2**16), 2**16),
)
def test_sums_are_rounded_as_one_by_one(sums: list[int], multiplier: int, shift: int, bias: int) -> None:
    once = Requantizer.of(np.array([bias]), np.array([multiplier]), np.array([shift]), (3, -128, 127))
    outputs = once(np.array([sums], np.float32))[0]
    single = [multiply(value + bias, multiplier, -1 - shift) for value in sums]
    assert outputs.tolist() == [min(max(value + 3, -128), 127) for value in single]
    wide = np.array(sums, np.int64) + bias
    assert requantized(wide, multiplier, shift).tolist() == single
    assert halved(wide, 5).tolist() == [divide_by_power(int(value), 5) for value in wide]


def test_exponentials_beyond_the_least_difference_are_nothing() -> None:
    found = exponentials_of(2**30, 22, -40)
    assert found[0] == exp_on_negative(0, 5)
    assert (np.diff(found) <= 0).all()
    assert found[40] > 0
    assert (found[41:] == 0).all()
