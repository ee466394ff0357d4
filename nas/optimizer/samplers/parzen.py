"""Parzen estimators on finite dimensions, as Optuna defines them, from tables of probabilities.

An observation is the centre of a kernel. On numbers, a kernel is a normal distribution between the ends of the
dimension, as wide as the distance to the next observation; on choices, it prefers the observed one. One kernel more,
the prior, is wide. Since a dimension has few values, so have centres and widths, and each kernel is a row of a table.
"""

import math
from functools import cache
from itertools import pairwise

import numpy as np

from nas.arrays import Doubles, Ints

# The observations of this many of the latest trials have the full weight; from older to older ones it falls.
_FULL_WEIGHT = 25
# A kernel is at least as wide as the range of the dimension divided by this, and by the number of kernels plus 1.
_FEWEST_WIDTHS = 100


@cache
def weights(count: int) -> Doubles:
    """Return the weights of `count` observations from the oldest to the latest, and of the prior; their sum is 1."""
    own = np.ones(count + 1)
    if count >= _FULL_WEIGHT:
        own[: count - _FULL_WEIGHT] = np.linspace(1 / count, 1, count - _FULL_WEIGHT)
    normed: Doubles = own / own.sum()
    return normed


def kernels(observed: Ints, size: int, *, is_ordered: bool) -> Doubles:
    """Return the probability of each value under each kernel, [n + 1, size]; the last one is the prior.

    Args:
        observed: indices of the observed values, [n], from the oldest to the latest.
        size: number of values.
        is_ordered: whether near values are alike.
    """
    count = len(observed)
    if not is_ordered:
        chosen: Doubles = _choice_kernels(size, count + 1)[np.append(observed, size)]
        return chosen
    if count == 1:
        # The distance to the farther end of the dimension, which is half a step beyond its last value.
        width = max(observed[0] + 0.5, size - 0.5 - observed[0])
        return np.array([_normal(float(observed[0]), float(width), size), _normal((size - 1) / 2, size, size)])
    table = _number_kernels(size, min(_FEWEST_WIDTHS, count + 2))
    return np.concatenate([table[observed, _gaps(observed)], table[:1, -1]])


def _gaps(observed: Ints) -> Ints:
    """Return the distance of each observation to the farther one of its two neighbours."""
    if not len(observed):
        return observed
    order = np.argsort(observed, kind="stable")
    steps = np.diff(observed[order])
    widest = np.zeros_like(observed)
    widest[:-1] = steps
    widest[1:] = np.maximum(widest[1:], steps)
    gaps = np.empty_like(observed)
    gaps[order] = widest
    return gaps


@cache
def _number_kernels(size: int, widths: int) -> Doubles:
    """Return all kernels on ordered values, [centre, gap, value]; the last gap stands for the prior, at any centre.

    Args:
        size: number of values.
        widths: the range of the dimension divided by the least width of a kernel.
    """
    table = np.empty((size, size + 1, size))
    for gap in range(size):
        width = min(max(gap, size / widths), size)
        for centre in range(size):
            table[centre, gap] = _normal(centre, width, size)
    table[:, size] = _normal((size - 1) / 2, size, size)
    return table


def _normal(centre: float, width: float, size: int) -> Doubles:
    """Return the probabilities of 0, 1, ..., `size` - 1 under a normal distribution from -0.5 to `size` - 0.5."""
    scale = 1 / (width * math.sqrt(2))
    # From the tail that is nearer, since the difference of two numbers near 1 loses the digits of a small one.
    tails = [math.erfc(abs(edge - 0.5 - centre) * scale) / 2 for edge in range(size + 1)]
    parts = [
        1 - low - high if edge - 0.5 < centre <= edge + 0.5 else abs(high - low)
        for edge, (low, high) in enumerate(pairwise(tails))
    ]
    masses = np.array(parts)
    normed: Doubles = masses / masses.sum()
    return normed


@cache
def _choice_kernels(size: int, count: int) -> Doubles:
    """Return the kernels on `size` choices, [observed, choice], with the prior last, if there are `count` of them."""
    table = np.concatenate([np.eye(size), np.zeros((1, size))]) + 1 / count
    normed: Doubles = table / table.sum(axis=1, keepdims=True)
    return normed
