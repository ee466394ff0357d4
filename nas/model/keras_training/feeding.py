"""The rows of a training as Keras reads them, in an order that depends on the seed and the epoch alone."""

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from nas.arrays import Array, Floats
from nas.data.dataset import Part
from nas.model.keras_runtime import tf


class Feed(Protocol):
    """Training rows, batch by batch.

    Attributes:
        steps: batches in an epoch.
    """

    steps: int

    def batches(self, first_epoch: int) -> Any:
        """Return a `tf.data.Dataset` of all batches from the start of an epoch on, epoch after epoch."""


class RowFeed:
    """Rows in memory, in another order in each epoch.

    Args:
        part: scaled training rows.
        targets: what the loss takes, one entry a row.
        weights: of each row [n]; None to weigh all alike.
        batch_size: rows in a batch; the last one of an epoch may have fewer.
        seed: of the order; None keeps that of the rows.
    """

    def __init__(self, part: Part, targets: Array, weights: Floats | None, batch_size: int, seed: int | None) -> None:
        self._arrays = (part.x, targets) if weights is None else (part.x, targets, weights)
        self._rows, self._batch_size, self._seed = len(part), batch_size, seed
        self.steps = -(-len(part) // batch_size)

    def batches(self, first_epoch: int) -> Any:
        def orders() -> Iterator[Array]:
            epoch = first_epoch
            while True:
                yield order(self._rows, self._seed, epoch)
                epoch += 1

        data = tuple(map(tf.constant, self._arrays))
        shape = tf.TensorSpec((self._rows,), tf.int64)
        rows = tf.data.Dataset.from_generator(orders, output_signature=shape)
        batches = rows.flat_map(lambda one: tf.data.Dataset.from_tensor_slices(one).batch(self._batch_size))
        return batches.map(lambda batch: tuple(tf.gather(one, batch) for one in data))


class DatasetFeed:
    """A `tf.data.Dataset` of the user's, read again for each epoch.

    A training that resumes reads the epochs before it without learning from them, so that a dataset that draws its
    order or its changes of rows from its own seed gives what it would have given.

    Args:
        dataset: of batches: rows and classes, and weights of rows if it gives them.
        classes: number of classes.
        index: whether the loss takes the index of the class, not a one-hot row.
        weights: of each class [classes]; None to weigh all alike.
    """

    def __init__(self, dataset: Any, classes: int, index: bool, weights: Floats | None) -> None:
        self._dataset, self._classes, self._index, self._weights = dataset, classes, index, weights
        self.steps = sum(1 for _ in dataset)

    def batches(self, first_epoch: int) -> Any:
        for _ in range(first_epoch):
            for _ in self._dataset:
                pass
        return self._dataset.repeat().map(self._batch)

    def _batch(self, x: Any, y: Any, weights: Any = None) -> tuple[Any, ...]:
        index = tf.argmax(y, axis=-1) if y.shape.rank == 2 and y.shape[1] != 1 else tf.reshape(y, [-1])
        index = tf.cast(index, tf.int32)
        targets = index if self._index else tf.one_hot(index, self._classes)
        if self._weights is not None:
            own = tf.gather(tf.constant(self._weights), index)
            weights = own if weights is None else own * tf.cast(weights, tf.float32)
        return (x, targets) if weights is None else (x, targets, weights)


def order(rows: int, seed: int | None, epoch: int) -> Array:
    """Return the numbers of the rows in the order of an epoch, which a resumed training sees too."""
    if seed is None:
        return np.arange(rows)
    return np.random.default_rng((seed, epoch)).permutation(rows)
