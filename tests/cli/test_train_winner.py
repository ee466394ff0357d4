"""`nas train` on what a search has found: the same model again, or a longer training of it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nas
from nas.api.training_source import find_source
from nas.model import runtime
from nas.study.recipe import Recipe
from nas.study.study import Study

runtime.use_one_thread()

QUICK: dict[str, Any] = {"progress": False, "tracking_uri": "none"}
RECIPE = Recipe.of(
    epochs=1,
    min_steps=0,
    finalists=1,
    final_epochs=2,
    final_folds=2,
    winner_epochs=3,
    qat_epochs=2,
    distillation=0.5,
    hand_made=False,
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, search_here: Callable[..., Any]) -> Path:
    """The folder of a study whose finals learned from teachers and had quantization-aware epochs."""
    root = tmp_path_factory.mktemp("taught")
    settings: dict[str, Any] = {"space": "mlp_tabular", "data": "wine", "name": "taught", "budget_kb": 2, "trials": 3}
    study = Study(**settings, recipe=RECIPE, jobs=1, tracking_uri="none")
    search_here(study, root)
    return root / "taught"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def files(folder: Path) -> tuple[bytes, bytes]:
    """The int8 and the float model of a training."""
    return (folder / "model.tflite").read_bytes(), (folder / "model.keras").read_bytes()


def test_a_winner_that_is_trained_again_is_the_same_file(study: Path) -> None:
    result = nas.train(study, **QUICK)
    assert files(Path(result.folder)) == files(study / "best")
    assert (result.epochs, len(result.history["qat_loss"])) == (3, 3)
    assert (result.val_accuracy, result.float_val_accuracy) == (None, None)


def test_its_specification_trains_it_again_wherever_it_is_copied_to(study: Path, tmp_path: Path) -> None:
    for name in ("spec.toml", "architecture.json", "soft_labels.npy"):
        shutil.copy(study / "best" / name, tmp_path / name)
    assert files(Path(nas.train(tmp_path / "spec.toml", **QUICK).folder)) == files(study / "best")


def test_its_archive_trains_it_again(study: Path) -> None:
    result = nas.train(study / "best" / "taught.nas.zip", **QUICK)
    assert files(Path(result.folder)) == files(study / "best")


def test_a_training_of_the_exported_folder_is_written_elsewhere(study: Path) -> None:
    before = files(study / "best")
    result = nas.train(study / "best", epochs=1, **QUICK)
    assert Path(result.folder).resolve() != (study / "best").resolve()
    assert files(study / "best") == before


def test_a_longer_training_has_as_many_epochs_and_goes_on_from_its_own_folder(study: Path) -> None:
    longer = nas.train(study, epochs=5, **QUICK)
    assert longer.epochs == 5
    assert files(Path(longer.folder)) != files(study / "best")
    again = nas.train(longer.folder, resume=True, **QUICK)
    assert (again.resumed_at, again.weights_sha256) == (10, longer.weights_sha256)


def test_a_trial_s_export_trains_that_trial_again(study: Path, tmp_path: Path) -> None:
    number = next(int(path.stem) for path in (study / "models").glob("[0-9].npz"))
    nas.export(str(study), tmp_path / "trial", trial=number)
    result = nas.train(tmp_path / "trial" / "spec.toml", **QUICK)
    assert files(Path(result.folder)) == files(tmp_path / "trial")
    assert result.val_accuracy is not None


def test_a_study_of_an_earlier_release_is_trained_again_with_its_teachers(study: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(study, tmp_path / "studies" / "taught")
    for name in ("bundle.npy", "bundle.npz", "bundle.keras"):
        (copy / name).unlink()
    assert files(Path(nas.train(copy, **QUICK).folder)) == files(study / "best")
    (copy / "models" / "teacher-0.npy").unlink()
    assert [note for note in find_source(copy).notes if "soft labels are gone" in note]


def test_what_may_make_it_another_model_is_said(study: Path, tmp_path: Path) -> None:
    assert find_source(study).notes == ()
    copy = shutil.copytree(study, tmp_path / "studies" / "taught")
    facts = json.loads((copy / "bundle.json").read_text())
    facts["winner"]["record"]["reason"] = "cut short by the time limit after 2 of 3 epochs"
    facts["winner"]["record"]["versions"]["tensorflow"] = "2.1.0"
    (copy / "bundle.json").write_text(json.dumps(facts))
    cut, other = find_source(copy).notes
    assert "cut short by the time limit after 2 of 3 epochs" in cut
    assert "tensorflow 2.1.0, now " in other


def test_a_dry_run_takes_a_few_rows_and_writes_to_its_own_folder(study: Path) -> None:
    result = nas.train(study, test=True, **QUICK)
    assert Path(result.folder).name == "taught-test"
    assert result.epochs == 2


def test_the_loaded_winner_s_float_model_answers_as_its_int8_model_does(study: Path) -> None:
    model, rows = nas.load(study), nas.load_data(nas.open_study(str(study))[0]).test.x
    assert np.abs(model.predict_float(rows) - model.predict(rows)).mean() < 0.1


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--data", "breast_cancer"), "input_shape: must be that of the data, 30, got 13"),
        (("--weights", "w.npz"), "--weights: must be left out for an architecture"),
        (("--resume-epoch", "2"), "--resume-epoch: must belong to a model with a builder"),
    ],
)
def test_what_does_not_apply_to_an_architecture_is_refused_in_one_line(
    nas: Any, study: Path, words: tuple[str, ...], line: str
) -> None:
    ended = nas("train", study, "--no-mlflow", *words)
    assert ended.code == 1
    assert [complaint for complaint in ended.complaints if line in complaint]
