"""The contract of a task: what networks learn, by which metrics they are judged, and what they are compared with."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nas.arrays import Array, Doubles, Floats, Ints
from nas.errors import unknown
from nas.graph.builder import GraphBuilder
from nas.registry import Registry
from nas.task.metrics import AUTO, Estimate, Metric, estimates, scores


@dataclass(frozen=True, slots=True)
class Task(ABC):
    """What a network learns.

    Life cycle: a subclass is a frozen dataclass, registered under its name; its fields are settings of the network's
    last layers, all with defaults. An instance is part of a space and of each of its architectures.

    In the order in which they are needed: `outputs` and `head` give a network its last layers, `encode` makes the
    arrays that it is trained on, `answers` reads its outputs, `tally` sums up the answers, and `metrics` are functions
    of the tally. Tallies add up: that of two sets of rows is the sum of theirs.

    Attributes:
        loss: name of the training loss in `nas.model.losses`.
        metrics: what answers are judged by, by name.
    """

    loss: ClassVar[str]
    metrics: ClassVar[Mapping[str, Metric]]

    @abstractmethod
    def outputs(self, y: Array, class_names: Sequence[str]) -> int:
        """Return the number of outputs of a network for targets `y` [n, ...] and the classes of the data set."""

    @abstractmethod
    def head(self, g: GraphBuilder, outputs: int) -> None:
        """Append the last layers of every architecture to `g`."""

    @abstractmethod
    def encode(self, y: Array, outputs: int, smoothing: float = 0.0) -> Floats:
        """Return targets `y` [n, ...] as the outputs to learn [n, outputs]; `smoothing` is label smoothing."""

    @abstractmethod
    def answers(self, outputs: Floats) -> Array:
        """Return a network's answers [n, ...], comparable with targets, for its outputs [n, outputs]."""

    @abstractmethod
    def soften(self, outputs: Floats, temperature: float) -> Floats:
        """Return a teacher's outputs [n, outputs] as soft labels [n, outputs]; see `Finals.temperature`."""

    @abstractmethod
    def tally(self, answers: Array, y: Array, outputs: int) -> Ints:
        """Return the tally of answers for rows with targets `y`."""

    @abstractmethod
    def baseline(self, y: Array, tally: Ints) -> Ints:
        """Return the tally of the best constant answer for training targets `y`, on the rows of `tally`."""

    @abstractmethod
    def default_metric(self, y: Array) -> str:
        """Return the name of the metric to judge by for training targets `y`, if the user chooses none."""

    def confidence(self, outputs: Floats) -> Doubles | None:
        """Return how sure a network is of its answers [n], from 0 to 1, for its outputs [n, outputs].

        None if its answers have no probability.
        """
        return None

    def class_weights(self, y: Array, outputs: int) -> Floats | None:
        """Return the weight of each output's targets [outputs] with which all classes count the same.

        None if there are no classes.
        """
        return None

    def strata(self, y: Array) -> Ints:
        """Return a stratum for each of the targets `y`: samples take the same number of rows of each."""
        return np.zeros(len(y), np.int64)

    def tallies(self, answers: Array, y: Array, groups: Array | None, outputs: int) -> Ints:
        """Return the tally of each group [groups, ...]; without groups, that of all rows as one."""
        if groups is None:
            return self.tally(answers, y, outputs)[None]
        return np.stack([self.tally(answers[groups == g], y[groups == g], outputs) for g in np.unique(groups)])

    def scores(self, tally: Ints) -> dict[str, float]:
        """Return every metric of a tally, by name."""
        return scores(tally, self.metrics)

    def estimates(self, tallies: Ints, *, grouped: bool) -> dict[str, Estimate]:
        """Return every metric of `tallies` together with its 95 % interval, by name; see `nas.task.metrics`."""
        return estimates(tallies, grouped=grouped, metrics=self.metrics)

    @classmethod
    def check_metric(cls, name: str, place: object) -> None:
        """Raise an InputError at `place` if `name` is neither a metric of this task nor `auto`."""
        if name not in (AUTO, *cls.metrics):
            raise unknown(place, "metric", name, (AUTO, *cls.metrics))

    def find_metric(self, name: str, y: Array) -> str:
        """Return the metric that `name` stands for, which may be `auto`, with training targets `y`."""
        return self.default_metric(y) if name == AUTO else name


TASKS: Registry[type[Task]] = Registry("task", "nas.task")


def metric_title(metric: str) -> str:
    """Return what texts call a metric of any task."""
    return next(kind.metrics[metric].title for kind in TASKS.values() if metric in kind.metrics)
