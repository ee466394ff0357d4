"""What `nas.doctor` finds, and what it advises."""

import importlib.metadata
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from nas.api import doctor as module
from nas.api.doctor import Diagnosis, HealthCheck, doctor


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and no import of TensorFlow, which takes seconds."""
    monkeypatch.setattr(module, "_native", lambda: iter(()))
    return tmp_path


def found(root: Path) -> dict[str, HealthCheck]:
    return {check.name: check for check in doctor(root=root).checks}


def test_this_environment_can_run_a_search(here: Path) -> None:
    assert doctor(root=here / "studies").ready


def test_every_declared_dependency_is_told_with_the_installed_version(here: Path) -> None:
    checks = found(here)
    for name in ("tensorflow", "numpy", "mlflow", "optuna", "scikit-learn"):
        assert importlib.metadata.version(name) in checks[name].found


@pytest.mark.parametrize(
    ("version", "state", "words"),
    [(None, "problem", "not installed"), ("1.0", "note", "1.0, not tested"), ("2.2.0", "ok", "2.2.0")],
)
def test_a_dependency_is_judged_by_the_supported_range(
    here: Path, monkeypatch: pytest.MonkeyPatch, version: str | None, state: str, words: str
) -> None:
    def installed(name: str) -> str:
        if version is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return version

    monkeypatch.setattr(module.importlib.metadata, "version", installed)
    check = found(here)["numpy"]
    assert (check.state, check.found.startswith(words)) == (state, True)
    assert check.advice == ("" if state == "ok" else "pip install 'numpy<3,>=2.0'")


def test_what_is_optional_is_no_problem_and_its_extra_is_named(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    checks = found(here)
    assert checks["tensorboard"].state == "note"
    assert checks["tensorboard"].advice == "pip install 'nas[tensorboard]'"
    assert checks["netron"].advice == "pip install 'nas[netron]'"
    assert checks["psycopg"].advice == "pip install 'nas[postgresql]'"


def test_a_folder_that_cannot_be_written_is_a_problem(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module.tempfile, "TemporaryFile", refuse)
    diagnosis = doctor(root=here)
    assert [check.found for check in diagnosis.problems] == ["cannot be written: Permission denied"]
    assert not diagnosis.ready


def test_nothing_is_made_in_the_folder(here: Path) -> None:
    doctor(root=here / "studies")
    assert list(here.iterdir()) == []


def test_a_database_is_read_and_a_damaged_one_is_left_as_it_is(here: Path) -> None:
    file = here / "mlflow.db"
    assert "none yet" in found(here)["MLflow's database"].found
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE experiments (name TEXT)")
    assert found(here)["MLflow's database"].state == "ok"
    file.write_bytes(b"no database at all" * 100)
    assert found(here)["MLflow's database"].state == "note"
    assert file.read_bytes() == b"no database at all" * 100


def test_a_notebook_shows_what_needs_attention_with_its_text_escaped() -> None:
    checks = (
        HealthCheck("a", "fine", "ok", "there"),
        HealthCheck("a", "<b>", "problem", "it is <not> there", "do & so"),
    )
    html = Diagnosis(checks)._repr_html_()
    assert "fine" not in html
    assert "<th>&lt;b&gt;</th><td>it is &lt;not&gt; there; do &amp; so</td>" in html
