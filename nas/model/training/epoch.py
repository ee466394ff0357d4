"""A network with its optimizer: an epoch of training, or an evaluation, at a call."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from nas.arrays import Array, Floats, Ints
from nas.model.network.form import Settings
from nas.model.network.layers import GEOMETRY
from nas.model.network.network import Network
from nas.model.network.variables import assign, open_variable
from nas.model.runtime import tf
from nas.model.training.augment.augment import Augmentation
from nas.model.training.graphs import Plan, State, evaluation, training


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in the form that the graph reads: inputs [n, ...] and label probabilities [n, classes], float32."""

    x: Any
    y: Any

    def __len__(self) -> int:
        return int(self.x.shape[0])


@dataclass(frozen=True, slots=True)
class Score:
    """Mean loss (cross-entropy with label smoothing, and L2 in training) and accuracy, 0 to 1."""

    loss: float
    accuracy: float


class Loop:
    """One network in training.

    The optimizer is Adam; its state lives as long as the loop.

    Args:
        network: whose weights are trained.
        batch_size: rows a step.
        label_smoothing: share of the target probability that is spread over all classes.
        augmentation: random changes of training rows; `seed` is theirs.
        class_weights: [classes], how much a row of each class counts in training.
        averaging: decay of the moving average of the weights, see `averaged`; 0 keeps none.
    """

    def __init__(
        self,
        network: Network,
        *,
        batch_size: int,
        label_smoothing: float = 0.0,
        augmentation: Augmentation | None = None,
        class_weights: Floats | None = None,
        averaging: float = 0.0,
        seed: int = 0,
    ) -> None:
        self._network = network
        self._smoothing = label_smoothing
        weights = [weight.numpy() for weight in network.weights]
        self._state = State(
            network.layers,
            [(open_variable(zeros), open_variable(zeros)) for zeros in map(np.zeros_like, weights)],
            [open_variable(array) for array in network.get_weights()] if averaging else (),
        )
        classes = network.classes
        self._class_weights = tf.constant(np.ones(classes, np.float32) if class_weights is None else class_weights)
        self._seeds = tf.constant([network.seed, seed % 2**30])
        geometries, *rates = network.settings
        self._settings = Settings(
            tf.constant(np.array(geometries, np.int32).reshape(-1, GEOMETRY)),
            *(tf.constant(np.array(one, np.float32)) for one in rates),
        )
        plan = Plan(network.form, batch_size, augmentation, averaging, class_weights is not None)
        self._train, self._evaluate = training(plan), evaluation(network.form)

    def rows(self, x: Floats, y: Ints, taught: Floats | None = None, share: float = 0.0) -> Rows:
        """Hand over scaled rows [n, ...] and their classes [n].

        Args:
            x: the rows.
            y: their classes, which become smoothed probabilities.
            taught: probabilities [n, classes] by a teacher, which make up `share` of theirs.
            share: 0 to 1.
        """
        classes = self._network.classes
        smooth = np.full((len(y), classes), self._smoothing / classes, np.float32)
        smooth[np.arange(len(y)), y] += 1 - self._smoothing
        if taught is not None:
            smooth += share * (taught - smooth)
        return Rows(tf.constant(x.reshape(len(x), *self._network.input_shape)), tf.constant(smooth))

    def state(self) -> list[Array]:
        """Return copies of all that training changes: weights, statistics, Adam's moments, averages."""
        return [variable.numpy() for variable in self._variables()]

    def restore(self, state: Sequence[Array]) -> None:
        """Go on from what `state` of a loop around such a network returned."""
        for variable, array in zip(self._variables(), state, strict=True):
            assign(variable, array)

    def _variables(self) -> list[Any]:
        moments = itertools.chain.from_iterable(self._state.moments)
        return [*self._network.weights, *self._network.moving, *moments, *self._state.averages]

    def train(self, rows: Rows, batches: Array, rates: Floats, step: int) -> Score:
        """Take one step for each of `batches`.

        Args:
            rows: all training rows.
            batches: int32 [steps, batch_size], which rows each step sees.
            rates: learning rate of each step.
            step: number of steps taken before, which Adam's bias correction needs.
        """
        numbers = map(tf.constant, (batches, rates, step))
        sums = self._train(self._state, self._settings, self._seeds, self._class_weights, rows.x, rows.y, *numbers)
        return _mean(sums, batches.size)

    def evaluate(self, rows: Rows) -> Score:
        """Return the score of the weights as they are, with layers as they are on the device."""
        return _mean(self._evaluate(self._network.layers, self._settings, rows.x, rows.y), len(rows))

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Give the network the moving average of its weights and statistics, as long as the block lasts.

        The average forgets faster at first, since it starts at weights that know nothing. Without averaging the
        network stays as it is.
        """
        if not self._state.averages:
            yield
            return
        kept = self._network.get_weights()
        self._network.set_weights([average.numpy() for average in self._state.averages])
        try:
            yield
        finally:
            self._network.set_weights(kept)


def _mean(sums: Any, count: int) -> Score:
    loss, right = (float(value) for value in sums)
    return Score(loss / count, right / count)
