"""The settings of the mel front-end, by the names of Silicon Labs' MLTK, and what follows from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from nas.signal import mel_tables
from nas.signal.front_end import FrontEnd

# Shorter names, among them those of TensorFlow's operator.
_OTHER_NAMES: Mapping[str, str] = {
    "sample_rate": "sample_rate_hz",
    "window_ms": "window_size_ms",
    "window_size": "window_size_ms",
    "step_ms": "window_step_ms",
    "window_step": "window_step_ms",
    "channels": "filterbank_n_channels",
    "num_channels": "filterbank_n_channels",
    "lower_hz": "filterbank_lower_band_limit",
    "lower_band_limit": "filterbank_lower_band_limit",
    "upper_hz": "filterbank_upper_band_limit",
    "upper_band_limit": "filterbank_upper_band_limit",
    "noise_reduction": "noise_reduction_enable",
    "smoothing_bits": "noise_reduction_smoothing_bits",
    "even_smoothing": "noise_reduction_even_smoothing",
    "odd_smoothing": "noise_reduction_odd_smoothing",
    "min_signal_remaining": "noise_reduction_min_signal_remaining",
    "pcan": "pcan_enable",
    "enable_pcan": "pcan_enable",
    "gain_bits": "pcan_gain_bits",
    "log": "log_scale_enable",
    "enable_log": "log_scale_enable",
    "scale_shift": "log_scale_shift",
    "log_shift": "log_scale_shift",
    "dc_notch": "dc_notch_filter_enable",
    "activity_detection": "activity_detection_enable",
    "coefficients": "mfcc_coefficients",
    "n_mfcc": "mfcc_coefficients",
    "num_cepstral": "mfcc_coefficients",
    "lifter": "mfcc_lifter",
}


@dataclass(frozen=True, slots=True)
class MelSettings(FrontEnd):
    """What can be chosen.

    Attributes:
        sample_rate_hz: samples a second.
        window_size_ms: length of a frame.
        window_step_ms: from the start of a frame to that of the next.
        filterbank_n_channels: numbers in a frame of features.
        filterbank_lower_band_limit: lowest frequency, in Hz.
        filterbank_upper_band_limit: highest frequency, in Hz; below half the sample rate.
        noise_reduction_enable: subtract the mean level of each channel.
        noise_reduction_smoothing_bits: bits behind the point of mean levels.
        noise_reduction_even_smoothing: how fast the mean follows in even channels, 0 to 1.
        noise_reduction_odd_smoothing: likewise in odd channels.
        noise_reduction_min_signal_remaining: share of a level that always remains, 0 to 1.
        pcan_enable: make quiet channels louder (per-channel amplitude normalization, arXiv:1607.05666).
        pcan_strength: power of the mean level by which a level is divided.
        pcan_offset: what is added to the mean level before.
        pcan_gain_bits: bits behind the point of the gain.
        log_scale_enable: take the logarithm.
        log_scale_shift: bits behind the point of the logarithm.
        dc_notch_filter_enable: remove the DC part of the samples.
        dc_notch_filter_coefficient: pole of that filter, 0 to 1.
        activity_detection_enable: tell when it becomes loud.
        activity_detection_alpha_a: pole of the filter that follows the level fast, 0 to 1.
        activity_detection_alpha_b: pole of the slow one.
        activity_detection_arm_threshold: the fast level below this share of the slow one arms the detection.
        activity_detection_trip_threshold: armed, the fast level above this share of the slow one is activity.
        quantize_dynamic_scale_enable: give the network int8 values between the loudest feature of a row and
            `quantize_dynamic_scale_range_db` below it; this needs the whole row.
        quantize_dynamic_scale_range_db: how far, in dB.
        frequencies_are_channels: give the network a series of frames with the frequencies as channels, for
            convolutions along time; otherwise it reads an image of time and frequency.
        mfcc_coefficients: give the network so many mel-frequency cepstral coefficients (MFCC) of a frame, from the 0th
            on, in place of its log-mel features; 0 for the features.
        mfcc_lifter: L of the factors 1 + L / 2 * sin(pi * k / L) of the coefficients; 0 for none.
    """

    OTHER_NAMES: ClassVar[Mapping[str, str]] = _OTHER_NAMES

    sample_rate_hz: int = 16000
    window_size_ms: int = 30
    window_step_ms: int = 20
    filterbank_n_channels: int = 40
    filterbank_lower_band_limit: float = 125.0
    filterbank_upper_band_limit: float = 7500.0
    noise_reduction_enable: bool = True
    noise_reduction_smoothing_bits: int = 10
    noise_reduction_even_smoothing: float = 0.025
    noise_reduction_odd_smoothing: float = 0.06
    noise_reduction_min_signal_remaining: float = 0.05
    pcan_enable: bool = True
    pcan_strength: float = 0.95
    pcan_offset: float = 80.0
    pcan_gain_bits: int = 21
    log_scale_enable: bool = True
    log_scale_shift: int = 6
    dc_notch_filter_enable: bool = False
    dc_notch_filter_coefficient: float = 0.95
    activity_detection_enable: bool = False
    activity_detection_alpha_a: float = 0.5
    activity_detection_alpha_b: float = 0.8
    activity_detection_arm_threshold: float = 0.75
    activity_detection_trip_threshold: float = 0.8
    quantize_dynamic_scale_enable: bool = False
    quantize_dynamic_scale_range_db: float = 40.0
    frequencies_are_channels: bool = False
    mfcc_coefficients: int = 0
    mfcc_lifter: int = 22

    @property
    def rate_hz(self) -> float:
        """Samples a second that rows must have."""
        return self.sample_rate_hz

    @property
    def window(self) -> int:
        """Samples in a frame."""
        return self.window_size_ms * self.sample_rate_hz // 1000

    @property
    def step(self) -> int:
        """Samples from the start of a frame to that of the next."""
        return self.window_step_ms * self.sample_rate_hz // 1000

    @property
    def numbers(self) -> int:
        """Numbers in a frame, as the network reads it: coefficients, or features of channels."""
        return self.mfcc_coefficients or self.filterbank_n_channels

    @property
    def size(self) -> int:
        """Points of the Fourier transform."""
        return 1 << max(0, self.window - 1).bit_length()

    @property
    def bank(self) -> mel_tables.Bank:
        """The filter bank."""
        return _bank(
            self.sample_rate_hz,
            self.size,
            self.filterbank_n_channels,
            self.filterbank_lower_band_limit,
            self.filterbank_upper_band_limit,
        )

    @property
    def bins(self) -> tuple[int, int]:
        """The first and the last bin of the filter bank."""
        limits = self.filterbank_lower_band_limit, self.filterbank_upper_band_limit
        return mel_tables.bins(self.sample_rate_hz, self.size, self.filterbank_n_channels, *limits)

    @property
    def input_bits(self) -> int:
        """Bits behind the point of the mean levels that the gain control reads."""
        return self.noise_reduction_smoothing_bits - (self.size.bit_length() - 7)


@lru_cache(maxsize=256)
def _bank(rate_hz: int, size: int, channels: int, lower_hz: float, upper_hz: float) -> mel_tables.Bank:
    return mel_tables.bank(rate_hz, size, channels, lower_hz, upper_hz)
