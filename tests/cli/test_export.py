"""`nas export` on a study that was run in this process."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from nas import advise, export, load, load_result, params, show_study
from nas.exporters.format import FORMATS
from nas.study.result import Result
from nas.target.profiler import profile
from nas.target.target import find_target

from .conftest import STUDY


def test_the_winner_s_files_are_those_of_its_folder(nas, root: Path, result: Result, tmp_path: Path) -> None:
    ended = nas("export", "mine", "--studies", root, "-o", "out", "--json")
    files = json.loads(ended.out)["files"]
    assert (ended.code, ended.err) == (0, "")
    assert {Path(file).name for file in files} == {path.name for path in (tmp_path / "out").iterdir()}
    for path in (tmp_path / "out").iterdir():
        assert path.read_bytes() == (root / "mine" / "best" / path.name).read_bytes()


def test_without_an_output_folder_the_study_s_own_files_are_written_again(nas, root: Path, result: Result) -> None:
    model = root / "mine" / "best" / "model.tflite"
    before = model.read_bytes()
    model.unlink()
    assert str(model) in nas("export", root / "mine").out.split()
    assert model.read_bytes() == before


@pytest.mark.parametrize("named", ["its name", "its folder"])
def test_a_study_is_profiled_by_its_winner(
    nas, root: Path, result: Result, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    best = root / "mine" / "best" / "model.tflite"
    expected = json.loads(nas("profile", best, "--json").out)
    monkeypatch.setattr("nas.api.models.STUDIES", root)
    shown = nas("profile", "mine" if named == "its name" else root / "mine", "--json")
    assert json.loads(shown.out) == expected


def test_in_a_folder_of_studies_each_winner_is_profiled_and_in_a_folder_of_a_study_every_file(
    nas, root: Path, result: Result, tmp_path: Path
) -> None:
    (tmp_path / "beside.tflite").write_bytes((root / "mine" / "best" / "model.tflite").read_bytes())
    shutil.copytree(root, tmp_path / "studies")
    files = {
        Path(row["file"]).relative_to(tmp_path).as_posix() for row in json.loads(nas("profile", tmp_path, "--json").out)
    }
    assert files == {"beside.tflite", "studies/mine/best/model.tflite"}
    inside = json.loads(nas("profile", root / "mine" / "models", "--json").out)
    assert len(inside) == len(list((root / "mine" / "models").glob("*.tflite"))) > 1


def test_a_study_without_a_winner_has_nothing_to_profile_yet(nas, stopped: Path) -> None:
    assert f"must hold a winner; run the finals now: nas search {stopped} --finish" in nas("profile", stopped).err


@pytest.mark.parametrize("name", FORMATS)
def test_a_single_format_can_be_exported(nas, root: Path, result: Result, tmp_path: Path, name: str) -> None:
    files = nas("export", "mine", "--studies", root, "--format", name, "-o", "out").out.split()
    assert files
    written = {path for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert {tmp_path / file for file in files} == written
    every = nas("export", "mine", "--studies", root, "-o", "all").out.split()
    assert {Path(file).relative_to("out") for file in files} != {Path(file).relative_to("all") for file in every}


def test_python_exports_what_a_search_returned_in_a_format_that_is_named_alone(
    root: Path, result: Result, tmp_path: Path
) -> None:
    outcome = load_result("mine", root)
    files = export(outcome, str(tmp_path / "out"), "arduino")
    assert [path.name for path in files if path.suffix == ".ino"]
    assert load(outcome) == load(root / "mine")
    assert advise(outcome) == advise(root / "mine" / "best" / "model.tflite")


def test_the_exported_model_has_the_winner_s_footprint(nas, root: Path, result: Result) -> None:
    assert result.winner is not None
    footprint = profile(root / "mine" / "best" / "model.tflite", find_target(STUDY.target))
    assert footprint.summary() == result.winner.record.profiled


def test_the_exported_model_carries_the_parameters_of_its_study_and_those_that_were_given(
    nas, root: Path, result: Result, tmp_path: Path
) -> None:
    nas("export", "mine", "--studies", root, "--set", "version=3", "--set", "date=2026-11-26", "-o", "out")
    model, facts = tmp_path / "out" / "model.tflite", json.loads((tmp_path / "out" / "metadata.json").read_text())
    carried = params(model)
    assert carried["version"] == 3
    assert carried["date"] == "2026-11-26"
    assert carried["class_names"] == tuple(facts["class_names"])
    np.testing.assert_array_equal(np.float32(carried["std"]), np.float32(facts["input"]["scaling"]["std"]))
    assert carried["arena_bytes"] == facts["footprint"]["arena"]["min"]
    assert carried["digest"] == hashlib.sha256((root / "mine" / "bundle.tflite").read_bytes()).digest()
    assert facts["sha256"] == hashlib.sha256(model.read_bytes()).hexdigest()
    assert facts["footprint"]["file_bytes"] == model.stat().st_size
    assert facts["parameters"]["bytes"] == carried.cost_bytes


def test_a_bare_model_is_the_study_s_own(nas, root: Path, result: Result, tmp_path: Path) -> None:
    nas("export", "mine", "--studies", root, "--bare", "--format", "tflite", "-o", "out")
    assert (tmp_path / "out" / "model.tflite").read_bytes() == (root / "mine" / "bundle.tflite").read_bytes()


def test_the_documents_of_a_search_give_the_bytes_of_the_exported_file(root: Path, result: Result) -> None:
    size = (root / "mine" / "best" / "model.tflite").stat().st_size
    stored = json.loads((root / "mine" / "results.json").read_text())["best"]
    for best in (stored, load_result("mine", root).to_json()["best"], result.to_json()["best"]):
        assert best["file_bytes"] == size
    assert show_study("mine", root).figures["file_bytes"] == size


def test_the_files_of_another_trial_go_to_a_separate_folder(nas, root: Path, result: Result, other: int) -> None:
    nas("export", "mine", "--studies", root, "--trial", other, "--bare")
    folder = root / "mine" / f"trial-{other}"
    assert (folder / "model.tflite").read_bytes() == (root / "mine" / "models" / f"{other}.tflite").read_bytes()
    assert (folder / "model.tflite").read_bytes() != (root / "mine" / "best" / "model.tflite").read_bytes()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["mime"], "unknown study 'mime'; did you mean mine?"),
        (["mine", "--format", "onnx"], "--format: unknown export format 'onnx'"),
        (
            ["mine", "--trial", "99"],
            "--trial: must be a complete trial of the study, got 99; complete, the best first: ",
        ),
        (["mine", "--trial", "-1"], "--trial: must be a complete trial of the study, got -1"),
        (["mine", "-o", "file/out"], "file/out: "),
        (["mine", "--bare", "--set", "a=1"], "--bare: leaves out all parameters, got --set a"),
        (["mine", "--set", "a:int8=300"], "a: must be from -128 to 127, since its kind is int8, got 300"),
        (["empty"], "study.journal: must hold the trials of study mine; run the study with `nas search` first"),
    ],
)
def test_wrong_input_is_reported_in_one_line_and_writes_nothing(
    nas, root: Path, result: Result, tmp_path: Path, words: list[str], line: str
) -> None:
    (root / "empty").mkdir(exist_ok=True)
    (root / "empty" / "study.toml").write_text(STUDY.to_toml())
    (tmp_path / "file").write_text("")
    ended = nas("export", *words, "--studies", root)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines() == ended.complaints
    assert len(ended.complaints) == 1
    assert line in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_without_a_winner_the_error_names_the_commands_that_lead_on(nas, stopped: Path) -> None:
    ended = nas("export", "mine")
    assert (ended.code, len(ended.complaints)) == (1, 1)
    for words in ("must hold a winner", "nas search studies/mine --finish", "nas export studies/mine --trial "):
        assert words in ended.err


def test_a_complete_trial_can_be_exported_before_there_is_a_winner(
    nas, result: Result, root: Path, stopped: Path, other: int, tmp_path: Path
) -> None:
    assert nas("export", "mine", "--trial", other, "-o", "now").code == 0
    nas("export", "mine", "--trial", other, "--studies", root, "-o", "later")
    assert {path.name for path in (tmp_path / "now").iterdir()} == {
        path.name for path in (tmp_path / "later").iterdir()
    }
    texts = {
        path.name: [path.read_bytes(), (tmp_path / "later" / path.name).read_bytes()]
        for path in (tmp_path / "now").iterdir()
    }
    # What repeats the study is known only once it has ended.
    texts["model_card.md"] = [text.partition(b"- model.tflite")[2] for text in texts["model_card.md"]]
    for name, (now, later) in texts.items():
        assert now == later, name
    card = (tmp_path / "now" / "model_card.md").read_text()
    assert "not evaluated on the test set" in card
    assert "before quantization" in card
    assert "test set |" not in card


def test_a_trial_whose_model_was_removed_is_told(nas, stopped: Path, other: int) -> None:
    (stopped / "models" / f"{other}.tflite").unlink()
    ended = nas("export", "mine", "--trial", other)
    assert (ended.code, len(ended.complaints)) == (1, 1)
    assert f"models/{other}.tflite: must be there: it is the model of the trial" in ended.err


def test_streaming_is_refused_for_formats_without_plain_c(nas, root: Path, result: Result, tmp_path: Path) -> None:
    out = tmp_path / "out"
    end = nas("export", "mine", "--format", "tflite", "--streaming", 4, "-o", out, "--studies", root)
    assert end.code == 1
    assert "--streaming: is of plain C alone, got --format tflite; give --format c" in end.err
    assert not out.exists()
