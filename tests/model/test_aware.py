"""Quantization-aware training of any Keras model makes its int8 file nearer to the float model."""

from typing import Any

import keras
import numpy as np

from nas.model.deploy.keras_layers import hooked, leaves
from nas.model.deploy.schemes import KerasSource
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.keras_runtime import keras_outputs
from nas.study.quantization import Quantization, Scheme

L = keras.layers
X = np.random.default_rng(0).standard_normal((512, 24, 3)).astype(np.float32)
X[..., 2] = 0


def _model() -> Any:
    """A model with one huge weight for a silent channel: it does nothing, but the others share its scale."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input((24, 3))
    x = L.Conv1D(8, 5, activation="relu")(inputs)
    y = L.ReLU()(L.BatchNormalization()(L.Conv1D(8, 3, padding="same")(x)))
    model = keras.Model(inputs, L.Dense(5)(L.GlobalAveragePooling1D()(L.Add()([x, y]))))
    kernel, bias = model.layers[1].get_weights()
    kernel[0, 2, 0] = 20 * np.abs(kernel).max()
    model.layers[1].set_weights([kernel, bias])
    return model


def _error(exact: Any, source: KerasSource, settings: Quantization) -> float:
    outputs = TfliteModel(source.convert(Scheme.INT8, settings, X[:256])).predict(X)
    return float(np.mean(np.square(outputs - keras_outputs(exact, X))))


def test_training_with_rounding_brings_the_int8_model_nearer_to_the_float_model() -> None:
    model, settings = _model(), Quantization(per_channel=False, qat_epochs=6)
    source = KerasSource(model)
    assert _error(model, source.trained_on(X, settings), settings) < 0.7 * _error(model, source, settings)


def test_the_model_itself_is_left_as_it_was_and_a_seed_gives_the_same_weights() -> None:
    model, settings = _model(), Quantization(qat_epochs=1)
    before = [weights.copy() for weights in model.get_weights()]
    first, second = (KerasSource(model).trained_on(X[:128], settings).model for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(first.get_weights(), second.get_weights(), strict=True))
    assert any(not np.array_equal(a, b) for a, b in zip(before, first.get_weights(), strict=True))
    assert not any("call" in vars(layer) for layer in first.layers)


def test_a_hook_changes_calls_while_it_is_set_and_not_afterwards() -> None:
    model = keras.Sequential([keras.Input((4,)), L.Dense(3), keras.Sequential([keras.Input((3,)), L.ReLU()])])
    rows = X[:2, 0, [0, 1, 2, 0]]
    plain, seen = keras_outputs(model, rows), []

    def hook(layer: Any, call: Any) -> Any:
        seen.append(type(layer).__name__)
        return call() + 1

    with hooked(leaves(model), hook):
        changed = keras_outputs(model, rows)
    assert seen == ["Dense", "ReLU"]
    assert not np.allclose(changed, plain)
    np.testing.assert_array_equal(keras_outputs(model, rows), plain)
