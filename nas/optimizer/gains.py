"""What more time still brings to each part of a run, in points (hundredths) of accuracy.

Three parts share a run's time: the search, the finals' choice between its best candidates, and the winner's last
training. These rules weigh them against each other where time is short. They say nothing of the accuracy itself.
"""

import math
from statistics import NormalDist

# Points by which a whole search becomes better when it has twice as long (`benchmarks/curves.jsonl`: 0.5 to 2 points of
# the best validation score, of which a part is luck).
_DOUBLED_SEARCH = 0.5
# Points that a training of n steps still lacks are this number, divided by the root of n: on UCI HAR, 115 steps an
# epoch, 40 epochs instead of 80 cost 0.9 points, 320 instead of 80 bring 1.5 (`benchmarks/recipe.md`).
_UNTRAINED = 290.0
# The standard deviation of the finalists' accuracies, as far as whole finals can see it: an assumption.
_APART = 0.5
# What finals are worth even with a single finalist: its score becomes one over all groups.
_CHECKED = 0.1


def of_search(seconds: float) -> float:
    """Return what a search of some seconds has brought, compared with one of a second."""
    return _DOUBLED_SEARCH * math.log2(max(seconds, 1.0))


def of_training(steps: int) -> float:
    """Return what a training of some steps has brought, compared with an endless one; it is below 0."""
    return -_UNTRAINED / math.sqrt(max(steps, 1))


def of_choice(finalists: int, epochs: int, whole: int) -> float:
    """Return what choosing the best of some finalists brings, compared with taking the best of the search.

    Args:
        finalists: number of candidates that are cross-validated.
        epochs: of a training on a fold.
        whole: the epochs with which such trainings rank candidates as well as they can.
    """
    if not finalists:
        return 0.0
    # The mean of the greatest of n normal numbers (Blom, 1958).
    greatest = NormalDist().inv_cdf((finalists - 0.375) / (finalists + 0.25)) if finalists > 1 else 0.0
    return (_CHECKED + _APART * greatest) * math.sqrt(min(1.0, epochs / whole))
