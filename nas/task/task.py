"""The contract of a task: what networks learn, by which metrics they are judged, and what they are compared with."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from nas.arrays import Array, Doubles, Floats, Ints, Rows
from nas.errors import InputError, unknown
from nas.graph.builder import GraphBuilder
from nas.registry import Registry
from nas.task.deployed import Deployed
from nas.task.metrics import AUTO, Estimate, Metric, drawn_from, estimates, scores

Tally: TypeAlias = npt.NDArray[Any]
CLASSES, TARGETS, ANOMALIES, LABELS = "classification", "regression", "anomaly", "multi-label"
"""Names of tasks: rows have a class each, measured targets, are normal or not, or have any number of labels."""
TASK_NAMES = (CLASSES, TARGETS, ANOMALIES, LABELS)


@dataclass(frozen=True, slots=True)
class Task(Deployed, ABC):
    """What a network learns.

    Life cycle: a subclass is a frozen dataclass, registered under its name; its fields are settings of the network's
    last layers, all with defaults. An instance is part of a space and of each of its architectures.

    In the order in which they are needed: `outputs` and `head` give a network its last layers, `targets` makes the
    arrays that it is trained on, `answers` reads its outputs, `tally` sums up the answers, and `metrics` are functions
    of the tally. Tallies add up: that of two sets of rows is the sum of theirs.

    Attributes:
        metrics: what answers are judged by, by name.
        main_metric: the one that is told whatever a study judges by.
        headline: the metrics of the test rows that are always told.
        curve: what learning curves show beside the loss; higher is better.
        balanced_curve: what they show too, and what epochs are then compared by, if all classes have the same weight in
            training; empty if there are none.
        constant: the constant answer of `baseline`, in words.
        measured: whether targets are numbers in units [n, outputs], not classes [n].
        calibration_rows: number of rows that int8 ranges are measured on; None for the usual one.
        follows_float: whether quantization-aware epochs learn the float network's outputs.
        range_margin: the share of a range by which it is widened at each end.
        reconstructs: whether networks learn to give their inputs, so that both have one scale; learning curves then do
            not tell which network is best.
        spare_bits: by how many powers of two the samples of later rows may exceed those of the training rows, before a
            front-end cuts them.
        calibrates: whether what answers mean is taken from validation rows, see `calibrated`, so that not even the
            last training of a study may learn from these.
    """

    metrics: ClassVar[Mapping[str, Metric]]
    main_metric: ClassVar[str]
    curve: ClassVar[str]
    balanced_curve: ClassVar[str] = ""
    headline: ClassVar[tuple[str, ...]]
    constant: ClassVar[str]
    measured: ClassVar[bool] = False
    calibration_rows: ClassVar[int | None] = None
    range_margin: ClassVar[float] = 0.0
    follows_float: ClassVar[bool] = False
    reconstructs: ClassVar[bool] = False
    spare_bits: ClassVar[int] = 0
    calibrates: ClassVar[bool] = False

    @property
    @abstractmethod
    def loss(self) -> str:
        """Name of the training loss in `nas.model.losses`."""

    def fitted(self, y: Array) -> Self:
        """Return the task with what it takes from the training targets `y`; nothing, unless a task says so."""
        return self

    def span(self, y: Array) -> tuple[float, float] | None:
        """Return the range that an int8 output must cover, for training targets `y`; None for what networks give."""
        return None

    def unit_scale(self) -> tuple[float, float] | None:
        """Return the mean and the deviation by which a deployed model brings its outputs to units; None for neither."""
        return None

    def read_shape(self, row_shape: Sequence[int]) -> tuple[int, ...]:
        """Return the shape of what a network reads of rows of a shape: of the whole of them, unless a task says so."""
        return tuple(row_shape)

    def row_shape(self, read_shape: Sequence[int]) -> tuple[int, ...]:
        """Return the shape of the rows of which a network reads something of a shape."""
        return tuple(read_shape)

    def read(self, x: Array) -> Array:
        """Return what a network reads of rows [n, ...]."""
        return x

    @abstractmethod
    def outputs(self, y: Array, class_names: Sequence[str], row_shape: Sequence[int]) -> int:
        """Return the number of outputs of a network for targets `y` [n, ...], the classes and the shape of a row."""

    def outputs_for(self, row_shape: Sequence[int], outputs: int) -> int:
        """Return the number of outputs for rows of a shape, be they features: `outputs`, unless that decides it."""
        return outputs

    @abstractmethod
    def head(self, g: GraphBuilder, outputs: int) -> None:
        """Append the last layers of every architecture to `g`."""

    @abstractmethod
    def targets(self, x: Array, y: Array, outputs: int, smoothing: float = 0.0) -> Floats:
        """Return the outputs to learn [n, outputs].

        Args:
            x: scaled rows [n, ...].
            y: their targets [n, ...].
            outputs: number of outputs.
            smoothing: label smoothing, of classes.
        """

    def learnable(self, y: Array) -> Rows:
        """Return the numbers of the rows, of those with targets `y`, that networks learn from."""
        return np.arange(len(y))

    def deployed(self, outputs: Floats) -> Floats:
        """Return a float network's outputs [n, outputs] as a deployed model gives them, as far as answers differ.

        `nas.model.network` leaves out the last softmax or sigmoid; the greatest output stays the greatest one.
        """
        return outputs

    @abstractmethod
    def answers(self, outputs: Floats, x: Array | None = None) -> Array:
        """Return a network's answers [n, ...], comparable with targets.

        Args:
            outputs: of the network [n, outputs].
            x: the rows [n, ...]; needed where outputs are compared with them.
        """

    def decided(self, answers: Array) -> Array:
        """Return answers as targets are, where they are not: labels that hold, for their probabilities."""
        return answers

    def predicted(self, outputs: Floats, x: Array | None = None) -> Array:
        """Return what a prediction tells of outputs: the answers; for classes, the probability of each [n, classes]."""
        return self.answers(outputs, x)

    def calibrated(self, answers: Array, y: Array) -> Self:
        """Return the task with what it takes from a model's answers for validation rows; nothing, unless it says so."""
        return self

    @abstractmethod
    def soften(self, outputs: Floats, temperature: float) -> Floats:
        """Return a teacher's outputs [n, outputs] as soft labels [n, outputs]; see `Finals.temperature`."""

    @abstractmethod
    def tally(self, answers: Array, y: Array, outputs: int) -> Tally:
        """Return the tally of answers for rows with targets `y`."""

    def confusion(self, tally: Tally) -> tuple[tuple[int, ...], ...]:
        """Return the confusion matrix of a tally, `[true class][answered class]`; empty if answers are no classes."""
        return ()

    @abstractmethod
    def baseline(self, y: Array, of: Array, outputs: int, answers: Array | None = None) -> Tally:
        """Return the tally of the best constant answer for training targets `y`, on rows with targets `of`.

        `answers` are those of a model for these rows; needed where they tell how good the constant answer is.
        """

    @abstractmethod
    def default_metric(self, y: Array, val: Array) -> str:
        """Return the metric to judge by if the user chooses none, for targets of training and validation rows."""

    def confidence(self, outputs: Floats) -> Doubles | None:
        """Return how sure a network is of its answers [n], from 0 to 1, for its outputs [n, outputs].

        None if its answers have no probability.
        """
        return None

    def numbers(self, answers: Array, y: Array) -> tuple[Doubles, Doubles] | None:
        """Return targets and answers as numbers [n, k] that can be drawn over one another; None for classes."""
        return None

    def worst(self, answers: Array, y: Array) -> Rows:
        """Return the numbers of the rows to look at, the worst answer first; none of classes, see `confidence`."""
        return np.zeros(0, np.int64)

    def class_weights(self, y: Array, outputs: int) -> Floats | None:
        """Return the weight of each output's targets [outputs] with which all classes count the same.

        None if there are no classes.
        """
        return None

    def strata(self, y: Array) -> Ints:
        """Return a stratum for each of the targets `y`: samples take the same number of rows of each."""
        return np.zeros(len(y), np.int64)

    def tallies(self, answers: Array, y: Array, groups: Array | None, outputs: int) -> Tally:
        """Return the tally of each group [groups, ...]; without groups, that of all rows as one."""
        if groups is None:
            return self.tally(answers, y, outputs)[None]
        return np.stack([self.tally(answers[groups == g], y[groups == g], outputs) for g in np.unique(groups)])

    def judged(self, network_outputs: Floats, y: Array, outputs: int, x: Array | None = None) -> dict[str, float]:
        """Return every metric of a float network's outputs [n, outputs] for validation rows with targets `y`, by name.

        `x` are the rows, see `answers`.
        """
        answers = self.answers(self.deployed(network_outputs), x)
        return self.scores(self.calibrated(answers, y).tally(answers, y, outputs))

    def scores(self, tally: Tally) -> dict[str, float]:
        """Return every metric of a tally, by name."""
        return scores(tally, self.metrics)

    def estimates(self, tallies: Tally, *, grouped: bool) -> dict[str, Estimate]:
        """Return every metric of `tallies` together with its 95 % interval, by name; see `nas.task.metrics`."""
        return estimates(tallies, grouped=grouped, metrics=self.metrics)

    def drawn_from(self, tallies: Tally, *, grouped: bool) -> str:
        """Return over what `estimates` gives intervals: `9 groups`, or `200 rows` if there are no groups."""
        return drawn_from(tallies, grouped=grouped)

    def gain(self, metric: str, value: float) -> float:
        """Return the value of a metric as objectives maximize it: a linear function of it, 1 for the best answers."""
        return value if self.metrics[metric].greater_is_better else 1 - value

    @classmethod
    def check_metric(cls, name: str, place: object) -> None:
        """Raise an InputError at `place` if `name` is neither a metric of this task nor `auto`."""
        if name not in (AUTO, *cls.metrics):
            raise unknown(place, "metric", name, (AUTO, *cls.metrics))

    def tells(self, metric: str, y: Array) -> bool:
        """Return whether rows with targets `y` can tell a metric."""
        return True

    def told(self, tally: Tally, y: Array) -> dict[str, float]:
        """Return the metrics of a tally that its rows, with targets `y`, can tell, by name."""
        return {name: value for name, value in self.scores(tally).items() if self.tells(name, y)}

    def metric_of(self, name: str, y: Array, val: Array) -> str:
        """Return the metric that `name` stands for, which may be `auto`; see `default_metric`."""
        return self.default_metric(y, val) if name == AUTO else name

    def find_metric(self, name: str, y: Array, val: Array) -> str:
        """Return the metric that `name` stands for; InputError if the validation rows cannot tell it."""
        found = self.metric_of(name, y, val)
        if not self.tells(found, val):
            hint = "have normal rows, or rows with labels, among them" if name == AUTO else "leave it out"
            raise InputError("--metric", "must be one that the validation rows can tell", got=found, hint=hint)
        return found


