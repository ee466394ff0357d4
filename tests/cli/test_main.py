"""What holds for the command line as a whole."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

import nas as package
from nas.cli import VERBS, group

ROOT = Path(__file__).resolve().parents[2]
READS_A_FILE = {"profile": ["model.tflite"], "export": ["nothing"], "report": ["nothing"]}


def test_the_help_lists_every_verb(nas) -> None:
    ended = nas("--help")
    assert ended.code == 0
    for verb in ("search", "spaces", "targets", "data", "estimate", "profile", "ui", "report", "studies", "export"):
        assert f"\n  {verb} " in ended.out


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_an_example_and_an_option_for_json(nas, verb: str) -> None:
    ended = nas(verb, "--help")
    assert ended.code == 0
    assert "Example" in ended.out
    assert f"nas {verb}" in ended.out
    assert "--json" in ended.out


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_of_every_verb_is_explained(verb: str) -> None:
    command = group.get_command(click.Context(group), verb)
    assert command is not None
    unexplained = [p.name for p in command.params if isinstance(p, click.Option) and not p.help]
    assert unexplained == []


def test_the_help_imports_nothing_that_takes_long() -> None:
    code = "import sys, nas.cli\ntry: nas.cli.main()\nfinally: print(*sys.modules, file=sys.stderr)"
    ended = subprocess.run([sys.executable, "-c", code, "--help"], cwd=ROOT, check=True, capture_output=True, text=True)
    slow = {"numpy", "pandas", "scipy", "sklearn", "optuna", "mlflow", "tensorflow", "matplotlib", "rich"}
    assert slow.isdisjoint(ended.stderr.split())


def test_the_version_option_prints_the_package_s_version(nas) -> None:
    assert package.__version__ in nas("--version").out


@pytest.mark.parametrize(
    "words",
    [["serach"], ["search", "--budget", "6", "--spac", "x"], ["search", "--trials", "many"], ["estimate"], ["--jsn"]],
)
def test_wrong_usage_ends_with_exit_code_2_and_nothing_on_standard_output(nas, words: list[str]) -> None:
    ended = nas(*words)
    assert (ended.code, ended.out) == (2, "")
    assert "Usage: " in ended.err
    assert "Error: " in ended.err


@pytest.mark.parametrize(("word", "meant"), [("serach", "search"), ("exprot", "export")])
def test_a_misspelt_command_is_answered_with_the_nearest(nas, word: str, meant: str) -> None:
    assert f"No such command '{word}'. Did you mean '{meant}'?" in nas(word).err


@pytest.mark.parametrize("verb", READS_A_FILE)
def test_a_missing_file_or_study_is_reported_in_one_line_with_exit_code_1(nas, tmp_path: Path, verb: str) -> None:
    ended = nas(verb, *READS_A_FILE[verb])
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines() == ended.complaints
    assert len(ended.complaints) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_is_reported_in_one_line_with_exit_code_130(nas, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("nas.api.spaces.load_space", interrupted)
    ended = nas("spaces", "cnn_image")
    assert ended.code == 130
    # The line break ends the terminal's ^C.
    assert ended.err.lstrip("\n") == "nas: interrupted; everything finished so far is kept\n"


def test_an_error_that_no_rule_foresaw_is_one_line_and_a_file_with_the_traceback(
    nas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OverflowError("int too large\nto convert")

    monkeypatch.setattr("nas.api.spaces.load_space", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ended = nas("spaces", "cnn_image")
    (report,) = tmp_path.glob("nas-error-*.txt")
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (1, "", 1)
    assert "unexpected error: OverflowError: int too large to convert; this is a defect of nas" in ended.err
    assert str(report) in ended.err
    assert 'raise OverflowError("int too large' in report.read_text()


def test_output_into_a_closed_pipe_ends_without_a_word() -> None:
    command = f"{sys.executable} -m nas targets --json | true"
    ended = subprocess.run(["sh", "-c", command], cwd=ROOT, check=False, capture_output=True, text=True)
    assert ended.stderr == ""


@pytest.mark.parametrize("verb", ["spaces", "targets", "data"])
def test_each_listing_is_one_json_document(nas, verb: str) -> None:
    ended = nas(verb, "--json")
    assert (ended.code, ended.err) == (0, "")
    names = [entry["name"] for entry in json.loads(ended.out)]
    assert names
    assert all(name in nas(verb).out for name in names)


@pytest.mark.parametrize(
    ("words", "completed"),
    [("nas sea", "search"), ("nas search --budg", "--budget-kb"), ("nas studies comp", "compare")],
)
def test_a_shell_completes_verbs_options_and_commands(
    nas, monkeypatch: pytest.MonkeyPatch, words: str, completed: str
) -> None:
    monkeypatch.setenv("_NAS_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    assert completed in nas().out.replace("plain,", "").split()


def test_the_readme_shows_how_completion_is_turned_on(nas, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "`nas completion bash`" in (ROOT / "README.md").read_text()
    printed = nas("completion", "zsh").out
    assert "compdef" in printed
    # The script calls nas with this variable, and gets the same words from it.
    monkeypatch.setenv("_NAS_COMPLETE", "zsh_source")
    assert nas().out.split() == printed.split()


def test_a_signal_ends_a_command_with_the_exit_code_of_a_program_that_it_ended(
    nas, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(number: int) -> Any:
        return lambda *_: os.kill(os.getpid(), number)

    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        monkeypatch.setattr("nas.api.spaces.load_space", ended(number))
        end = nas("spaces", "cnn_image")
        assert (end.code, end.out) == (code, "")
        assert end.err.lstrip("\n") == "nas: interrupted; everything finished so far is kept\n"
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


class Finalized:
    """Gets a signal in its finalizer, where Python prints an exception and goes on."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)


