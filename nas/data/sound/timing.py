"""Changes of when and how fast something sounds: shift, trimming and speed; rows are [n, time], float32."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from nas.arrays import Doubles, Floats, Ints, Rows

_STEPS = 100
"""Speeds are whole hundredths, so that several rows have one and are filtered together."""


def shift(x: Floats, samples: Ints) -> Floats:
    """Let each row begin so many samples [n] later, or earlier if negative; the gap is silence."""
    moved = np.zeros_like(x)
    for row, offset in enumerate(samples.tolist()):
        if offset >= 0:
            moved[row, offset:] = x[row, : x.shape[1] - offset]
        else:
            moved[row, :offset] = x[row, -offset:]
    return moved


def trim(x: Floats, start: Doubles, end: Doubles) -> Floats:
    """Replace shares of each row, [n] at its start and [n] at its end, by silence."""
    at = np.arange(x.shape[1]) / x.shape[1]
    return np.asarray(x * ((at >= start[:, None]) & (at < 1 - end[:, None])), np.float32)


def speed(x: Floats, factors: Doubles) -> Floats:
    """Play each row faster by a factor [n], rounded to hundredths; its middle stays, and the ends are cut or silent.

    The pitch goes with the speed; `nas.data.sound.pitch` changes it alone.
    """
    changed = x.copy()
    for factor, rows in factors_of(factors):
        changed[rows] = _centred(played(x[rows], factor), x.shape[1])
    return changed


def factors_of(factors: Doubles) -> Iterator[tuple[float, Rows]]:
    """Yield each factor but 1, rounded to hundredths, and the numbers of the rows that have it."""
    rounded = np.rint(factors * _STEPS) / _STEPS
    for factor in np.unique(rounded[rounded != 1]).tolist():
        yield factor, np.flatnonzero(rounded == factor)


def played(x: Floats, factor: float) -> Floats:
    """Return rows at another speed, so many times shorter."""
    from scipy.signal import resample_poly

    ratio = Fraction(factor).limit_denominator(_STEPS)
    return np.asarray(resample_poly(x, ratio.denominator, ratio.numerator, axis=1), np.float32)


def _centred(x: Floats, time: int) -> Floats:
    """Return the middle of rows at a length, with silence about it if they are shorter."""
    missing = time - x.shape[1]
    if missing <= 0:
        start = -missing // 2
        return x[:, start : start + time]
    return np.pad(x, ((0, 0), (missing // 2, missing - missing // 2)))
