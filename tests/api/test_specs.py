"""Specifications are found where they may lie, by their text alone."""

from pathlib import Path

import pytest

import nas
from nas.study.model_spec_tables import TrainingTable


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("NAS_SPECS", raising=False)
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


SPEC = '[model]\nbuilder = "net.py:build"\n'


def test_the_current_folder_is_searched_flat_and_the_others_deep(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here / "posture.toml", f'description = "Stands or lies"\n{SPEC}')
    write(here / "deep" / "hidden.toml", SPEC)
    write(tmp_path / "shelf" / "a" / "b" / "gait.py", '"""Walks."""\ndef build(spec): ...\n')
    write(here / "models" / "old" / "spec.toml", f'name = "old"\n{SPEC}')
    write(here / "studies" / "s" / "best" / "spec.toml", 'name = "s"\n[model]\narchitecture = "architecture.json"\n')
    monkeypatch.setenv("NAS_SPECS", str(tmp_path / "shelf"))
    found = [(one.name, one.kind, one.description) for one in nas.list_specs()]
    expected = [("posture", "toml", "Stands or lies"), ("gait", "python", "Walks."), ("old", "training", "")]
    assert found == [*expected, ("s", "winner", "")]


def test_what_is_listed_is_what_train_takes(here: Path) -> None:
    write(here / "models" / "old" / "spec.toml", f'name = "old"\n{SPEC}')
    write(here / "studies" / "s" / "best" / "spec.toml", 'name = "s"\n[model]\narchitecture = "architecture.json"\n')
    assert [one.path for one in nas.list_specs()] == ["models/old", "studies/s"]


def test_other_files_are_no_specifications_and_nothing_in_them_is_run(here: Path) -> None:
    write(here / "pyproject.toml", '[project]\nname = "x"\n')
    write(here / "broken.toml", "[")
    write(here / "script.py", "open('ran', 'w')\n")
    write(here / "net.py", "open('ran', 'w')\ndef build(spec): ...\n")
    assert [one.path for one in nas.list_specs()] == ["net.py"]
    assert not (here / "ran").exists()


def test_a_specification_with_a_mistake_is_listed_with_it(here: Path) -> None:
    write(here / "net.toml", f"{SPEC}[training]\nepoch = 3\n")
    (found,) = nas.list_specs()
    assert "did you mean epochs?" in found.problem


def test_one_is_shown_with_the_defaults_of_what_it_leaves_out(here: Path) -> None:
    write(here / "net.toml", f"{SPEC}[training]\nepochs = 3\n")
    spec = nas.describe_spec("net.toml")
    assert (spec.training.epochs, spec.training.batch_size) == (3, TrainingTable().batch_size)
