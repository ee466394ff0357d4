"""`nas.convert`: what is written, compared and said, and what is refused."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import nas
from nas.api.comparing import compared
from nas.cli import group
from nas.errors import InputError
from nas.model import keras_file, keras_runtime
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.host.onnx_runtime import run_onnx
from nas.target.numbers import Numbers, numbers_of


@pytest.fixture(scope="module")
def converted(model_files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, nas.Conversion]:
    """A Keras model in all formats, and the folder that they were written into."""
    folder = tmp_path_factory.mktemp("converted")
    return folder, nas.convert(model_files["model"], folder=folder)


def test_a_keras_model_becomes_three_files_that_answer_alike(converted):
    folder, result = converted
    assert sorted(path.name for path in folder.iterdir()) == ["model.onnx", "model.tflite", "model_int8.onnx"]
    assert [(file.format, file.verdict) for file in result.files] == [
        ("tflite", "not judged"),  # noise cannot tell whether int8 is good enough
        ("onnx", "passes"),
        ("onnx-int8", "passes"),
    ]
    assert result.passed
    assert all(Path(file.file).stat().st_size == file.file_bytes for file in result.files)
    assert numbers_of(nas.profile(folder / "model.tflite", "host")) is Numbers.INT8


def test_the_document_tells_sizes_differences_and_the_rule(converted):
    _, result = converted
    document = json.loads(json.dumps(result.to_json()))
    onnx = document["files"][1]
    assert onnx["checked"]["reference"] == "Keras"
    assert onnx["checked"]["agreement"] == 1
    assert onnx["checked"]["difference"] < 1e-5
    assert "same class for every row" in onnx["checked"]["rule"]
    assert document["files"][2]["checked"]["steps"] <= 1
    assert list(result.frame()["format"]) == ["tflite", "onnx", "onnx-int8"]


def test_with_data_int8_is_judged_by_the_classes_that_it_gives(model_files, tmp_path):
    rng = np.random.default_rng(0)
    data = tmp_path / "data.npz"
    x = rng.normal(size=(90, 16, 2)).astype(np.float32)
    np.savez(data, x_train=x, y_train=np.arange(90) % 3, x_test=x[:40], y_test=np.arange(40) % 3)
    result = nas.convert(model_files["model"], formats=("tflite",), data=str(data))
    assert result.files[0].verdict == "passes"
    assert result.files[0].checked.accuracy is not None


def test_a_difference_beyond_the_bounds_is_said_and_the_file_is_written(model_files, tmp_path):
    words = [
        "convert",
        str(model_files["model"]),
        "--format",
        "onnx",
        "--difference",
        "0",
        "-o",
        str(tmp_path),
        "--json",
    ]
    ended = CliRunner().invoke(group, words)
    document = json.loads(ended.stdout)
    assert document["files"][0]["verdict"] == "differs"
    assert (tmp_path / "model.onnx").is_file()
    assert isinstance(ended.exception, InputError)
    assert "onnx differs" in str(ended.exception)


def test_a_file_that_cannot_be_checked_is_written_all_the_same(model_files, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    result = nas.convert(model_files["model"], formats=("onnx",), folder=tmp_path)
    assert [file.verdict for file in result.files] == ["not checked"]
    assert "needs the package onnxruntime" in result.files[0].reason
    assert (tmp_path / "model.onnx").is_file()
    assert not result.passed


def test_without_the_package_onnx_it_is_named_with_the_command_that_installs_it(model_files, monkeypatch):
    monkeypatch.setattr("nas.api.converting.find_spec", lambda name: None)
    (file,) = nas.convert(model_files["int8"], formats=("onnx-int8",)).files
    assert file.verdict == "not made"
    assert "pip install 'nas[onnx]'" in file.reason


def test_int8_answers_that_give_other_classes_than_keras_differ(model_files):
    model, one = nas.load(model_files["model"]), np.eye(3, dtype=np.float32)[np.arange(50) % 3]
    other = np.roll(one, 1, axis=1)
    y = np.arange(50) % 3
    nearly = np.where(np.arange(50)[:, None] < 2, other, one)  # 96 % of the classes
    assert compared(model, "tflite", (nearly, one), y, None, nas.Bounds()).passed
    assert not compared(model, "tflite", (nearly, one), y, None, nas.Bounds(agreement=0.97)).passed


def test_answers_of_another_model_differ(model_files):
    model = nas.load(model_files["model"])
    rng = np.random.default_rng(0)
    one, other = (rng.dirichlet(np.ones(3), 50).astype(np.float32) for _ in range(2))
    assert compared(model, "onnx", (one, one), None, None, nas.Bounds()).passed
    assert not compared(model, "onnx", (one, other), None, None, nas.Bounds()).passed
    assert not compared(model, "onnx-int8", (one, other), None, 1 / 256, nas.Bounds()).passed
    nearly = one + np.float32(1 / 256) * (rng.random(one.shape) < 0.03)
    assert compared(model, "onnx-int8", (nearly, one), None, 1 / 256, nas.Bounds()).passed


def test_keras_is_read_and_asked_once_whatever_the_formats(model_files, monkeypatch):
    model, calls = nas.load(model_files["model"]), list[str]()
    for home, name in ((keras_file, "load_keras"), (keras_runtime, "keras_outputs"), (TfliteModel, "predict")):
        counted = getattr(home, name)
        monkeypatch.setattr(home, name, lambda *given, f=counted, n=name: calls.append(n) or f(*given))
    result = nas.convert(model)
    assert len(result.files) == 3
    assert sorted(calls) == ["keras_outputs", "load_keras", "predict"]
    calls.clear()
    nas.convert(model, formats=("onnx",), checking=nas.Checking(rows=0))
    assert calls == ["load_keras"]


def test_a_tflite_alone_becomes_int8_onnx(model_files, tmp_path):
    result = nas.convert(model_files["int8"], folder=tmp_path)
    assert [file.verdict for file in result.files] == ["passes"]
    rows = np.zeros((3, 16, 2), np.float32)
    assert run_onnx((tmp_path / "model_int8.onnx").read_bytes(), rows, "model").shape == (3, 3)


def test_formats_that_a_model_does_not_allow_are_refused_with_the_next_step(model_files):
    with pytest.raises(InputError, match="must hold the Keras model"):
        nas.convert(model_files["int8"], formats=("onnx",))
    with pytest.raises(InputError, match=r"did you mean onnx-int8|known: onnx"):
        nas.convert(model_files["int8"], formats=("onnx_int",))
    with pytest.raises(InputError, match="must be a share from 0 to 1, got 2"):
        nas.Bounds(equal=2)


def test_without_a_check_nothing_is_compared(model_files):
    result = nas.convert(model_files["int8"], checking=nas.Checking(rows=0))
    assert result.files[0].checked is None
    assert "not judged" in repr(result)
