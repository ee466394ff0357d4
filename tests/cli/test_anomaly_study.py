"""A search for a detector of anomalies, and everything that is written and said of it."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from c_on_test_rows import printed
from sklearn.metrics import roc_auc_score
from workshop import QUICK, SearchHere

import nas as package
from nas.api.archives import winner_archive
from nas.api.simple_baseline import baseline_of
from nas.api.studies import open_study
from nas.data.simple_detectors import simple_detectors
from nas.model.deploy.tflite_model import TfliteModel
from nas.study.recipe import Recipe
from nas.study.result import Result
from nas.study.study import Study
from nas.task.anomaly import Anomaly


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("anomalies")


@pytest.fixture(scope="module")
def found(folder: Path, search_here: SearchHere) -> Result:
    recipe = Recipe.of(
        **QUICK | {"epochs": 10, "final_epochs": 10, "qat_epochs": 2, "learning_rate": 0.02}, winner_epochs=20
    )
    study = Study(
        space="autoencoder_table", name="pumps", budget_kb=2, trials=3, recipe=recipe, tracking_uri="none",
        false_alarm_rate=0.1, task="anomaly",
    )  # fmt: skip
    return search_here(study, folder / "studies")


@pytest.fixture(scope="module")
def study(found: Result) -> Path:
    return Path(found.folder)


def test_the_winner_finds_more_than_the_distance_from_the_mean_and_simple_detectors_stand_beside_it(
    found: Result,
) -> None:
    assert found.winner is not None
    tested = found.winner.tested
    assert tested is not None
    assert tested.metrics["roc_auc"].value > tested.baseline_metrics["roc_auc"]
    assert [title.partition(",")[0] for title in tested.simple_metrics] == ["k-means", "Gaussian"]
    assert all(0.5 < figures["roc_auc"] <= 1 for figures in tested.simple_metrics.values())


def test_its_threshold_lets_the_wanted_share_of_normal_validation_rows_have_an_alarm(study: Path) -> None:
    model = package.load(study)
    assert model.data is not None
    assert isinstance(model.task, Anomaly)
    val = model.data.splits().val
    alarms = model.task.alarms(model.predict(val.x))[val.y == 0]
    assert alarms.sum() == int(0.1 * len(alarms))


def test_the_area_that_is_told_is_scikit_learn_s_of_the_predicted_scores(study: Path) -> None:
    model = package.load(study)
    assert model.data is not None
    test = model.data.splits().test
    best = json.loads((study / "results.json").read_text())["best"]
    assert (best["task"], best["metric"]) == ("anomaly", "roc_auc")
    assert roc_auc_score(test.y, model.predict(test.x)[:, 0]) == pytest.approx(best["test_score"])


def test_predictions_have_a_score_a_threshold_and_an_answer(nas: Callable[..., Any], study: Path, folder: Path) -> None:
    nas("predict", str(study), "pump_table", "-o", str(folder / "out.csv"))
    rows = list(csv.DictReader((folder / "out.csv").read_text().splitlines()))
    assert list(rows[0]) == ["source", "start", "end", "score", "threshold", "is_anomaly"]
    assert all((float(row["score"]) > float(row["threshold"])) == (row["is_anomaly"] == "True") for row in rows)


def test_what_is_said_and_written_speaks_of_anomalies(nas: Callable[..., Any], study: Path, folder: Path) -> None:
    said = nas("evaluate", str(study), "-o", str(folder / "evaluated")).out
    assert "anomalies found, the first alarm after" in said
    assert json.loads((folder / "evaluated" / "evaluation.json").read_text())["task"] == "anomaly"
    for text in ((study / "report.html").read_text(), (study / "best" / "model_card.md").read_text()):
        assert "k-means" in text
        assert "accuracy of" not in text.lower()


@pytest.fixture(scope="module")
def lone(study: Path, folder: Path) -> Path:
    """The winner's `.tflite` with nothing beside it."""
    (folder / "alone").mkdir()
    return Path(shutil.copy(study / "best" / "model.tflite", folder / "alone" / "pumps.tflite"))


def test_a_lone_file_decides_as_the_study_does(nas: Callable[..., Any], study: Path, lone: Path) -> None:
    model, first = package.load(lone), package.load(study)
    assert (model.task, model.class_names) == (first.task, ("normal", "anomaly"))
    ours, alone = (
        json.loads(nas("evaluate", str(source), "--data", "pump_table", "--no-float", "--json").out)
        for source in (study / "best" / "model.tflite", lone)
    )
    assert alone["threshold"] == ours["threshold"]
    assert (alone["int8"], alone["baseline"]) == (ours["int8"], ours["baseline"])


