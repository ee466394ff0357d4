"""From a trained model to the int8 `.tflite` that runs on the device."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from nas.data.dataset import Floats, Part
from nas.graph import Graph
from nas.model.build import build
from nas.model.runtime import quiet, tf
from nas.model.slim import slim

CALIBRATION_ROWS = 128
_NEXT_TO_NOTHING = 1e-30


def quantize(model: Any, graph: Graph, rows: Floats) -> bytes:
    """Return the model as a `.tflite`: int8 in and out, weights per channel, batch 1, slimmed.

    Args:
        model: `build(graph)`, trained.
        graph: what the file will hold, operator by operator.
        rows: scaled training rows [n, ...] that show the range of every activation; see `calibration_rows`.
    """
    return slim(convert(model, graph, rows))


def convert(model: Any, graph: Graph, rows: Floats) -> bytes:
    """Return what TensorFlow's converter makes of it, with all that it adds."""
    deployed = build(graph, batch=1, softmax=True)
    deployed.set_weights(model.get_weights())
    _keep_biases(deployed)
    call = tf.function(lambda x: deployed(x, training=False), autograph=False)
    function = call.get_concrete_function(tf.TensorSpec(deployed.input_shape, tf.float32))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], deployed)
    # Freezing in memory saves the way over a SavedModel on disk.
    converter.experimental_lower_to_saved_model = False
    converter.exclude_conversion_metadata = True
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    converter.representative_dataset = lambda: _one_by_one(rows, deployed.input_shape)
    with quiet():
        return bytes(converter.convert())


def calibration_rows(train: Part, *, count: int = CALIBRATION_ROWS, seed: int = 0) -> Floats:
    """Pick about `count` rows [n, ...] of `train`, at random, as many of each class as of any other."""
    rng = np.random.default_rng(seed)
    classes = np.unique(train.y)
    share = -(-count // len(classes))
    picked = [rng.permutation(np.flatnonzero(train.y == label))[:share] for label in classes]
    rows: Floats = train.x[np.sort(np.concatenate(picked))]
    return rows


def _keep_biases(deployed: Any) -> None:
    """Keep the converter from dropping a bias of zeros, and from sharing one between layers.

    The graph says that each layer has its own; numbers as small as these are quantized to 0.
    """
    for i, variable in enumerate(deployed.weights, start=1):
        if variable.name in ("bias", "beta") and not np.any(variable):
            variable.assign(np.full(variable.shape, i * _NEXT_TO_NOTHING, np.float32))


def _one_by_one(rows: Floats, shape: tuple[int, ...]) -> Iterator[list[Floats]]:
    for row in rows:
        yield [row.reshape(shape)]
