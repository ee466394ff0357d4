"""The evaluation of a model that gives several labels at once, on rows of which they are known."""

from dataclasses import dataclass
from typing import Any, ClassVar

from nas.arrays import Array
from nas.codec import to_data
from nas.data.dataset import Part
from nas.evaluation.evaluation import Subject
from nas.evaluation.regression import RegressionEvaluation
from nas.evaluation.side_by_side import common_fields, points_of, shown_answers
from nas.model.answers import label_scores
from nas.study.answers import LabelScore
from nas.task.multi_label import MultiLabel
from nas.task.task import Task


@dataclass(frozen=True, slots=True, repr=False)
class LabelEvaluation(RegressionEvaluation):
    """A model's answers to several labels on some rows; `nas.evaluate` gives one.

    Attributes:
        labels: of the `.tflite`, or the float model where there is no other, in the order of `about.class_names`.
        points: for each label, whether a row has it and its probability [labels, n, 2].
    """

    kind: ClassVar[type[Task]] = MultiLabel

    labels: tuple[LabelScore, ...]

    def to_json(self) -> dict[str, Any]:
        """Return all figures as plain data."""
        figures = RegressionEvaluation.to_json(self)
        del figures["quantization_cost"]
        named = zip(self.about.class_names, self.labels, strict=True)
        shares = ("precision", "recall", "f1")
        return {
            **figures,
            "labels": {name: {**to_data(one), **{key: getattr(one, key) for key in shares}} for name, one in named},
        }


def evaluate_labels(
    part: Part, about: Subject, shares: Array, labelling: MultiLabel, int8: Array | None, before: Array | None
) -> LabelEvaluation:
    """Return all figures of a model's answers for rows with labels.

    Args:
        part: the rows; y holds labels [n, labels].
        about: what is evaluated.
        shares: of the rows that the baseline is taken from, those that have each label [labels].
        labelling: with the thresholds of the model, which the float model is judged by too.
        int8: probabilities [n, labels] of the `.tflite`; None if there is none.
        before: probabilities [n, labels] of the float model; None if there is none.
    """
    labels, shown = part.y.shape[1], shown_answers(int8, before)
    return LabelEvaluation(
        **common_fields(labelling, part, about, labels, int8, before),
        baseline=labelling.scores(labelling.constantly(shares, part.y)),
        points=points_of(part.y, shown),
        labels=label_scores(labelling, labelling.tally(shown, part.y, labels)),
    )
