"""Mel-frequency cepstral coefficients (MFCC): the cosine transform of log-mel features, by the code of a device.

The transform is the DCT-II of orthonormal scale, and the lifter that of HTK and Kaldi, 1 + L / 2 * sin(pi * k / L): it
gives all coefficients about the same spread, so that one scale of int8 serves them all. From each feature the middle of
their fixed range is subtracted before, so that coefficient 0 lies around 0 as the others do; they do not change by it.
"""

import numpy as np

from nas._native import FrontEndStream, cepstrum
from nas.arrays import Array
from nas.signal.mel_int8 import FIXED_SPAN, Int8
from nas.signal.mel_settings import MelSettings

MIDDLE = FIXED_SPAN // 2
"""What is subtracted from each feature."""

COSINE_BITS, SCALE_BITS = 14, 16
"""Bits behind the point of the tables."""


def lifter(coefficients: int, length: int) -> Array:
    """Return the factor of each coefficient [coefficients]; 1 for length 0."""
    if not length:
        return np.ones(coefficients)
    return 1 + length / 2 * np.sin(np.pi * np.arange(coefficients) / length)


def tables(front_end: MelSettings) -> dict[str, Array]:
    """Return the constant tables, by the names of the device's C structure."""
    channels, coefficients = front_end.filterbank_n_channels, front_end.mfcc_coefficients
    cosines = np.cos(np.pi * np.arange(2 * channels + 1) / (2 * channels))
    orthonormal = np.sqrt(np.where(np.arange(coefficients), 2, 1) / channels)
    scales = orthonormal * lifter(coefficients, front_end.mfcc_lifter)
    return {
        "cosines": np.rint(cosines * 2**COSINE_BITS).astype(np.int16),
        "scales": np.rint(scales * 2**SCALE_BITS).astype(np.uint32),
    }


def coefficients_of(front_end: MelSettings, features: Array) -> Array:
    """Return the coefficients, int16 [..., coefficients], of log-mel features, uint16 [..., channels]."""
    made = tables(front_end)
    flat = np.ascontiguousarray(features.reshape(-1, features.shape[-1]))
    found = cepstrum(flat, made["cosines"], made["scales"], MIDDLE)
    return found.reshape(*features.shape[:-1], front_end.mfcc_coefficients)


def as_int8(coefficients: Array, channels: int) -> Int8:
    """Return coefficients of so many channels, of any shape, as int8: the range of coefficient 0, twice, around 0."""
    span = 2 * FIXED_SPAN * np.sqrt(channels)
    values: Array = np.rint(coefficients * (256 / span))
    return values.clip(-128, 127).astype(np.int8)


class CepstrumStream:
    """A front-end that takes samples in pieces, as a device does, and gives cepstral coefficients."""

    def __init__(self, front_end: MelSettings, features: FrontEndStream) -> None:
        self._front_end, self._features = front_end, features

    def push(self, samples: Array) -> Array:
        """Return the coefficients, int16 [frames that are complete, coefficients], of samples [n]."""
        return coefficients_of(self._front_end, self._features.push(samples))

    def reset(self) -> None:
        """Forget everything that was heard."""
        self._features.reset()

    @property
    def active(self) -> bool:
        """Whether activity was detected."""
        return self._features.active
