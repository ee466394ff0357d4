"""A search on measured targets, and everything that is written and said of it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import root_mean_squared_error
from workshop import QUICK, SearchHere

import nas as package
from nas.study.recipe import Recipe
from nas.study.result import Result
from nas.study.study import Study


def made_up(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Write rows of 24 groups whose target is a nonlinear function of them, in units far from standardized."""
    rng = np.random.default_rng(0)
    x = rng.normal(2, 3, (480, 4)).astype(np.float32)
    y = (40 + 6 * np.abs(x[:, 0]) + 2 * x[:, 1] + rng.normal(0, 2, 480)).astype(np.float32)
    groups = np.repeat(np.arange(24), 20)
    np.savez(path, x=x, y=y, group=groups, target_names=["level"], channel_names=list("abcd"))
    return x, y, groups


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("regression")


@pytest.fixture(scope="module")
def found(folder: Path, search_here: SearchHere) -> Result:
    made_up(folder / "levels.npz")
    recipe = Recipe.of(
        **QUICK | {"epochs": 8, "final_epochs": 12, "qat_epochs": 2, "learning_rate": 0.02}, winner_epochs=30
    )
    study = Study(
        space="mlp_regression", data=str(folder / "levels.npz"), name="levels", budget_kb=2, trials=3, recipe=recipe,
        tracking_uri="none",
    )  # fmt: skip
    return search_here(study, folder / "studies")


@pytest.fixture(scope="module")
def study(found: Result) -> Path:
    return Path(found.folder)


def test_the_winner_beats_the_mean_and_int8_costs_less_than_two_percent(found: Result) -> None:
    assert found.winner is not None
    assert found.winner.tested is not None
    assert not found.winner.guesses
    rmse = found.winner.tested.metrics["rmse"]
    assert rmse.low is not None
    assert rmse.value < 0.6 * found.winner.tested.baseline_metrics["rmse"]
    assert found.winner.quantization_cost is not None
    assert found.winner.quantization_cost < 0.02


def test_the_front_goes_from_small_to_accurate_by_falling_errors(found: Result) -> None:
    errors = [record.val_metrics["rmse"] for record in found.front]
    sizes = [record.measured()["weights_bytes"] for record in found.front]
    assert errors == sorted(errors, reverse=True)
    assert sizes == sorted(sizes)


def test_results_hold_scores_of_the_task_and_no_accuracy(study: Path) -> None:
    best = json.loads((study / "results.json").read_text())["best"]
    assert (best["task"], best["metric"]) == ("regression", "rmse")
    assert best["test_score"] == best["test_metrics"]["rmse"]["value"]
    assert best["baseline_score"] == best["baseline_metrics"]["rmse"]
    accuracies = ("test_accuracy", "float_test_accuracy", "baseline_accuracy", "val_accuracy")
    assert all(best[key] is None for key in accuracies)


def test_the_rmse_that_is_told_is_that_of_the_values_which_the_model_predicts(study: Path, folder: Path) -> None:
    model = package.load(study)
    splits = model.data.splits()
    values = model.predict(splits.test.x)
    told = json.loads((study / "results.json").read_text())["best"]["test_score"]
    assert root_mean_squared_error(splits.test.y, values) == pytest.approx(told, rel=1e-5)


def test_no_page_or_card_speaks_of_classes_or_accuracy(study: Path) -> None:
    texts = [study / "report.html", *(study / "best").glob("*.md"), *(study / "best").glob("model_*.h")]
    assert len(texts) > 4
    for path in texts:
        text = path.read_text().lower()
        for word in ("accuracy of", "classif", "class_names", "most frequent class", "confusion matrix"):
            assert word not in text, (path.name, word)
    assert "rmse" in (study / "report.html").read_text().lower()


def test_what_the_command_says_is_in_units_and_beside_the_mean(nas: Callable[..., Any], study: Path) -> None:
    said = nas("report", str(study)).out + nas("evaluate", str(study)).out
    assert "RMSE" in said
    assert "always the mean of the training targets" in said
    assert "quantization changes the RMSE by" in said


def test_predictions_are_a_column_for_each_target(nas: Callable[..., Any], study: Path, folder: Path) -> None:
    nas("predict", str(study), str(folder / "levels.npz"), "-o", str(folder / "out.csv"))
    head, first, *_ = (folder / "out.csv").read_text().splitlines()
    assert head == "source,start,end,level"
    assert 20 < float(first.rpartition(",")[2]) < 100


def test_an_evaluation_is_written_as_a_page_with_figures(nas: Callable[..., Any], study: Path, folder: Path) -> None:
    nas("evaluate", str(study), "-o", str(folder / "evaluated"))
    facts = json.loads((folder / "evaluated" / "evaluation.json").read_text())
    assert facts["task"] == "regression"
    assert facts["int8"]["rmse"] < facts["baseline"]["rmse"]
    assert (folder / "evaluated" / "answers_0.svg").is_file()


