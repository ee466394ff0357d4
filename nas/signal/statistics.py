"""Statistics of windows: what vibration and motion are told by, computed in integers by the code that a device runs."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nas._native import statistics as native_statistics
from nas.arrays import Array, Floats
from nas.errors import InputError
from nas.signal.device_cost import DeviceCost
from nas.signal.front_end import FRONT_ENDS
from nas.signal.statistics_cost import statistics_cost
from nas.signal.window_front_end import Frames, WindowFrontEnd, check_bits

MOST_OF_SEGMENT = 16384
"""The most samples that none of the device's sums overflows for."""

STATISTICS = (
    "mean",
    "rms",
    "standard_deviation",
    "minimum",
    "maximum",
    "crest_factor",
    "zero_crossings",
    "peaks",
    "skewness",
    "kurtosis",
)
"""Those that there are, in the order of the device's values."""

# Bits behind the point of each one's value; of those that are in units, behind that of a sample.
_BITS = dict(zip(STATISTICS, (4, 4, 4, 0, 0, 8, 0, 0, 8, 8), strict=True))
_IN_UNITS = STATISTICS[:5]


@FRONT_ENDS.register("statistics")
@dataclass(frozen=True, slots=True)
class Statistics(WindowFrontEnd):
    """Statistics of each channel of a window, or of each of several segments of it: mean, deviation, peaks and others.

    Attributes:
        segments: parts of equal length that a window is cut into; steps that are left at its end are not used.
        mean: the mean.
        rms: root of the mean square.
        standard_deviation: root of the mean squared distance from the mean.
        minimum: the least sample.
        maximum: the greatest sample.
        crest_factor: the greatest absolute sample, divided by the RMS.
        zero_crossings: how often the samples cross their mean.
        peaks: local maxima more than a standard deviation above the mean; a flat one counts once.
        skewness: the mean third power of distances from the mean in standard deviations.
        kurtosis: likewise the fourth power, which is 3 for normally distributed samples.
    """

    TOGETHER: ClassVar[tuple[frozenset[str], ...]] = (frozenset(STATISTICS),)

    segments: int = 1
    mean: bool = True
    rms: bool = True
    standard_deviation: bool = True
    minimum: bool = True
    maximum: bool = True
    crest_factor: bool = True
    zero_crossings: bool = True
    peaks: bool = True
    skewness: bool = False
    kurtosis: bool = False

    def __post_init__(self) -> None:
        check_bits(self.fraction_bits)
        if not 1 <= self.segments <= 1024:
            raise InputError("front_end: segments", "must be from 1 to 1,024", got=self.segments)
        if not self.values:
            raise InputError("front_end", "must have a statistic that is true", hint="such as mean = true")

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(name for name in STATISTICS if getattr(self, name))

    @property
    def wanted(self) -> int:
        """The device's set of statistics, a bit for each."""
        return sum(1 << i for i, name in enumerate(STATISTICS) if getattr(self, name))

    def frames(self, steps: int) -> Frames:
        length = steps // self.segments
        if length < 2:
            rule = f"windows must have 2 steps for each of {self.segments} segments"
            raise InputError("front_end: segments", rule, got=f"{steps} steps")
        if length > MOST_OF_SEGMENT:
            rule = f"a segment must have at most {MOST_OF_SEGMENT:,} steps"
            raise InputError("front_end: segments", rule, got=f"{length:,}", hint="take more segments")
        return Frames(self.segments, length, length)

    def units(self, bits: int) -> tuple[Floats, Floats]:
        points = (_BITS[name] + (bits if name in _IN_UNITS else 0) for name in self.values)
        return np.array([2.0**-point for point in points], np.float32), np.zeros(len(self.values), np.float32)

    def compute(self, samples: Array) -> Array:
        return native_statistics(samples, self.segments, self.wanted)

    def macs(self, row_shape: tuple[int, ...]) -> int | None:
        frames = self.frames(row_shape[0])
        passes = 1 + 3 * (self.skewness or self.kurtosis)
        return frames.count * frames.length * row_shape[1] * passes

    def cost(self, row_shape: tuple[int, ...], core: str) -> DeviceCost:
        return statistics_cost(self, row_shape, core)
