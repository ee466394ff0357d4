"""Keras models as files: what is read computes what was written, and no code of a file's author runs."""

import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

import nas
from nas.errors import InputError
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.keras_file import dump_keras, keras_shapes, load_keras
from nas.model.keras_runtime import gives_probabilities, keras_outputs
from nas.model.runtime import quiet, tf


def _model(activation: str | None = "softmax", rows: int | None = None) -> keras.Model:
    keras.utils.set_random_seed(0)
    x = inputs = keras.Input((16, 3), batch_size=rows)
    x = keras.layers.Conv1D(4, 3, activation="relu")(x)
    x = keras.layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, keras.layers.Dense(5, activation=activation)(x))


X = np.random.default_rng(0).standard_normal((300, 16, 3)).astype(np.float32)


def test_a_model_that_was_written_and_read_computes_the_same() -> None:
    model = _model()
    again = load_keras(dump_keras(model), "model.keras")
    np.testing.assert_allclose(keras_outputs(again, X), model.predict(X, verbose=0), rtol=1e-5, atol=1e-6)
    assert keras_shapes(again, "model.keras") == ((16, 3), 5)
    assert keras_outputs(again, X[:0]).shape == (0, 5)


def test_logits_are_told_from_probabilities() -> None:
    assert gives_probabilities(_model("softmax"), (16, 3))
    assert gives_probabilities(_model("sigmoid"), (16, 3))
    assert not gives_probabilities(_model(None), (16, 3))


def test_code_in_a_file_is_refused_and_not_run(tmp_path: Path) -> None:
    inputs = keras.Input((4,))
    lambdas = keras.Model(inputs, keras.layers.Lambda(lambda x: x + 1)(inputs))
    with pytest.raises(InputError, match="must hold no lambda"):
        load_keras(dump_keras(lambdas), "l.keras")

    class Own(keras.layers.Layer):
        def call(self, x):  # type: ignore[no-untyped-def]
            return x

    with pytest.raises(InputError, match="only layers that come with Keras, got"):
        load_keras(dump_keras(keras.Model(inputs, Own()(inputs))), "o.keras")


@pytest.mark.parametrize("content", [b"", b"PK", b"\x00" * 1000], ids=["empty", "start", "zeros"])
def test_what_is_no_keras_file_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match=r"bad\.keras: must hold a \.keras file"):
        load_keras(content, "bad.keras")


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    path.write_bytes(dump_keras(_model()))
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(tmp_path / "n.keras", "w") as part:
        part.writestr("config.json", whole.read("config.json")[:200])
    with pytest.raises(InputError, match=r"n\.keras: must hold a \.keras file with a config\.json of JSON"):
        load_keras((tmp_path / "n.keras").read_bytes(), "n.keras")


def test_models_of_open_or_several_inputs_are_refused() -> None:
    opened = keras.Input((None, 3))
    with pytest.raises(InputError, match="every dimension of its input but the batch must be fixed"):
        keras_shapes(keras.Model(opened, keras.layers.GlobalAveragePooling1D()(opened)), "m")
    a, b = keras.Input((3,)), keras.Input((3,))
    with pytest.raises(InputError, match="must have one input, got 2"):
        keras_shapes(keras.Model([a, b], a + b), "m")


def _converted(kind: str) -> bytes:
    converter = tf.lite.TFLiteConverter.from_keras_model(_model(rows=1))
    if kind != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([row[None]] for row in X[:50])
    if kind in ("int8", "uint8"):
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = getattr(tf, kind)
    if kind == "int16":
        converter.target_spec.supported_ops = [
            tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
        ]
        converter.inference_input_type = converter.inference_output_type = tf.int16
    with quiet():
        return bytes(converter.convert())


@pytest.mark.parametrize("kind", ["float32", "int8_float_io", "int8", "uint8", "int16"])
def test_a_tflite_of_any_type_answers_as_the_keras_model_does(kind: str) -> None:
    model = TfliteModel(_converted(kind))
    expected = keras_outputs(_model(), X)
    bound = {"float32": 1e-5, "int16": 2e-2}.get(kind, 5e-2)
    assert np.abs(model.predict(X) - expected).max() < bound
    np.testing.assert_allclose(model.predict(X[:3]), np.concatenate([model.predict(X[i : i + 1]) for i in range(3)]))
    assert model.predict(X[:0]).shape == (0, 5)


def test_a_model_that_takes_one_row_at_a_time_is_given_one_at_a_time() -> None:
    @tf.function(autograph=False, input_signature=[tf.TensorSpec((1, 6), tf.float32)])
    def mixed(x):  # type: ignore[no-untyped-def] # its constant shape mixes the rows of a batch
        return tf.reshape(tf.reduce_sum(tf.reshape(x, (2, -1)), axis=0), (1, -1))

    tflite = bytes(tf.lite.TFLiteConverter.from_concrete_functions([mixed.get_concrete_function()]).convert())
    rows = np.arange(24, dtype=np.float32).reshape(4, 6)
    np.testing.assert_array_equal(TfliteModel(tflite).predict(rows), rows[:, :3] + rows[:, 3:])


def test_a_keras_file_is_loaded_for_float_predictions(tmp_path: Path) -> None:
    path = tmp_path / "mine.keras"
    path.write_bytes(dump_keras(_model(None)))
    model = nas.load(path)
    logits = keras_outputs(_model(None), X)
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict_float(X), expected, rtol=1e-4)
    assert (model.name, model.input_shape, model.tflite) == ("mine", (16, 3), None)
    with pytest.raises(InputError, match=r"must hold a \.tflite; make one with nas quantize"):
        model.predict(X)


def test_a_keras_file_is_read_in_a_process_that_has_imported_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "model.keras").write_bytes(dump_keras(_model()))
    code = "import sys; from pathlib import Path; from nas.model.keras_file import *; "
    code += "print(keras_shapes(load_keras(read_keras(Path(sys.argv[1])), ''), ''))"
    run = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "model.keras"], capture_output=True, text=True, check=True
    )
    assert (run.stdout, run.stderr) == ("((16, 3), 5)\n", "")
