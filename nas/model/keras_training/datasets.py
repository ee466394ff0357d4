"""A user's `tf.data.Dataset`: told from other data, and read into rows for what needs them in memory."""

from typing import Any

import numpy as np

from nas.data.dataset import Part
from nas.errors import InputError
from nas.model.keras_runtime import tf


def is_dataset(value: Any) -> bool:
    """Return whether a value is a `tf.data.Dataset`."""
    return isinstance(value, tf.data.Dataset)


def rows_of(dataset: Any) -> Part:
    """Return the rows of a dataset of batches (rows, classes), classes as whole numbers or one-hot rows.

    Raises:
        InputError: it does not end, is empty, or gives something else than batches of rows and classes.
    """
    if not is_dataset(dataset):
        raise InputError("data.function", "must return two tf.data.Datasets", got=type(dataset).__name__)
    if int(dataset.cardinality()) == tf.data.INFINITE_CARDINALITY:
        raise InputError("data.function", "must return a dataset that ends", hint="leave out .repeat()")
    batches = [tuple(np.asarray(one) for one in batch[:2]) for batch in dataset]
    if not batches or len(batches[0]) < 2 or batches[0][0].ndim < 2:
        raise InputError(
            "data.function", "must return a dataset of batches of rows and classes", hint="call .batch(32)"
        )
    x = np.concatenate([rows for rows, _ in batches]).astype(np.float32)
    y = np.concatenate([classes for _, classes in batches])
    return Part(x, np.asarray(y.argmax(axis=1) if y.ndim == 2 and y.shape[1] > 1 else y.reshape(-1), np.int64))
