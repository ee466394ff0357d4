"""Recordings of a signal, and cutting them into windows of one length at one sample rate."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nas.arrays import Array, Doubles, Floats
from nas.data.multi_labels import of_windows

GAP_STEPS = 5
"""A time step more than this many times the median step is a gap. Nothing is interpolated across a gap."""

MISSED = 1.75
"""A time step more than this many times the usual one holds a lost sample or more, and tells nothing of the rate."""

JITTER = 0.1
"""Time steps that deviate from the sample period by at most this share of it count as regular."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One recording of a signal.

    Attributes:
        values: samples [time, channels], NaN where one is missing.
        channel_names: one name a channel, or empty.
        seconds: time of each sample [time]; None if unknown.
        labels: of each sample, see `nas.data.tables.label_columns`; None if the whole recording has one class.
    """

    values: Doubles
    channel_names: tuple[str, ...]
    seconds: Doubles | None
    labels: Array | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def rate_hz(self) -> float | None:
        """Sample rate, to four digits; None if the times are unknown.

        It is that of the mean time step, since the steps of rounded times have a few values only: at 119 Hz, 8 or 9
        whole milliseconds. A whole number is taken where such times cannot tell it from the rate.
        """
        if self.seconds is None or len(self.seconds) < 2:
            return None
        steps = np.diff(self.seconds)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            for usual in (np.median, np.mean):
                steps = steps[steps <= MISSED * usual(steps)]
            rate = 1 / steps.mean()
            unsure = rate * np.abs(steps * rate - 1).max() / len(steps)
            told = rate if abs(rate - np.rint(rate)) > unsure else np.rint(rate)
        return float(f"{told:.4g}")

    def take(self, rows: Array) -> "Recording":
        """Return the samples with the given numbers."""
        return dataclasses.replace(
            self,
            values=self.values[rows],
            seconds=None if self.seconds is None else self.seconds[rows],
            labels=None if self.labels is None else self.labels[rows],
        )


def fill(recording: Recording) -> tuple[Recording, int]:
    """Interpolate missing samples between two known ones, if the gap is too short to count as one.

    Returns:
        The recording, and the number of samples that were filled. Others stay NaN, and no window holds them.
    """
    missing = np.isnan(recording.values)
    if not missing.any():
        return recording, 0
    values, filled = recording.values.copy(), 0
    at = np.arange(len(values), dtype=np.float64) if recording.seconds is None else recording.seconds
    for channel in np.flatnonzero(missing.any(axis=0) & ~missing.all(axis=0)):
        known = np.flatnonzero(~missing[:, channel])
        gap = np.searchsorted(known, np.arange(len(values)))
        inside = missing[:, channel] & (gap > 0) & (gap < len(known))
        short = np.flatnonzero(inside)
        short = short[known[gap[short]] - known[gap[short] - 1] <= GAP_STEPS]
        values[short, channel] = np.interp(at[short], at[known], values[known, channel])
        filled += len(short)
    return dataclasses.replace(recording, values=values), filled


def segments(recording: Recording) -> Iterator[Recording]:
    """Divide a recording at the gaps in its times and where samples are missing."""
    rows = np.flatnonzero(~np.isnan(recording.values).any(axis=1))
    breaks = np.diff(rows) > 1
    if recording.seconds is not None and len(recording) > 1:
        breaks |= np.diff(recording.seconds[rows]) > GAP_STEPS * np.median(np.diff(recording.seconds))
    if len(rows) == len(recording) and not breaks.any():
        yield recording
        return
    for part in np.split(rows, np.flatnonzero(breaks) + 1):
        yield recording.take(part)


def resample(recording: Recording, rate_hz: float | None) -> Recording:
    """Return the recording at `rate_hz`, by linear interpolation; a sample's class is that of the last one before it.

    A recording that has this rate already, or no times, is returned unchanged. Linear interpolation does not
    filter: content above half the new rate appears as aliases.
    """
    seconds = recording.seconds
    if seconds is None or rate_hz is None or len(seconds) < 2:
        return recording
    if np.abs(np.diff(seconds) * rate_hz - 1).max() <= JITTER and abs((recording.rate_hz or 0) / rate_hz - 1) < 0.01:
        return recording
    # Adding 1e-6 keeps the last sample in the grid although its time has a rounding error.
    count = int((seconds[-1] - seconds[0]) * rate_hz + 1e-6) + 1
    grid = seconds[0] + np.arange(count) / rate_hz
    before = np.searchsorted(seconds, grid + 1e-6 / rate_hz, side="right") - 1
    values = np.stack([np.interp(grid, seconds, channel) for channel in recording.values.T], axis=-1)
    labels = None if recording.labels is None else recording.labels[before]
    return Recording(values, recording.channel_names, grid, labels)


def cut(values: Doubles, window: int, stride: int) -> Floats:
    """Return all complete windows [n, window, channels] of `values` [time, channels], `stride` samples apart."""
    if len(values) < window:
        return np.empty((0, window, values.shape[1]), np.float32)
    views = np.lib.stride_tricks.sliding_window_view(values, window, axis=0)[::stride]
    with np.errstate(over="ignore"):  # too large numbers become infinite, which nas.data.rules reports
        return np.ascontiguousarray(views.transpose(0, 2, 1), dtype=np.float32)


def labels_of(labels: Array, window: int, stride: int) -> Array:
    """Return the class of each window that `cut` makes of samples with these classes; empty if it holds several.

    Of measured targets, a window has that of its last sample: what a device can know by then. Of several labels at
    once, it has those that hold for half of its samples or more.
    """
    if len(labels) < window:
        return labels[:0]
    if labels.dtype.kind == "f":
        return labels[window - 1 :: stride]
    if labels.ndim == 2:
        return of_windows(labels, window, stride)
    views = np.lib.stride_tricks.sliding_window_view(labels, window)[::stride]
    return np.where((views == views[:, :1]).all(axis=1), views[:, 0], "")
