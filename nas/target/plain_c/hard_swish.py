"""HARD_SWISH by TFLM's fixed-point arithmetic of 16 bits, exactly: x * min(max(x + 3, 0), 6) / 6.

Source: tensorflow/lite/kernels/internal/reference/hard_swish.h, which LiteRT and TFLM share; CMSIS-NN has no kernel.
"""

from nas.target.plain_c.arithmetic import clamped, divide_by_power, float32, quantize_multiplier, table

_HIGHEST = 2**15 - 1
# What 16 bits can be shifted by: beyond, TFLM's result depends on the compiler.
_MOST_SHIFT = 15


def hard_swish_table(scale: float, zero_point: int, out_scale: float, out_zero_point: int) -> list[int]:
    """Return the output for each input from -128 to 127.

    Raises:
        ValueError: TFLM refuses the scales, or 16 bits cannot hold the shift between them.
    """
    fine = float32(scale / 128)
    output, down = _factor(fine, out_scale)
    gate, up = _factor(fine, float32(3 / 2**15))
    if not -_MOST_SHIFT <= down <= 0 or not -_MOST_SHIFT <= up <= _MOST_SHIFT:
        raise ValueError("its scales lie too far apart")

    def value(quantized: int) -> int:
        x = (quantized - zero_point) << 7
        product = _toward_zero(_gate(x, gate, up) * _rounded_product(x, output))
        return out_zero_point + divide_by_power(product, -down)

    return table(value)


def _gate(x: int, factor: int, shift: int) -> int:
    """Return min(max(x + 3, 0), 6) / 6 as a number from 0 to 1 with 15 fractional bits."""
    # The last bit is shifted after the product, so that whatever saturates before it saturates there again.
    x = _saturated(x << max(shift - 1, 0))
    x = _saturated(_rounded_product(x, factor) << min(max(shift, 0), 1))
    return (divide_by_power(x, max(-shift, 0)) + 2**15) >> 1


def _factor(numerator: float, denominator: float) -> tuple[int, int]:
    """Return a factor with 15 fractional bits, and the power of two that belongs to it."""
    multiplier, shift = quantize_multiplier(float32(numerator / denominator))
    return min((multiplier + 2**15) >> 16, _HIGHEST), shift


def _rounded_product(a: int, b: int) -> int:
    """Return a * b / 2^15, rounded half away from zero, and half of a negative number toward it."""
    product = a * b
    return _toward_zero(product + (2**14 if product >= 0 else 1 - 2**14))


def _toward_zero(product: int) -> int:
    return product // 2**15 if product >= 0 else -(-product // 2**15)


def _saturated(value: int) -> int:
    return clamped(value, -(2**15), _HIGHEST)
