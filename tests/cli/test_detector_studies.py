"""Searches for detectors of anomalies behind a front-end, of windows and of sound, and what is written of them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from detected_in_c import detected_in_c
from sklearn.cluster import KMeans
from sklearn.metrics import roc_auc_score
from workshop import QUICK, SearchHere

import nas as package
from nas.data.dataset import Part
from nas.evaluation.spotting import Spotting
from nas.study.recipe import Recipe
from nas.study.result import Result
from nas.study.study import Study
from nas.task.anomaly import Anomaly

WINDOWS = """
description = "auto-encoders of statistics"
input = "window"
data = "pump"
stages = ["hidden"]
[front_end]
front_end = "statistics"
segments = [1, 2]
[hidden]
block = "dense"
units = { low = 4, high = 16, step = 4 }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("detectors")


@pytest.fixture(scope="module", params=["windows", "sound"])
def found(request: pytest.FixtureRequest, folder: Path, search_here: SearchHere) -> Result:
    (folder / "windows.toml").write_text(WINDOWS)
    recipe = Recipe.of(**QUICK | {"epochs": 10, "final_epochs": 10, "qat_epochs": 1}, winner_epochs=15)
    space = {"windows": str(folder / "windows.toml"), "sound": "autoencoder_audio"}[request.param]
    asked = Study(
        space=space, name=request.param, budget_kb=4, trials=2, recipe=recipe, tracking_uri="none",
        false_alarm_rate=0.1,
    )  # fmt: skip
    return search_here(asked, folder / "studies")


@pytest.fixture(scope="module")
def study(found: Result) -> Path:
    return Path(found.folder)


@pytest.fixture(scope="module")
def model(study: Path) -> package.Model:
    return package.load(study)


def part(model: package.Model, name: str) -> Part:
    assert model.data is not None
    return model.data.splits().parts()[name]


def alarms(model: package.Model, x: np.ndarray) -> np.ndarray:
    assert isinstance(model.task, Anomaly)
    return model.task.alarms(model.predict(x))


def test_outputs_and_threshold_are_of_the_features(study: Path, model: package.Model) -> None:
    best = json.loads((study / "results.json").read_text())["best"]
    features = int(np.prod(model.front_end.shape(model.input_shape)))
    assert best["architecture"]["outputs"] == features
    val = part(model, "val")
    assert alarms(model, val.x[val.y == 0]).sum() == int(0.1 * (val.y == 0).sum())


def test_limits_hold_for_front_end_and_network_together(study: Path, model: package.Model) -> None:
    best = json.loads((study / "results.json").read_text())["best"]
    profiled = package.profile(study)
    assert profiled.front_end is not None
    assert profiled.ram_bytes == profiled.detail.ram_bytes + profiled.front_end.ram_bytes
    assert profiled.to_json()["weights_bytes"] == best["weights_bytes"]


def test_the_simple_detectors_beside_it_are_of_the_same_features_and_bytes(found: Result, model: package.Model) -> None:
    assert found.winner is not None
    assert found.winner.tested is not None
    train, test = (part(model, name) for name in ("train", "test"))
    normal, every = (np.float64(model.scaled(x)).reshape(len(x), -1) for x in (train.x[train.y == 0], test.x))
    centres = found.winner.record.measured()["weights_bytes"] // normal.shape[1]
    apart = KMeans(centres, n_init=3, random_state=0).fit(normal).transform(every).min(axis=1)
    told = found.winner.tested.simple_metrics[f"k-means, {centres} centres"]
    assert told["roc_auc"] == pytest.approx(roc_auc_score(test.y, apart), abs=1e-6)


def test_exported_c_decides_from_samples_as_python_on_every_test_row(
    nas: Callable[..., Any], study: Path, model: package.Model, tmp_path: Path
) -> None:
    nas("export", str(study), "--format", "c", "-o", str(tmp_path), "--name", "watch")
    test = part(model, "test")
    _, scores, decided = detected_in_c(tmp_path, test.x).T
    np.testing.assert_allclose(scores, model.predict(test.x)[:, 0], rtol=1e-3)
    assert np.array_equal(decided == 1, alarms(model, test.x))


def test_a_lone_file_decides_as_the_study_does(study: Path, model: package.Model, tmp_path: Path) -> None:
    alone = package.load(shutil.copy(study / "best" / "model.tflite", tmp_path / "alone.tflite"))
    assert (alone.task, alone.front_end, alone.input_shape) == (model.task, model.front_end, model.input_shape)
    x = part(model, "test").x
    np.testing.assert_array_equal(alone.predict(x), model.predict(x))


@pytest.mark.parametrize("name", ["k-means", "gaussian"])
def test_a_simple_detector_as_c_finds_by_the_same_features(
    nas: Callable[..., Any], study: Path, model: package.Model, tmp_path: Path, name: str
) -> None:
    nas("export", str(study), "--format", "c", "-o", str(tmp_path), "--name", "watch", "--baseline", name)
    val = part(model, "val")
    _, _, decided = detected_in_c(tmp_path, val.x, simple=True).T
    assert decided[val.y == 0].sum() <= int(0.1 * (val.y == 0).sum())
    assert decided[val.y == 1].mean() > decided[val.y == 0].mean()


def test_a_simple_detector_is_written_beside_the_network_and_not_over_it(nas: Callable[..., Any], study: Path) -> None:
    nas("export", str(study), "--format", "c")
    before = {path: path.read_bytes() for path in (study / "best").rglob("*") if path.is_file()}
    nas("export", str(study), "--format", "c", "--baseline", "gaussian")
    assert {path: path.read_bytes() for path in before} == before
    assert (study / "best" / "gaussian" / f"{study.name}.c").is_file()


@pytest.mark.parametrize("option", [("--bare",), ("--set", "threshold=1"), ("--streaming", "2")])
def test_what_a_simple_detector_has_not_is_refused(
    nas: Callable[..., Any], study: Path, tmp_path: Path, option: tuple[str, ...]
) -> None:
    out = tmp_path / "out"
    end = nas("export", str(study), "--format", "c", "--baseline", "k-means", *option, "-o", str(out))
    assert (end.code, out.exists()) == (1, False)
    assert "neither --trial, --streaming, --bare nor --set" in end.err


def test_its_specification_trains_it_again(study: Path, tmp_path: Path) -> None:
    result = package.train(study / "best" / "spec.toml", folder=tmp_path / "again", epochs=1, tracking_uri="none")
    assert result.metric == "roc_auc"
    assert package.load(tmp_path / "again").front_end == package.load(study).front_end


def test_a_wav_file_is_told_where_anomalies_begin_and_end(study: Path, model: package.Model, tmp_path: Path) -> None:
    if study.name != "sound":
        pytest.skip("a study of windows of sensors")
    soundfile = pytest.importorskip("soundfile")
    test = part(model, "test")
    odd = alarms(model, test.x)
    clips = [test.x[~odd][:12], test.x[odd][:12], test.x[~odd][12:24]]
    soundfile.write(tmp_path / "pump.wav", np.concatenate(clips).reshape(-1), 16000)
    each_clip = Spotting(latency_ms=192, average_ms=0.001, suppression_ms=0.001, minimum_count=1, threshold=0.5)
    found = package.classify(model, tmp_path / "pump.wav", spotting=each_clip)
    told = [(event.class_name, event.start_s) for event in found.events]
    assert told == [("normal", 0), ("anomaly", pytest.approx(12 * 0.192)), ("normal", pytest.approx(24 * 0.192))]
