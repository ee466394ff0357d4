"""A network with its optimizer, which takes the steps of an epoch in one call of a graph, and evaluates."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import numpy as np

from nas.arrays import Array, Floats
from nas.model.network.layers import GEOMETRY
from nas.model.network.network import Network
from nas.model.network.topology import Deployed, LayerNumbers
from nas.model.network.variables import as_vector, assign, forms_of, open_variable, shape_of, shapes_of, split
from nas.model.runtime import tf
from nas.model.training.augment.augment import Augmentation
from nas.model.training.graphs import Constants, Examples, Plan, Steps, Variables, evaluation, training

# Rows in a batch of evaluation: fewer if they are large, since the maps of all of them are in memory together.
_LEAST_ROWS, _MOST_ROWS, _MOST_VALUES = 256, 2048, 3 * 2**19


@dataclass(frozen=True, slots=True)
class Score:
    """Mean loss, in training with the L2 penalty, and mean score: what the task's curve shows."""

    loss: float
    accuracy: float


class Trainer:
    """Trains one network with Adam.

    Life cycle: made for a network; `examples` hands over rows once; `trace` makes the graphs ahead of the first epoch;
    `train` takes the steps of an epoch and `evaluate` scores the weights, any number of times. `state` and `restore`
    save and continue a training.

    Args:
        network: its weights are trained.
        batch_size: rows per step.
        loss: name of the loss in `nas.model.losses`.
        augmentation: random changes of training rows, decided by `seed`.
        class_weights: [outputs], the weight of a row of each class in the training loss; None weighs all rows alike.
        averaging: decay of the moving average of the weights, see `averaged`; 0 for none.
        seed: of the augmentation.
    """

    def __init__(
        self,
        network: Network,
        *,
        batch_size: int,
        loss: str = "cross_entropy",
        augmentation: Augmentation | None = None,
        class_weights: Floats | None = None,
        averaging: float = 0.0,
        seed: int = 0,
    ) -> None:
        self._network = network
        self._batch_size = batch_size
        self._state = _make_variables(network, averaging > 0)
        self._shapes = shapes_of(network.layers)
        self._alike = [list(map(shape_of, own)) for own in (network.weights, network.moving)]
        weights = np.ones(network.outputs, np.float32) if class_weights is None else class_weights
        self._constants = Constants(tf.constant([network.seed, seed % 2**30]), tf.constant(weights))
        geometries, *rates = network.numbers
        self._numbers = LayerNumbers(
            tf.constant(np.array(geometries, np.int32).reshape(-1, GEOMETRY)),
            *(tf.constant(np.array(one, np.float32)) for one in rates),
        )
        forms = forms_of(network.layers)
        plan = Plan(network.topology, forms, loss, batch_size, augmentation, averaging, class_weights is not None)
        self._train, self._evaluate = training(plan), evaluation(network.topology, loss)

    def examples(self, x: Floats, targets: Floats) -> Examples:
        """Return scaled rows [n, ...] and their targets [n, outputs] as the graphs read them."""
        return Examples(tf.constant(x.reshape(len(x), *self._network.input_shape)), tf.constant(targets))

    def trace(self, examples: Examples) -> None:
        """Trace both graphs, unless a network of the same topology has; it takes no step, and changes nothing.

        The first epoch then takes as long as the others.
        """
        none = Examples(examples.x[:0], examples.targets[:0])
        if not self._train.is_traced:
            batches = tf.zeros([0, self._batch_size], tf.int32)
            self._take(none, Steps(batches, tf.zeros([0]), tf.constant(0)))
        if not self._evaluate.is_traced:
            one = Examples(examples.x[:1], examples.targets[:1])  # convolutions refuse to have no rows
            self._evaluate(self._network.fold(), self._numbers, one)

    def state(self) -> list[Array]:
        """Return copies of all that training changes: weights, statistics, Adam's moments, averages."""
        moments = zip(*(split(one.numpy(), self._alike[0]) for one in self._state.moments), strict=True)
        return [*self._network.get_weights(), *chain.from_iterable(moments), *self._averages()]

    def restore(self, state: Sequence[Array]) -> None:
        """Continue from the `state` of a trainer of a network of the same graph."""
        left, weights, moving = iter(state), len(self._network.weights), len(self._network.moving)
        own, moments, *averages = (list(islice(left, n)) for n in (weights + moving, 2 * weights, weights, moving))
        self._network.set_weights(own)
        vectors = (moments[::2], moments[1::2], *averages[: len(self._state.averages)])
        for variable, arrays in zip((*self._state.moments, *self._state.averages), vectors, strict=True):
            assign(variable, as_vector(arrays))

    def _averages(self) -> list[Array]:
        """Return the moving averages of all variables of the network; empty without averaging."""
        pairs = zip(self._state.averages, self._alike, strict=False)
        return [array for average, shapes in pairs for array in split(average.numpy(), shapes)]

    def train(self, examples: Examples, batches: Array, rates: Floats, first: int) -> Score:
        """Take training steps, and return the mean score of their rows before each step.

        Args:
            examples: all training rows.
            batches: int32 [steps, batch_size], the numbers of the rows in the batch of each step.
            rates: [steps], the learning rates.
            first: number of steps taken before.
        """
        vectors = self._state.weights, self._state.statistics
        own = self._network.weights, self._network.moving
        for vector, variables in zip(vectors, own, strict=True):
            vector.assign(as_vector(variable.numpy() for variable in variables))
        sums = self._take(examples, Steps(*map(tf.constant, (batches, rates, first))))
        for vector, variables, shapes in zip(vectors, own, self._alike, strict=True):
            for variable, array in zip(variables, split(vector.numpy(), shapes), strict=True):
                variable.assign(array)
        return _mean(sums, batches.size)

    def _take(self, examples: Examples, steps: Steps) -> Any:
        """Take steps with the vectors of the state; return the sums over the rows of losses and of scores."""
        return self._train(self._state, self._numbers, self._shapes, self._constants, examples, steps)

    def evaluate(self, *parts: Examples) -> list[Score]:
        """Return the score of the current weights on each set of rows, with layers computed as on the device."""
        deployed = self._network.fold()
        return [self._evaluated(part, deployed) for part in parts]

    def _evaluated(self, examples: Examples, deployed: Deployed) -> Score:
        size = min(max(_MOST_VALUES // math.prod(self._network.input_shape), _LEAST_ROWS), _MOST_ROWS)
        batches = [Examples(*(one[at : at + size] for one in examples)) for at in range(0, examples.rows, size)]
        sums = np.sum([self._evaluate(deployed, self._numbers, batch) for batch in batches], axis=0)
        return _mean(sums, examples.rows)

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Let the network have the moving averages of its weights and statistics within the `with` block.

        Without averaging, its weights stay as they are.
        """
        if not self._state.averages:
            yield
            return
        kept = self._network.get_weights()
        self._network.set_weights(self._averages())
        try:
            yield
        finally:
            self._network.set_weights(kept)


def _make_variables(network: Network, averaging: bool) -> Variables:
    weights, statistics = (as_vector(one.numpy() for one in own) for own in (network.weights, network.moving))
    moments = open_variable(np.zeros_like(weights)), open_variable(np.zeros_like(weights))
    averages = [open_variable(weights), open_variable(statistics)] if averaging else ()
    return Variables(open_variable(weights), open_variable(statistics), moments, averages)


def _mean(sums: Any, count: int) -> Score:
    loss, score = (float(value) for value in sums)
    return Score(loss / count, score / count)
