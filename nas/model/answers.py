"""What is kept of the winner's answers for the test rows, so that reports can be drawn without the data."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np

from nas.arrays import Array, Doubles, Floats, Ints, Rows
from nas.data.dataset import Part
from nas.data.prepared import Scaling
from nas.study.answers import Answers, GroupScore, LabelScore, Miss, Mistake, Threshold
from nas.task.label_metrics import FALSE, HITS, MISSED, average_precision, roc_auc
from nas.task.multi_label import EVEN, MultiLabel
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
    numbers = learns.numbers(answers, part.y)
    if numbers is not None:
        groups = _groups(learns, answers, part, classes)
        kept = _look_at_numbers(*numbers, learns.worst(answers, part.y), part.groups, groups)
        if isinstance(learns, MultiLabel):
            kept = replace(kept, labels=label_scores(learns, learns.tally(answers, part.y, classes)))
        return kept
    if confidence is None:
        return None
    return Answers(
        groups=_groups(learns, answers, part, classes),
        thresholds=tuple(_thresholds(confidence, answers == part.y)),
        mistakes=tuple(islice(_mistakes(confidence, answers, part, scaling), MOST_MISTAKES)),
    )


def _look_at_numbers(
    targets: Doubles, answers: Doubles, worst: Rows, names: Array | None, groups: tuple[GroupScore, ...]
) -> Answers:
    """Return what is kept of answers [n, k] that are numbers: those of some rows, and the `worst` rows.

    `names` are those of the groups of rows.
    """
    pairs = np.stack([targets, answers], axis=-1)[_evenly(len(targets), MOST_ANSWERS)]
    rows = worst[:MOST_MISTAKES].tolist()
    return Answers(
        groups=groups,
        points=tuple(tuple((_short(a), _short(b)) for a, b in pairs[:, i].tolist()) for i in range(pairs.shape[1])),
        misses=tuple(
            Miss(row, _name(names, row), *(tuple(map(_short, values[row].tolist())) for values in (targets, answers)))
            for row in rows
        ),
    )


def label_scores(learns: MultiLabel, tally: Doubles) -> tuple[LabelScore, ...]:
    """Return the figures of each label of a tally."""
    areas = zip(average_precision(tally).tolist(), roc_auc(tally).tolist(), strict=True)
    thresholds = learns.thresholds or (EVEN,) * len(tally)
    return tuple(
        LabelScore(int(own[HITS] + own[MISSED]), int(own[HITS] + own[FALSE]), int(own[HITS]), threshold, *both)
        for own, threshold, both in zip(tally, thresholds, areas, strict=True)
    )


def _name(names: Array | None, row: int) -> str | None:
    return None if names is None else str(names[row])


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS + 2}g}")


def _groups(learns: Task, answers: Array, part: Part, classes: int) -> tuple[GroupScore, ...]:
    """Return the scores of each group, the worst by the task's main metric first."""
    if part.groups is None:
        return ()
    tallies, name = learns.tallies(answers, part.y, part.groups, classes), learns.main_metric
    found = []
    for group, tally in zip(np.unique(part.groups), tallies, strict=True):
        own = part.groups == group
        found.append(GroupScore(str(group), int(own.sum()), learns.told(tally, part.y[own])))
    return tuple(sorted(found, key=lambda one: learns.metrics[name].ranked_last(one.metrics.get(name))))


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
            values = _drawn(scaling.undo(part.x[row]))
            yield Mistake(row, _name(part.groups, row), *pair, float(confidence[row]), values)


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
