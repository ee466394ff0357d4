"""The settings of the mel front-end as the integers and tables that a device reads."""

import numpy as np

from nas.arrays import Array
from nas.signal import mel_tables
from nas.signal.mel_settings import MelSettings


def constants(front_end: MelSettings) -> dict[str, int]:
    """Return the settings in the device's integers, by the names under which they are given to it."""
    return {
        "window": front_end.window,
        "step": front_end.step,
        "log2_size": front_end.size.bit_length() - 1,
        "channels": front_end.filterbank_n_channels,
        "first_bin": front_end.bank.first_bin,
        "noise_reduction": front_end.noise_reduction_enable,
        "smoothing_bits": front_end.noise_reduction_smoothing_bits,
        "even_smoothing": share(front_end.noise_reduction_even_smoothing, 14),
        "odd_smoothing": share(front_end.noise_reduction_odd_smoothing, 14),
        "min_remaining": share(front_end.noise_reduction_min_signal_remaining, 14),
        "gain_bits": front_end.pcan_gain_bits if front_end.pcan_enable else 0,
        "log": front_end.log_scale_enable,
        "log_shift": front_end.log_scale_shift,
        "dc_notch": front_end.dc_notch_filter_enable,
        "notch": min(32767, share(front_end.dc_notch_filter_coefficient, 15)),
        "activity": front_end.activity_detection_enable,
        "fast_filter": share(front_end.activity_detection_alpha_a, 8),
        "slow_filter": share(front_end.activity_detection_alpha_b, 8),
        "activity_arm": share(front_end.activity_detection_arm_threshold, 12),
        "activity_trip": share(front_end.activity_detection_trip_threshold, 12),
    }


def share(value: float, bits: int) -> int:
    """Return a number in fixed point, cut as C cuts a float."""
    return int(np.float32(value) * np.float32(1 << bits))


def tables(front_end: MelSettings) -> dict[str, Array]:
    """Return the constant tables, by the names of the device's C structure."""
    bank = front_end.bank
    return {
        "taper": mel_tables.taper(front_end.window),
        "twiddles": mel_tables.twiddles(front_end.size),
        "split_twiddles": mel_tables.split_twiddles(front_end.size),
        "widths": bank.widths,
        "weights": bank.weights,
        **({"gains": gains(front_end)} if front_end.pcan_enable else {}),
    }


def gains(front_end: MelSettings) -> Array:
    """Return the curve of the gain control."""
    strength, offset = front_end.pcan_strength, front_end.pcan_offset
    return mel_tables.gains(strength, offset, front_end.pcan_gain_bits, front_end.input_bits)
