"""Which settings of the mel front-end can be computed; each refusal says the rule, the value and what to change."""

from functools import lru_cache

from nas.errors import InputError
from nas.signal import mel_tables
from nas.signal.mel_settings import MelSettings

MOST_SAMPLES = 32768
LEAST_SAMPLES = 8

_RANGES = {
    "sample_rate_hz": (1000, 384_000),
    "filterbank_n_channels": (1, 1024),
    "noise_reduction_smoothing_bits": (0, 20),
    "noise_reduction_even_smoothing": (0, 1),
    "noise_reduction_odd_smoothing": (0, 1),
    "noise_reduction_min_signal_remaining": (0, 1),
    "pcan_strength": (0, 16),
    "pcan_offset": (0.001, 1e6),
    "pcan_gain_bits": (0, 30),
    "log_scale_shift": (0, 11),
    "dc_notch_filter_coefficient": (0, 1),
    "quantize_dynamic_scale_range_db": (1, 400),
    "activity_detection_alpha_a": (0, 1),
    "activity_detection_alpha_b": (0, 1),
    "activity_detection_arm_threshold": (0, 15),
    "activity_detection_trip_threshold": (0, 15),
    "mfcc_coefficients": (0, 1024),
    "mfcc_lifter": (0, 100),
}


_FRAMES = frozenset({"sample_rate_hz", "window_size_ms", "window_step_ms"})
_TRANSFORM = frozenset({"sample_rate_hz", "window_size_ms"})
_BANDS = frozenset({"filterbank_n_channels", "filterbank_lower_band_limit", "filterbank_upper_band_limit"})
_GAINS = frozenset({"pcan_enable", "pcan_strength", "pcan_offset", "pcan_gain_bits", "noise_reduction_smoothing_bits"})

_CEPSTRUM = frozenset({"mfcc_coefficients", "mfcc_lifter", "filterbank_n_channels"})
_FEATURES = frozenset({"mfcc_coefficients", "log_scale_enable", "quantize_dynamic_scale_enable"})

TOGETHER = (_FRAMES, _TRANSFORM | _BANDS, _TRANSFORM | _GAINS, _CEPSTRUM, _FEATURES)
"""The settings that each rule below reads."""


@lru_cache(maxsize=4096)
def check(front_end: MelSettings) -> None:
    """Raise an InputError for settings that cannot be computed."""
    for name, (low, high) in _RANGES.items():
        value = getattr(front_end, name)
        if not low <= value <= high:
            raise InputError(f"front_end: {name}", f"must be from {low:,} to {high:,}", got=value)
    _check_frames(front_end)
    _check_bands(front_end)
    if front_end.pcan_enable:
        _check_gains(front_end)
    if front_end.mfcc_coefficients:
        _check_cepstrum(front_end)


def _check_frames(front_end: MelSettings) -> None:
    place = "front_end: window_size_ms"
    if not LEAST_SAMPLES <= front_end.window <= MOST_SAMPLES:
        raise InputError(
            place,
            f"a frame must have {LEAST_SAMPLES} to {MOST_SAMPLES:,} samples",
            got=f"{front_end.window_size_ms} ms, {front_end.window:,} samples at {front_end.sample_rate_hz:,} Hz",
        )
    if not 1 <= front_end.step <= front_end.window:
        raise InputError(
            "front_end: window_step_ms",
            "frames must begin at least a sample and at most a frame apart",
            got=f"{front_end.window_step_ms} ms between frames of {front_end.window_size_ms} ms",
        )


def _check_bands(front_end: MelSettings) -> None:
    lower, upper = front_end.filterbank_lower_band_limit, front_end.filterbank_upper_band_limit
    half = front_end.sample_rate_hz / 2
    if not 0 <= lower < upper:
        rule = "must be from 0 to below the upper limit"
        raise InputError("front_end: filterbank_lower_band_limit", rule, got=f"{lower:g} Hz to {upper:g} Hz")
    place = "front_end: filterbank_upper_band_limit"
    if upper > half:
        raise InputError(
            place,
            f"must be at most half the sample rate, {half:g} Hz",
            got=f"{upper:g} Hz",
            hint="lower it, or take data of a higher rate",
        )
    first, last = front_end.bins
    if last >= front_end.size // 2:
        rule = f"the highest band must end below {half:g} Hz, half the sample rate"
        raise InputError(place, rule, got=f"{upper:g} Hz", hint="lower it a little")
    if last < first:
        raise InputError(
            "front_end: filterbank_upper_band_limit",
            f"the bands must hold a frequency of the transform, which are {2 * half / front_end.size:g} Hz apart",
            got=f"{lower:g} to {upper:g} Hz",
            hint="take a longer window or wider limits",
        )


def _check_gains(front_end: MelSettings) -> None:
    least = front_end.size.bit_length() + 5
    if front_end.pcan_gain_bits < least:
        rule = f"must be at least {least} for a transform of {front_end.size} points"
        raise InputError("front_end: pcan_gain_bits", rule, got=front_end.pcan_gain_bits)
    if front_end.input_bits < 0:
        rule = (
            f"must be at least {front_end.size.bit_length() - 7} with pcan for a transform of {front_end.size} points"
        )
        got = front_end.noise_reduction_smoothing_bits
        raise InputError("front_end: noise_reduction_smoothing_bits", rule, got=got)
    strength, offset, bits = front_end.pcan_strength, front_end.pcan_offset, front_end.pcan_gain_bits
    most = mel_tables.gain(0, strength, offset, bits, 0)
    if most > 32767 or mel_tables.steepest(strength, offset, bits, front_end.input_bits) > 32767:
        raise InputError(
            "front_end: pcan_gain_bits",
            "the gain's curve must fit into 16 bits: 2^gain_bits * offset^-strength must be at most 32,767",
            got=f"{most:,.0f}" if most > 32767 else f"a slope beyond it with strength {strength:g}",
            hint="take fewer gain bits, or a greater offset",
        )


def _check_cepstrum(front_end: MelSettings) -> None:
    place, count, length = "front_end: mfcc_coefficients", front_end.mfcc_coefficients, front_end.mfcc_lifter
    if count > front_end.filterbank_n_channels:
        rule = f"must be at most filterbank_n_channels, {front_end.filterbank_n_channels}"
        raise InputError(place, rule, got=count)
    if not front_end.log_scale_enable:
        raise InputError(place, "are made of logarithms", got="log_scale_enable = false", hint="set it to true")
    if front_end.quantize_dynamic_scale_enable:
        got, hint = "quantize_dynamic_scale_enable = true", "which is for log-mel features: set it to false"
        raise InputError(place, "have a fixed range", got=got, hint=hint)
    if length and count > length + 1:
        rule = f"must be 0, or at least {count - 1} for {count} coefficients"
        raise InputError("front_end: mfcc_lifter", rule, got=length)
