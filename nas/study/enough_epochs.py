"""How long the winner is trained if longer trainings have made it worse on the folds of the finals."""

from collections.abc import Sequence

import numpy as np

from nas.arrays import Doubles
from nas.study.finals import Final
from nas.study.learning_rate import one_cycle
from nas.task.task import validation_curve

WORSE = 1.1
"""A training was too long if its errors at the end are more than this many times those of its best epoch.

See benchmarks/last_training.md.
"""

SMOOTHED = 20
"""Curves are averaged over a training's 20th part, since one epoch may be better than others by chance."""

# Of an epoch, where learning rates are added up; how many there are makes no difference.
_STEPS = 20


def enough_epochs(finals: Sequence[Final]) -> int | None:
    """Return the epochs that are enough for a network, given its trainings on folds; None if longer ones do no harm.

    The cross-validation keeps the best epoch of each training by the rows that were left out. The last training has no
    such rows, so it has to end by itself where its network was best: with its learning rate at 0, after as many epochs
    as make the sum of its learning rates that of the trainings on folds up to there.

    Args:
        finals: of one network, one for each fold, all of as many epochs.
    """
    curves = [validation_curve(final.record.history) for final in finals]
    if not curves or not curves[0] or len(set(map(len, curves))) > 1:
        return None
    smooth = np.array([_smoothed(np.asarray(curve)) for curve in curves])
    mean = smooth.mean(axis=0)
    best = int(mean.argmax())
    is_worse = 1 - mean[-1] > WORSE * (1 - mean[best]) and np.all(smooth[:, -1] < smooth[:, best])
    return _whole_training(best + 1, len(mean)) if is_worse else None


def _smoothed(curve: Doubles) -> Doubles:
    """Return the mean of a curve around each epoch; at its ends, of the epochs that there are."""
    window = np.ones(max(1, len(curve) // SMOOTHED))
    return np.convolve(curve, window, "same") / np.convolve(np.ones(len(curve)), window, "same")


def _whole_training(best: int, epochs: int) -> int:
    """Return the epochs of a whole training whose learning rates have the sum of the first `best` ones of `epochs`."""
    rates = one_cycle(epochs * _STEPS, 1.0)
    share = rates[: best * _STEPS].sum() / rates.sum()
    return max(1, round(epochs * float(share)))
