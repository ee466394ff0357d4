"""What a detector of anomalies reconstructs of a row, and from which part of it: the whole of it, or its last step."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from math import prod

from nas.arrays import Array, Floats

WHOLE, FORECAST = "whole", "forecast"


class Reconstruction(ABC):
    """Which part of a row a network reads, and which it gives again; the score of the row is its error there.

    What is read is the beginning of a row in memory, and what is given again ends with it, so that a device keeps one
    row and the network reads it where it lies.
    """

    @abstractmethod
    def read_shape(self, row_shape: Sequence[int]) -> tuple[int, ...]:
        """Return the shape of what is read of rows of a shape."""

    @abstractmethod
    def row_shape(self, read_shape: Sequence[int]) -> tuple[int, ...]:
        """Return the shape of the rows of which something of a shape is read."""

    @abstractmethod
    def read(self, x: Array) -> Array:
        """Return what is read of rows [n, ...]."""

    @abstractmethod
    def target(self, x: Array) -> Floats:
        """Return what is given again of rows [n, ...], as [n, outputs]."""

    @abstractmethod
    def outputs(self, row_shape: Sequence[int]) -> int:
        """Return how many values are given again of a row."""

    @abstractmethod
    def fits(self, outputs: int, inputs: int) -> bool:
        """Return whether a network may have these numbers of outputs and of values that it reads."""


class Whole(Reconstruction):
    """An auto-encoder: it reads a row, and gives all of it again through a narrow layer."""

    def read_shape(self, row_shape: Sequence[int]) -> tuple[int, ...]:
        return tuple(row_shape)

    def row_shape(self, read_shape: Sequence[int]) -> tuple[int, ...]:
        return tuple(read_shape)

    def read(self, x: Array) -> Array:
        return x

    def target(self, x: Array) -> Floats:
        return x.reshape(len(x), -1)

    def outputs(self, row_shape: Sequence[int]) -> int:
        return prod(row_shape)

    def fits(self, outputs: int, inputs: int) -> bool:
        return outputs == inputs


class Forecast(Reconstruction):
    """A forecast: it reads all steps of a window [time, channels] but the last, and gives all channels of that one."""

    def read_shape(self, row_shape: Sequence[int]) -> tuple[int, ...]:
        steps, channels = row_shape
        return steps - 1, channels

    def row_shape(self, read_shape: Sequence[int]) -> tuple[int, ...]:
        steps, channels = read_shape
        return steps + 1, channels

    def read(self, x: Array) -> Array:
        return x[:, :-1]

    def target(self, x: Array) -> Floats:
        return x[:, -1]

    def outputs(self, row_shape: Sequence[int]) -> int:
        return row_shape[-1]

    def fits(self, outputs: int, inputs: int) -> bool:
        return inputs % outputs == 0


RECONSTRUCTIONS: Mapping[str, Reconstruction] = {WHOLE: Whole(), FORECAST: Forecast()}
"""What may be reconstructed, by the name that a space gives."""
