"""Metrics of a detector of anomalies, and their 95 % intervals.

The tally of some rows is their confusion matrix, spread over the ranks of their scores: sums [true class, answer, 3,
ranks] of rows, of their scores, and of the constant answer's scores. The second class is that of anomalies; a row is
answered as one if its score is above the threshold. Metrics that scikit-learn has too equal its own.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from nas.arrays import Array, Doubles, Flags, Ints
from nas.task.metrics import DRAWS, FEWEST_GROUPS, Estimate, Metric, interval_tail, scores

NORMAL, ANOMALY = 0, 1
ROWS, SCORE, CONSTANT = range(3)
"""Places in a tally's axis of sums."""

MOST_FALSE_ALARMS = 0.1
"""The partial AUC is that of false-alarm rates up to this one."""

MOST_VALUES = 4_000_000
"""Numbers in the tallies of all groups together; with more, scores of neighbouring ranks share one."""

DRAWN_RANKS = 512
"""Ranks in bootstrap samples: 2,000 of them then take a second, and an area is right within 0.001."""


def ranked(values: Doubles, units: int) -> Ints:
    """Return the rank of each score [n], the same for equal ones, for the tallies of some groups."""
    different, which = np.unique(values, return_inverse=True)
    most = max(256, MOST_VALUES // (12 * units))
    return np.asarray(which * min(most, len(different)) // max(1, len(different)), np.int64)


def alarm_tallies(answers: Doubles, alarms: Flags, y: Array, groups: Array | None) -> Doubles:
    """Return the tally of each group [groups, 2, 2, 3, ranks]; without groups, that of all rows as one.

    Args:
        answers: score of each row, and that of the constant answer [n, 2].
        alarms: whether the row is answered as an anomaly [n].
        y: 0 for normal rows, 1 for anomalies [n].
        groups: of the rows [n].
    """
    which = np.zeros(len(y), np.int64) if groups is None else np.unique(groups, return_inverse=True)[1]
    units = int(which.max(initial=0)) + 1
    rank = ranked(answers[:, 0], units)
    shape = units, 2, 2, int(rank.max(initial=0)) + 1
    cell = np.ravel_multi_index((which, y, alarms.astype(np.int64), rank), shape)
    sums = [np.bincount(cell, weights, np.prod(shape)) for weights in (None, *answers.T)]
    return np.stack([np.reshape(one, shape) for one in sums], axis=-2).astype(np.float64)


def confusion_of(tally: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the confusion matrix [..., true class, answer] of tallies."""
    return np.asarray(tally[..., ROWS, :].sum(-1))


def roc(tally: npt.NDArray[Any]) -> tuple[Doubles, Doubles]:
    """Return the false-alarm rates and the detection rates [..., ranks + 1] of all thresholds, from the highest down.

    Rates of no rows are 0.
    """
    counts = tally[..., ROWS, :].sum(-2)[..., ::-1]
    whole = counts.sum(-1, keepdims=True)
    rates = np.cumsum(counts / np.maximum(whole, 1), axis=-1)
    rates = np.concatenate([np.zeros_like(rates[..., :1]), rates], axis=-1)
    return rates[..., NORMAL, :], rates[..., ANOMALY, :]


def roc_auc(tally: npt.NDArray[Any]) -> Doubles:
    """Return the chance that an anomaly has a higher score than a normal row; 0.5 where one of them is missing."""
    false, found = roc(tally)
    return _known(tally, _area(false, found), 0.5)


def partial_auc(tally: npt.NDArray[Any]) -> Doubles:
    """Return the area for false-alarm rates up to 0.1, standardized so that a guess has 0.5 (McClish, 1989)."""
    false, found = roc(tally)
    most = MOST_FALSE_ALARMS
    width = np.diff(false, axis=-1)
    inside = np.clip(most - false[..., :-1], 0, width)
    rise = np.diff(found, axis=-1) * np.divide(inside, width, out=np.zeros_like(width), where=width > 0)
    area = (inside * (found[..., :-1] + rise / 2)).sum(-1)
    least = most**2 / 2
    return _known(tally, 0.5 * (1 + (area - least) / (most - least)), 0.5)


def f1(tally: npt.NDArray[Any]) -> Doubles:
    """Return the harmonic mean of precision and recall of anomalies; 0 without anomalies and alarms."""
    counts = confusion_of(tally)
    hits = 2 * counts[..., ANOMALY, ANOMALY]
    return _ratio(hits, hits + counts[..., NORMAL, ANOMALY] + counts[..., ANOMALY, NORMAL])


def false_alarm_rate(tally: npt.NDArray[Any]) -> Doubles:
    """Return the share of normal rows that are answered as anomalies; 0 without normal rows."""
    counts = confusion_of(tally)[..., NORMAL, :]
    return _ratio(counts[..., ANOMALY], counts.sum(-1))


def missed_alarm_rate(tally: npt.NDArray[Any]) -> Doubles:
    """Return the share of anomalies that are answered as normal; 0 without anomalies."""
    counts = confusion_of(tally)[..., ANOMALY, :]
    return _ratio(counts[..., NORMAL], counts.sum(-1))


def explained(tally: npt.NDArray[Any]) -> Doubles:
    """Return the share of the normal rows' variance that reconstructions explain: 1 - score / the constant's score."""
    sums = tally[..., NORMAL, :, :, :].sum((-3, -1))
    return 1 - _ratio(sums[..., SCORE], sums[..., CONSTANT])


ALARM_METRICS: Mapping[str, Metric] = {
    "roc_auc": Metric("ROC AUC", roc_auc, unit=""),
    "partial_auc": Metric("partial AUC", partial_auc, unit=""),
    "f1": Metric("F1", f1, unit=""),
    "false_alarm_rate": Metric("false-alarm rate", false_alarm_rate, greater_is_better=False, best=0.0),
    "missed_alarm_rate": Metric("missed-alarm rate", missed_alarm_rate, greater_is_better=False, best=0.0),
    "explained": Metric("explained share", explained),
}
"""The metrics of anomaly detection."""


def alarm_estimates(tallies: Doubles, *, grouped: bool, seed: int = 0) -> dict[str, Estimate]:
    """Return every metric with its 95 % interval, or without one if there are fewer groups than `FEWEST_GROUPS`.

    Groups are resampled as wholes; without groups, rows are.
    """
    values = scores(tallies.sum(0), ALARM_METRICS)
    units = len(tallies) if grouped else int(tallies[..., ROWS, :].sum())
    if units < 2 or (grouped and units < FEWEST_GROUPS):
        return {name: Estimate(value) for name, value in values.items()}
    drawn: dict[str, list[Doubles]] = {name: [] for name in values}
    known = _has_both(tallies.sum(0))
    for draws in _draws(_coarser(tallies), grouped, seed):
        # Without anomalies, or with them alone, a sample tells nothing of most metrics.
        draws = draws[_has_both(draws)] if known else draws
        for name, metric in ALARM_METRICS.items():
            drawn[name].append(np.asarray(metric.function(draws)))
    tail = interval_tail(units)
    ends = {name: np.quantile(np.concatenate(found), [tail, 1 - tail]).tolist() for name, found in drawn.items()}
    return {
        name: Estimate(value, min(ends[name][0], value), max(ends[name][1], value)) for name, value in values.items()
    }


def _coarser(tallies: Doubles) -> Doubles:
    """Return tallies with fewer ranks."""
    count = tallies.shape[-1]
    starts = np.unique(np.arange(DRAWN_RANKS) * count // DRAWN_RANKS)
    return np.add.reduceat(tallies, starts, axis=-1)


def _draws(tallies: Doubles, grouped: bool, seed: int) -> Iterator[Doubles]:
    """Yield tallies of bootstrap samples, some at a time."""
    rng, left, shape = np.random.default_rng(seed), DRAWS, tallies.shape[1:]
    weights = np.ones(len(tallies)) if grouped else tallies.sum(0)[:, :, ROWS].ravel()
    units, step = int(weights.sum()), max(1, MOST_VALUES // int(np.prod(shape)))
    while left:
        count = min(left, step)
        times = rng.multinomial(units, weights / units, size=count)
        yield (_of_groups if grouped else _of_rows)(times, tallies).reshape(count, *shape)
        left -= count


def _of_groups(times: Ints, tallies: Doubles) -> Doubles:
    """Return tallies of groups that were drawn so many times [samples, groups]."""
    return np.asarray(times.astype(np.float64) @ tallies.reshape(len(tallies), -1))


def _of_rows(times: Ints, tallies: Doubles) -> Doubles:
    """Return tallies of rows that were drawn so many times [samples, cells], each with the mean scores of its cell."""
    total = tallies.sum(0)
    rows = total[:, :, ROWS]
    means = np.divide(total, rows[:, :, None], out=np.zeros_like(total), where=rows[:, :, None] > 0)
    return np.asarray(times.reshape(-1, *rows.shape)[:, :, :, None] * means)


def _area(x: Doubles, y: Doubles) -> Doubles:
    return np.asarray((np.diff(x, axis=-1) * (y[..., 1:] + y[..., :-1]) / 2).sum(-1))


def _known(tally: npt.NDArray[Any], value: Doubles, otherwise: float) -> Doubles:
    """Return values of rows of both classes; `otherwise` for those of one."""
    return np.where(_has_both(tally), value, otherwise)


def _has_both(tally: npt.NDArray[Any]) -> Flags:
    """Return whether tallies are of rows of both classes."""
    return np.asarray((confusion_of(tally).sum(-1) > 0).all(-1), np.bool_)


def _ratio(part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> Doubles:
    return np.asarray(np.divide(part, whole, out=np.zeros(np.shape(whole)), where=np.asarray(whole) > 0))