def test_other_schemes_are_compared_by_their_rmse(study: Path) -> None:
    found = package.quantize(study, settings={"schemes": ("float32", "int8")})
    assert found.metric == "rmse"
    errors = [row.score for row in found.schemes]
    assert errors[1] == pytest.approx(errors[0], rel=0.1)


def test_its_specification_trains_it_again_on_targets(study: Path, folder: Path) -> None:
    result = package.train(study / "best" / "spec.toml", folder=folder / "again", epochs=3, tracking_uri="none")
    assert result.metric == "rmse"
    assert result.to_json()["val_accuracy"] is None
    again, first = package.params(result.tflite), package.params(study / "best" / "model.tflite")
    assert again.kinds == first.kinds
    assert again["target_names"] == ("level",)
    assert again["target_mean"] == first["target_mean"]


def test_a_keras_model_of_a_user_s_own_learns_targets(folder: Path) -> None:
    code = folder / "own.py"
    code.write_text("""
import keras


def build(spec):
    layers = keras.layers
    ends = [layers.Dense(1), layers.Rescaling(12.0, 50.0)]
    return keras.Sequential([keras.Input(spec.input_shape), layers.Dense(8, "relu"), *ends])
""")
    result = package.train(
        code, folder=folder / "own", data=str(folder / "levels.npz"), epochs=20, learning_rate=0.03, tracking_uri="none"
    )
    assert result.metric == "rmse"
    assert result.float_val_score < result.baseline_score
    assert result.float_val_accuracy is None
    keras_mse = result.history["val_loss"][result.best_epoch - 1]
    assert result.float_val_score**2 == pytest.approx(keras_mse, rel=1e-4)
    assert package.evaluate(folder / "own").before["rmse"].value < 20


def test_a_bare_file_is_judged_on_targets_by_its_outputs_as_they_are(folder: Path) -> None:
    # It follows the training of `own`, whose outputs are in units.
    bare, data = folder / "bare", str(folder / "levels.npz")
    bare.mkdir()
    shutil.copy(folder / "own" / "model.keras", bare)
    (row,) = package.quantize(bare / "model.keras", data=data, settings={"schemes": ("float32",)}, folder=bare).schemes
    expected = package.evaluate(bare / "model.keras", data=data, part="test", seed=0).before["rmse"].value
    assert (row.metric, row.score, row.accuracy) == ("rmse", pytest.approx(expected, rel=1e-5), None)
    document = package.benchmark(bare / "float32.tflite", data=data, runs=1).to_json()
    litert = document["models"][0]["litert"]
    assert (litert["score"], litert["accuracy"]) == (pytest.approx(expected, rel=1e-5), None)
    assert (document["metric"], document["baseline_accuracy"]) == ("rmse", None)
    assert document["baseline_score"] > 0


def test_data_that_ask_something_else_than_the_model_answers_are_refused(study: Path, folder: Path) -> None:
    x, y, groups = made_up(folder / "levels.npz")
    np.savez(folder / "two.npz", x=x, y=np.stack([y, y], axis=1), group=groups)
    np.savez(folder / "classes.npz", x=x, y=(y > 50).astype(int), group=groups)
    with pytest.raises(package.InputError, match="a target for each of the model's outputs"):
        package.quantize(study, data=str(folder / "two.npz"))
    with pytest.raises(package.InputError, match="the model gives values"):
        package.quantize(study, data=str(folder / "classes.npz"))


def test_a_converted_model_is_compared_by_its_error_and_not_by_classes(study: Path) -> None:
    (file,) = package.convert(study, formats=("tflite",)).files
    assert file.checked is not None
    assert (file.checked.agreement, file.verdict) == (None, "not judged")
    assert file.checked.score == pytest.approx(file.checked.reference_score, rel=0.1)
    assert file.to_json()["checked"]["accuracy"] is None


def test_a_classifier_s_metric_and_a_class_s_loss_are_refused(folder: Path, search_here: SearchHere) -> None:
    options = {"space": "mlp_regression", "budget_kb": 2, "trials": 1, "tracking_uri": "none"}
    with pytest.raises(package.InputError, match="unknown metric 'accuracy'"):
        search_here(Study(data=str(folder / "levels.npz"), metric="accuracy", **options), folder / "studies")
    with pytest.raises(package.InputError, match="loss: applies to regression only"):
        search_here(Study(data="wine", loss="mae", **options), folder / "studies")


def test_the_table_of_trials_has_their_errors(study: Path) -> None:
    frame = package.trials(study)
    complete = frame[frame["state"] == "complete"]
    assert (complete["rmse"] > 0).all()
    assert (complete["r2"] < 1).all()
