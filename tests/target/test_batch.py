"""A program of plain C on many rows at once: the answers of TFLM, to the bit."""

import itertools
from dataclasses import replace

import graph_files
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_c_batch import tflm_answers
from plain_c_cases import CASES
from single_operators import Case, T, model_bytes

from nas import _native
from nas.space.dims import RandomChooser
from nas.space.file import space_names
from nas.target.plain_c.arithmetic import multiply
from nas.target.plain_c.batch import batch_of
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


# What has no form for many rows at once.
ONE_BY_ONE = {"mean that scales up", "greatest", "split", "transposed convolution"}


def on_one_input(case: Case) -> Case:
    """Return a case whose second input, if it is not constant yet, has random numbers."""
    first, *others = case.inputs
    if len(others) != 1 or others[0] is None or others[0].data is not None or first is None or first.data is not None:
        return case
    data = np.random.default_rng(1).integers(-128, 128, others[0].shape)
    return replace(case, inputs=[first, replace(others[0], data=data)])


@pytest.mark.parametrize("name", CASES)
def test_every_operator_answers_as_tflm_does(name: str) -> None:
    pytest.importorskip("tflite_micro.python.tflite_micro.runtime")
    tflite = model_bytes(on_one_input(CASES[name]))
    if name in ONE_BY_ONE:
        assert batch_of(tflite) is None
    else:
        assert_as_tflm(tflite, np.random.default_rng(0), 6)


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


def test_every_compilation_answers_the_same() -> None:
    rng = np.random.default_rng(3)
    drawn = graph_files.members(space_names(), rng, RandomChooser(3), lambda kind, _: SHAPES[kind], (6, 4000))
    for graph in itertools.islice(drawn, 6):
        tflite = graph_files.file_of(graph, rng, odd=True)
        rows, batches = rows_of(tflite, 30, rng), [batch_of(tflite, level) for level in range(_native.BATCH_LEVELS)]
        slowest, *others = (batch.run(rows) for batch in batches if batch is not None)
        for answers in others:
            np.testing.assert_array_equal(answers, slowest)


def test_a_sum_of_more_products_than_float32_adds_up_exactly_is_exact() -> None:
    count, multiplier = 5001, 2**30
    batch = _native.Batch(count, _native.BATCH_LEVELS - 1)
    # The sums are about 2^26; only their last bits differ.
    constants = [np.array([number]) for number in (-127 * 127 * count, multiplier, -4)]
    batch.convolve(0, (1, 1, count, 1, 1, *(1,) * 6, 0, 0), np.full(count, 127), *constants, (0, -128, 127), 0, False)
    rows = np.full((40, count), 127)
    rows[:, 7] = np.arange(40) + 80
    assert batch.run(rows).ravel().tolist() == [
        min(max(multiply(127 * (int(row[7]) - 127), multiplier, 3), -128), 127) for row in rows
    ]


@given(st.integers(-(2**24), 2**24), st.integers(2**30, 2**31 - 1), st.integers(-3, 20), st.integers(-100, 100))
def test_a_sum_is_rounded_twice_as_one_by_one(bias: int, multiplier: int, shift: int, value: int) -> None:
    batch = _native.Batch(1, _native.BATCH_LEVELS - 1)
    window, bounds = (1,) * 11 + (0, 0), (3, -128, 127)
    constants = [np.array([number]) for number in (bias, multiplier, shift)]
    batch.convolve(0, window, np.ones(1), *constants, bounds, 0, False)
    rounded = multiply(bias + value, multiplier, -1 - shift) + 3
    assert batch.run(np.array([[value]])).item() == min(max(rounded, -128), 127)


def test_a_step_that_would_read_beyond_a_tensor_is_refused() -> None:
    batch = _native.Batch(8, 0)
    beyond = (1, 9, 1, 1, 9, 1, 1, 1, 1, 1, 1, 0, 0)
    with pytest.raises(ValueError, match="all values that are read"):
        batch.max_pool(0, beyond)
    with pytest.raises(ValueError, match="places of the inputs"):
        batch.gather([0], np.array([8]))
    with pytest.raises(ValueError, match="made before"):
        batch.clamp(1, 0, 1)
    with pytest.raises(ValueError, match="rows of all inputs"):
        batch.run(np.zeros((2, 7)))
    with pytest.raises(ValueError, match="all values that are read"):
        batch.add(0, 0, [(9, 1, 0)], [0] * 12)
