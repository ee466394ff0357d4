"""Offsets of buffers by their lifetimes, in as few bytes as a search finds."""

from collections.abc import Sequence
from dataclasses import dataclass

from nas.target.plan import lowest

# Buffers that a search places, at most; networks of a space need far fewer.
_MOST_STEPS = 20_000


@dataclass(frozen=True)
class Buffer:
    """Bytes that are used from step `first` to step `last`, both included."""

    bytes: int
    first: int
    last: int

    def overlaps(self, other: "Buffer") -> bool:
        return self.first <= other.last and other.first <= self.last


def best_plan(buffers: Sequence[Buffer]) -> tuple[list[int], int]:
    """Return an offset for each buffer, and the bytes that they need in all."""
    return lowest([(b.bytes, b.first, b.last) for b in buffers], _MOST_STEPS)
