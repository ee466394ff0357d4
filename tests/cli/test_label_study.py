"""A search for a model that gives several labels at once, and everything that is written and said of it."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from c_on_test_rows import printed
from sklearn import metrics as oracle
from sklearn.datasets import make_multilabel_classification
from workshop import QUICK, SearchHere

import nas as package
from nas.study.recipe import Recipe
from nas.study.result import Result
from nas.study.study import Study
from nas.task.multi_label import MultiLabel

NAMES = ("bearing", "belt", "pump")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("labels")


@pytest.fixture(scope="module")
def data(folder: Path) -> Path:
    x, y = make_multilabel_classification(600, 8, n_classes=3, length=60, random_state=3)
    head = ",".join([*(f"f{i}" for i in range(8)), *NAMES])
    np.savetxt(folder / "faults.csv", np.hstack([x, y]), fmt="%g", delimiter=",", header=head, comments="")
    return folder / "faults.csv"


@pytest.fixture(scope="module")
def found(data: Path, folder: Path, search_here: SearchHere) -> Result:
    recipe = Recipe.of(
        **QUICK | {"epochs": 8, "final_epochs": 8, "qat_epochs": 2, "learning_rate": 0.02},
        winner_epochs=20, distillation=0.5, class_weights=True,
    )  # fmt: skip
    study = Study(
        space="mlp_tabular", data=str(data), label_column=",".join(NAMES), name="faults", budget_kb=2, trials=2,
        recipe=recipe, tracking_uri="none",
    )  # fmt: skip
    return search_here(study, folder / "studies")


@pytest.fixture(scope="module")
def study(found: Result) -> Path:
    return Path(found.folder)


@pytest.fixture(scope="module")
def answers(study: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels of the test rows, the probabilities that Python gives, and which labels hold by the thresholds."""
    model = package.load(study)
    assert model.data is not None
    assert isinstance(model.task, MultiLabel)
    test = model.data.splits().test
    p = model.predict(test.x)
    return test.y, p, model.task.decided(p)


