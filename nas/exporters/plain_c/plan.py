"""Offsets of buffers by their lifetimes, in as few bytes as can be found."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

# All orders of so many buffers are tried, and this many random ones of more.
_MOST_EXHAUSTIVE = 7
_TRIES = 3000


@dataclass(frozen=True)
class Buffer:
    """Bytes that are used from step `first` to step `last`, both included."""

    bytes: int
    first: int
    last: int

    def overlaps(self, other: "Buffer") -> bool:
        return self.first <= other.last and other.first <= self.last


def lower_bound(buffers: Sequence[Buffer]) -> int:
    """Return the most bytes that are in use at one step."""
    times = {buffer.first for buffer in buffers}
    return max((sum(b.bytes for b in buffers if b.first <= time <= b.last) for time in times), default=0)


def best_plan(buffers: Sequence[Buffer]) -> tuple[list[int], int]:
    """Return an offset for each buffer, and the bytes that they need in all.

    Any placement that cannot be lowered is made by placing the buffers one by one at the lowest free offset, in some
    order. So trying orders finds the best one, which is proved as soon as the lower bound is reached.
    """
    least = lower_bound(buffers)
    best: tuple[int, list[int]] | None = None
    for order in _orders(buffers):
        offsets = _first_fit(buffers, order)
        total = max((offset + buffer.bytes for offset, buffer in zip(offsets, buffers, strict=True)), default=0)
        if best is None or total < best[0]:
            best = total, offsets
        if total == least:
            break
    assert best is not None
    return best[1], best[0]


def _orders(buffers: Sequence[Buffer]) -> "itertools.chain[Sequence[int]]":
    places = range(len(buffers))
    by_size = sorted(places, key=lambda i: (-buffers[i].bytes, buffers[i].first))
    by_time = sorted(places, key=lambda i: (buffers[i].first, -buffers[i].bytes))
    first: list[Sequence[int]] = [by_size, by_time]
    if len(buffers) <= _MOST_EXHAUSTIVE:
        return itertools.chain(first, itertools.permutations(places))
    generator = random.Random(0)
    return itertools.chain(first, (generator.sample(by_size, len(by_size)) for _ in range(_TRIES)))


def _first_fit(buffers: Sequence[Buffer], order: Sequence[int]) -> list[int]:
    offsets = [0] * len(buffers)
    placed: list[int] = []
    for i in order:
        taken = sorted((offsets[j], offsets[j] + buffers[j].bytes) for j in placed if buffers[j].overlaps(buffers[i]))
        at = 0
        for begin, end in taken:
            if begin - at >= buffers[i].bytes:
                break
            at = max(at, end)
        offsets[i] = at
        placed.append(i)
    return offsets
