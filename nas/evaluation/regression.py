"""The evaluation of a regression: errors of the float and the int8 model side by side on the same rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from nas.arrays import Array, Floats
from nas.codec import to_data
from nas.data.dataset import Part
from nas.evaluation.evaluation import GroupScores, Subject
from nas.evaluation.side_by_side import common_fields, points_of, shown_answers
from nas.task.errors import quantization_cost
from nas.task.metrics import Estimate
from nas.task.regression import Regression
from nas.task.task import TASKS, Task

if TYPE_CHECKING:
    from nas.data.tables.reading import Frame

_JUDGE = Regression()


@dataclass(frozen=True, slots=True, repr=False)
class RegressionEvaluation:
    """A model's errors on some rows; `nas.evaluate` gives one for a model with measured targets.

    Attributes:
        about: what was evaluated; its `class_names` are the names of the targets.
        rows: number of rows.
        inputs_are: what they are: `windows`, `images` or `rows`.
        drawn_from: what the intervals are over: `9 groups`, or `200 rows` if there are no groups.
        int8: metrics of the `.tflite` with their 95 % intervals; None if there is none.
        before: metrics of the float model, before quantization; None if there is none.
        baseline: metrics of always answering the mean: of the training targets if `about.trained_on`, else of these.
        groups: the metrics of each group, the worst first; empty if the rows have no groups.
        points: the target and the answer of each row, for each output [outputs, n, 2].
    """

    kind: ClassVar[type[Task]] = Regression

    about: Subject
    rows: int
    inputs_are: str
    drawn_from: str
    int8: Mapping[str, Estimate] | None
    before: Mapping[str, Estimate] | None
    baseline: Mapping[str, float]
    groups: tuple[GroupScores, ...]
    points: Array

    @property
    def models(self) -> dict[str, Mapping[str, Estimate]]:
        """The metrics of the models that there are, under the names of their columns in tables."""
        found = {self.about.tflite_is: self.int8, "float": self.before}
        return {name: metrics for name, metrics in found.items() if metrics is not None}

    @property
    def quantization_cost(self) -> float | None:
        """By which share the int8 model's RMSE is above the float model's; None without one of them."""
        return quantization_cost(self.int8 or {}, self.before or {})

    def to_json(self) -> dict[str, Any]:
        """Return all figures as plain data."""
        return {
            **{key: value for key, value in to_data(self.about).items() if key not in ("majority", "trained_on")},
            "task": next(name for name, kind in TASKS.items() if kind is self.kind),
            "rows": self.rows,
            "int8": _data(self.int8),
            "float": _data(self.before),
            "groups": {
                one.name: {
                    "rows": one.rows,
                    "int8": one.int8 and dict(one.int8),
                    "float": one.before and dict(one.before),
                }
                for one in self.groups
            },
            "baseline": dict(self.baseline),
            "quantization_cost": self.quantization_cost,
            "intervals_drawn_from": self.drawn_from,
        }

    def frame(self) -> "Frame":
        """Return a pandas DataFrame, one row a metric, with a column for each model."""
        from nas.data.tables.reading import to_frame

        return to_frame(
            [
                {"metric": name}
                | {title: metrics[name].value for title, metrics in self.models.items()}
                | {"baseline": self.baseline[name]}
                for name in self.kind.metrics
            ]
        )

    def _repr_html_(self) -> str:
        """Return the table of metrics, for notebooks."""
        html: str = self.frame()._repr_html_()  # type: ignore[operator]
        return html

    def __repr__(self) -> str:
        main, metric = self.kind.main_metric, self.kind.metrics[self.kind.main_metric]
        reached = ", ".join(f"{name} {metric.text(found[main].value)}" for name, found in self.models.items())
        return (
            f"<nas.{type(self).__name__}: {self.about.model} on {self.rows:,} {self.inputs_are} ({self.about.part}) of "
            f"{self.about.data}: {metric.title} {reached}, baseline {metric.text(self.baseline[main])}>"
        )


def evaluate_targets(
    part: Part, about: Subject, mean: Array, int8: Floats | None, before: Floats | None
) -> RegressionEvaluation:
    """Return all figures of a model's answers for rows with measured targets.

    Args:
        part: the rows; y holds targets [n, outputs].
        about: what is evaluated.
        mean: the constant answer of the baseline [outputs].
        int8: values [n, outputs] of the `.tflite`, in units; None if there is none.
        before: values [n, outputs] of the float model, in units; None if there is none.
    """
    outputs = part.y.shape[1]
    return RegressionEvaluation(
        **common_fields(_JUDGE, part, about, outputs, int8, before),
        baseline=_JUDGE.scores(_JUDGE.tally(np.broadcast_to(mean, part.y.shape), part.y, outputs)),
        points=points_of(part.y, shown_answers(int8, before)),
    )


def _data(metrics: Mapping[str, Estimate] | None) -> dict[str, Any] | None:
    if metrics is None:
        return None
    ends = {f"{name}_interval": None if one.low is None else [one.low, one.high] for name, one in metrics.items()}
    return {**{name: one.value for name, one in metrics.items()}, **ends}
