"""From a trained Keras model to the int8 `.tflite` that runs on the device, and its accuracy."""

from typing import Any

import numpy as np

from nas.arrays import Floats
from nas.data.dataset import Part
from nas.errors import InputError
from nas.model.deploy.slim import slim
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.keras_runtime import keras_outputs, tf
from nas.model.runtime import quiet


def quantize_keras(model: Any, rows: Floats, name: str) -> bytes:
    """Return a Keras model as a slimmed `.tflite`: int8 input and output, per-channel weights, batch 1.

    Args:
        model: a Keras model with one input and one output.
        rows: scaled rows [n, ...] by which the ranges of activations are measured.
        name: of the model, for messages.

    Raises:
        InputError: the model has an operator that the converter cannot quantize to int8.
    """
    call = tf.function(lambda x: model(x, training=False), autograph=False)
    signature = call.get_concrete_function(tf.TensorSpec((1, *rows.shape[1:]), tf.float32))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([signature], model)
    # Variables are frozen into constants.
    converter.experimental_lower_to_saved_model = False
    converter.exclude_conversion_metadata = True
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([row[None]] for row in rows)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    try:
        with quiet():
            return slim(bytes(converter.convert()))
    except Exception as error:  # the converter promises no type
        text = next(filter(None, map(str.strip, str(error).splitlines())), type(error).__name__)
        hint = "replace the layer that it names; the float model is kept"
        raise InputError(name, "the model must be convertible to int8", got=text, hint=hint) from error


def accuracy_of_tflite(tflite: bytes, part: Part) -> float:
    """Return the accuracy of a `.tflite` on scaled rows."""
    return _accuracy(TfliteModel(tflite).predict(part.x), part)


def accuracy_of_keras(model: Any, part: Part) -> float:
    """Return the accuracy of a Keras model on scaled rows."""
    return _accuracy(keras_outputs(model, part.x), part)


def _accuracy(found: Floats, part: Part) -> float:
    return float(np.mean(np.argmax(found, axis=1) == part.y))
