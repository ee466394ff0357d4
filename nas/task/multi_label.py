"""Multi-label classification: for each row, which of several labels hold; none, one or many of them may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from nas.arrays import Array, Doubles, Flags, Floats, Ints, Rows
from nas.graph.builder import GraphBuilder
from nas.task.label_intervals import label_estimates
from nas.task.label_metrics import LABEL_METRICS, ROWS, label_tallies
from nas.task.metrics import Estimate, Metric
from nas.task.parameters import finite_numbers
from nas.task.task import LABELS, TASKS, Tally, Task

EVEN = 0.5
"""The threshold of a label before `calibrated`, and of one that never holds among the rows that it is taken from."""


@TASKS.register(LABELS)
@dataclass(frozen=True, slots=True)
class MultiLabel(Task):
    """Give each label a probability of its own; `nas.task.label_metrics` holds the tally.

    A label is answered to hold if its probability is at least its threshold: the one with the greatest F1 on
    validation rows, since the labels that matter are often rare, and then seldom reach a probability of 50 %.

    Attributes:
        thresholds: of the labels' probabilities; empty before `calibrated`.
    """

    metrics: ClassVar[Mapping[str, Metric]] = LABEL_METRICS
    main_metric: ClassVar[str] = "f1_macro"
    curve: ClassVar[str] = "brier_skill"
    headline: ClassVar[tuple[str, ...]] = ("f1_macro", "f1_micro", "subset_accuracy")
    constant: ClassVar[str] = "the majority of each label"
    calibrates: ClassVar[bool] = True
    truth: ClassVar[str] = "labels"
    needs: ClassVar[str] = "must hold labels, of which several may hold at once: the model gives them"
    answer_column: ClassVar[str] = "labels"
    facts_key: ClassVar[str] = "labelling"
    names_are: ClassVar[str] = "labels"
    thresholds: tuple[float, ...] = ()

    @property
    def loss(self) -> str:
        return "binary_cross_entropy"

    def outputs(self, y: Array, class_names: Sequence[str], row_shape: Sequence[int]) -> int:
        return len(class_names)

    def head(self, g: GraphBuilder, outputs: int) -> None:
        g.flatten()
        g.fully_connected(outputs, activation="NONE")
        g.logistic()

    def targets(self, x: Array, y: Array, outputs: int, smoothing: float = 0.0) -> Floats:
        """Return whether labels hold, as probabilities; those are `smoothing` / 2 away from 0 and 1."""
        return np.asarray(y * (1 - smoothing) + smoothing / 2, np.float32)

    def deployed(self, outputs: Floats) -> Floats:
        return self.soften(outputs, temperature=1.0)

    def soften(self, outputs: Floats, temperature: float) -> Floats:
        """Return probabilities; the higher the temperature, by which the logits are divided, the more even they are."""
        return np.asarray(0.5 + 0.5 * np.tanh(outputs / (2 * temperature)), np.float32)

    def answers(self, outputs: Floats, x: Array | None = None) -> Doubles:
        """Return the probability of each label [n, labels]."""
        return np.asarray(outputs, np.float64)

    def predicted(self, outputs: Floats, x: Array | None = None) -> Floats:
        return outputs

    def found(self, predicted: Array, names: Sequence[str]) -> list[list[str]]:
        return [[name for name, holds in zip(names, row, strict=True) if holds] for row in self._holding(predicted)]

    def decided(self, answers: Array) -> Array:
        """Return which labels are answered to hold [n, labels], 0 or 1."""
        return self._holding(answers).astype(np.uint8)

    def _holding(self, answers: Array) -> Flags:
        return np.asarray(answers >= np.asarray(self.thresholds or EVEN), np.bool_)

    def calibrated(self, answers: Array, y: Array) -> "MultiLabel":
        """Return the task with the thresholds that have the greatest F1 on these rows, one for each label."""
        return replace(self, thresholds=tuple(map(best_threshold, answers.T, y.T)))

    def tally(self, answers: Array, y: Array, outputs: int) -> Doubles:
        return np.asarray(self.tallies(answers, y, np.zeros(len(y)), outputs)[0])

    def tallies(self, answers: Array, y: Array, groups: Array | None, outputs: int) -> Doubles:
        return label_tallies(np.asarray(answers, np.float64), self._holding(answers), y, groups)

    def estimates(self, tallies: npt.NDArray[np.generic], *, grouped: bool) -> dict[str, Estimate]:
        return label_estimates(np.asarray(tallies, np.float64), grouped=grouped)

    def drawn_from(self, tallies: Tally, *, grouped: bool) -> str:
        counts = tallies[:, 0, ROWS].astype(np.int64)
        return super(MultiLabel, self).drawn_from(counts, grouped=grouped)

    def baseline(self, y: Array, of: Array, outputs: int, answers: Array | None = None) -> Doubles:
        """Return the tally of always answering what is more frequent of each label in training."""
        return self.constantly(y.mean(axis=0), of)

    def constantly(self, shares: Array, of: Array) -> Doubles:
        """Return the tally of always answering the labels that more than half of some rows have, by their shares."""
        usual = np.broadcast_to((shares > EVEN).astype(np.float64), of.shape)
        return replace(self, thresholds=()).tally(usual, of, of.shape[1])

    def default_metric(self, y: Array, val: Array) -> str:
        return self.main_metric

    def class_weights(self, y: Array, outputs: int) -> Floats:
        """Return weights of the rows with each label with which they count as much as those without it."""
        having = y.sum(axis=0, dtype=np.float64)
        return np.asarray((len(y) - having) / np.maximum(having, 1), np.float32)

    def numbers(self, answers: Array, y: Array) -> tuple[Doubles, Doubles]:
        """Return whether labels hold, and their probabilities."""
        return np.asarray(y, np.float64), np.asarray(answers, np.float64)

    def worst(self, answers: Array, y: Array) -> Rows:
        """Return all rows by the probability that is furthest from the truth."""
        return np.argsort(-np.abs(answers - y).max(axis=1), kind="stable")

    def tells(self, metric: str, y: Array) -> bool:
        """Return whether a label holds for some row, if the metric is of what is found."""
        return metric not in ("f1_macro", "f1_micro", "mean_average_precision") or bool(y.any())

    def strata(self, y: Array) -> Ints:
        return rarest(y)

    def parameters(self) -> Mapping[str, Any]:
        return {"label_thresholds:floats": self.thresholds} if self.thresholds else {}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any], outputs: int, inputs: int) -> Self | None:
        thresholds = finite_numbers(parameters, "label_thresholds", outputs)
        # As float32 holds them: a threshold that is an output must not move beyond it.
        return None if thresholds is None else cls(tuple(np.asarray(thresholds, np.float32).tolist()))


YES_OR_NO = MultiLabel((float(np.nextafter(np.float32(EVEN), np.float32(1))),))
"""Of a network of another tool with one probability, that of the second of two classes: the more probable one."""


def best_threshold(probabilities: Array, y: Array) -> float:
    """Return the threshold of a probability [n] with the greatest F1 for a label [n].

    It lies halfway between two probabilities that occur; of equally good ones it is the one nearest to 50 %.
    """
    if not y.any():
        return EVEN
    values, which = np.unique(probabilities, return_inverse=True)
    having, rows = (np.bincount(which, weights, len(values))[::-1].cumsum()[::-1] for weights in (y, None))
    f1 = 2 * having / (rows + y.sum())
    ends = (values + np.concatenate([[0.0], values[:-1]])) / 2
    best = np.flatnonzero(f1 >= f1.max() * (1 - 1e-12))
    return float(ends[best[np.abs(ends[best] - EVEN).argmin()]])


def holds_labels(y: Array) -> bool:
    """Return whether what is known of rows are labels, and neither classes nor measured targets."""
    return y.ndim == 2 and y.dtype.kind == "u"


def rarest(y: Array) -> Ints:
    """Return the number from 1 of the rarest label that each row [n, labels] has; 0 of a row with none."""
    order = np.argsort(y.sum(axis=0, dtype=np.int64), kind="stable")
    place = y[:, order].argmax(axis=1)
    return np.where(y.any(axis=1), order[place] + 1, 0)
