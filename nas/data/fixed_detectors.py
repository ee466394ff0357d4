"""Simple detectors in whole numbers, as exported C computes them on a device: equal to the bit, so are the alarms.

Rows are int8, quantized as a network's input is: (int8 - zero point) * scale are scaled values.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nas.data.simple_detectors import Gaussian, KMeans
from nas.errors import InputError

MOST_VALUES = 50_000
"""Sums over so many values of a row fit: into 32 bits for k-means, into 64 for a Gaussian."""

Longs = npt.NDArray[np.int64]
Rows8 = npt.NDArray[np.int8]

MEAN_BITS, AXIS_BITS, PLACE_BITS, LOST_BITS = 8, 15, 6, 16
"""Bits behind the point: of a Gaussian's mean, of its directions, of places along these, and of shares of a square."""
LEAST_BITS = LOST_BITS + 2 * PLACE_BITS
"""Bits behind the point of a sum of squared steps."""


@dataclass(frozen=True, slots=True, eq=False)
class FixedKMeans:
    """Squared steps to the nearest of some centres [centres, values], int8; a step is worth `scale`."""

    centres: Rows8
    scale: float

    @property
    def bytes(self) -> int:
        return self.centres.nbytes

    @property
    def score_scale(self) -> float:
        """What a squared step is worth in a score."""
        return self.scale**2

    def steps(self, rows: Rows8) -> Longs:
        """Return the squared steps of rows [n, values] to the nearest centre."""
        wide = rows.astype(np.int64)
        sums = [((wide - centre) ** 2).sum(axis=1) for centre in self.centres.astype(np.int64)]
        return np.asarray(np.min(sums, axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class FixedGaussian:
    """A Mahalanobis distance: all squared steps from the mean, less those that the components' variances explain.

    Attributes:
        mean: int16 of `MEAN_BITS` [values].
        axes: directions of the components, int16 of `AXIS_BITS` [components, values].
        lost: the share of a squared step that does not count along each of them, uint16 of `LOST_BITS` [components].
        score_scale: what the least unit of the sum is worth in a score.
    """

    mean: npt.NDArray[np.int16]
    axes: npt.NDArray[np.int16]
    lost: npt.NDArray[np.uint16]
    score_scale: float

    @property
    def bytes(self) -> int:
        return self.mean.nbytes + self.axes.nbytes + self.lost.nbytes

    def steps(self, rows: Rows8) -> Longs:
        """Return the distance of rows [n, values] in its least units."""
        off = (rows.astype(np.int64) << MEAN_BITS) - self.mean
        along = off @ self.axes.T.astype(np.int64)
        places = np.sign(along) * (np.abs(along) >> (MEAN_BITS + AXIS_BITS - PLACE_BITS))
        explained = (self.lost.astype(np.int64) * places**2).sum(axis=1)
        whole = (off**2).sum(axis=1) << (LEAST_BITS - 2 * MEAN_BITS)
        return np.asarray(np.maximum(whole - explained, 0))


def fixed_detector(detector: KMeans | Gaussian, scale: float, zero_point: int) -> FixedKMeans | FixedGaussian:
    """Return a detector of scaled rows as one of int8 rows with a scale and a zero point.

    Raises:
        InputError: rows have too many values for the sums.
    """
    values = detector.centres.shape[1] if isinstance(detector, KMeans) else len(detector.mean)
    if values > MOST_VALUES:
        raise InputError("--baseline", f"must be of rows of at most {MOST_VALUES:,} values", got=values)
    if isinstance(detector, KMeans):
        centres = np.rint(detector.centres / scale + zero_point)
        return FixedKMeans(centres.clip(-128, 127).astype(np.int8), scale)
    # With all components kept, nothing lies outside of them, and any variance does for the rest.
    rest = min(detector.rest, float(detector.variances.min()))
    lost = np.rint((1 - rest / detector.variances) * (1 << LOST_BITS)).clip(0, (1 << LOST_BITS) - 1)
    axes = np.rint(detector.axes * ((1 << AXIS_BITS) - 1)).astype(np.int16)
    mean = np.rint((detector.mean / scale + zero_point).clip(-128, 127) * (1 << MEAN_BITS)).astype(np.int16)
    return FixedGaussian(mean, axes, lost.astype(np.uint16), scale**2 / rest / (1 << LEAST_BITS))


@dataclass(frozen=True, slots=True, eq=False)
class Alarm:
    """A simple detector with its threshold, in its least units; more than that is an anomaly."""

    title: str
    detector: FixedKMeans | FixedGaussian
    threshold: int
    false_alarm_rate: float
