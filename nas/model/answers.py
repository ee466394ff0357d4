"""What is kept of the winner's answers for the test rows, so that reports can be drawn without the data."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np

from nas.arrays import Array, Doubles, Floats, Ints
from nas.data.dataset import Part
from nas.data.prepared import Scaling
from nas.study.answers import Answers, GroupScore, Miss, Mistake, Threshold
from nas.task.anomaly import Anomaly
from nas.task.task import Task

MOST_ANSWERS = 500
"""Answers to targets that are kept, evenly by their row."""
MOST_THRESHOLDS = 64
MOST_MISTAKES = 12
MOST_OF_A_PAIR = 3
"""Mistakes that are kept of each pair of a true and a predicted class."""
MOST_CHANNELS = 6
MOST_POINTS = 64
MOST_PIXELS = 32
_DIGITS = 4


def look_at(
    learns: Task, answers: Array, confidence: Doubles | None, part: Part, scaling: Scaling, classes: int
) -> Answers | None:
    """Return what is kept of a network's answers; None for classes whose answers have no confidence.

    Args:
        learns: the task.
        answers: of the network [n, ...].
        confidence: how sure it is of them [n]; None if they have no probability.
        part: the test rows, scaled.
        scaling: what was applied to the rows; it is undone for what is drawn.
        classes: number of classes.
    """
    if learns.measured:
        return _look_at_targets(learns, answers, part, classes)
    if isinstance(learns, Anomaly):
        return _look_at_scores(learns, answers, part, classes)
    if confidence is None:
        return None
    return Answers(
        groups=tuple(sorted(_groups(learns, answers, part, classes), key=lambda one: one.metrics["accuracy"])),
        thresholds=tuple(_thresholds(confidence, answers == part.y)),
        mistakes=tuple(islice(_mistakes(confidence, answers, part, scaling), MOST_MISTAKES)),
    )


def _look_at_targets(learns: Task, answers: Array, part: Part, outputs: int) -> Answers:
    """Return what is kept of answers [n, outputs] to targets."""
    pairs = np.stack([part.y, answers], axis=-1)[_evenly(len(part), MOST_ANSWERS)]
    sizes = np.abs((answers - part.y) / np.maximum(part.y.std(axis=0), 1e-30)).max(axis=1)
    groups = sorted(_groups(learns, answers, part, outputs), key=lambda one: -one.metrics[learns.main_metric])
    return Answers(
        groups=tuple(groups),
        points=tuple(tuple((_short(a), _short(b)) for a, b in pairs[:, i].tolist()) for i in range(pairs.shape[1])),
        misses=tuple(_miss(answers, part, row) for row in np.argsort(-sizes, kind="stable")[:MOST_MISTAKES].tolist()),
    )


def _look_at_scores(learns: Anomaly, answers: Doubles, part: Part, outputs: int) -> Answers:
    """Return what is kept of scores [n, 2]: those of some rows, and the rows whose score is most on the wrong side."""
    groups = sorted(_groups(learns, answers, part, outputs), key=lambda one: one.metrics[learns.main_metric])
    scores = answers[:, :1]
    wrong = np.flatnonzero(learns.alarms(answers) != (part.y == 1))
    order = wrong[np.argsort(np.where(part.y[wrong] == 1, 1, -1) * scores[wrong, 0], kind="stable")]
    rows = _evenly(len(part), MOST_ANSWERS).tolist()
    labels = part.y[:, None].astype(np.float64)
    return Answers(
        groups=tuple(groups),
        points=(tuple((float(part.y[row]), _short(float(scores[row, 0]))) for row in rows),),
        misses=tuple(_miss(scores, replace(part, y=labels), row) for row in order[:MOST_MISTAKES].tolist()),
    )


def _miss(answers: Array, part: Part, row: int) -> Miss:
    group = None if part.groups is None else str(part.groups[row])
    return Miss(row, group, *(tuple(map(_short, values[row].tolist())) for values in (part.y, answers)))


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS + 2}g}")


def _groups(learns: Task, answers: Array, part: Part, classes: int) -> Iterator[GroupScore]:
    """Yield the scores of each group, by its name."""
    if part.groups is None:
        return
    tallies = learns.tallies(answers, part.y, part.groups, classes)
    for group, tally in zip(np.unique(part.groups), tallies, strict=True):
        yield GroupScore(str(group), int((part.groups == group).sum()), learns.scores(tally))


def _thresholds(confidence: Doubles, right: Array) -> Iterator[Threshold]:
    """Yield a threshold for each confidence that occurs, or for some of them, evenly by their rank."""
    order = np.argsort(-confidence, kind="stable")
    hits = np.cumsum(right[order])
    levels, decided = np.unique(-confidence[order], return_counts=True)
    decided = np.cumsum(decided)
    for i in _evenly(len(levels), MOST_THRESHOLDS)[::-1]:
        yield Threshold(float(-levels[i]), int(decided[i]), int(hits[decided[i] - 1]))


def _mistakes(confidence: Doubles, answers: Array, part: Part, scaling: Scaling) -> Iterator[Mistake]:
    """Yield the wrong answers of the highest confidence, of equal ones those of the earlier rows."""
    wrong = np.flatnonzero(answers != part.y)
    pairs: Counter[tuple[int, int]] = Counter()
    for row in wrong[np.argsort(-confidence[wrong], kind="stable")].tolist():
        pair = int(part.y[row]), int(answers[row])
        pairs[pair] += 1
        if pairs[pair] <= MOST_OF_A_PAIR:
            group = None if part.groups is None else str(part.groups[row])
            yield Mistake(row, group, *pair, float(confidence[row]), _drawn(scaling.undo(part.x[row])))


def _drawn(x: Floats) -> tuple[tuple[float, ...], ...]:
    """Return what a drawing of a row needs: of a window [time, channels] or an image [height, width, channels]."""
    if x.ndim == 2:
        kept = x.T[:MOST_CHANNELS, _evenly(len(x), MOST_POINTS)]
    elif x.ndim == 3:
        height, width, _ = x.shape
        kept = x.mean(axis=2)[_evenly(height, MOST_PIXELS)][:, _evenly(width, MOST_PIXELS)]
    else:
        return ()
    return tuple(tuple(float(f"{value:.{_DIGITS}g}") for value in line) for line in kept.tolist())


def _evenly(count: int, most: int) -> Ints:
    """Return at most `most` of the positions 0 to `count` - 1, evenly spaced, with both ends."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))
