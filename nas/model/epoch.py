"""A network with its optimizer: an epoch of training, or an evaluation, at a call.

The loop over batches runs inside one TensorFlow graph, on data handed to it whole; a call for every batch
takes about three times as long for networks of this size (benchmarks/training.md). Data are arguments, since
captured constants would become part of the graph.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from nas.data.dataset import Array, Floats, Ints
from nas.model.augment import Augmentation
from nas.model.network import Network
from nas.model.runtime import tf

# Adam's usual constants (arXiv:1412.6980), epsilon as in Keras.
_ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7}
_EVALUATION_BATCH = 512


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

    Life cycle: made around a network; `train` is traced when it is first called, `evaluate` if it is asked to
    be. The optimizer is Adam; its state lives as long as the loop.

    Args:
        network: whose weights are trained.
        batch_size: rows a step.
        label_smoothing: share of the target probability that is spread over all classes.
        augmentation: random changes of training rows.
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
    ) -> None:
        self._network = network
        self._smoothing = label_smoothing
        self._augment = augmentation or (lambda x, labels, step: (x, labels))
        self._class_weights = class_weights
        self._decay = averaging
        self._averages = [tf.Variable(v) for v in (*network.weights, *network.moving)] if averaging else []
        self._moments = [(tf.Variable(tf.zeros_like(w)), tf.Variable(tf.zeros_like(w))) for w in network.weights]
        rows = Rows(tf.TensorSpec([None, *network.input_shape]), tf.TensorSpec([None, network.classes]))
        batches = tf.TensorSpec([None, batch_size], tf.int32)
        steps = (tf.TensorSpec([None], tf.float32), tf.TensorSpec([], tf.int32))
        self._train = tf.function(self._train_graph, [rows.x, rows.y, batches, *steps], autograph=False)
        self._evaluate = tf.function(self._evaluate_rows, [rows.x, rows.y], autograph=False)

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
            variable.assign(array)

    def _variables(self) -> list[Any]:
        moments = itertools.chain.from_iterable(self._moments)
        return [*self._network.weights, *self._network.moving, *moments, *self._averages]

    def train(self, rows: Rows, batches: Array, rates: Floats, step: int) -> Score:
        """Take one step for each of `batches`.

        Args:
            rows: all training rows.
            batches: int32 [steps, batch_size], which rows each step sees.
            rates: learning rate of each step.
            step: number of steps taken before, which Adam's bias correction needs.
        """
        return _mean(self._train(rows.x, rows.y, batches, rates, tf.constant(step)), batches.size)

    def evaluate(self, rows: Rows, *, traced: bool = False) -> Score:
        """Return the score of the weights as they are, with layers as they are on the device.

        Args:
            rows: validation rows.
            traced: evaluate by a graph, which takes as long to trace as three evaluations without it, and then less
                than half as long each.
        """
        evaluate = self._evaluate if traced else self._evaluate_rows
        return _mean(evaluate(rows.x, rows.y), len(rows))

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Give the network the moving average of its weights and statistics, as long as the block lasts.

        The average forgets faster at first, since it starts at weights that know nothing. Without averaging the
        network stays as it is.
        """
        if not self._averages:
            yield
            return
        kept = self._network.get_weights()
        self._network.set_weights([average.numpy() for average in self._averages])
        try:
            yield
        finally:
            self._network.set_weights(kept)

    def _train_graph(self, x: Any, y: Any, batches: Any, rates: Any, step: Any) -> Any:
        # Made here, once: in the body every use of a Python number would be an operator of its own.
        constants = {name: tf.constant(value) for name, value in _ADAM.items()}

        def body(i: Any, loss: Any, right: Any) -> Any:
            rows, labels = self._augment(tf.gather(x, batches[i]), tf.gather(y, batches[i]), step + i)
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(self._network.weights)
                logits = self._network.train(rows, step + i)
                losses = _cross_entropy(logits, labels)
                if self._class_weights is not None:
                    losses *= tf.linalg.matvec(labels, self._class_weights)
                total = tf.reduce_mean(losses) + self._network.penalty()
            self._apply(tape.gradient(total, self._network.weights), rates[i], step + i + 1, constants)
            self._average(step + i + 1)
            return i + 1, loss + total * tf.cast(tf.shape(labels)[0], tf.float32), right + _count(logits, labels)

        start = (tf.constant(0), tf.constant(0.0), tf.constant(0.0))
        steps = tf.shape(batches)[0]
        return tf.while_loop(lambda i, *_: i < steps, body, start, parallel_iterations=1)[1:]

    def _evaluate_rows(self, x: Any, y: Any) -> Any:
        folded = self._network.fold()

        def body(start: Any, loss: Any, right: Any) -> Any:
            batch = slice(start, start + _EVALUATION_BATCH)
            logits = self._network(x[batch], folded)
            losses = _cross_entropy(logits, y[batch])
            return start + _EVALUATION_BATCH, loss + tf.reduce_sum(losses), right + _count(logits, y[batch])

        start = (tf.constant(0), tf.constant(0.0), tf.constant(0.0))
        rows = tf.shape(x)[0]
        return tf.while_loop(lambda i, *_: i < rows, body, start, parallel_iterations=1)[1:]

    def _apply(self, gradients: list[Any], rate: Any, step: Any, constants: Mapping[str, Any]) -> None:
        # Keras's Adam is ten operators a weight, this is one.
        number = tf.cast(step, tf.float32)
        powers = {f"{name}_power": tf.pow(constants[name], number) for name in ("beta1", "beta2")}
        for weight, (mean, variance), gradient in zip(self._network.weights, self._moments, gradients, strict=True):
            tf.raw_ops.ResourceApplyAdam(
                var=weight.handle, m=mean.handle, v=variance.handle, lr=rate, grad=gradient, **constants, **powers
            )

    def _average(self, step: Any) -> None:
        if not self._averages:
            return
        decay = tf.minimum(self._decay, tf.cast(step, tf.float32) / tf.cast(step + 9, tf.float32))
        for average, variable in zip(self._averages, (*self._network.weights, *self._network.moving), strict=True):
            average.assign_add((variable - average) * (1 - decay))


def _cross_entropy(logits: Any, labels: Any) -> Any:
    # What `tf.nn` has around the operator takes as long to trace as a convolutional layer.
    losses, _ = tf.raw_ops.SoftmaxCrossEntropyWithLogits(features=logits, labels=labels)
    return losses


def _count(logits: Any, labels: Any) -> Any:
    return tf.reduce_sum(tf.cast(tf.argmax(logits, 1) == tf.argmax(labels, 1), tf.float32))


def _mean(sums: Any, count: int) -> Score:
    loss, right = (float(value) for value in sums)
    return Score(loss / count, right / count)
