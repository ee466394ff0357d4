"""The accuracy of a trained Keras model, as float and as `.tflite`; for measured targets, the RMSE."""

from typing import Any

import numpy as np

from nas.arrays import Floats
from nas.data.dataset import Part
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.keras_runtime import keras_outputs


def accuracy_of_tflite(tflite: bytes, part: Part) -> float:
    """Return the accuracy of a `.tflite` on scaled rows."""
    return _accuracy(TfliteModel(tflite).predict(part.x), part)


def accuracy_of_keras(model: Any, part: Part) -> float:
    """Return the accuracy of a Keras model on scaled rows."""
    return _accuracy(keras_outputs(model, part.x), part)


def _accuracy(found: Floats, part: Part) -> float:
    if part.y.ndim == 2:
        return float(np.sqrt(((found - part.y) ** 2).mean(axis=0)).mean())
    return float(np.mean(np.argmax(found, axis=1) == part.y))
