"""Fixed-point arithmetic of TFLM's reference kernels on whole arrays, to the bit; `arithmetic` has single numbers."""

from dataclasses import dataclass

import numpy as np

from nas.arrays import Array
from nas.target.plain_c.arithmetic import exp_on_negative


def multiply_high(a: Array, b: Array | int) -> Array:
    """Return a * b / 2^31, rounded half up, of int64."""
    return np.asarray(np.right_shift(a * b + 2**30, 31))


def halved(values: Array, power: Array | int) -> Array:
    """Return values / 2^power, rounded half away from zero, for powers of at least 1."""
    return np.asarray((((values + (values >> 63)) >> (power - 1)) + 1) >> 1)


def requantized(sums: Array, multiplier: Array | int, shift: Array | int) -> Array:
    """Return int64 sums times multiplier / 2^(32 + shift), rounded twice, as `requantize_up.h` does."""
    up = np.maximum(-1 - np.asarray(shift), 0)
    product = multiply_high(sums << up, multiplier)
    return np.where(np.asarray(shift) < 0, product, halved(product, np.maximum(np.asarray(shift), 0) + 1))


@dataclass(frozen=True)
class Requantizer:
    """Turns sums of a layer into its outputs.

    Nearly all outputs are their sum times a factor, rounded in float32. The others, which lie so near to a half that
    rounding twice or the error of float32 may matter, are computed by whole numbers.

    Attributes:
        bias, multiplier, shift: of each channel, [channels, 1], int64.
        factor: as float32; `start` is what bias and zero point come to, and `sure` how far from a whole number a sum
            may come to for its rounding to be sure.
        bounds: zero point, least and greatest output.
    """

    bias: Array
    multiplier: Array
    shift: Array
    factor: Array
    start: Array
    sure: Array
    bounds: tuple[int, int, int]

    @classmethod
    def of(cls, bias: Array, multiplier: Array, shift: Array, bounds: tuple[int, int, int]) -> "Requantizer":
        """Return what the constants of a layer come to."""
        whole = [np.asarray(values).astype(np.int64).reshape(-1, 1) for values in (bias, multiplier, shift)]
        factor = whole[1] * 2.0 ** (-32 - whole[2])
        start = whole[0] * factor + bounds[0]
        # Sums that matter come to less than 512; float32 has 24 bits.
        sure = 0.5 - 0.5 * 2.0 ** (-1 - whole[2]) - (np.abs(start) + 512) * 2.0**-21
        in_float = [each.astype(np.float32) for each in (factor, start, sure)]
        return cls(whole[0], whole[1], whole[2], in_float[0], in_float[1], in_float[2], bounds)

    def __call__(self, sums: Array) -> Array:
        """Return the outputs for sums [channels, anything], both float32."""
        zero, low, high = self.bounds
        rest = sums * self.factor
        rest += self.start
        found = np.rint(rest)
        rest -= found
        np.abs(rest, out=rest)
        unsure = np.flatnonzero(rest > self.sure)
        if len(unsure):
            channels = unsure // sums.shape[1]
            exact = sums.ravel()[unsure].astype(np.int64) + self.bias[channels, 0]
            found.ravel()[unsure] = requantized(exact, self.multiplier[channels, 0], self.shift[channels, 0]) + zero
        return np.asarray(np.clip(found, low, high, out=found))


def exponentials_of(multiplier: int, shift: int, least: int) -> Array:
    """Return the exponential of each difference from 0 to -255 of a softmax; 0 below the least that counts."""
    inputs = [(-each << shift) * multiplier + 2**30 >> 31 for each in range(min(-least, 255) + 1)]
    found = np.zeros(256, np.int64)
    found[: len(inputs)] = [exp_on_negative(each, 5) for each in inputs]
    return found


def probabilities(values: Array, table: Array) -> Array:
    """Return the softmax over the first axis, as `native/device/kernels/softmax.h` computes it; both float32."""
    exponentials = table[(values.max(axis=0) - values).astype(np.intp)]
    total = halved(exponentials, 12).sum(axis=0)
    length = np.frexp(total.astype(float))[1]  # of the number in bits
    scale = _reciprocal((total << (32 - length)) - 2**31)
    found = halved(multiply_high(scale, exponentials), 3 + length) - 128
    return np.asarray(np.minimum(found, 127), np.float32)


def _reciprocal(x: Array) -> Array:
    """Return 1 / (1 + x) for 0 <= x < 1 with 31 fractional bits, by Newton's iteration."""
    half = (x >> 1) + 2**30
    guess = 1515870810 + multiply_high(half, -1010580540)
    for _ in range(3):
        guess += _saturated(multiply_high(guess, 2**29 - multiply_high(half, guess)) << 2)
    return _saturated(guess << 1)


def _saturated(values: Array) -> Array:
    return np.asarray(np.clip(values, -(2**31), 2**31 - 1))
