"""Training losses in TensorFlow, by the names that tasks give them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nas.model.runtime import tf


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss, and what belongs to it; all functions take tensors [n, outputs].

    Attributes:
        rows: function of outputs and targets; returns the loss of each row [n].
        scores: function of outputs and targets; returns the score of each row [n], higher is better. Learning curves
            show its mean, by the name `Task.curve`; of two epochs, the one with the higher mean is better.
        targets: function of outputs; returns the targets for which these outputs would be the perfect answer.
        weighted: function of outputs, targets and weights [outputs]; returns the loss of each row [n] with the weights
            of `Task.class_weights`.
    """

    rows: Callable[[Any, Any], Any]
    scores: Callable[[Any, Any], Any]
    targets: Callable[[Any], Any]
    weighted: Callable[[Any, Any, Any], Any]


def _cross_entropy(logits: Any, probabilities: Any) -> Any:
    # Tracing the function in `tf.nn` that wraps this operator takes as long as a convolutional layer.
    losses, _ = tf.raw_ops.SoftmaxCrossEntropyWithLogits(features=logits, labels=probabilities)
    return losses


def _is_right(logits: Any, probabilities: Any) -> Any:
    return tf.cast(tf.argmax(logits, 1) == tf.argmax(probabilities, 1), tf.float32)


def _squared(outputs: Any, targets: Any) -> Any:
    return tf.reduce_mean(tf.math.squared_difference(outputs, targets), axis=1)


def _absolute(outputs: Any, targets: Any) -> Any:
    return tf.reduce_mean(tf.abs(outputs - targets), axis=1)


def _huber(outputs: Any, targets: Any) -> Any:
    # Quadratic up to one standard deviation of the target, linear beyond (Huber, 1964).
    size = tf.abs(outputs - targets)
    return tf.reduce_mean(tf.where(size < 1.0, 0.5 * size**2, size - 0.5), axis=1)


def _explained(outputs: Any, targets: Any) -> Any:
    # Targets are standardized: the mean over the rows is R2, with the variance of the training rows.
    return 1.0 - _squared(outputs, targets)


def _binary_cross_entropies(logits: Any, probabilities: Any) -> Any:
    # log(1 + exp(-|x|)) does not overflow, and is exact where a probability is close to 0 or 1.
    return tf.nn.relu(logits) - logits * probabilities + tf.math.log1p(tf.exp(-tf.abs(logits)))


def _binary_cross_entropy(logits: Any, probabilities: Any) -> Any:
    return tf.reduce_mean(_binary_cross_entropies(logits, probabilities), axis=1)


def _weighted_binary_cross_entropy(logits: Any, probabilities: Any, weights: Any) -> Any:
    # A row counts for each label by itself: with the label's weight if it has the label, else with 1.
    return tf.reduce_mean(_binary_cross_entropies(logits, probabilities) * (1 + (weights - 1) * probabilities), axis=1)


def _brier_skill(logits: Any, probabilities: Any) -> Any:
    return 1.0 - 4.0 * _squared(tf.sigmoid(logits), probabilities)


def _by_rows(rows: Callable[[Any, Any], Any]) -> Callable[[Any, Any, Any], Any]:
    """Return a loss of which each row has the weight of its class."""
    return lambda outputs, targets, weights: rows(outputs, targets) * tf.linalg.matvec(targets, weights)


LOSSES: Mapping[str, Loss] = {
    "cross_entropy": Loss(_cross_entropy, _is_right, tf.nn.softmax, _by_rows(_cross_entropy)),
    "binary_cross_entropy": Loss(_binary_cross_entropy, _brier_skill, tf.sigmoid, _weighted_binary_cross_entropy),
    "mse": Loss(_squared, _explained, tf.identity, _by_rows(_squared)),
    "mae": Loss(_absolute, _explained, tf.identity, _by_rows(_absolute)),
    "huber": Loss(_huber, _explained, tf.identity, _by_rows(_huber)),
}
