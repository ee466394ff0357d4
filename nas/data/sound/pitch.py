"""Another pitch at the same speed: rows are played faster, and brought back to their length by overlapping pieces."""

import math

import numpy as np

from nas.arrays import Doubles, Floats, Ints
from nas.data.sound.timing import factors_of, played

HOP_S = 0.02
"""Pieces are twice as long, and half of each overlaps the next one."""
SEARCH_S = 0.01
"""So far from its place a piece may be taken, both ways: a period of a deep voice."""
_COMPARED_HZ, _PLACES_HZ = 4000, 8000
"""Pieces are compared by so many samples a second, at so many places a second."""


def pitch(x: Floats, factors: Doubles, rate_hz: float) -> Floats:
    """Raise the pitch of each row [n, time] by a factor [n], rounded to hundredths; its speed stays.

    Pieces are joined where they go on most alike (WSOLA: Verhelst and Roelands, 1993).
    """
    groups = [(rows, played(x[rows], factor)) for factor, rows in factors_of(factors)]
    if not groups:
        return x.copy()
    longest = max(each.shape[1] for _, each in groups)
    others = np.concatenate([np.pad(each, ((0, 0), (0, longest - each.shape[1]))) for _, each in groups])
    lengths = np.concatenate([np.full(len(each), each.shape[1]) for _, each in groups])
    changed = x.copy()
    changed[np.concatenate([rows for rows, _ in groups])] = stretched(others, lengths, x.shape[1], rate_hz)
    return changed


def stretched(x: Floats, lengths: Ints, time: int, rate_hz: float) -> Floats:
    """Return rows [n, some time], of which the first samples count, [n], at one length, with their pitch."""
    hop, reach = max(1, round(HOP_S * rate_hz)), max(1, round(SEARCH_S * rate_hz))
    pieces = math.ceil(time / hop) + 1
    source = np.pad(x, ((0, 0), (hop + reach, 3 * hop + 2 * reach + max(0, time - x.shape[1]))))
    window = (0.5 - 0.5 * np.cos(np.pi * (np.arange(2 * hop) + 0.5) / hop)).astype(np.float32)
    made = np.zeros((len(x), (pieces + 1) * hop), np.float32)
    at = np.full(len(x), reach)
    for piece in range(pieces):
        if piece:
            first = np.rint(piece * hop * lengths / time).astype(np.int64)  # of the places that are searched
            at = first + _best(_taken(source, first, 2 * reach + hop), _taken(source, at + hop, hop), rate_hz)
        made[:, piece * hop : (piece + 2) * hop] += window * _taken(source, at, 2 * hop)
    return made[:, hop : hop + time]


def _taken(source: Floats, at: Ints, length: int) -> Floats:
    """Return a piece of each row, from places [n] on."""
    return np.lib.stride_tricks.sliding_window_view(source, length, axis=1)[np.arange(len(at)), at]


def _best(stretch: Floats, continued: Floats, rate_hz: float) -> Ints:
    """Return where in a stretch of each row [n, time] the piece begins that is most like its continuation [n, hop]."""
    every, step = max(1, round(rate_hz / _COMPARED_HZ)), max(1, round(rate_hz / _PLACES_HZ))
    wanted = np.ascontiguousarray(continued[:, ::every])
    count = (stretch.shape[1] - continued.shape[1]) // every
    alike = [_alike(np.ascontiguousarray(stretch[:, at::every]), wanted, count) for at in range(0, every, step)]
    place, phase = np.divmod(np.stack(alike, axis=2).reshape(len(stretch), -1).argmax(axis=1), len(alike))
    return np.asarray(place * every + phase * step)


def _alike(stretch: Floats, wanted: Floats, count: int) -> Floats:
    """Return how like a piece [n, samples] the first places [n, count] of a stretch are: correlation over loudness."""
    places = np.lib.stride_tricks.sliding_window_view(stretch, wanted.shape[1], axis=1)[:, :count]
    sums = np.pad(np.cumsum(np.square(stretch, dtype=np.float64), axis=1), ((0, 0), (1, 0)))
    loud = (sums[:, wanted.shape[1] :] - sums[:, : -wanted.shape[1]])[:, :count]
    return np.asarray(np.einsum("npt,nt->np", places, wanted) / np.sqrt(loud + 1), np.float32)
