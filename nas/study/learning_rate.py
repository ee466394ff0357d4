"""The learning rate over a training: one cycle up to each restart and up to the end."""

import itertools
from collections.abc import Sequence

import numpy as np

from nas.arrays import Floats


def learning_rates(epochs: int, restart_epochs: Sequence[int], steps: int, peak: float) -> Floats:
    """Return the learning rate of each step of a training: one cycle up to each restart and up to the end.

    Args:
        epochs: of the training.
        restart_epochs: numbers of epochs after which a cycle ends and the next one begins.
        steps: per epoch.
        peak: the greatest learning rate.
    """
    cycles = itertools.pairwise([0, *restart_epochs, epochs])
    return np.concatenate([one_cycle((end - start) * steps, peak) for start, end in cycles])


def one_cycle(steps: int, peak: float) -> Floats:
    """Return the learning rate of each step: linear warm-up over the first tenth, then half a cosine down to 0."""
    warm = max(1, steps // 10)
    down = np.arange(1, steps - warm + 1) / max(1, steps - warm)
    rates = np.concatenate([np.arange(1, warm + 1) / warm, 0.5 * (1 + np.cos(np.pi * down))])
    return (peak * rates).astype(np.float32)
