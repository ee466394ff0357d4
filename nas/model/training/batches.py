"""What a training draws in each epoch: an order of the rows, and for each the row as it is or one of its variants."""

from collections.abc import Sequence

import numpy as np

from nas.arrays import Array, Floats
from nas.data.dataset import Part


def versions(part: Part, targets: Floats) -> tuple[Floats, Floats, int]:
    """Return all that can be drawn, its targets, and how many versions of each row there are: itself and its variants.

    Those of a row follow each other, itself first; each has the row's target, of `targets` [n, outputs].
    """
    if part.variants is None:
        return part.x, targets, 1
    x = np.concatenate([part.x[:, None], part.variants], axis=1)
    return x.reshape(-1, *part.x.shape[1:]), np.repeat(targets, x.shape[1], axis=0), x.shape[1]


def shuffled_batches(rows: int, batch_size: int, seed: Sequence[int], copies: int = 1) -> Array:
    """Return the numbers of what is drawn for each batch of an epoch, int32 [steps, batch_size].

    An epoch has a seed of its own, so that a resumed training sees the same batches.

    Args:
        rows: how many there are; each is drawn once, but for those of the last, incomplete batch.
        batch_size: rows in a batch.
        seed: of the training and the epoch.
        copies: versions of each row, see `versions`; each is equally probable.
    """
    rng = np.random.default_rng(seed)
    order, steps = rng.permutation(rows), rows // batch_size
    if copies > 1:
        order = order * copies + rng.integers(0, copies, rows)
    return order[: steps * batch_size].reshape(steps, batch_size).astype(np.int32)
