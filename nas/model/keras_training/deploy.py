"""The accuracy of a trained Keras model, as float and as `.tflite`; for measured targets, the RMSE."""

from typing import Any

from nas.arrays import Floats
from nas.data.prepared import Prepared
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.keras_runtime import keras_outputs


def accuracy_of_tflite(tflite: bytes, rows: Prepared) -> float:
    """Return the accuracy of a `.tflite` on the validation rows."""
    return _main_score(TfliteModel(tflite).predict(rows.val.x), rows)


def accuracy_of_keras(model: Any, rows: Prepared) -> float:
    """Return the accuracy of a Keras model on the validation rows."""
    return _main_score(keras_outputs(model, rows.val.x), rows)


def _main_score(outputs: Floats, rows: Prepared) -> float:
    learns = rows.learns
    tally = learns.tally(learns.answers(outputs), rows.val.y, len(rows.class_names))
    return learns.scores(tally)[learns.main_metric]
