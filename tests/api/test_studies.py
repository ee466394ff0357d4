"""Studies defined from Python."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nas
from nas.api.checking import checked_problem
from nas.api.problems import load_problem
from nas.errors import InputError
from nas.optimizer.observer import Observer
from nas.study.paths import in_folder


def test_settings_define_the_study_that_the_constructor_makes() -> None:
    settings = {"space": "mlp_tabular", "budget_kb": 2.0, "recipe": {"epochs": 3}}
    expected = nas.Study(space="mlp_tabular", budget_kb=2.0, recipe=nas.Recipe.of(epochs=3))
    assert nas.define_study(settings) == expected


def test_a_study_can_be_defined_by_changes_of_another(tmp_path: Path) -> None:
    base = nas.Study(space="mlp_tabular", name="base", budget_kb=2.0, recipe=nas.Recipe.of(epochs=3, patience=1))
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "study.toml").write_text(base.to_toml())
    changed = nas.define_study({"seed": 5, "recipe": {"epochs": 7}}, "base", tmp_path)
    assert (changed.space, changed.budget_kb, changed.seed) == ("mlp_tabular", 2.0, 5)
    assert (changed.recipe.training.epochs, changed.recipe.training.patience) == (7, 1)


def test_a_study_whose_folder_was_copied_or_renamed_does_not_go_on_in_another_folder(tmp_path: Path) -> None:
    study = nas.Study(space="mlp_tabular", name="one", budget_kb=2.0)
    for name in ("one", "copy"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "study.toml").write_text(study.to_toml())
    assert nas.define_study({}, "one", tmp_path) == study
    (tmp_path / "link").symlink_to("one")
    assert nas.define_study({}, "link", tmp_path) == study
    copied = f"copy: must have the name of the study in its study.toml, got study one; .* nas search {tmp_path}/one; "
    for base in ("copy", str(tmp_path / "copy")):
        with pytest.raises(nas.InputError, match=copied):
            nas.define_study({"trials": 4}, base, tmp_path)
    assert nas.define_study({"name": "two"}, "copy", tmp_path).name == "two"
    shutil.rmtree(tmp_path / "one")
    with pytest.raises(nas.InputError, match=f"rename the folder: mv {tmp_path}/copy {tmp_path}/one"):
        nas.define_study({}, "copy", tmp_path)


def test_studies_are_listed_and_opened_by_name_or_folder(tmp_path: Path) -> None:
    for name in ("two", "one"):
        (tmp_path / name).mkdir()
        study = nas.Study(space="mlp_tabular", name=name, budget_kb=2.0)
        (tmp_path / name / "study.toml").write_text(study.to_toml())
    assert nas.list_studies(tmp_path) == ["one", "two"]
    opened = nas.open_study("one", tmp_path)
    assert opened == nas.open_study(str(tmp_path / "one"))
    assert (opened[0].name, opened[1]) == ("one", tmp_path / "one")
    with pytest.raises(nas.InputError, match="did you mean one"):
        nas.open_study("onee", tmp_path)


def test_the_rows_of_a_study_are_those_that_its_description_counts() -> None:
    study = nas.Study(space="mlp_tabular", data="wine", budget_kb=2.0, seed=3)
    described = nas.describe_data("wine", seed=3)
    assert {name: len(part) for name, part in nas.load_data(study).parts().items()} == {
        name: part.rows for name, part in described.parts.items()
    }


def test_a_study_is_read_from_any_folder_with_its_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    for folder in (home / "studies" / "mine", home / "recordings", elsewhere):
        folder.mkdir(parents=True)
    study = nas.Study(space="cnn_timeseries", data="recordings", name="mine", budget_kb=2.0)
    (home / "studies" / "mine" / "study.toml").write_text(study.to_toml())
    monkeypatch.chdir(home)
    assert nas.open_study("mine")[0] == study == nas.define_study({}, "studies/mine")
    monkeypatch.chdir(elsewhere)
    read = nas.define_study({}, "../home/studies/mine")
    assert (read.data, read.space, read.target) == ("../home/recordings", "cnn_timeseries", "cortex-m4")
    assert nas.open_study("../home/studies/mine")[0] == read
    # What is written there again is what was there.
    assert in_folder(read, home / "studies" / "mine") == study
    monkeypatch.chdir(home / "studies" / "mine")
    assert nas.open_study(".")[1] == home / "studies" / "mine"


@pytest.mark.parametrize("given", ["rows.csv", (1, 2)])
def test_data_are_loaded_of_a_study_and_of_nothing_else(given: Any) -> None:
    with pytest.raises(nas.InputError, match=r"study: must be a nas\.Study, got (str|tuple); make one"):
        nas.load_data(given)


@pytest.mark.parametrize("data", ["wine", "diabetes"])
def test_a_space_of_detectors_is_for_anomalies_alone(data: str) -> None:
    rule = "its networks give rows again, got --task .*; take another space, or give task='anomaly'"
    with pytest.raises(nas.InputError, match=f"space autoencoder_table: is for anomaly detection: {rule}"):
        load_problem(nas.Study(space="autoencoder_table", data=data, budget_kb=2.0))
    assert load_problem(nas.Study(space="autoencoder_table", data="pump_table", budget_kb=2.0)).space.task.reconstructs


@pytest.fixture
def rare(tmp_path: Path) -> str:
    """A table with 90 rows of one class and 30 of another."""
    y = np.repeat([0, 1], (90, 30))
    np.savez(tmp_path / "rare.npz", x=np.random.default_rng(0).normal(y[:, None], size=(120, 3)), y=y)
    return str(tmp_path / "rare.npz")


@pytest.mark.parametrize(
    ("data", "settings", "weighed"),
    [
        ("rare", {}, True),
        ("rare", {"metric": "accuracy"}, False),
        ("rare", {"recipe": {"class_weights": False}}, False),
        ("wine", {}, False),
        ("wine", {"metric": "balanced_accuracy"}, True),
        ("wine", {"recipe": {"class_weights": True}}, True),
        ("diabetes", {}, False),
    ],
)
def test_classes_count_the_same_in_training_if_they_do_in_the_metric(
    rare: str, data: str, settings: dict[str, Any], weighed: bool
) -> None:
    space = "mlp_regression" if data == "diabetes" else "mlp_tabular"
    study = nas.define_study({"space": space, "data": rare if data == "rare" else data, "budget_kb": 2.0, **settings})
    assert load_problem(study).recipe.training.class_weights is weighed


def test_a_study_goes_on_with_the_weights_of_classes_that_it_began_with(rare: str, tmp_path: Path) -> None:
    study = nas.define_study({"space": "mlp_tabular", "data": rare, "budget_kb": 2.0, "name": "rare"})
    (tmp_path / "rare").mkdir()
    file = tmp_path / "rare" / "study.toml"
    file.write_text(study.to_toml())
    assert checked_problem(study, tmp_path, Observer()).recipe.training.class_weights is True
    # As an earlier release wrote it.
    file.write_text(study.to_toml().replace("[training]", "[training]\nclass_weights = false"))
    assert checked_problem(study, tmp_path, Observer()).recipe.training.class_weights is False
    weighed = nas.define_study({"recipe": {"class_weights": True}}, "rare", tmp_path)
    with pytest.raises(InputError, match="class_weights was false, is true"):
        checked_problem(weighed, tmp_path, Observer())
