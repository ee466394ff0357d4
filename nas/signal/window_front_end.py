"""What front-ends of windows of sensor samples have in common: samples of 16 bits, and values frame by frame."""

import dataclasses
import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nas._native import samples as native_samples
from nas.arrays import Array, Floats
from nas.errors import InputError
from nas.signal.front_end import FrontEnd
from nas.signal.kind import Kind

# Powers of two that float32 has, with room for products.
_LEAST_BITS, _MOST_BITS = -40, 60


@dataclass(frozen=True, slots=True)
class Frames:
    """How a window is cut: `count` frames of `length` steps, `step` steps from one to the next."""

    count: int
    length: int
    step: int


@dataclass(frozen=True, slots=True)
class WindowFrontEnd(FrontEnd):
    """A front-end of windows [steps, channels], each channel on its own: features [frames, values x channels].

    The device computes in integers, from samples of 16 bits: a value in its units times 2^fraction_bits.

    Attributes:
        fraction_bits: bits behind the binary point of each channel's samples. Learned from the training rows unless
            given, and always in a space: as many as the greatest absolute value of the channel leaves room for; for
            the detection of anomalies two less, since these may be louder. What lies beyond is cut.
    """

    KEEPS_FEATURES: ClassVar[bool] = False

    fraction_bits: tuple[int, ...] = ()

    @classmethod
    def learned(cls, x: Array, spare_bits: int = 0) -> Mapping[str, Any]:
        if x.ndim - 1 != Kind.WINDOW.axes:
            return {}
        peaks = np.abs(x.astype(np.float64)).max(axis=(0, 1), initial=0)
        return {"fraction_bits": tuple(_room(peak, spare_bits) for peak in peaks.tolist())}

    def fitted(self, x: Array, spare_bits: int = 0) -> "WindowFrontEnd":
        return self if self.fraction_bits else dataclasses.replace(self, **self.learned(x, spare_bits))

    @abstractmethod
    def frames(self, steps: int) -> Frames:
        """Return how windows of so many steps are cut; InputError if they are too short or too long."""

    @property
    @abstractmethod
    def values(self) -> tuple[str, ...]:
        """Names of the values of a frame."""

    @abstractmethod
    def units(self, bits: int) -> tuple[Floats, Floats]:
        """Return the factor and the offset [values] that bring the device's whole numbers to units.

        Args:
            bits: behind the binary point of the channel's samples.
        """

    @abstractmethod
    def compute(self, samples: Array) -> Array:
        """Return the device's whole numbers, int32 [n, frames, values x channels], of int16 [n, steps, channels]."""

    def shape(self, row_shape: tuple[int, ...]) -> tuple[int, ...]:
        if len(row_shape) != Kind.WINDOW.axes:
            name = self.to_json()["front_end"]
            raise InputError("front_end", f"{name} takes windows of a signal", got=f"rows of shape {row_shape}")
        steps, channels = row_shape
        if len(self.fraction_bits) not in (0, channels):
            rule = f"must have a number for each of the {channels} channels"
            raise InputError("front_end: fraction_bits", rule, got=list(self.fraction_bits))
        return self.frames(steps).count, len(self.values) * channels

    def apply(self, x: Array) -> Floats:
        self.shape(x.shape[1:])
        factors, offsets = self.feature_units()
        return np.asarray(self.compute(self.samples(x)) * factors + offsets, np.float32)

    def feature_units(self) -> tuple[Floats, Floats]:
        """Return the factor and the offset [values x channels] that bring the device's whole numbers to units.

        Raises:
            InputError: the range of the samples is not known, since it was neither given nor learned.
        """
        if not self.fraction_bits:
            raise InputError("front_end: fraction_bits", "must be given for each channel, or learned", got="none")
        by_channel = [self.units(bits) for bits in self.fraction_bits]
        factors, offsets = (np.stack([units[i] for units in by_channel], axis=1).ravel() for i in (0, 1))
        return factors, offsets

    @property
    def sample_factors(self) -> Floats:
        """What brings a value of each channel to the unit of its samples [channels]."""
        return np.asarray([2.0**bits for bits in self.fraction_bits], np.float32)

    def samples(self, x: Array) -> Array:
        """Return rows [n, steps, channels] in their units as the device's samples, int16."""
        return native_samples(np.asarray(x, np.float32), np.asarray(self.fraction_bits, np.int8))

    def channel_names(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"{name} {value}" for value in self.values for name in names)


def check_bits(bits: tuple[int, ...]) -> None:
    """Raise an InputError for bits behind the point that samples cannot have."""
    for count in bits:
        if not _LEAST_BITS <= count <= _MOST_BITS:
            rule = f"must be from {_LEAST_BITS} to {_MOST_BITS}"
            raise InputError("front_end: fraction_bits", rule, got=count)


def _room(peak: float, spare_bits: int) -> int:
    """Return how many bits behind the point values up to `peak` and spare ones leave, of the 15 that a sample has."""
    if not peak or not math.isfinite(peak):
        return 0
    return min(max(15 - spare_bits - math.frexp(peak)[1], _LEAST_BITS), _MOST_BITS)
