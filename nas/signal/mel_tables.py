"""The constant tables of the mel front-end, computed in doubles and rounded where TensorFlow's C code rounds.

The device and the host read the same tables, so that nothing on a device depends on its mathematical library. Rounding
follows tensorflow/lite/experimental/microfrontend, whose features the front-end's are equal to.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nas.arrays import Array

GAINS = 125
"""Numbers of the curve of the gain control: two, and four for each power of two from 2 to 2^32."""


@dataclass(frozen=True, slots=True)
class Bank:
    """The filter bank: triangles that overlap by half, evenly spaced in mel, or on another scale.

    Attributes:
        first_bin: where the first band begins.
        widths: bins in each band [channels + 1].
        weights: twice the share of a bin that belongs to its band, 1 being 4096, plus 1 where both shares were rounded
            up [sum of widths].
    """

    first_bin: int
    widths: Array
    weights: Array


def _f32(x: float) -> float:
    return float(np.float32(x))


def _nearest(x: float) -> int:
    return math.floor(x + 0.5)


def taper(window: int) -> Array:
    """Return the window function, a Hann window [window], 1 being 4096."""
    arg = _f32(2 * math.pi / window)
    values = (_f32(0.5 - 0.5 * math.cos(arg * (i + 0.5))) for i in range(window))
    return np.array([_nearest(_f32(value * 4096)) for value in values], np.int16)


def _pairs(phases: Array) -> Array:
    pairs = [(_nearest(32767 * math.cos(p)), _nearest(32767 * math.sin(p))) for p in phases.tolist()]
    return np.array(pairs, np.int16).reshape(-1)


def twiddles(size: int) -> Array:
    """Return the factors of the complex transform of size / 2 pairs [3 * size / 8, as pairs in a row]."""
    return _pairs(-2 * np.pi * np.arange(size // 8 * 3) / (size // 2))


def split_twiddles(size: int) -> Array:
    """Return the factors that join the spectra of even and odd samples [size / 4, as pairs in a row]."""
    return _pairs(-np.pi * (np.arange(1, size // 4 + 1) / (size // 2) + 0.5))


def _mel(hz: float) -> float:
    return _f32(1127.0 * math.log1p(_f32(hz) / 700.0))


def _bin_hz(rate_hz: int, size: int) -> float:
    return _f32(0.5 * rate_hz / (size // 2))


def _first_bin(bin_hz: float, lower_hz: float) -> int:
    return int(1.5 + _f32(_f32(lower_hz) / bin_hz))


def _centres(bands: Iterable[int], channels: int, low: float, high: float) -> list[float]:
    """Return the centres of some of the channels + 1 bands, in mel as the limits."""
    spacing = _f32(_f32(high - low) / (channels + 1))
    return [_f32(low + _f32(spacing * (band + 1))) for band in bands]


def bins(rate_hz: int, size: int, channels: int, lower_hz: float, upper_hz: float) -> tuple[int, int]:
    """Return the first and the last bin of a filter bank; the last is below the first in one without bins."""
    bin_hz = _bin_hz(rate_hz, size)
    (top,) = _centres([channels], channels, _mel(lower_hz), _mel(upper_hz))
    last = int(700 * math.expm1(top / 1127) / bin_hz) + 1
    while _mel(_f32(last * bin_hz)) > top:
        last -= 1
    first = _first_bin(bin_hz, lower_hz)
    return first, max(last, first - 1)


def bank(
    rate_hz: int, size: int, channels: int, lower_hz: float, upper_hz: float, scale: Callable[[float], float] = _mel
) -> Bank:
    """Return the filter bank of a transform of `size` points; bands may be empty, and may end beyond the spectrum.

    They are evenly spaced by the numbers that `scale` gives for frequencies in Hz.
    """
    low = scale(lower_hz)
    centres = _centres(range(channels + 1), channels, low, scale(upper_hz))
    bin_hz = _bin_hz(rate_hz, size)
    start = bin = _first_bin(bin_hz, lower_hz)
    widths, weights = [], []
    for before, centre in zip([low, *centres], centres, strict=False):
        first = bin
        while (at := scale(_f32(bin * bin_hz))) <= centre:
            share = _f32(_f32(centre - at) / _f32(centre - before))
            weight, rest = _nearest(_f32(share * 4096)), _nearest((1 - share) * 4096)
            weights.append(2 * weight + (weight + rest - 4096))
            bin += 1
        widths.append(bin - first)
    return Bank(start, np.array(widths, np.uint16), np.array(weights, np.uint16))


def gain(mean: float, strength: float, offset: float, gain_bits: int, input_bits: int) -> float:
    """Return the gain of the gain control at a mean level, before it is cut to 16 bits."""
    base = _f32(_f32(_f32(mean) / (1 << input_bits)) + _f32(offset))
    return _f32(2.0**gain_bits * _f32(base ** _f32(-strength)))


@lru_cache(maxsize=256)
def _curve(strength: float, offset: float, gain_bits: int, input_bits: int) -> tuple[int, ...]:
    """Return the curve of the gain control: for each power of two a value, two coefficients, and a number unused."""

    def at(mean: int) -> int:
        return min(32767, int(gain(mean, strength, offset, gain_bits, input_bits) + 0.5))

    curve = [at(0), at(1)]
    for interval in range(2, 33):
        x0 = 1 << (interval - 1)
        y0, y1, y2 = at(x0), at(x0 + x0 // 2), at(2 * x0 - (interval == 32))
        a1 = 4 * (y1 - y0) - (y2 - y0)
        curve += [y0, a1, y2 - y0 - a1, 0]
    return tuple(curve[:GAINS])


def gains(strength: float, offset: float, gain_bits: int, input_bits: int) -> Array:
    """Return the curve of the gain control [GAINS]."""
    return np.array(_curve(strength, offset, gain_bits, input_bits), np.int64).astype(np.int16)


def steepest(strength: float, offset: float, gain_bits: int, input_bits: int) -> int:
    """Return the greatest absolute number of the curve; beyond 32767 it does not fit into the table."""
    return max(map(abs, _curve(strength, offset, gain_bits, input_bits)))
