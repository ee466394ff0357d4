"""The evaluation of a model: float and int8 side by side on the same rows, with what a constant answer would give."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nas.arrays import Floats
from nas.codec import to_data
from nas.data.dataset import Part
from nas.evaluation.disagreement import Disagreement, disagree
from nas.evaluation.scores import Scores, score
from nas.signal.kind import Kind
from nas.task.metrics import constant_answer, drawn_from, scores
from nas.text import percent

if TYPE_CHECKING:
    from nas.data.tables.reading import Frame


@dataclass(frozen=True, slots=True)
class Subject:
    """What is evaluated.

    Attributes:
        model: the model's name.
        data: name of the source, file or folder that the rows come from.
        part: which of its rows they are: `train`, `val`, `test` or `all`.
        class_names: a name for each output of the model.
        majority: number of the class that is most frequent in training, if `trained_on` says so, else among the rows.
        trained_on: whether `majority` was counted in the model's own training rows.
        tflite_is: type of the `.tflite`'s input and output, such as `int8`.
        channel_names: one for each entry of a row's last axis, or empty.
        seconds_per_row: time from the start of a window to that of the next; None if unknown.
        test_uses: how often the study has used its test set by now; None if the rows are no study's test set.
        footprint: of the `.tflite` on a target (`nas profile`); empty if none was asked for.
        notes: what was assumed and what to know of the rows, one line each.
    """

    model: str
    data: str
    part: str
    class_names: tuple[str, ...]
    majority: int
    trained_on: bool = False
    tflite_is: str = "int8"
    channel_names: tuple[str, ...] = ()
    seconds_per_row: float | None = None
    test_uses: int | None = None
    footprint: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupScores:
    """The metrics of one group of rows, such as a subject, for both models, without those that its rows cannot tell."""

    name: str
    rows: int
    int8: Mapping[str, float] | None
    before: Mapping[str, float] | None


@dataclass(frozen=True, slots=True, repr=False)
class Evaluation:
    """A model's figures on some rows; `nas.evaluate` gives one.

    Attributes:
        about: what was evaluated.
        rows: number of rows.
        inputs_are: what they are: `windows`, `images` or `rows`.
        drawn_from: what the intervals are over: `9 groups`, or `200 rows` if there are no groups.
        int8: figures of the `.tflite`; None if there is none.
        before: figures of the float model, before quantization; None if there is none.
        baseline: metrics of always answering the class `about.majority`.
        disagreement: where both models answer differently; None without one of them.
    """

    about: Subject
    rows: int
    inputs_are: str
    drawn_from: str
    int8: Scores | None
    before: Scores | None
    baseline: Mapping[str, float]
    disagreement: Disagreement | None

    @property
    def models(self) -> dict[str, Scores]:
        """The figures of the models that there are, under the names of their columns in tables."""
        found = {self.about.tflite_is: self.int8, "float": self.before}
        return {name: scores for name, scores in found.items() if scores is not None}

    @property
    def main(self) -> Scores:
        """The figures of the deployed model, else those of the float model."""
        return next(iter(self.models.values()))

    @property
    def groups(self) -> tuple[GroupScores, ...]:
        """The metrics of each group, the worst first; empty if the rows have no groups."""
        by_name = [
            {} if each is None else {one.group: one.metrics for one in each.answers.groups}
            for each in (self.int8, self.before)
        ]
        return tuple(
            GroupScores(one.group, one.rows, by_name[0].get(one.group), by_name[1].get(one.group))
            for one in self.main.answers.groups
        )

    def to_json(self) -> dict[str, Any]:
        """Return all figures as plain data."""
        about, hours = self.about, self.about.seconds_per_row
        return {
            **{key: value for key, value in to_data(about).items() if key not in ("majority", "trained_on")},
            "rows": self.rows,
            "int8": None if self.int8 is None else self.int8.to_json(hours),
            "float": None if self.before is None else self.before.to_json(hours),
            "groups": {
                one.name: {"rows": one.rows, "int8": _data(one.int8), "float": _data(one.before)} for one in self.groups
            },
            "baseline": {"class": about.class_names[about.majority], **self.baseline},
            "disagreements": None if self.disagreement is None else to_data(self.disagreement),
            "intervals_drawn_from": self.drawn_from,
        }

    def frame(self) -> "Frame":
        """Return a pandas DataFrame, one row a class, with a column for each figure of each model."""
        from nas.data.tables.reading import to_frame

        keys = ("precision", "recall", "f1")
        areas = ("roc_auc", "average_precision")
        return to_frame(
            [
                {"class": name, "rows": self.main.classes[i].rows}
                | {f"{key}_{title}": getattr(s.classes[i], key) for title, s in self.models.items() for key in keys}
                | {
                    f"{key}_{title}": getattr(s.classes[i].detection, key)
                    for title, s in self.models.items()
                    for key in areas
                }
                for i, name in enumerate(self.about.class_names)
            ]
        )

    def _repr_html_(self) -> str:
        """Return the table of classes, for notebooks."""
        html: str = self.frame()._repr_html_()  # type: ignore[operator]
        return html

    def __repr__(self) -> str:
        shares = ", ".join(f"{name} {percent(s.metrics['accuracy'].value)}" for name, s in self.models.items())
        constant = percent(self.baseline["accuracy"])
        return (
            f"<nas.Evaluation: {self.about.model} on {self.rows:,} {self.inputs_are} ({self.about.part}) of "
            f"{self.about.data}: accuracy {shares}, baseline {constant}>"
        )


def evaluate_rows(part: Part, about: Subject, int8: Floats | None, before: Floats | None) -> Evaluation:
    """Return all figures of a model's answers for some rows.

    Args:
        part: the rows, in units; y holds positions in `about.class_names`.
        about: what is evaluated.
        int8: probabilities [n, classes] of the `.tflite`; None if there is none.
        before: probabilities [n, classes] of the float model; None if there is none.
    """
    found = [None if each is None else score(each, part, about.class_names) for each in (int8, before)]
    counts = np.array(next(each.confusion for each in found if each is not None))
    units = 1 if part.groups is None else len(np.unique(part.groups))
    return Evaluation(
        about=about,
        rows=len(part),
        inputs_are=Kind.of(part.x.shape[1:]).plural,
        drawn_from=drawn_from(np.broadcast_to(counts, (units, *counts.shape)), grouped=part.groups is not None),
        int8=found[0],
        before=found[1],
        baseline=scores(constant_answer(counts, about.majority)),
        disagreement=None if int8 is None or before is None else disagree(before, int8, part),
    )


def _data(metrics: Mapping[str, float] | None) -> dict[str, float] | None:
    return None if metrics is None else dict(metrics)
