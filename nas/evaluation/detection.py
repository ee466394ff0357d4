"""Detecting one class: how many of its rows are found, and how many false alarms that brings, threshold by threshold.

A row counts as detected if the class's probability is at least the threshold, whatever the other probabilities are. One
list of such counts is the ROC curve, the precision-recall curve and the table of thresholds at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nas.arrays import Array, Floats

MOST_POINTS = 256
"""Points that are kept of a curve; an int8 model gives no more than 256 different probabilities."""

THRESHOLDS = (*(round(0.05 * i, 2) for i in range(1, 20)), 0.97, 0.98, 0.99, 0.995)
"""Thresholds that are tabulated, denser where a device would set them."""

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold does.

    Attributes:
        threshold: the least probability of a row that counts as detected.
        detected: number of detected rows of the class.
        false_alarms: number of detected rows of other classes.
    """

    threshold: float
    detected: int
    false_alarms: int


@dataclass(frozen=True, slots=True)
class Detection:
    """Detecting one class among all rows.

    Attributes:
        rows: number of rows of the class; `others` is that of all other classes. Without rows of either kind, there
            are no areas.
        roc_auc: area under the ROC curve: how often a row of the class has a higher probability than another row.
        average_precision: area under the precision-recall curve, as a step function.
        curve: the points of the curves, from the highest threshold down.
        thresholds: the points at `THRESHOLDS`.
    """

    rows: int
    others: int
    roc_auc: float | None
    average_precision: float | None
    curve: tuple[Point, ...]
    thresholds: tuple[Point, ...]

    def detection_rate(self, point: Point) -> float | None:
        """Return the share of the class's rows that are detected: the recall."""
        return point.detected / self.rows if self.rows else None

    def false_alarm_rate(self, point: Point) -> float | None:
        """Return the share of the other rows that are detected."""
        return point.false_alarms / self.others if self.others else None

    def precision(self, point: Point) -> float | None:
        """Return the share of the detected rows that are of the class; None if none is detected."""
        found = point.detected + point.false_alarms
        return point.detected / found if found else None

    def false_alarms_per_hour(self, point: Point, seconds_per_row: float | None) -> float | None:
        """Return the false alarms in an hour without the class, if a row begins every so many seconds."""
        rate = self.false_alarm_rate(point)
        return None if rate is None or not seconds_per_row else rate * HOUR / seconds_per_row

    def least_threshold(self, most_false_alarms: float) -> Point | None:
        """Return the point of the curve that detects most with at most this rate of false alarms; None if none does."""
        quiet = [point for point in self.curve if point.false_alarms <= most_false_alarms * self.others]
        return quiet[-1] if quiet else None

    def to_json(self, seconds_per_row: float | None = None) -> dict[str, Any]:
        """Return the areas, the curves as arrays, and a table of thresholds."""
        return {
            "roc_auc": self.roc_auc,
            "average_precision": self.average_precision,
            "curve": {
                "threshold": [point.threshold for point in self.curve],
                "detection_rate": [self.detection_rate(point) for point in self.curve],
                "false_alarm_rate": [self.false_alarm_rate(point) for point in self.curve],
                "precision": [self.precision(point) for point in self.curve],
            },
            "thresholds": [
                {
                    "threshold": point.threshold,
                    "detected": point.detected,
                    "detection_rate": self.detection_rate(point),
                    "false_alarms": point.false_alarms,
                    "false_alarm_rate": self.false_alarm_rate(point),
                    "false_alarms_per_hour": self.false_alarms_per_hour(point, seconds_per_row),
                }
                for point in self.thresholds
            ],
        }


def detect(is_class: Array, probability: Floats) -> Detection:
    """Return how a class can be detected by its probability.

    Args:
        is_class: whether each row is of the class [n].
        probability: of the class, for each row [n].
    """
    from sklearn.metrics import average_precision_score, roc_auc_score

    known = bool(is_class.any() and not is_class.all())
    levels = np.unique(probability)[::-1]
    return Detection(
        rows=int(is_class.sum()),
        others=int((~is_class).sum()),
        roc_auc=float(roc_auc_score(is_class, probability)) if known else None,
        average_precision=float(average_precision_score(is_class, probability)) if known else None,
        curve=tuple(_points(is_class, probability, levels[_denser_at_first(len(levels))])),
        thresholds=tuple(_points(is_class, probability, np.array(THRESHOLDS, probability.dtype))),
    )


def _points(is_class: Array, probability: Floats, thresholds: Floats) -> Iterator[Point]:
    counts = []
    for own in (probability[is_class], probability[~is_class]):
        ordered = np.sort(own)
        counts.append(len(ordered) - np.searchsorted(ordered, thresholds, side="left"))
    for threshold, detected, alarms in zip(thresholds.tolist(), *(count.tolist() for count in counts), strict=True):
        # As it would be written: 0.95 is none of float32's numbers.
        yield Point(float(f"{threshold:.7g}"), detected, alarms)


def _denser_at_first(count: int) -> Array:
    """Return at most `MOST_POINTS` of the positions 0 to `count` - 1, with both ends, denser at the first ones.

    There, at the highest thresholds, few false alarms make much of a difference.
    """
    if count <= MOST_POINTS:
        return np.arange(count)
    return np.unique(np.geomspace(1, count, MOST_POINTS).round().astype(np.int64)) - 1