def test_a_lone_file_is_exported_as_the_study_is(nas: Callable[..., Any], study: Path, lone: Path) -> None:
    headers = []
    for source in (study, lone):
        to = lone.parent / f"c_{source.stem}"
        nas("export", str(source), "--format", "c", "-o", str(to), "--name", "pumps")
        headers.append((to / "pumps.h").read_text().partition("// int8 = round")[2])
    ours, alone = (text[text.index("static inline uint32_t pumps_steps") :] for text in headers)
    assert ours == alone


def test_exported_c_decides_as_python_on_every_test_row(nas: Callable[..., Any], study: Path, folder: Path) -> None:
    said = printed(nas, study, folder / "c", "pumps", "putchar('0' + pumps_is_anomaly(input, output));")
    model = package.load(study)
    assert model.data is not None
    assert isinstance(model.task, Anomaly)
    answers = model.predict(model.data.splits().test.x)
    assert np.array_equal(np.frombuffer(said, np.uint8) == ord("1"), model.task.alarms(answers))


def test_its_specification_trains_it_again(study: Path, folder: Path) -> None:
    result = package.train(study / "best" / "spec.toml", folder=folder / "again", epochs=3, tracking_uri="none")
    assert result.metric == "roc_auc"
    assert isinstance(package.load(folder / "again").task, Anomaly)


def test_what_detectors_cannot_do_is_one_clear_line(study: Path, search_here: SearchHere, folder: Path) -> None:
    with pytest.raises(package.InputError, match="it detects anomalies; nas evaluate judges it"):
        package.quantize(study)
    options = {"budget_kb": 2, "trials": 1, "tracking_uri": "none"}
    with pytest.raises(package.InputError, match="false_alarm_rate: applies to anomaly only"):
        search_here(Study(space="mlp_tabular", data="wine", false_alarm_rate=0.1, **options), folder / "studies")


@pytest.mark.parametrize(("name", "kind"), [("k-means", 0), ("gaussian", 1)])
def test_a_simple_detector_as_c_decides_as_python_on_all_test_rows(
    name: str, kind: int, nas: Callable[..., Any], study: Path, folder: Path
) -> None:
    model, archive = package.load(study), winner_archive(*open_study(study))
    assert model.data is not None
    splits = model.data.splits()
    alarm = baseline_of(archive, model, name)
    normal = model.scaled(splits.train.x[splits.train.y == 0])
    fitted = list(simple_detectors(normal, archive.footprint["weights_bytes"]))
    assert alarm.title == fitted[kind].title

    def steps(x: np.ndarray) -> np.ndarray:
        return alarm.detector.steps(TfliteModel(archive.tflite).quantize(model.scaled(x)).reshape(len(x), -1))

    test, val = splits.test, splits.val.x[splits.val.y == 0]
    assert (steps(val) > alarm.threshold).sum() <= 0.1 * len(val)
    tell = 'printf("%lld %d %.9g\\n", (long long)simple_steps(input), simple_is_anomaly(input), simple_score(input));'
    said = printed(nas, study, folder / name, "simple", tell, "INPUT_BYTES", "--baseline", name)
    whole, answers, scores = np.array([line.split() for line in said.decode().splitlines()]).T
    assert np.array_equal(whole.astype(np.int64), steps(test.x))
    assert np.array_equal(answers.astype(int), steps(test.x) > alarm.threshold)
    # Whole numbers tell as well as the floats that the report shows.
    floats = fitted[kind].scores(model.scaled(test.x))
    assert roc_auc_score(test.y, steps(test.x)) == pytest.approx(roc_auc_score(test.y, floats), abs=0.02)
    assert np.median(scores.astype(float) / floats) == pytest.approx(1, abs=0.2)  # int8 rows are coarse


def test_a_simple_detector_is_written_as_plain_c_of_detectors_alone(nas: Callable[..., Any], study: Path) -> None:
    for given, rule in (
        (("--baseline", "k-means"), "give --format c"),
        (("--baseline", "forest", "--format", "c"), "unknown simple detector"),
    ):
        ended = nas("export", str(study), *given)
        assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
        assert rule in ended.err
