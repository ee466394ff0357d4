"""A study's paths start at the folder above the folder of studies in its file, and at the current one elsewhere."""

from pathlib import Path

import pytest

from nas.study.paths import from_folder, in_folder
from nas.study.study import Study


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with data, and the folder of a study below it."""
    (tmp_path / "studies" / "mine").mkdir(parents=True)
    (tmp_path / "data.npz").touch()
    (tmp_path / "wine").touch()
    (tmp_path / "elsewhere").mkdir()
    return tmp_path


def test_paths_are_read_from_where_the_study_was_made(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = {
        "data": "data.npz",
        "space": "cnn_timeseries",
        "labels": "absent.csv",
        "seed": 3,
        "target": f"{home}/wine",
    }
    monkeypatch.chdir(home)
    assert from_folder(fields, home / "studies" / "mine") == fields
    monkeypatch.chdir(home / "elsewhere")
    assert from_folder(fields, home / "studies" / "mine") == {**fields, "data": "../data.npz"}


def test_paths_are_written_as_they_are_where_the_study_was_made(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = home / "studies" / "mine"
    monkeypatch.chdir(home)
    here = Study("mlp_tabular", data="data.npz", budget_kb=1)
    assert in_folder(here, folder) is here
    monkeypatch.chdir(home / "elsewhere")
    moved = in_folder(Study("mlp_tabular", data="../data.npz", budget_kb=1), folder)
    assert (moved.data, moved.space) == ("data.npz", "mlp_tabular")


def test_a_name_that_nas_knows_is_no_path_although_there_is_a_file_of_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home / "elsewhere")
    assert from_folder({"data": "wine"}, home / "studies" / "mine") == {"data": "wine"}
    Path("wine").touch()
    study = Study("mlp_tabular", data="wine", budget_kb=1)
    assert in_folder(study, home / "studies" / "mine").data == "wine"
