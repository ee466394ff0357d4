"""The layer in which quantization hurts most is named first, whatever made it bad."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from nas.model.deploy.layer_errors import layer_errors
from nas.model.deploy.recording import Recording
from nas.model.deploy.schemes import KerasSource
from nas.model.keras_runtime import keras_outputs
from nas.study.layer_error import LayerError
from nas.study.quantization import Quantization, Scheme

L = keras.layers
X = np.random.default_rng(0).standard_normal((64, 32, 3)).astype(np.float32)
DEFAULTS = Quantization()


def _model() -> Any:
    keras.utils.set_random_seed(0)
    layers = [
        L.Conv1D(8, 5, activation="relu", name="one"), L.MaxPooling1D(2),
        L.Conv1D(12, 3, activation="relu", name="two"), L.Conv1D(8, 3, activation="relu", name="three"),
        L.Flatten(), L.Dense(16, activation="relu", name="four"), L.Dense(4, activation="softmax", name="five"),
    ]  # fmt: skip
    return keras.Sequential([keras.Input((32, 3)), *layers])


def _errors(model: Any, calibration: Any = X, settings: Quantization = DEFAULTS) -> list[LayerError]:
    source = KerasSource(model)
    return layer_errors(source.convert(Scheme.FLOAT32, DEFAULTS), source.convert(Scheme.INT8, settings, calibration), X)


def _spoil(model: Any, name: str, change: Callable[[Any, Any], None]) -> Any:
    kernel, bias = model.get_layer(name).get_weights()
    change(kernel, bias)
    model.get_layer(name).set_weights([kernel, bias])
    return model


def _huge_weight(kernel: Any, _: Any) -> None:
    kernel[..., 0].flat[3] = 400 * np.abs(kernel).max()


def _loud_channel(kernel: Any, bias: Any) -> None:
    kernel[..., 1] *= 200


@pytest.mark.parametrize("name", ["two", "three", "four"])
def test_a_layer_with_one_huge_weight_is_named_first(name: str) -> None:
    first, *others = _errors(_spoil(_model(), name, _huge_weight))
    assert first.layer == name
    assert "one weight of output channel 0 is" in (first.hint or "")
    assert all(layer.hint is None for layer in others)


@pytest.mark.parametrize("name", ["one", "two", "three", "four"])
def test_a_layer_with_one_loud_channel_is_named_first(name: str) -> None:
    first, *others = _errors(_spoil(_model(), name, _loud_channel))
    assert first.layer == name
    assert "channel 1 spans" in (first.hint or "")
    assert first.sqnr_db is not None
    assert others[0].sqnr_db is not None
    assert first.sqnr_db < others[0].sqnr_db - 10


def test_values_beyond_the_calibration_are_counted_as_clipped() -> None:
    found = {layer.layer: layer for layer in _errors(_model(), X / 8) if layer.op == "CONV_2D"}
    assert found["one"].saturated > 0.05
    assert "lie outside the range of the calibration" in (found["one"].hint or "")
    assert all(layer.saturated < 0.02 for layer in _errors(_model()))


def test_a_good_model_has_no_hints_and_moves_of_data_add_no_error() -> None:
    layers = _errors(_model())
    assert all(layer.hint is None for layer in layers)
    assert all(layer.sqnr_db is None for layer in layers if layer.op in ("RESHAPE", "MAX_POOL_2D"))
    ratios = [layer.sqnr_db for layer in layers if layer.sqnr_db is not None]
    assert ratios == sorted(ratios)
    assert len(ratios) == 6


def test_one_scale_for_all_channels_costs_weights_precision() -> None:
    kernels = {layer.layer: layer.weights_sqnr_db for layer in _errors(_spoil(_model(), "two", _loud_channel))}
    plain = Quantization(per_channel=False)
    one = {layer.layer: layer.weights_sqnr_db for layer in _errors(_spoil(_model(), "two", _loud_channel), X, plain)}
    assert one["two"] is not None
    assert kernels["two"] is not None
    assert one["two"] < kernels["two"] - 20


def test_recorded_tensors_are_what_keras_computes() -> None:
    model = _model()
    recording = Recording(KerasSource(model).convert(Scheme.FLOAT32, DEFAULTS))
    found = recording.run(X[:5], [recording.output])[recording.output]
    np.testing.assert_allclose(found.reshape(5, -1), keras_outputs(model, X[:5]), atol=1e-5)
    conv = next(op for op in recording.operators if op.kind == "CONV_2D")
    inner = keras.Model(model.inputs, model.get_layer("one").output)
    values = recording.run(X[:5], [conv.inputs[0]])
    np.testing.assert_allclose(
        recording.alone(conv, values).reshape(5, 28, 8), inner.predict(X[:5], verbose=0), atol=1e-5
    )
