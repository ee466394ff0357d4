"""Noise behind rows of sound, and the rooms that they sound in; rows are [n, time], float32."""

from collections.abc import Sequence

import numpy as np

from nas.arrays import Array, Doubles, Floats

COLORS = {"white": 0.0, "pink": 0.5, "brown": 1.0}
"""Powers of one over the frequency by which the amplitude falls."""
_DIRECT_DB = (0.0, 12.0)
"""Least and greatest ratio of what is heard directly to what the walls return, in decibels."""


def mixed(x: Floats, noise: Floats, snr_db: Doubles) -> Floats:
    """Add noise [n, time] at ratios [n] of the mean power of each row to its noise's; silence stays silent."""
    power = np.mean(np.square(x, dtype=np.float64), axis=1)
    of_noise = np.mean(np.square(noise, dtype=np.float64), axis=1)
    wanted = power / 10 ** (snr_db / 10)
    factor = np.sqrt(np.divide(wanted, of_noise, out=np.zeros_like(wanted), where=of_noise > 0))
    return np.asarray(x + factor[:, None] * noise, np.float32)


def colored(power: float, time: int, rng: np.random.Generator) -> Floats:
    """Return noise [time] whose amplitude falls with a power of the frequency, of `COLORS` or between."""
    from scipy import fft

    spectrum = fft.rfft(rng.standard_normal(time, np.float32))
    spectrum[0] = 0  # no direct current
    spectrum[1:] *= np.arange(1, len(spectrum), dtype=np.float32) ** np.float32(-power)
    noise = fft.irfft(spectrum, time)
    return np.asarray(noise / noise.std(), np.float32)


def recorded(recordings: Sequence[Array], count: int, time: int, rng: np.random.Generator) -> Floats:
    """Return pieces [count, time] of recordings [time], each from a random place; a short one is repeated."""
    pieces = np.empty((count, time), np.float32)
    for row in range(count):
        whole = recordings[int(rng.integers(len(recordings)))]
        long = whole if len(whole) >= time else np.resize(whole, time)
        start = int(rng.integers(len(long) - time + 1))
        pieces[row] = long[start : start + time]
    return pieces


def reverberated(x: Floats, times: Doubles, rng: np.random.Generator) -> Floats:
    """Let each row sound in a room, at its power: convolved with noise that falls by 60 dB in its `times` [n], samples.

    What is heard directly is louder by 0 to 12 dB than what the walls return.
    """
    from scipy import fft

    length = min(x.shape[1], int(times.max()) + 1)
    decay = (-3 * np.log(10) / times).astype(np.float32)
    echo = rng.standard_normal((len(x), length), np.float32)
    echo *= np.exp(decay[:, None] * np.arange(length, dtype=np.float32))
    echo[:, 0] = 0
    returned = 10 ** (-rng.uniform(*_DIRECT_DB, len(x)) / 20)
    echo *= (returned / np.sqrt(np.square(echo).sum(axis=1)))[:, None].astype(np.float32)
    echo[:, 0] = 1
    size = fft.next_fast_len(x.shape[1] + length - 1, real=True)
    heard = fft.irfft(fft.rfft(x, size, axis=1) * fft.rfft(echo, size, axis=1), size, axis=1)[:, : x.shape[1]]
    before, after = (np.sqrt(np.mean(np.square(each, dtype=np.float64), axis=1)) for each in (x, heard))
    factor = np.divide(before, after, out=np.zeros_like(before), where=after > 0)
    return np.asarray(heard * factor[:, None].astype(np.float32), np.float32)
