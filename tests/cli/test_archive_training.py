"""`nas archive` on the folder of a training, with a model that a study has made."""

import json
import shutil
from pathlib import Path

import pytest

from nas.api.loading import load
from nas.study.archive_zip import read_archive
from nas.study.model_spec import read_model_spec
from nas.study.result import Result

SPEC = """
name = "mine"
[data]
source = "{data}"
[model]
builder = "my_model.py:build"
[training]
callbacks = [{{ name = "my_callbacks.py:Stop" }}]
"""


@pytest.fixture
def training(root: Path, result: Result, tmp_path: Path) -> Path:
    """A training's folder whose data are named by their whole path."""
    folder = tmp_path / "models" / "mine"
    folder.mkdir(parents=True)
    for name in ("model.tflite", "metadata.json"):
        shutil.copy(root / "mine" / "best" / name, folder / name)
    (folder / "spec.toml").write_text(SPEC.format(data=tmp_path / "secret" / "rows.csv"))
    (folder / "my_model.py").write_text("raise SystemExit('run')\n")
    (folder / "my_callbacks.py").write_text("raise SystemExit('run')\n")
    (folder / "history.json").write_text("{}")
    (folder / "history.svg").write_text("<svg></svg>")
    (folder / "model.keras").write_bytes(b"float model")
    (folder / "checkpoints").mkdir()
    (folder / "checkpoints" / "1.npz").write_bytes(b"not archived")
    (folder / "training.json").write_text(json.dumps({"val_accuracy": 0.75, "epochs": 3, "mlflow_run": "abc"}))
    return folder


def test_the_archive_of_a_training_holds_what_its_folder_holds(nas, training: Path) -> None:
    ended = nas("archive", "models/mine")
    assert (ended.code, ended.out, ended.err) == (0, "models/mine/mine.nas.zip\n", "")
    archive = read_archive(training / "mine.nas.zip")
    kept = {"model.keras": "model.keras", "tflite/int8.tflite": "model.tflite", "figures/history.svg": "history.svg"}
    kept |= {"source/my_model.py": "my_model.py", "source/my_callbacks.py": "my_callbacks.py"}
    kept |= {name: name for name in ("metadata.json", "history.json", "training.json")}
    assert {name: archive.members[name] for name in kept} == {
        name: (training / file).read_bytes() for name, file in kept.items()
    }
    made = {"spec.toml", "profile.json", "environment.json", "data.json", "figures/memory_map.svg"}
    assert set(archive.members) == {*kept, *made}
    assert (archive.manifest.kind, archive.manifest.mlflow_run_id) == ("training", "abc")
    assert archive.manifest.about["val_score"] == 0.75


def test_an_extracted_training_names_its_own_code_and_no_path_of_the_machine(
    nas, training: Path, tmp_path: Path
) -> None:
    nas("archive", training, "-o", "x.nas.zip")
    assert str(tmp_path).encode() not in b"".join(read_archive(tmp_path / "x.nas.zip").members.values())
    nas("archive", "extract", "x.nas.zip", "-o", "out")
    spec = read_model_spec(tmp_path / "out")
    assert Path(spec.model.builder.removesuffix(":build")).read_bytes() == (training / "my_model.py").read_bytes()
    assert spec.data.source.endswith("rows.csv")


def test_the_model_of_a_training_is_loaded_from_its_archive(nas, training: Path) -> None:
    nas("archive", "models/mine")
    model = load(training / "mine.nas.zip")
    assert (model.name, model.keras) == ("mine", b"float model")
    assert model.data is not None
    assert model.data.source == "rows.csv"
    assert model.class_names == load(training / "model.tflite").class_names


def test_a_training_without_a_model_yet_is_told(nas, training: Path) -> None:
    (training / "model.tflite").unlink()
    ended = nas("archive", "models/mine")
    assert (ended.code, len(ended.complaints)) == (1, 1)
    assert "models/mine: must hold a trained model; run `nas train` until it ends" in ended.err