def swallow() -> None:
    """Get a signal in code that catches everything, as some libraries do while they are imported."""
    try:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
    except:  # noqa: E722
        pass


@pytest.mark.parametrize("lose", [Finalized, swallow])
def test_a_signal_whose_exception_is_lost_still_ends_the_command(
    lose: Callable[[], object], nas, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: object) -> None:
        lose()
        time.sleep(30)

    monkeypatch.setattr("nas.api.spaces.load_space", slow)
    start = time.monotonic()
    end = nas("spaces", "cnn_image")
    assert end.code == 130
    assert end.err.lstrip("\n") == "nas: interrupted; everything finished so far is kept\n"
    assert time.monotonic() - start < 20


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ["evaluate", "x.h5"],
            "nas: x.h5: there is no such file, and no study of this name; give the name or",
        ),
        (["quantize", "mk.py"], "nas: mk.py: must be of a kind that is read here: the name or folder of a study"),
        (["predict", "mk.py", "rows.csv"], "got a .py file"),
        (["export", "x.onnx"], "nas: x.onnx: there is no such file"),
        (["report", "mk.py"], "must be of a kind that is read here: a study's name or its folder"),
    ],
)
def test_a_file_that_is_missing_or_not_read_is_not_called_an_unknown_study(
    nas, tmp_path: Path, words: list[str], line: str
) -> None:
    (tmp_path / "mk.py").write_text("pass")
    (tmp_path / "studies" / "some").mkdir(parents=True)
    (tmp_path / "studies" / "some" / "study.toml").write_text("space = 'mlp_tabular'")
    ended = nas(*words)
    assert ended.code == 1
    assert line in ended.complaints[0]


def test_a_word_that_is_an_option_is_answered_with_the_option(nas) -> None:
    for word in ("help", "version"):
        ended = nas(word)
        assert ended.code == 2
        assert f"Did you mean 'nas --{word}'?" in ended.err


def test_the_help_of_export_has_a_line_for_each_format(nas) -> None:
    from nas.exporters.format import FORMATS

    lines = nas("export", "--help").out.split("Formats")[1].splitlines()
    assert [name for name in FORMATS if any(line.split()[:1] == [name] for line in lines)] == list(FORMATS)
