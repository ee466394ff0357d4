"""The learning block: what it reads of Edge Impulse's folder, what it writes, and the models with their scaling."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

import nas
from nas.api import learning_block
from nas.api.block_data import read_block_data
from nas.data.prepared import Scaling
from nas.errors import InputError
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.keras_file import dump_keras
from nas.model.keras_runtime import keras, keras_outputs
from nas.model.raw_input import RawModels

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 12)).astype(np.float32)
CLASSES = np.arange(20) % 3


def folder(path, y, x=X):
    for part, rows in (("train", slice(0, 14)), ("test", slice(14, None))):
        np.save(path / f"X_split_{part}.npy", x[rows])
        np.save(path / f"Y_split_{part}.npy", y[rows])
    return path


STRUCTURED = np.stack([CLASSES + 1, np.arange(20) // 2, np.zeros(20, int), np.ones(20, int)], axis=1).astype(np.int32)


@pytest.mark.parametrize(
    "y", [np.eye(3)[CLASSES], CLASSES, CLASSES[:, None], STRUCTURED], ids=["one-hot", "n", "n1", "4"]
)
def test_classes_are_read_in_each_form_that_the_platform_has(tmp_path, y):
    found = read_block_data(folder(tmp_path, y), 0, None)
    np.testing.assert_array_equal(found.y_train, CLASSES[:14])
    np.testing.assert_array_equal(found.y_test, CLASSES[14:])
    assert found.class_names == ("0", "1", "2")
    assert (found.groups_train is not None) == (y.ndim == 2 and y.shape[1] == 4)
    assert found.space == "mlp_tabular"


@pytest.mark.usefixtures("searches_here")
def test_a_search_on_the_platform_s_folder_writes_what_the_platform_takes(tmp_path, monkeypatch):
    quick = {
        "min_steps": 0,
        "finalists": 1,
        "final_epochs": 1,
        "final_folds": 2,
        "winner_epochs": 1,
        "qat_epochs": 1,
        "hand_made": False,
    }
    asked = learning_block._study
    monkeypatch.setattr(
        learning_block, "_study", lambda *given: (study := asked(*given)) | {"recipe": study["recipe"] | quick}
    )
    rows = np.random.default_rng(0).normal(size=(120, 12)).astype(np.float32)
    labels = np.arange(120) % 3
    for part, of in (("train", slice(0, 90)), ("test", slice(90, None))):
        np.save(tmp_path / f"X_split_{part}.npy", rows[of])
        np.save(tmp_path / f"Y_split_{part}.npy", np.eye(3)[labels[of]])
    settings = nas.BlockSettings(epochs=1, trials=1, budget_kb=4, minutes=2)
    result = nas.run_learning_block(tmp_path, tmp_path / "out", settings=settings, progress=False)
    assert [Path(file).name for file in result.files] == list(learning_block.FILES)
    outputs = TfliteModel((tmp_path / "out" / "model_quantized_int8_io.tflite").read_bytes()).predict(rows[90:])
    assert result.accuracy == np.mean(outputs.argmax(axis=1) == labels[90:])
    assert (result.rows, result.baseline_accuracy) == (30, pytest.approx(1 / 3))


@pytest.mark.parametrize("least", [0, 1])
def test_label_indices_begin_alike_in_training_and_test_rows(tmp_path, least):
    labels = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 1, 2, 1, 2, 1, 2])  # none of class 0 in the test rows
    rows = STRUCTURED.copy()
    rows[:, 0] = labels + least
    found = read_block_data(folder(tmp_path, rows), 0, None)
    np.testing.assert_array_equal(np.concatenate([found.y_train, found.y_test]), labels)


def test_names_come_from_the_info_file_and_sensors_take_turns(tmp_path):
    (tmp_path / "train_input.json").write_text(json.dumps({"classes": ["a", "b", "c"]}))
    found = read_block_data(folder(tmp_path, np.eye(3)[CLASSES]), 2, tmp_path / "train_input.json")
    assert found.class_names == ("a", "b", "c")
    assert found.row_shape == (6, 2)
    assert found.given_shape == (12,)
    np.testing.assert_array_equal(found.x_train[0, :, 1], X[0, 1::2])
    assert found.space == "cnn_timeseries"


def test_a_search_ends_before_the_platform_ends_it(tmp_path):
    info = tmp_path / "train_input.json"
    for told, minutes in ((600, 6), (36000, 20), (0, 20)):
        info.write_text(json.dumps({"classes": [], "maxTrainingTimeSeconds": told}))
        rows = read_block_data(folder(tmp_path, CLASSES), 0, info)
        assert learning_block._study(nas.BlockSettings(), rows)["minutes"] == pytest.approx(minutes)
    info.write_text('{"maxTrainingTimeSeconds": [1]}')
    with pytest.raises(InputError, match=r"train_input.json of a learning block"):
        read_block_data(tmp_path, 0, info)


@pytest.mark.parametrize(
    ("y", "channels", "words"),
    [
        (CLASSES[:5], 0, "must have a class for each row"),
        (np.eye(3)[CLASSES] / 2, 0, "Y must be one-hot"),
        (CLASSES + 0.5, 0, "Y must hold classes"),
        (CLASSES, 5, "must have the values of 5 channels in turn"),
    ],
)
def test_what_does_not_fit_together_is_refused(tmp_path, y, channels, words):
    with pytest.raises(InputError, match=words):
        read_block_data(folder(tmp_path, y), channels, None)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"X_split_train.npy: must be a readable file"):
        nas.run_learning_block(tmp_path, tmp_path / "out")


def test_the_block_has_the_files_that_the_platform_wants(tmp_path):
    wheel = tmp_path / "nas-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    files = nas.write_learning_block(tmp_path / "block", wheel=wheel)
    assert {"Dockerfile", "parameters.json", wheel.name} <= {path.name for path in files}
    parameters = json.loads((tmp_path / "block" / "parameters.json").read_text())
    assert parameters["type"] == "machine-learning"
    from nas.cli.verbs.learning_block import command

    known = {flag for option in command.commands["run"].params for flag in option.opts}
    assert {f"--{entry['param']}" for entry in parameters["parameters"]} <= known
    dockerfile = (tmp_path / "block" / "Dockerfile").read_text()
    assert f"COPY {wheel.name}" in dockerfile
    assert 'ENTRYPOINT ["nas", "learning-block", "run"]' in dockerfile
    with pytest.raises(InputError, match="must be a wheel of nas"):
        nas.write_learning_block(tmp_path / "block", wheel=tmp_path / "other.whl")


def test_the_models_take_raw_rows_as_the_network_takes_scaled_ones():
    network = keras.Sequential([keras.Input((1, 6, 2)), keras.layers.Flatten(), keras.layers.Dense(3)])
    scaling = Scaling((5.0, -3.0), (2.0, 0.5))
    raw = (RNG.normal(size=(60, 6, 2)) * scaling.std + scaling.mean).astype(np.float32)
    models = RawModels(dump_keras(network), scaling, (12,), (6, 2))
    files = models.files(raw.reshape(60, 12))
    logits = keras_outputs(network, scaling.apply(raw))
    wanted = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    flat = raw.reshape(60, 12)
    np.testing.assert_allclose(TfliteModel(files["model.tflite"]).predict(flat), wanted, atol=1e-5)
    int8 = TfliteModel(files["model_quantized_int8_io.tflite"])
    assert int8.input_quantization[0] > 0
    np.testing.assert_allclose(int8.predict(flat), wanted, atol=0.1)
    names = zipfile.ZipFile(io.BytesIO(files["saved_model.zip"])).namelist()
    assert "saved_model/saved_model.pb" in names
