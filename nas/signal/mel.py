"""Log-mel features of sound, or cepstral coefficients of them, in 16-bit integers by the code that a device runs."""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from nas._native import FrontEnd as Native
from nas._native import FrontEndStream as Stream
from nas.arrays import Array, Floats
from nas.errors import InputError
from nas.signal import mel_cepstrum, mel_rules
from nas.signal.device_cost import DeviceCost
from nas.signal.front_end import FRONT_ENDS
from nas.signal.kind import Kind
from nas.signal.mel_constants import constants, tables
from nas.signal.mel_cost import mel_cost, mel_macs
from nas.signal.mel_int8 import Int8, dynamic_range, fixed_range
from nas.signal.mel_settings import MelSettings


@FRONT_ENDS.register("mel")
@dataclass(frozen=True, slots=True)
class Mel(MelSettings):
    """Log-mel features of sound: window, Fourier transform, filter bank, noise reduction, gain control, logarithm.

    Equal to the bit to TensorFlow's `audio_microfrontend`; noise reduction, the DC filter and the detection of activity
    can be switched as in Silicon Labs' MLTK, whose names the settings bear. Rows are samples of 16 bits. With
    `mfcc_coefficients`, the network reads mel-frequency cepstral coefficients (MFCC) in place of the features.
    """

    TOGETHER: ClassVar[tuple[frozenset[str], ...]] = mel_rules.TOGETHER

    def __post_init__(self) -> None:
        mel_rules.check(self)

    def frames(self, samples: int) -> int:
        """Return how many frames so many samples have."""
        return (samples - self.window) // self.step + 1 if samples >= self.window else 0

    def shape(self, row_shape: tuple[int, ...]) -> tuple[int, ...]:
        if len(row_shape) != Kind.WINDOW.axes:
            raise InputError("front_end", "mel takes windows of samples", got=f"rows of shape {row_shape}")
        samples, microphones = row_shape
        frames = self.frames(samples)
        if not frames:
            rule = f"rows must have at least the {self.window} samples of a frame"
            raise InputError("front_end: window_size_ms", rule, got=samples)
        if self.frequencies_are_channels:
            return frames, self.numbers * microphones
        return frames, self.numbers, microphones

    def apply(self, x: Array) -> Floats:
        found = self.features(x)
        if self.quantize_dynamic_scale_enable and len(x):
            found = self.as_int8(found)
        return found.astype(np.float32).reshape(len(x), *self.shape(x.shape[1:]))

    def as_int8(self, features: Array) -> Int8:
        """Return features [n, ...] as int8: by the fixed range of micro_speech, or by the loudest one of each row.

        Coefficients have a fixed range too; see `nas.signal.mel_cepstrum`.
        """
        if self.mfcc_coefficients:
            return mel_cepstrum.as_int8(features, self.filterbank_n_channels)
        if self.quantize_dynamic_scale_enable:
            return dynamic_range(features, self.quantize_dynamic_scale_range_db, self.log_scale_shift)
        return fixed_range(features)

    def features(self, x: Array) -> Array:
        """Return what the device computes [n, frames, numbers, microphones] of samples [n, time, microphones].

        Features are uint16, coefficients int16.
        """
        samples = x if x.dtype == np.int16 else np.rint(x).clip(-32768, 32767).astype(np.int16)
        n, _, microphones = samples.shape
        clips = np.ascontiguousarray(samples.transpose(0, 2, 1)).reshape(n * microphones, -1)
        found = native(self).features(clips)
        if self.mfcc_coefficients:
            found = mel_cepstrum.coefficients_of(self, found)
        return found.reshape(n, microphones, *found.shape[1:]).transpose(0, 2, 3, 1)

    def stream(self) -> Stream | mel_cepstrum.CepstrumStream:
        """Return a front-end that takes samples in pieces, as a device does."""
        stream = Stream(native(self))
        return mel_cepstrum.CepstrumStream(self, stream) if self.mfcc_coefficients else stream

    def channel_names(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return () if self.frequencies_are_channels else names

    def row_of(self, frames: int, row_shape: tuple[int, ...]) -> tuple[int, ...]:
        return (frames - 1) * self.step + self.window, *row_shape[1:]

    def cost(self, row_shape: tuple[int, ...], core: str) -> DeviceCost:
        return mel_cost(self, self.frames(row_shape[0]), row_shape[1], core)

    def macs(self, row_shape: tuple[int, ...]) -> int | None:
        samples, microphones = row_shape
        return mel_macs(self, self.frames(samples)) * microphones


@lru_cache(maxsize=16)
def native(front_end: Mel) -> Native:
    """Return the compiled front-end with these settings."""
    return Native(constants(front_end), tables(front_end))
