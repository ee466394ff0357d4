"""Fixed-point arithmetic of TFLM's reference kernels, exactly: multipliers, bounds of activations, tables.

Sources: tensorflow/lite/kernels/internal/quantization_util.cc, kernels/kernel_util.cc and gemmlowp's fixedpoint.h,
built with double rounding (TFLITE_SINGLE_ROUNDING undefined), as the package `tflite-micro` and CMSIS-NN are.
"""

import math
from collections.abc import Callable

import numpy as np

_INT32_MAX = 2**31 - 1
LOW, HIGH = -128, 127


def float32(value: float) -> float:
    """Return the nearest float32, as a product of two float32 in C has it."""
    return float(np.float32(value))


def quantize_multiplier(real: float) -> tuple[int, int]:
    """Return `multiplier` and `shift` with real = multiplier / 2^31 * 2^shift."""
    if real == 0:
        return 0, 0
    fraction, shift = math.frexp(real)
    multiplier = _round(fraction * 2**31)
    if multiplier == 2**31:
        multiplier, shift = multiplier // 2, shift + 1
    return (0, 0) if shift < -31 else (multiplier, shift)


def _round(value: float) -> int:
    """Round half away from zero, as C's round."""
    return math.floor(abs(value) + 0.5) * (1 if value >= 0 else -1)


def stored_shift(shift: int) -> int:
    """Return the shift as our kernels take it: one less to the right, since they round in the last step."""
    if not -31 <= shift <= 30:
        raise ValueError("a factor is too large")
    return -shift - 1


def activation_range(activation: str, scale: float, zero_point: int) -> tuple[int, int]:
    """Return the bounds of an int8 output by its fused activation; KeyError if TFLM has no such activation."""
    low, high = {"NONE": (None, None), "RELU": (0, None), "RELU6": (0, 6), "RELU_N1_TO_1": (-1, 1)}[activation]
    least = LOW if low is None else max(LOW, zero_point + quantized(low, scale))
    most = HIGH if high is None else min(HIGH, zero_point + quantized(high, scale))
    return least, most


def quantized(value: float, scale: float) -> int:
    """Return value / scale, rounded as float32."""
    return _round(float(np.float32(value) / np.float32(scale)))


def multiply_high(a: int, b: int) -> int:
    """Return a * b / 2^31, rounded half up."""
    return (a * b + 2**30) >> 31


def multiply(value: int, multiplier: int, shift: int) -> int:
    """Return value * multiplier / 2^31 * 2^shift, rounded twice (MultiplyByQuantizedMultiplier)."""
    product = multiply_high(value << max(shift, 0), multiplier)
    return divide_by_power(product, max(-shift, 0))


def divide_by_power(value: int, power: int) -> int:
    """Return value / 2^power, rounded half away from zero."""
    return value if power == 0 else (value + (1 << (power - 1)) - (value < 0)) >> power


def clamped(value: int, low: int = LOW, high: int = HIGH) -> int:
    """Return the nearest number between two bounds."""
    return min(max(value, low), high)


def table(function: Callable[[int], int]) -> list[int]:
    """Return the output of an operator for each input from -128 to 127."""
    return [clamped(function(value)) for value in range(LOW, HIGH + 1)]


def input_radius(integer_bits: int, left_shift: int) -> int:
    """Return the greatest input that fixed-point numbers of 31 bits hold (CalculateInputRadius)."""
    return math.floor(((1 << integer_bits) - 1) * 2.0 ** (31 - integer_bits) / 2.0**left_shift)


def softmax_scaling(beta: float, scale: float) -> tuple[int, int, int]:
    """Return the multiplier and the left shift of differences between classes, and the least one that counts."""
    real = min(float32(beta) * scale * (1 << 26), 2.0**31 - 1)
    if real <= 1:
        raise ValueError("the input's scale is too small")
    multiplier, shift = quantize_multiplier(real)
    return multiplier, shift, -input_radius(5, shift)


_EXP_FACTORS = (1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242)
_INTEGER_BITS = 4


def exp_on_negative(value: int, integer_bits: int) -> int:
    """Return exp of a fixed-point number, at most 0, with 31 fractional bits."""
    fractional = 31 - integer_bits
    quarter = 1 << (fractional - 2)
    if value == 0:
        return _INT32_MAX
    rest = (value & (quarter - 1)) - quarter
    x = (rest << integer_bits) + (1 << 28)
    x2 = multiply_high(x, x)
    x3, x4 = multiply_high(x2, x), multiply_high(x2, x2)
    series = divide_by_power(multiply_high(divide_by_power(x4, 2) + x3, 715827883) + x2, 1)
    result = 1895147668 + multiply_high(1895147668, x + series)
    for bit, factor in enumerate(_EXP_FACTORS[: integer_bits + 2]):
        if (rest - value) & (quarter << bit):
            result = multiply_high(result, factor)
    return result


def _saturating_power(value: int, power: int) -> int:
    return clamped(value << power, -(2**31), _INT32_MAX)


def _newton(value: int) -> int:
    """Return 2 / (1 + value) for a number from 0 to 1 with 31 fractional bits; the result has 29."""
    half = (value + 2**31) >> 1
    guess = 1515870810 + multiply_high(half, -1010580540)
    for _ in range(3):
        guess += _saturating_power(multiply_high(guess, (1 << 29) - multiply_high(half, guess)), 2)
    return guess


def _logistic(value: int) -> int:
    if value == 0:
        return 1 << 30
    positive = _saturating_power(_newton(exp_on_negative(-abs(value), _INTEGER_BITS)), 1)
    return positive if value > 0 else _INT32_MAX - positive


def _tanh(value: int) -> int:
    if value == 0:
        return 0
    # The doubled number has one integer bit more.
    size = _saturating_power(_newton(exp_on_negative(-abs(value), _INTEGER_BITS + 1)) - (1 << 29), 2)
    return size if value > 0 else -size


def _bounded(function: Callable[[int], int], scale: float, zero_point: int) -> list[int]:
    """Return the table of a function of fixed-point numbers with 4 integer bits, that saturates beyond them."""
    fraction, shift = math.frexp(scale * (1 << (31 - _INTEGER_BITS)))
    multiplier, radius = _round(fraction * 2**31), input_radius(_INTEGER_BITS, shift)

    def output(value: int) -> int:
        offset = value - zero_point
        if abs(offset) >= radius:
            return LOW if offset <= -radius else HIGH
        return function(multiply(offset, multiplier, shift))

    return table(output)


def logistic_table(scale: float, zero_point: int) -> list[int]:
    """Return the table of LOGISTIC; its output has a scale of 1/256 and the zero point -128."""
    return _bounded(lambda value: divide_by_power(_logistic(value), 23) - 128, scale, zero_point)


def tanh_table(scale: float, zero_point: int) -> list[int]:
    """Return the table of TANH; its output has a scale of 1/128 and the zero point 0."""
    return _bounded(lambda value: divide_by_power(_tanh(value), 24), scale, zero_point)