def test_the_winner_is_better_than_a_constant_answer_and_its_figures_are_scikit_learns(
    study: Path, found: Result, answers: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    y, p, held = answers
    best = json.loads((study / "results.json").read_text())["best"]
    assert (best["task"], best["metric"]) == ("multi-label", "f1_macro")
    assert best["test_score"] > best["baseline_score"]
    assert found.winner is not None
    assert found.winner.tested is not None
    reached = {name: one.value for name, one in found.winner.tested.metrics.items()}
    assert reached["f1_macro"] == pytest.approx(oracle.f1_score(y, held, average="macro"))
    assert reached["subset_accuracy"] == pytest.approx(oracle.accuracy_score(y, held))
    assert reached["mean_average_precision"] == pytest.approx(oracle.average_precision_score(y, p))


def test_its_thresholds_have_the_greatest_f1_on_validation_rows(study: Path) -> None:
    model = package.load(study)
    assert model.data is not None
    assert isinstance(model.task, MultiLabel)
    val = model.data.splits().val
    p = model.predict(val.x)
    for label, threshold in enumerate(model.task.thresholds):
        others = [oracle.f1_score(val.y[:, label], p[:, label] >= each / 256) for each in range(257)]
        assert oracle.f1_score(val.y[:, label], p[:, label] >= threshold) == pytest.approx(max(others))


def test_a_lone_file_decides_as_the_study_does(
    study: Path, folder: Path, answers: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    lone = folder / "alone" / "faults.tflite"
    lone.parent.mkdir()
    shutil.copy(study / "best" / "model.tflite", lone)
    model, rows = package.load(lone), package.load(study).data
    assert rows is not None
    assert isinstance(model.task, MultiLabel)
    assert model.class_names == NAMES
    p = model.predict(rows.splits().test.x)
    assert np.array_equal(p, answers[1])
    assert np.array_equal(model.task.decided(p), answers[2])


def test_predictions_name_the_labels_that_hold(nas: Callable[..., Any], study: Path, data: Path, folder: Path) -> None:
    nas("predict", str(study), str(data), "-o", str(folder / "out.csv"))
    rows = list(csv.DictReader((folder / "out.csv").read_text().splitlines()))
    assert list(rows[0]) == ["source", "start", "end", "labels", *NAMES]
    assert len(rows) == 600
    model = package.load(study)
    assert isinstance(model.task, MultiLabel)
    for row in rows[:50]:
        held = [n for n, t in zip(NAMES, model.task.thresholds, strict=True) if float(row[n]) >= t]
        assert row["labels"] == (";".join(held) or "none")


def test_an_evaluation_has_the_figures_of_each_label(
    nas: Callable[..., Any], study: Path, folder: Path, answers: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    y, p, held = answers
    said = nas("evaluate", str(study), "-o", str(folder / "evaluated")).out
    assert "always the majority of each label" in said
    figures = json.loads((folder / "evaluated" / "evaluation.json").read_text())
    assert figures["task"] == "multi-label"
    for label, name in enumerate(NAMES):
        own = figures["labels"][name]
        assert own["rows"] == y[:, label].sum()
        assert own["precision"] == pytest.approx(oracle.precision_score(y[:, label], held[:, label]))
        assert own["recall"] == pytest.approx(oracle.recall_score(y[:, label], held[:, label]))
        assert own["roc_auc"] == pytest.approx(oracle.roc_auc_score(y[:, label], p[:, label]))
    assert (folder / "evaluated" / "precision.svg").is_file()


def test_what_is_written_speaks_of_labels(study: Path) -> None:
    for text in ((study / "report.html").read_text(), (study / "best" / "model_card.md").read_text()):
        assert "greatest F1 on validation rows" in text
        assert "accuracy of" not in text.lower().replace("subset accuracy of", "")
    known = json.loads((study / "best" / "metadata.json").read_text())["output"]
    assert known["is"] == "probability"
    assert len(known["labelling"]["thresholds"]) == 3


def test_exported_c_decides_as_python_on_every_test_row(
    nas: Callable[..., Any], study: Path, folder: Path, answers: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    tell = (
        "for (size_t i = 0; i < FAULTS_LABELS; ++i)\n"
        '      printf("%.9g %d\\n", (double)faults_probability(output[i]), faults_has(output, i));'
    )
    said = printed(nas, study, folder / "c", "faults", tell)
    p, held = np.array([line.split() for line in said.splitlines()], np.float64).T
    _, expected, decided = answers
    assert np.array_equal(p.astype(np.float32).reshape(expected.shape), expected)
    assert np.array_equal(held.reshape(decided.shape), decided)


def test_its_specification_trains_it_again_with_the_same_soft_labels(study: Path, folder: Path) -> None:
    result = package.train(study / "best" / "spec.toml", folder=folder / "again", tracking_uri="none", progress=False)
    assert result.metric == "f1_macro"
    again, first = package.load(folder / "again"), package.load(study)
    assert isinstance(again.task, MultiLabel)
    assert isinstance(first.task, MultiLabel)
    assert again.task.thresholds == pytest.approx(first.task.thresholds, abs=0.02)
    both = (folder / "again" / "model.tflite", study / "best" / "model.tflite")
    carried, expected = map(package.params, both)
    assert carried.kinds == expected.kinds
    assert carried["label_thresholds"] == pytest.approx(again.task.thresholds)


def test_what_cannot_be_done_with_labels_is_refused_in_one_line(study: Path, folder: Path) -> None:
    (folder / "mine.py").write_text("def build(spec):\n    raise AssertionError\n")
    (folder / "mine.toml").write_text('name = "mine"\n[model]\nbuilder = "mine.py:build"\n[data]\nsource = "faults"\n')
    with pytest.raises(package.InputError, match="a model with several labels at once must be an architecture"):
        package.train(folder / "mine.toml", folder=folder / "mine", tracking_uri="none", progress=False)
    with pytest.raises(package.InputError, match="must hold labels, of which several may hold at once"):
        package.evaluate(study, data="wine")
