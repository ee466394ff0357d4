"""Fixed-point arithmetic of plain C against fractions, mathematical functions, and TFLM's answers to all 256 inputs."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_c_batch import tflm_answers
from single_operators import Case, T, model_bytes

from nas.target.plain_c import arithmetic as a
from nas.target.plain_c.elementwise import TABLES
from nas.target.plain_c.model import read_network

EVERY = np.arange(-128, 128)


def half_up(x: Fraction) -> int:
    return math.floor(x + Fraction(1, 2))


def half_away(x: Fraction) -> int:
    return half_up(abs(x)) * (1 if x >= 0 else -1)


@given(st.floats(2.0**-31, 2.0**31))
def test_a_factor_is_a_multiplier_of_31_bits_and_a_power_of_two(real: float) -> None:
    multiplier, shift = a.quantize_multiplier(real)
    assert 2**30 <= multiplier < 2**31
    assert abs(Fraction(multiplier) * Fraction(2) ** (shift - 31) / Fraction(real) - 1) <= Fraction(1, 2**31)


def test_factors_at_the_ends_of_what_a_multiplier_holds() -> None:
    assert a.quantize_multiplier(0.0) == (0, 0)
    assert a.quantize_multiplier(1 - 2.0**-40) == (2**30, 1)
    assert a.quantize_multiplier(2.0**-32) == (2**30, -31)
    assert a.quantize_multiplier(2.0**-33) == (0, 0)


def test_a_shift_is_stored_as_one_less_to_the_right_if_the_kernels_have_it() -> None:
    assert [a.stored_shift(shift) for shift in (-31, -1, 0, 30)] == [30, 0, -1, -31]
    for shift in (-32, 31):
        with pytest.raises(ValueError, match="a factor is too large"):
            a.stored_shift(shift)


@pytest.mark.parametrize(
    ("activation", "scale", "zero", "expected"),
    [
        ("NONE", 0.5, 3, (-128, 127)),
        ("RELU", 0.5, -10, (-10, 127)),
        ("RELU6", 0.5, -10, (-10, 2)),
        ("RELU6", 0.01, -10, (-10, 127)),
        ("RELU_N1_TO_1", 0.25, 5, (1, 9)),
        ("RELU_N1_TO_1", 0.001, 0, (-128, 127)),
        ("RELU6", 0.4, 0, (0, 15)),
    ],
)
def test_an_activation_bounds_the_output_at_its_numbers(
    activation: str, scale: float, zero: int, expected: tuple[int, int]
) -> None:
    assert a.activation_range(activation, scale, zero) == expected


def test_an_activation_that_tflm_does_not_have_is_unknown() -> None:
    with pytest.raises(KeyError):
        a.activation_range("TANH", 0.5, 0)


@given(st.integers(-(2**23), 2**23), st.integers(2**30, 2**31 - 1), st.integers(-20, 7))
def test_a_product_is_rounded_half_up_and_then_half_away_from_zero(value: int, multiplier: int, shift: int) -> None:
    product = half_up(Fraction(value * 2 ** max(shift, 0) * multiplier, 2**31))
    assert a.multiply(value, multiplier, shift) == half_away(Fraction(product, 2 ** max(-shift, 0)))


@given(st.integers(-(2**20), 2**20), st.integers(0, 12))
def test_a_quotient_by_a_power_is_rounded_half_away_from_zero(value: int, power: int) -> None:
    assert a.divide_by_power(value, power) == half_away(Fraction(value, 2**power))


@given(st.floats(-300, 300))
def test_a_number_in_steps_is_rounded_half_away_from_zero(value: float) -> None:
    assert a.quantized(value, 0.5) == half_away(Fraction(float(np.float32(value))) * 2)


def test_halves_are_rounded_away_from_zero() -> None:
    assert [a.quantized(value, 1.0) for value in (0.5, 1.5, -0.5, -1.5, 0.25)] == [1, 2, -1, -2, 0]
    assert [a.divide_by_power(value, 1) for value in (1, 3, -1, -3)] == [1, 2, -1, -2]
    assert [a.clamped(value, -3, 4) for value in (-4, -3, 0, 4, 5)] == [-3, -3, 0, 4, 4]


@pytest.mark.parametrize("bits", [4, 5])
def test_exp_of_negative_fixed_point_numbers_is_exp(bits: int) -> None:
    assert a.exp_on_negative(0, bits) == 2**31 - 1
    values = [-1, -(2**31), *(-np.random.default_rng(bits).integers(1, 2**31, 200)).tolist()]
    for value in values:
        exact = math.exp(value / 2 ** (31 - bits))
        assert a.exp_on_negative(value, bits) / 2**31 == pytest.approx(exact, abs=3e-7)


def test_the_greatest_difference_of_softmax_is_that_of_numbers_with_five_integer_bits() -> None:
    for scale in (2.0**-20, 0.001, 0.11, 1.5):
        multiplier, shift, least = a.softmax_scaling(1.0, scale)
        assert multiplier * 2.0 ** (shift - 31) == pytest.approx(scale * 2**26, rel=1e-9)
        assert least == -math.floor(31 * 2**26 / 2**shift)
    assert a.softmax_scaling(2.0, 0.25) == a.softmax_scaling(1.0, 0.5)
    assert a.softmax_scaling(1.0, 64.0)[:2] == (2**31 - 1, 31)  # not beyond 31 bits
    with pytest.raises(ValueError, match="scale is too small"):
        a.softmax_scaling(1.0, 2.0**-26)
    assert a.softmax_scaling(1.0, 2.0**-25)[:2] == (2**30, 2)


def curve(kind: str, scale: float, zero_point: int) -> Case:
    out = {"LOGISTIC": (1 / 256, -128), "TANH": (1 / 128, 0)}.get(kind, (scale * 0.7, 5))
    return Case(kind, [T((1, 256), scale=scale, zero_point=zero_point)], [T((1, 256), scale=out[0], zero_point=out[1])])


@pytest.mark.parametrize("kind", ["LOGISTIC", "TANH", "HARD_SWISH", "RELU", "RELU6"])
def test_a_table_holds_what_tflm_answers_to_every_input_at_any_scale(kind: str) -> None:
    pytest.importorskip("tflite_micro.python.tflite_micro.runtime")
    rng = np.random.default_rng(0)
    # Up to scales at which a curve is a step, and down to those at which it is a line.
    for scale in (1e-5, 1e-3, 0.004, 0.02, 0.031, 0.0625, 0.11, 0.3, 0.9, 4.0, 30.0):
        if kind == "HARD_SWISH" and not 0.001 <= scale <= 1:
            continue
        case = curve(kind, scale, int(rng.integers(-128, 128)))
        network = read_network(model_bytes(case), "here")
        expected = tflm_answers(model_bytes(case), network, EVERY[None].astype(np.int8))[0]
        assert TABLES[kind](network.operators[0]) == expected.tolist(), scale


def test_the_parts_of_curves_have_the_values_of_the_functions() -> None:
    for x in (-9.0, -3.3, -1.0, -0.01, 0.0, 0.01, 0.5, 2.2, 7.9):
        fixed = round(x / 16 * 2**31)
        assert a._logistic(fixed) / 2**31 == pytest.approx(1 / (1 + math.exp(-x)), abs=2e-7)
        assert a._tanh(fixed) / 2**31 == pytest.approx(math.tanh(x), abs=2e-7)
