"""`nas report`: which study, and where the file is."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from nas.cli.verbs.report import command
from nas.errors import InputError


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A folder of studies whose reports are written by a stand-in."""

    def report(name: str, root: Path) -> Path:
        path = root / name / "report.html"
        path.write_text("report")
        return path

    monkeypatch.setattr("nas.api.results.report", report)
    return tmp_path


def add(root, *names):
    for name in names:
        (root / name).mkdir()
        (root / name / "study.toml").touch()


def invoke(root, *words):
    return CliRunner().invoke(command, ["--studies", str(root), *words], catch_exceptions=False)


def test_the_report_of_a_named_study_is_written(root):
    add(root, "one", "two")
    run = invoke(root, "two")
    assert run.output == f"{root / 'two' / 'report.html'}\n"
    assert not (root / "one" / "report.html").exists()


def test_the_only_study_needs_no_name(root):
    add(root, "one")
    assert json.loads(invoke(root, "--json").output) == {
        "study": "one",
        "report": str(root / "one" / "report.html"),
    }


def test_several_studies_are_listed(root):
    add(root, "two", "one")
    assert invoke(root).output == "one\ntwo\n"
    assert json.loads(invoke(root, "--json").output) == {"studies": ["one", "two"]}


def test_an_empty_folder_is_an_error_that_says_the_next_step(root):
    with pytest.raises(InputError, match=r"must hold a study; run `nas search` first"):
        invoke(root)
