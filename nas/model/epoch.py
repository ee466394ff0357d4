"""A model with its optimizer: an epoch of training, or an evaluation, at a call.

The loop over batches runs inside one TensorFlow graph, on data handed to it whole; asking Keras for every batch
takes about three times as long for networks of this size (benchmarks/training.md). Data are arguments, since
captured constants would become part of the graph.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nas.data.dataset import Array, Floats, Ints
from nas.model.runtime import tf

# Adam's usual constants (arXiv:1412.6980), epsilon as in Keras.
_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-7
_EVALUATION_BATCH = 256


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
    """One model in training.

    Life cycle: made around a model that takes any number of rows; `train` and `evaluate` are traced when they are
    first called. The optimizer is Adam; its state lives as long as the loop.
    """

    def __init__(self, model: Any, *, batch_size: int, label_smoothing: float) -> None:
        self._model = model
        self._smoothing = label_smoothing
        self._weights = [variable.value for variable in model.trainable_variables]
        self._moments = [(tf.Variable(tf.zeros_like(w)), tf.Variable(tf.zeros_like(w))) for w in self._weights]
        rows = Rows(*(tf.TensorSpec([None, *shape[1:]]) for shape in (model.input_shape, model.output_shape)))
        batches = tf.TensorSpec([None, batch_size], tf.int32)
        steps = (tf.TensorSpec([None], tf.float32), tf.TensorSpec([], tf.int32))
        self._train = tf.function(self._train_graph, [rows.x, rows.y, batches, *steps], autograph=False)
        self._evaluate = tf.function(self._evaluate_graph, [rows.x, rows.y], autograph=False)

    def rows(self, x: Floats, y: Ints) -> Rows:
        """Hand over scaled rows [n, ...] and their classes [n]."""
        classes = self._model.output_shape[-1]
        smooth = np.full((len(y), classes), self._smoothing / classes, np.float32)
        smooth[np.arange(len(y)), y] += 1 - self._smoothing
        return Rows(tf.constant(x.reshape(len(x), *self._model.input_shape[1:])), tf.constant(smooth))

    def train(self, rows: Rows, batches: Array, rates: Floats, step: int) -> Score:
        """Take one step for each of `batches`.

        Args:
            rows: all training rows.
            batches: int32 [steps, batch_size], which rows each step sees.
            rates: learning rate of each step.
            step: number of steps taken before, which Adam's bias correction needs.
        """
        return _mean(self._train(rows.x, rows.y, batches, rates, tf.constant(step)), batches.size)

    def evaluate(self, rows: Rows) -> Score:
        """Return the score of the weights as they are, with layers as they are on the device."""
        return _mean(self._evaluate(rows.x, rows.y), len(rows))

    def _train_graph(self, x: Any, y: Any, batches: Any, rates: Any, step: Any) -> Any:
        def body(i: Any, loss: Any, right: Any) -> Any:
            labels = tf.gather(y, batches[i])
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(self._weights)
                logits = self._model(tf.gather(x, batches[i]), training=True)
                losses = tf.nn.softmax_cross_entropy_with_logits(labels, logits)
                # Keras keeps the penalties of kernel regularizers in `losses`.
                total = tf.add_n([tf.reduce_mean(losses), *self._model.losses])
            self._apply(tape.gradient(total, self._weights), rates[i], step + i + 1)
            return i + 1, loss + total * tf.cast(tf.shape(labels)[0], tf.float32), right + _count(logits, labels)

        return _while(body, tf.shape(batches)[0])

    def _evaluate_graph(self, x: Any, y: Any) -> Any:
        def body(i: Any, loss: Any, right: Any) -> Any:
            batch = slice(i * _EVALUATION_BATCH, (i + 1) * _EVALUATION_BATCH)
            logits = self._model(x[batch], training=False)
            losses = tf.nn.softmax_cross_entropy_with_logits(y[batch], logits)
            return i + 1, loss + tf.reduce_sum(losses), right + _count(logits, y[batch])

        return _while(body, -(-tf.shape(x)[0] // _EVALUATION_BATCH))

    def _apply(self, gradients: list[Any], rate: Any, step: Any) -> None:
        # Keras's Adam is ten operators a weight, this is one.
        powers = [tf.pow(beta, tf.cast(step, tf.float32)) for beta in (_BETA_1, _BETA_2)]
        for weight, (mean, variance), gradient in zip(self._weights, self._moments, gradients, strict=True):
            tf.raw_ops.ResourceApplyAdam(
                var=weight.handle,
                m=mean.handle,
                v=variance.handle,
                beta1_power=powers[0],
                beta2_power=powers[1],
                lr=rate,
                beta1=_BETA_1,
                beta2=_BETA_2,
                epsilon=_EPSILON,
                grad=gradient,
            )


def _while(body: Any, times: Any) -> Any:
    start = (tf.constant(0), tf.constant(0.0), tf.constant(0.0))
    return tf.while_loop(lambda i, *_: i < times, body, start, parallel_iterations=1)[1:]


def _count(logits: Any, labels: Any) -> Any:
    return tf.reduce_sum(tf.cast(tf.argmax(logits, 1) == tf.argmax(labels, 1), tf.float32))


def _mean(sums: Any, count: int) -> Score:
    loss, right = (float(value) for value in sums)
    return Score(loss / count, right / count)
