"""Spectra of windows: the energies of channels in bands of frequency, in integers, by the code that a device runs."""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from nas._native import spectrum as native_spectrum
from nas.arrays import Array, Floats
from nas.errors import InputError
from nas.signal import mel_tables
from nas.signal.device_cost import DeviceCost
from nas.signal.front_end import FRONT_ENDS
from nas.signal.spectrum_cost import spectrum_cost
from nas.signal.transform_cost import size_of, transform_macs
from nas.signal.window_front_end import Frames, WindowFrontEnd, check_bits

LEAST_OF_FRAME, MOST_OF_FRAME = 8, 32768
LOG_BITS = 8
"""Bits behind the point of logarithms."""

# Bits behind the point of levels: the root of the 4096 that is a weight of 1.
_LEVEL_BITS = 6
_SCALES = ("linear", "mel")
# The rate at which the bands of the scale mel are those of sound.
_MEL_RATE_HZ = 16000


@FRONT_ENDS.register("spectrum")
@dataclass(frozen=True, slots=True)
class Spectrum(WindowFrontEnd):
    """Spectra of each channel of a window: the root of the energy in bands of frequency, frame by frame.

    A frame without its mean is multiplied by a Hann window and transformed by the 16-bit transform of the front-end for
    sound. Bands are triangles that overlap by half, from 0 to half the sample rate, whatever that is.

    Attributes:
        frame_size: steps of a frame; 0 for one frame of the whole window.
        frame_step: steps from the start of a frame to that of the next; 0 for half a frame.
        bands: numbers of a frame and channel; with as many as half the points of the transform less 1, each is the
            magnitude of one frequency.
        scale: `linear`, or `mel`: narrow low and wide high bands, spaced as those of sound at 16 kHz.
        log: take the logarithm.
    """

    TOGETHER: ClassVar[tuple[frozenset[str], ...]] = (
        frozenset({"frame_size", "frame_step"}),
        frozenset({"frame_size", "bands"}),
    )

    frame_size: int = 0
    frame_step: int = 0
    bands: int = 16
    scale: str = "linear"
    log: bool = True

    def __post_init__(self) -> None:
        check_bits(self.fraction_bits)
        if self.scale not in _SCALES:
            raise InputError("front_end: scale", f"must be one of {', '.join(_SCALES)}", got=repr(self.scale))
        if self.bands < 1:
            raise InputError("front_end: bands", "must be at least 1", got=self.bands)
        if self.frame_size:
            self._check_frame(self.frame_size)
        if self.frame_step < 0 or (self.frame_size and self.frame_step > self.frame_size):
            rule = "must be from 1 step to a frame, or 0 for half a frame"
            raise InputError("front_end: frame_step", rule, got=self.frame_step)

    def _check_frame(self, length: int) -> None:
        if not LEAST_OF_FRAME <= length <= MOST_OF_FRAME:
            rule = f"a frame must have {LEAST_OF_FRAME} to {MOST_OF_FRAME:,} steps"
            raise InputError("front_end: frame_size", rule, got=length)
        most = size_of(length) // 2 - 1
        if self.bands > most:
            rule = f"must be at most {most} for frames of {length} steps"
            raise InputError("front_end: bands", rule, got=self.bands)

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(f"band {band}" for band in range(self.bands))

    def frames(self, steps: int) -> Frames:
        length = self.frame_size or steps
        if length > steps:
            raise InputError(
                "front_end: frame_size", f"windows must have at least the {length} steps of a frame", got=steps
            )
        self._check_frame(length)
        step = min(self.frame_step, length) or (length + 1) // 2
        return Frames((steps - length) // step + 1, length, step)

    def units(self, bits: int) -> tuple[Floats, Floats]:
        points = bits + _LEVEL_BITS
        factor, offset = (2.0**-LOG_BITS, -points * np.log(2)) if self.log else (2.0**-points, 0.0)
        return np.full(self.bands, factor, np.float32), np.full(self.bands, offset, np.float32)

    def compute(self, samples: Array) -> Array:
        frames = self.frames(samples.shape[1])
        return native_spectrum(samples, constants(self, frames), tables(self, frames.length))

    def macs(self, row_shape: tuple[int, ...]) -> int | None:
        frames = self.frames(row_shape[0])
        size = size_of(frames.length)
        frame = transform_macs(frames.length, size, bank(self.scale, size, self.bands))
        return frames.count * frame * row_shape[1]

    def cost(self, row_shape: tuple[int, ...], core: str) -> DeviceCost:
        length = self.frames(row_shape[0]).length
        size = size_of(length)
        return spectrum_cost(self, row_shape, bank(self.scale, size, self.bands), core)


@lru_cache(maxsize=256)
def bank(scale: str, size: int, bands: int) -> mel_tables.Bank:
    """Return the filter bank, from 0 to half the sample rate."""
    if scale == "mel":
        return mel_tables.bank(_MEL_RATE_HZ, size, bands, 0.0, _MEL_RATE_HZ / 2)
    return mel_tables.bank(size, size, bands, 0.0, size / 2, scale=float)


def constants(spectrum: Spectrum, frames: Frames) -> dict[str, int]:
    """Return the settings in the device's integers, by the names of its C structure; what is not used is 0."""
    used = {
        "window": frames.length,
        "step": frames.step,
        "log2_size": size_of(frames.length).bit_length() - 1,
        "channels": spectrum.bands,
        "first_bin": bank(spectrum.scale, size_of(frames.length), spectrum.bands).first_bin,
        "log": int(spectrum.log),
        "log_shift": LOG_BITS,
    }
    return dict.fromkeys(_UNUSED, 0) | used


def tables(spectrum: Spectrum, length: int) -> dict[str, Array]:
    """Return the constant tables, by the names of the device's C structure."""
    size = size_of(length)
    made = bank(spectrum.scale, size, spectrum.bands)
    return {
        "taper": mel_tables.taper(length),
        "twiddles": mel_tables.twiddles(size),
        "split_twiddles": mel_tables.split_twiddles(size),
        "widths": made.widths,
        "weights": made.weights,
    }


_UNUSED = (
    "noise_reduction",
    "smoothing_bits",
    "even_smoothing",
    "odd_smoothing",
    "min_remaining",
    "gain_bits",
    "dc_notch",
    "notch",
    "activity",
    "fast_filter",
    "slow_filter",
    "activity_arm",
    "activity_trip",
)
