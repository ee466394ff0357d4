"""The verbs that show a model and the machine, and the completion of names by a shell."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nas.api.doctor import Diagnosis, HealthCheck
from nas.graph.builder import GraphBuilder
from nas.target.profiler import profile

CORPUS = Path(__file__).resolve().parents[2] / "native" / "fuzz" / "corpus"
MODEL = CORPUS / "cnn_timeseries.tflite"


def test_summarize_fits_80_columns_and_agrees_with_the_profile(nas) -> None:
    ended = nas("summarize", MODEL)
    assert ended.code == 0
    assert max(map(len, ended.out.splitlines())) <= 80
    known = profile(MODEL, "cortex-m4")
    assert f"{known.macs:,}" in ended.out
    data = json.loads(nas("summarize", MODEL, "--json").out)
    assert data["macs"] == known.macs
    assert data["weights_bytes"] == known.weights_bytes
    assert data["quantization"]["scheme"] == "int8"
    assert len(data["layers"]) == len(known.ops)


@pytest.mark.parametrize("name", ["missing.tflite", "missing.keras", "no-such-study"])
@pytest.mark.parametrize("verb", ["summarize", "view"])
def test_a_model_that_is_not_there_is_one_line(nas, verb: str, name: str) -> None:
    ended = nas(verb, name)
    assert ended.code == 1
    assert len(ended.err.splitlines()) == 1


def test_the_winner_of_a_study_is_summarized(nas, result, root) -> None:
    data = json.loads(nas("summarize", "mine", "--studies", root, "--json").out)
    assert data["name"] == "mine"
    assert data["weights_bytes"] == result.winner.record.profiled["weights_bytes"]


def test_view_writes_a_page_and_prints_its_path(nas, tmp_path: Path) -> None:
    assert nas("view", MODEL).out == "cnn_timeseries.tflite-view.html\n"
    answer = json.loads(nas("view", MODEL, "-o", "pages/mine.html", "--json").out)
    page = tmp_path / answer["page"]
    assert page.stat().st_size == answer["bytes"]
    assert "<!DOCTYPE html>" in page.read_text()


@pytest.mark.parametrize(
    ("words", "extra"), [(("view", MODEL, "--netron"), "netron"), (("tensorboard",), "tensorboard")]
)
def test_a_viewer_that_is_not_installed_is_one_line_with_the_command(nas, monkeypatch, words, extra: str) -> None:
    monkeypatch.setattr("nas.api.viewers.find_spec", lambda name: None)
    ended = nas(*words)
    assert ended.code == 1
    assert ended.err == f"nas: {extra}: must be installed; pip install 'nas[{extra}]'\n"


def test_tensorboard_without_its_files_says_how_to_get_them(nas, monkeypatch) -> None:
    monkeypatch.setattr("nas.api.viewers.find_spec", lambda name: name)
    ended = nas("tensorboard", "mine")
    assert ended.code == 1
    assert "must hold files of TensorBoard, got none" in ended.err


@pytest.mark.parametrize("state", ["ok", "note", "problem"])
def test_doctor_ends_with_1_only_if_no_search_can_run(nas, monkeypatch, state) -> None:
    checks = (HealthCheck("software", "tensorflow", state, "as it is", "pip install tensorflow"),)
    monkeypatch.setattr("nas.api.doctor.doctor", lambda root: Diagnosis(checks))
    ended = nas("doctor")
    assert ended.code == int(state == "problem")
    assert ended.complaints == (
        ["nas: tensorflow: must be there for a search: as it is; pip install tensorflow"] if state == "problem" else []
    )
    assert json.loads(nas("doctor", "--json").out)["ready"] == (state != "problem")


def completed(*words: str, folder: Path) -> list[str]:
    """What bash would be proposed."""
    environment = {
        **os.environ,
        "_NAS_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["nas", *words]),
        "COMP_CWORD": str(len(words)),
    }
    run = subprocess.run([sys.executable, "-m", "nas"], env=environment, cwd=folder, capture_output=True, text=True)
    assert run.stderr == ""
    return run.stdout.split()


@pytest.mark.parametrize(
    ("words", "proposed"),
    [
        (("sum",), "plain,summarize"),
        (("profile", "--target", "arduino-n"), "plain,arduino-nano-33-ble"),
        (("spaces", "cnn_t"), "plain,cnn_timeseries"),
        (("view", "min"), "plain,mine"),
        (("view", "m.tf"), "file,m.tf"),
    ],
)
def test_a_shell_is_proposed_verbs_and_names(tmp_path: Path, words: tuple[str, ...], proposed: str) -> None:
    (tmp_path / "studies" / "mine").mkdir(parents=True)
    (tmp_path / "studies" / "mine" / "study.toml").write_text("")
    assert proposed in completed(*words, folder=tmp_path)


def test_completion_imports_no_heavy_library() -> None:
    code = "import sys, nas.cli, nas.cli.verbs.profile, nas.cli.completion as c; c._targets(None); print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"tensorflow", "keras", "mlflow", "optuna", "pandas", "sklearn", "matplotlib"} & set(modules)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_valid_there(nas, shell: str, tmp_path: Path) -> None:
    ended = nas("completion", shell)
    assert ended.code == 0
    assert "_NAS_COMPLETE" in ended.out
    if shutil.which(shell):
        script = tmp_path / "script"
        script.write_text(ended.out)
        assert subprocess.run([shell, "-n", script]).returncode == 0


def test_a_footprint_shows_itself_in_a_notebook() -> None:
    from nas.target.profiler import estimate
    from nas.target.target import find_target

    builder = GraphBuilder((4,))
    builder.fully_connected(2)
    html = estimate(builder.graph(), find_target("cortex-m4"))._repr_html_()
    assert "<td>8</td>" in html  # multiply-accumulates
    assert "<b>estimate on cortex-m4</b>" in html
