"""The summary of a Keras model against Keras's own counts, and files that name what is not Keras's."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nas.errors import InputError
from nas.model.keras_config import check_config
from nas.model.keras_file import dump_keras
from nas.model.keras_runtime import keras, tf
from nas.model.keras_summary import summarize_keras
from nas.model.runtime import quiet
from nas.study.tflite_summary import summarize_tflite
from nas.target.target import find_target

layers = keras.layers


def branched() -> Any:
    """A model with branches, a model within it, and a layer that is used twice."""
    x = given = keras.Input((12, 12, 3))
    x = layers.Conv2D(4, 3, padding="same", activation="relu", name="stem")(x)
    y = layers.BatchNormalization()(layers.SeparableConv2D(4, 3, padding="same")(x))
    x = layers.Add()([x, y])
    x = keras.Sequential([keras.Input((12, 12, 4)), layers.DepthwiseConv2D(3, strides=2), layers.ReLU()], name="inner")(
        x
    )
    twice = layers.Conv2D(4, 1, name="twice")
    x = layers.Conv2DTranspose(2, 3)(twice(twice(x)))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(given, layers.Dense(5, activation="softmax")(x))


def recurrent() -> Any:
    given = keras.Input((10, 3))
    x = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(given)
    x = layers.MultiHeadAttention(2, 3)(x, x)
    x = layers.TimeDistributed(layers.Dense(6))(x)
    return keras.Model(given, layers.Dense(2)(layers.GRU(5)(x)))


@pytest.mark.parametrize("make", [branched, recurrent])
def test_parameters_are_those_that_keras_counts(make: Callable[[], Any]) -> None:
    model = make()
    summary, weights = summarize_keras(dump_keras(model), "model")
    assert summary.parameters == model.count_params()
    assert summary.trainable == sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert sum(layer.parameters for layer in summary.layers) == model.count_params()
    assert sum(layer.trainable or 0 for layer in summary.layers) == summary.trainable
    for weight, known in zip(model.weights, weights, strict=True):
        assert np.array_equal(np.asarray(weight).ravel(), known.values)


def test_output_shapes_are_those_of_keras_s_layers() -> None:
    model = branched()
    summary, _ = summarize_keras(dump_keras(model), "model")
    shapes = {layer.name: summary.tensors[layer.outputs[0]].shape for layer in summary.layers}
    once = [layer for layer in model.layers if layer.name in shapes and layer.name != "twice"]
    assert len(once) > 5
    assert [shapes[layer.name] for layer in once] == [tuple(layer.output.shape) for layer in once]
    assert [tensor.shape for tensor in summary.of_kind("output")] == [(None, 5)]
    assert "inner/" in " ".join(shapes)


def test_macs_are_those_of_the_model_that_the_converter_makes() -> None:
    model = branched()
    summary, _ = summarize_keras(dump_keras(model), "model")
    with quiet():
        call = tf.function(lambda x: model(x, training=False)).get_concrete_function(tf.TensorSpec((1, 12, 12, 3)))
        converted = tf.lite.TFLiteConverter.from_concrete_functions([call], model).convert()
    assert summary.unknown_macs == ()
    assert summary.macs == summarize_tflite(converted, find_target("cortex-m4"), "model").macs


def test_macs_of_recurrent_layers_and_attention_are_counted_by_hand() -> None:
    summary, _ = summarize_keras(dump_keras(recurrent()), "model")
    macs = {layer.kind: layer.macs for layer in summary.layers}
    assert macs["Bidirectional"] == 2 * 10 * (3 * 16 + 4 * 16)
    projections, scores, mixing = 10 * 4 * (8 * 2 * 3), 2 * 10 * 10 * 3, 2 * 10 * 10 * 3
    assert macs["MultiHeadAttention"] == projections + scores + mixing
    assert macs["TimeDistributed"] == 10 * 8 * 6
    assert macs["GRU"] == 10 * (6 * 15 + 5 * 15)


def test_a_model_without_a_graph_of_layers_is_refused() -> None:
    model = keras.Sequential([layers.Dense(2)])
    with pytest.raises(InputError, match=r"^m\.keras: must hold a functional or sequential model that is built"):
        summarize_keras(dump_keras(model), "m", "m.keras")


def changed(change: Callable[[Any], None]) -> bytes:
    """Return a `.keras` file whose description was changed by hand."""
    content, stream = dump_keras(keras.Sequential([keras.Input((4,)), layers.Dense(2, name="dense")])), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "config.json":
                config = json.loads(data)
                change(config["config"]["layers"][1])
                data = json.dumps(config).encode()
            new.writestr(name, data)
    return stream.getvalue()


HOSTILE: dict[str, dict[str, Any]] = {
    "os.system": {"module": "os", "class_name": "function", "config": "system", "registered_name": "system"},
    "builtins.eval": {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "eval"},
    "keras.utils.get_file": {"module": "keras.utils", "class_name": "function", "config": "get_file"},
    "keras.src.utils.get_file": {"module": "keras.src.utils", "class_name": "function", "config": "get_file"},
    "mine.Layer": {"module": "mine", "class_name": "Layer", "config": {}, "registered_name": "Custom>Layer"},
    "keras.layers.Layer": {"module": "keras.layers", "class_name": "Layer", "config": {}, "registered_name": "me>Mine"},
    "Layer": {"module": None, "class_name": "Layer", "config": {}, "registered_name": "Custom>Layer"},
    "kerasx.Layer": {"module": "kerasx", "class_name": "Layer", "config": {}},
    "tensorflow.TensorSpec": {"module": "tensorflow", "class_name": "__typespec__", "config": []},
}


@pytest.mark.parametrize("named", HOSTILE)
def test_a_file_that_names_what_is_not_keras_s_is_refused_with_that_name(named: str) -> None:
    content = changed(lambda layer: layer["config"].update(activation=HOSTILE[named]))
    with pytest.raises(InputError, match=r"^m\.keras: must hold only layers that come with Keras, got ") as caught:
        summarize_keras(content, "m", "m.keras")
    assert named.split(".")[-1] in str(caught.value) or "typespec" in str(caught.value)


def test_a_lambda_is_refused() -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Lambda(lambda x: x + 1)])
    with pytest.raises(InputError, match="must hold no lambda"):
        summarize_keras(dump_keras(model), "m", "m.keras")


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", '{"class_name": "Sequential"}')
        archive.writestr("model.weights.h5", bytes(100 * 2**20))
    with pytest.raises(InputError, match="unpacks to a usual size"):
        check_config(stream.getvalue(), "bomb.keras")


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_keras_file_is_refused_in_one_line(content: bytes) -> None:
    with pytest.raises(InputError, match=r"^m\.keras: must hold a \.keras file of Keras 3") as caught:
        check_config(content, "m.keras")
    assert "\n" not in str(caught.value)
