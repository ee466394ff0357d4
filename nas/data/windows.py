"""Cutting recordings into windows of one length and one rate."""

from collections.abc import Iterator

import numpy as np

from nas.arrays import Floats
from nas.data.readers.recording import Doubles, Recording

GAP_STEPS = 5
"""A step of time this many times the usual one is a gap, over which nothing is interpolated."""

JITTER = 0.1
"""Steps within this share of the usual one count as regular."""


def segments(recording: Recording) -> Iterator[Recording]:
    """Divide a recording at the gaps of its time column."""
    seconds = recording.seconds
    if seconds is None or len(seconds) < 2:
        yield recording
        return
    steps = np.diff(seconds)
    cuts = np.flatnonzero(steps > GAP_STEPS * np.median(steps)) + 1
    for values, times in zip(np.split(recording.values, cuts), np.split(seconds, cuts), strict=True):
        yield Recording(values, recording.channel_names, times)


def resample(recording: Recording, rate_hz: float | None) -> Doubles:
    """Return values [T', C] at `rate_hz` by linear interpolation; as they are if they have that rate.

    Without a time column there is nothing to go by, and the values come back as they are. Interpolation is no
    filter: a signal with content above half the new rate folds back.
    """
    seconds = recording.seconds
    if seconds is None or rate_hz is None or len(seconds) < 2:
        return recording.values
    if np.abs(np.diff(seconds) * rate_hz - 1).max() <= JITTER and abs((recording.rate_hz or 0) / rate_hz - 1) < 0.01:
        return recording.values
    # The last sample belongs to the grid though its time carries a rounding error.
    count = int((seconds[-1] - seconds[0]) * rate_hz + 1e-6) + 1
    grid = seconds[0] + np.arange(count) / rate_hz
    return np.stack([np.interp(grid, seconds, channel) for channel in recording.values.T], axis=-1)


def cut(values: Doubles, window: int, stride: int) -> Floats:
    """Return the windows [n, window, C] of `values` [T, C] that fit in whole, `stride` samples apart."""
    if len(values) < window:
        return np.empty((0, window, values.shape[1]), np.float32)
    views = np.lib.stride_tricks.sliding_window_view(values, window, axis=0)[::stride]
    return np.ascontiguousarray(views.transpose(0, 2, 1), dtype=np.float32)
