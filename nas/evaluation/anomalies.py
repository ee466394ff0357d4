"""The evaluation of a detector of anomalies: its alarms on rows that are known as normal or not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nas.arrays import Array, Flags
from nas.codec import to_data
from nas.data.dataset import Part
from nas.evaluation.evaluation import Subject
from nas.evaluation.regression import RegressionEvaluation
from nas.evaluation.side_by_side import common_fields, points_of, shown_answers
from nas.task.anomaly import Anomaly
from nas.task.task import Task


@dataclass(frozen=True, slots=True)
class Event:
    """An anomaly that lasts for some rows of a recording in a row.

    Attributes:
        group: the recording.
        rows: how many there are.
        delay: rows from its beginning to the first alarm; None if there was none.
        seconds: the delay in seconds, if the time from row to row is known.
    """

    group: str
    rows: int
    delay: int | None
    seconds: float | None = None


@dataclass(frozen=True, slots=True, repr=False)
class AnomalyEvaluation(RegressionEvaluation):
    """A detector's alarms on some rows; `nas.evaluate` gives one.

    Attributes:
        threshold: the score above which a row is an anomaly.
        events: the anomalies of recordings, in their order; empty if rows have no groups.
        points: label (1 for an anomaly) and score of each row [1, n, 2].
    """

    kind: ClassVar[type[Task]] = Anomaly

    threshold: float | None
    events: tuple[Event, ...]

    @property
    def found(self) -> tuple[Event, ...]:
        """The events with an alarm."""
        return tuple(event for event in self.events if event.delay is not None)

    def to_json(self) -> dict[str, Any]:
        """Return all figures as plain data."""
        figures = RegressionEvaluation.to_json(self)
        del figures["quantization_cost"]
        return {**figures, "threshold": self.threshold, "events": [to_data(event) for event in self.events]}


def evaluate_detector(
    part: Part, about: Subject, detector: Anomaly, int8: Array | None, before: Array | None
) -> AnomalyEvaluation:
    """Return all figures of a detector's answers for rows of which y tells the anomalies (1).

    Args:
        part: the rows.
        about: what is evaluated.
        detector: with the threshold of the model, which the float model is judged by too.
        int8: answers of the `.tflite` [n, 2]; None if there is none.
        before: answers of the float model [n, 2]; None if there is none.
    """
    outputs, shown = int(np.prod(part.x.shape[1:])), shown_answers(int8, before)
    return AnomalyEvaluation(
        **common_fields(detector, part, about, outputs, int8, before),
        baseline=detector.scores(detector.baseline(part.y, part.y, outputs, shown)),
        points=points_of(*detector.numbers(shown, part.y)),
        threshold=detector.threshold,
        events=tuple(_events(part, detector.alarms(shown), about.seconds_per_row)),
    )


def _events(part: Part, alarms: Flags, seconds_per_row: float | None) -> Iterator[Event]:
    """Yield the runs of anomalous rows of each group, whose rows are in the order of time."""
    if part.groups is None:
        return
    for group in dict.fromkeys(part.groups.tolist()):
        rows = np.flatnonzero(part.groups == group)
        for run in _runs(rows[part.y[rows] == 1], rows):
            first = np.flatnonzero(alarms[run])
            delay = int(first[0]) if len(first) else None
            seconds = None if delay is None or seconds_per_row is None else delay * seconds_per_row
            yield Event(str(group), len(run), delay, seconds)


def _runs(odd: Array, rows: Array) -> list[Array]:
    """Return the anomalous rows of a group, divided where normal ones lie between them."""
    places = np.searchsorted(rows, odd)
    return [run for run in np.split(odd, np.flatnonzero(np.diff(places) > 1) + 1) if len(run)]