TASKS: Registry[type[Task]] = Registry("task", "nas.task")


def name_of(task: Task) -> str:
    """Return the name that a task is registered under."""
    return next(name for name, kind in TASKS.items() if kind is type(task))


def find_metric(metric: str) -> Metric:
    """Return the metric of any task that has this name."""
    return next(kind.metrics[metric] for kind in TASKS.values() if metric in kind.metrics)


def metric_title(metric: str) -> str:
    """Return what texts call a metric of any task."""
    return find_metric(metric).title


def score_text(metric: str, value: float | None) -> str:
    """Return a value of a metric of any task as texts show it; a dash for None."""
    return find_metric(metric).text(value)


def task_of(metric: str) -> type[Task]:
    """Return the task that a metric belongs to."""
    return next(kind for kind in TASKS.values() if metric in kind.metrics)


def task_judging_by(metrics: Iterable[str]) -> type[Task]:
    """Return the task whose metrics these are; classification, of which all documents once were, if there is none."""
    return task_of(next(iter(metrics), "accuracy"))


def validation_curve(history: Mapping[str, tuple[float, ...]]) -> tuple[float, ...]:
    """Return the learning curve by which epochs are compared: the higher, the better; empty without validation rows."""
    return history.get(f"val_{name}", ()) if (name := curve_metric(history)) else ()


def curve_metric(history: Iterable[str]) -> str | None:
    """Return the metric that this curve shows, given the names of all curves; None without validation rows."""
    names = set(history)
    wanted = (*(kind.balanced_curve for kind in TASKS.values()), *(kind.curve for kind in TASKS.values()))
    return next((name for name in wanted if f"val_{name}" in names), None)
