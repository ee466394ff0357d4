"""Recordings of a signal, and cutting them into windows of one length at one sample rate."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nas.arrays import Doubles, Floats

GAP_STEPS = 5
"""A time step more than this many times the median step is a gap. Nothing is interpolated across a gap."""

JITTER = 0.1
"""Time steps that deviate from the sample period by at most this share of it count as regular."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One recording of a signal.

    Attributes:
        values: samples [time, channels].
        channel_names: one name a channel, or empty.
        seconds: time of each sample [time]; None if unknown.
    """

    values: Doubles
    channel_names: tuple[str, ...]
    seconds: Doubles | None

    @property
    def rate_hz(self) -> float | None:
        """Sample rate from the median time step, to four digits; None if the times are unknown."""
        if self.seconds is None or len(self.seconds) < 2:
            return None
        return float(f"{1 / np.median(np.diff(self.seconds)):.4g}")


def segments(recording: Recording) -> Iterator[Recording]:
    """Divide a recording at the gaps in its times."""
    seconds = recording.seconds
    if seconds is None or len(seconds) < 2:
        yield recording
        return
    steps = np.diff(seconds)
    cuts = np.flatnonzero(steps > GAP_STEPS * np.median(steps)) + 1
    for values, times in zip(np.split(recording.values, cuts), np.split(seconds, cuts), strict=True):
        yield Recording(values, recording.channel_names, times)


def resample(recording: Recording, rate_hz: float | None) -> Doubles:
    """Return the values [new time, channels] at `rate_hz`, by linear interpolation.

    A recording that has this rate already, or no times, is returned unchanged. Linear interpolation does not
    filter: content above half the new rate appears as aliases.
    """
    seconds = recording.seconds
    if seconds is None or rate_hz is None or len(seconds) < 2:
        return recording.values
    if np.abs(np.diff(seconds) * rate_hz - 1).max() <= JITTER and abs((recording.rate_hz or 0) / rate_hz - 1) < 0.01:
        return recording.values
    # Adding 1e-6 keeps the last sample in the grid although its time has a rounding error.
    count = int((seconds[-1] - seconds[0]) * rate_hz + 1e-6) + 1
    grid = seconds[0] + np.arange(count) / rate_hz
    return np.stack([np.interp(grid, seconds, channel) for channel in recording.values.T], axis=-1)


def cut(values: Doubles, window: int, stride: int) -> Floats:
    """Return all complete windows [n, window, channels] of `values` [time, channels], `stride` samples apart."""
    if len(values) < window:
        return np.empty((0, window, values.shape[1]), np.float32)
    views = np.lib.stride_tricks.sliding_window_view(values, window, axis=0)[::stride]
    return np.ascontiguousarray(views.transpose(0, 2, 1), dtype=np.float32)
