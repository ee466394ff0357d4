"""A search for a detector that forecasts the next step of a window, and what is written and said of it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from c_on_test_rows import printed
from workshop import QUICK, SearchHere

import nas as package
from nas.evaluation.spotting import Spotting
from nas.model.deploy.tflite_model import TfliteModel
from nas.study.recipe import Recipe
from nas.study.study import Study
from nas.task.anomaly import Anomaly


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, search_here: SearchHere) -> Path:
    recipe = Recipe.of(**QUICK | {"qat_epochs": 1, "learning_rate": 0.02}, winner_epochs=4)
    asked = Study(
        space="forecaster_timeseries", name="pumps", budget_kb=2, trials=2, recipe=recipe, tracking_uri="none",
        task="anomaly",
    )  # fmt: skip
    return Path(search_here(asked, tmp_path_factory.mktemp("studies")).folder)


@pytest.fixture(scope="module")
def model(study: Path) -> package.Model:
    return package.load(study)


@pytest.fixture(scope="module")
def x(model: package.Model) -> np.ndarray:
    """The test rows [n, steps, channels]."""
    assert model.data is not None
    return model.data.splits().test.x


def test_the_network_reads_all_steps_but_the_last_and_its_score_is_the_error_of_the_forecast(
    model: package.Model, x: np.ndarray
) -> None:
    assert model.tflite is not None
    read = TfliteModel(model.tflite)
    steps, channels = x.shape[1:]
    assert read.row_shape == (1, steps - 1, channels)
    q = read.quantize(model.scaled(x)).astype(np.int64)
    (scale, zero), outputs = read.input_quantization, read.run(q[:, :-1].astype(np.int8)).astype(np.int64)
    errors = scale**2 * ((outputs - read.output_quantization[1] - (q[:, -1] - zero)) ** 2).mean(axis=1)
    np.testing.assert_allclose(model.predict(x)[:, 0], errors, rtol=1e-6)


def test_float_and_int8_model_have_nearly_the_same_scores(model: package.Model, x: np.ndarray) -> None:
    int8, before = model.predict(x)[:, 0], model.predict_float(x)[:, 0]
    assert np.corrcoef(np.log(int8), np.log(before))[0, 1] > 0.95


def test_exported_c_decides_as_python_on_every_test_row(
    nas: Callable[..., Any], study: Path, model: package.Model, x: np.ndarray, tmp_path: Path
) -> None:
    tell = 'printf("%.9g %d\\n", (double)pumps_score(input, output), pumps_is_anomaly(input, output));'
    said = printed(nas, study, tmp_path, "pumps", tell, row="ROW_BYTES")
    scores, alarms = np.array([line.split() for line in said.splitlines()], np.float64).T
    answers = model.predict(x)
    assert isinstance(model.task, Anomaly)
    np.testing.assert_allclose(scores, answers[:, 0], rtol=1e-6)
    assert np.array_equal(alarms == 1, model.task.alarms(answers))


def test_a_lone_file_reads_rows_as_the_study_does(
    study: Path, model: package.Model, x: np.ndarray, tmp_path: Path
) -> None:
    alone = package.load(shutil.copy(study / "best" / "model.tflite", tmp_path / "pumps.tflite"))
    assert (alone.input_shape, alone.task) == (model.input_shape, model.task)
    assert np.array_equal(alone.predict(x), model.predict(x))


def test_a_file_whose_parameters_were_changed_reads_rows_as_before(
    study: Path, model: package.Model, tmp_path: Path
) -> None:
    for name in ("model.tflite", "metadata.json"):
        shutil.copy(study / "best" / name, tmp_path / name)
    package.set_params(tmp_path / "model.tflite", {"anomaly_threshold": 0.5})
    changed = package.load(tmp_path / "model.tflite")
    assert isinstance(changed.task, Anomaly)
    assert (changed.input_shape, changed.task.threshold) == (model.input_shape, 0.5)


def test_an_archive_reads_rows_as_the_study_does(study: Path, model: package.Model, x: np.ndarray) -> None:
    (file,) = (study / "best").glob("*.nas.zip")
    archived = package.load(file)
    assert archived.input_shape == model.input_shape
    assert np.array_equal(archived.predict(x[:9]), model.predict(x[:9]))
    assert np.array_equal(archived.predict_float(x[:9]), model.predict_float(x[:9]))


def test_a_recording_is_told_where_anomalies_begin_and_end(model: package.Model, x: np.ndarray, tmp_path: Path) -> None:
    assert model.sample_rate_hz is not None
    signal = np.tile(x.mean(axis=(0, 1)), (300, 1))
    signal[100:200:2] += 9 * x.std(axis=(0, 1))
    times = np.arange(len(signal)) / model.sample_rate_hz
    names = ",".join(["time_s", *model.channel_names])
    np.savetxt(tmp_path / "pump.csv", np.c_[times, signal], fmt="%.9g", delimiter=",", header=names, comments="")
    each_window = Spotting(average_ms=0.001, suppression_ms=0.001, minimum_count=1, threshold=0.5)
    found = package.classify(model, tmp_path / "pump.csv", spotting=each_window)
    rows = found.predictions.frame()
    begins = rows[rows["is_anomaly"] != rows["is_anomaly"].shift()]
    expected = [
        (start, "anomaly" if odd else "normal")
        for start, odd in zip(begins["start"], begins["is_anomaly"], strict=True)
    ]
    assert [(event.start_s, event.class_name) for event in found.events] == expected
    assert {name for _, name in expected} == {"normal", "anomaly"}


def test_its_specification_trains_it_again(study: Path, model: package.Model, tmp_path: Path) -> None:
    again = package.train(study / "best" / "spec.toml", folder=tmp_path / "again", epochs=1, tracking_uri="none")
    assert again.metric == "roc_auc"
    loaded = package.load(tmp_path / "again")
    assert isinstance(loaded.task, Anomaly)
    assert (loaded.task.reconstruction, loaded.input_shape) == ("forecast", model.input_shape)


def test_what_is_written_speaks_of_a_forecast(nas: Callable[..., Any], study: Path) -> None:
    assert "forecasts the last step" in (study / "best" / "model_card.md").read_text()
    assert (
        json.loads((study / "best" / "metadata.json").read_text())["output"]["detector"]["reconstruction"] == "forecast"
    )
    assert json.loads(nas("evaluate", str(study), "--json").out)["task"] == "anomaly"


def test_a_forecaster_is_for_anomalies_alone(study: Path, search_here: SearchHere) -> None:
    asked = Study(space="forecaster_timeseries", data="synthetic", budget_kb=2, trials=1, tracking_uri="none")
    with pytest.raises(package.InputError, match="space forecaster_timeseries: is for anomaly detection"):
        search_here(asked, study.parent)


def test_no_simple_detector_is_written_in_place_of_a_forecast(nas: Callable[..., Any], study: Path) -> None:
    ended = nas("export", str(study), "--format", "c", "--baseline", "k-means")
    assert (ended.code, ended.out) == (1, "")
    assert "is for networks that read whole rows, got one that forecasts their last step" in " ".join(ended.err.split())
