"""Random changes of features of sound, computed in the graph of training."""

from typing import Any

from nas.model.runtime import tf
from nas.model.training.augment.images import stretch


def mask(x: Any, seed: Any, share: float, axis: int) -> Any:
    """Set a random stretch of an axis of each row [n, h, w, c] to 0, the mean of all; it is up to this share of it.

    Blanked times and frequencies are those of SpecAugment (arXiv:1904.08779), one of each.
    """
    return tf.where(stretch(x, axis, seed, share), 0.0, x)
