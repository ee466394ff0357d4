"""All figures of one model: metrics with intervals, a row a class, curves, calibration, groups and mistakes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np

from nas.arrays import Floats, Ints
from nas.codec import to_data
from nas.data.dataset import Part
from nas.data.prepared import Scaling
from nas.evaluation.calibration import Calibration, calibrate
from nas.evaluation.detection import Detection, detect
from nas.model.answers import look_at
from nas.study.answers import Answers
from nas.task.classification import Classification
from nas.task.metrics import Estimate


@dataclass(frozen=True, slots=True)
class ClassScores:
    """How well a model tells one class from the others.

    Attributes:
        name: of the class.
        rows: number of its rows; `answered` is the number of rows that the model assigns to it.
        precision: share of the rows assigned to it that are of it; None if there are none.
        recall: share of its rows that are assigned to it; None if it has no rows.
        f1: harmonic mean of both; None with neither rows nor answers.
        detection: the same at every threshold.
    """

    name: str
    rows: int
    answered: int
    precision: float | None
    recall: float | None
    f1: float | None
    detection: Detection

    def to_json(self, seconds_per_row: float | None = None) -> dict[str, Any]:
        facts = {key: getattr(self, key) for key in ("name", "rows", "answered", "precision", "recall", "f1")}
        return facts | self.detection.to_json(seconds_per_row)


@dataclass(frozen=True, slots=True)
class Scores:
    """All figures of one model's answers for some rows.

    Attributes:
        metrics: `accuracy`, `balanced_accuracy` and `macro_f1`, each with its 95 % interval.
        confusion: `confusion[true][answered]`, numbers of rows.
        classes: a class each, in the model's order.
        calibration: whether its probabilities agree with how often it is right.
        answers: by group, above a confidence, and the surest mistakes.
    """

    metrics: Mapping[str, Estimate]
    confusion: tuple[tuple[int, ...], ...]
    classes: tuple[ClassScores, ...]
    calibration: Calibration
    answers: Answers

    @property
    def roc_auc(self) -> float | None:
        """The mean area under the ROC curves, each of a class against the others; None if no class has one."""
        return _mean(one.detection.roc_auc for one in self.classes)

    @property
    def average_precision(self) -> float | None:
        """The mean area under the precision-recall curves; None if no class has one."""
        return _mean(one.detection.average_precision for one in self.classes)

    def to_json(self, seconds_per_row: float | None = None) -> dict[str, Any]:
        """Return all figures; metrics are keys of their own, with their intervals beside."""
        return {
            **{name: estimate.value for name, estimate in self.metrics.items()},
            "intervals": {
                name: None if estimate.low is None else [estimate.low, estimate.high]
                for name, estimate in self.metrics.items()
            },
            "roc_auc": self.roc_auc,
            "average_precision": self.average_precision,
            "confusion": [list(row) for row in self.confusion],
            "classes": [one.to_json(seconds_per_row) for one in self.classes],
            "calibration": to_data(self.calibration),
            "confidence": [to_data(one) for one in self.answers.thresholds],
            "mistakes": [to_data(one) for one in self.answers.mistakes],
        }


def score(probabilities: Floats, part: Part, class_names: tuple[str, ...]) -> Scores:
    """Return all figures of a model's answers.

    Args:
        probabilities: of the model [n, classes].
        part: the rows, in units; y holds positions in `class_names`.
        class_names: a name for each probability.
    """
    learns, classes, channels = Classification(), len(class_names), part.x.shape[-1]
    labels = learns.answers(probabilities)
    tallies = learns.tallies(labels, part.y, part.groups, classes)
    total = tallies.sum(0)
    as_they_are = Scaling((0.0,) * channels, (1.0,) * channels)
    answers = look_at(learns, labels, learns.confidence(probabilities), part, as_they_are, classes)
    assert answers is not None
    return Scores(
        metrics=learns.estimates(tallies, grouped=part.groups is not None),
        confusion=learns.confusion(total),
        classes=tuple(_classes(total, probabilities, part.y, class_names)),
        calibration=calibrate(probabilities, part.y),
        answers=answers,
    )


def _classes(counts: Ints, probabilities: Floats, y: Ints, names: tuple[str, ...]) -> Iterator[ClassScores]:
    hits, rows, answered = (np.diagonal(counts).tolist(), counts.sum(1).tolist(), counts.sum(0).tolist())
    for i, name in enumerate(names):
        yield ClassScores(
            name=name,
            rows=rows[i],
            answered=answered[i],
            precision=_share(hits[i], answered[i]),
            recall=_share(hits[i], rows[i]),
            f1=_share(2 * hits[i], rows[i] + answered[i]),
            detection=detect(y == i, probabilities[:, i]),
        )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(values: Iterator[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
