"""Classification: one of several classes for each row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nas.arrays import Array, Doubles, Floats, Ints
from nas.graph.builder import GraphBuilder
from nas.task.metrics import METRICS, Metric, confusion, is_unbalanced
from nas.task.task import CLASSES, TASKS, Tally, Task


@TASKS.register(CLASSES)
@dataclass(frozen=True, slots=True)
class Classification(Task):
    """Assign one of several classes to each row; the tally is the confusion matrix.

    Attributes:
        softmax: whether the model computes probabilities; the most probable class is that of the greatest logit.
    """

    metrics: ClassVar[Mapping[str, Metric]] = METRICS
    main_metric: ClassVar[str] = "accuracy"
    curve: ClassVar[str] = "accuracy"
    balanced_curve: ClassVar[str] = "balanced_accuracy"
    headline: ClassVar[tuple[str, ...]] = ("accuracy",)
    constant: ClassVar[str] = "the most frequent class"
    needs: ClassVar[str] = "must hold classes: the model gives classes"
    answer_column: ClassVar[str] = "class"
    softmax: bool = True

    @property
    def loss(self) -> str:
        return "cross_entropy"

    def outputs(self, y: Array, class_names: Sequence[str], row_shape: Sequence[int]) -> int:
        return len(class_names)

    def head(self, g: GraphBuilder, outputs: int) -> None:
        g.flatten()
        g.fully_connected(outputs, activation="NONE")
        if self.softmax:
            g.softmax()

    def targets(self, x: Array, y: Array, outputs: int, smoothing: float = 0.0) -> Floats:
        """Return one-hot rows, of whose probability the share `smoothing` is spread evenly over all classes."""
        targets = np.full((len(y), outputs), smoothing / outputs, np.float32)
        targets[np.arange(len(y)), y] += 1 - smoothing
        return targets

    def answers(self, outputs: Floats, x: Array | None = None) -> Ints:
        labels: Ints = np.argmax(outputs, axis=1)
        return labels

    def predicted(self, outputs: Floats, x: Array | None = None) -> Floats:
        """Return the probability of each class [n, classes], for outputs that are probabilities."""
        return outputs

    def found(self, predicted: Array, names: Sequence[str]) -> list[list[str]]:
        return [[names[place]] for place in predicted.argmax(axis=1)]

    def confidence(self, outputs: Floats) -> Doubles:
        """Return the probability of the answer of each row."""
        probabilities = outputs if self.softmax else self.soften(outputs, temperature=1.0)
        return np.asarray(probabilities.max(axis=1), np.float64)

    def soften(self, outputs: Floats, temperature: float) -> Floats:
        """Return probabilities; the higher the temperature, by which the logits are divided, the more even they are."""
        scaled = outputs / temperature
        raised = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)

    def tally(self, answers: Array, y: Array, outputs: int) -> Ints:
        return confusion(answers, y, outputs)

    def confusion(self, tally: Tally) -> tuple[tuple[int, ...], ...]:
        return tuple(map(tuple, tally.tolist()))

    def baseline(self, y: Array, of: Array, outputs: int, answers: Array | None = None) -> Ints:
        """Return the tally of always answering the class that is most frequent in training."""
        return confusion(np.full(len(of), int(np.bincount(y).argmax())), of, outputs)

    def default_metric(self, y: Array, val: Array) -> str:
        """Return balanced accuracy if the classes of `y` are unbalanced, else accuracy."""
        return "balanced_accuracy" if is_unbalanced(np.bincount(y)) else "accuracy"

    def class_weights(self, y: Array, outputs: int) -> Floats:
        """Return weights with which all classes that occur in `y` have the same total weight."""
        counts = np.bincount(y, minlength=outputs)
        return (len(y) / (np.count_nonzero(counts) * np.maximum(counts, 1))).astype(np.float32)

    def strata(self, y: Array) -> Ints:
        return y
