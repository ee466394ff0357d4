"""Searches in the background: they go on without a terminal, and are followed and ended by their study's name."""

import subprocess
import sys
from pathlib import Path

import pytest

import nas
from nas.api.background import _is_command


def study(name: str, **fields: object) -> nas.Study:
    recipe = {"epochs": 1, "min_steps": 0, "final_epochs": 1, "winner_epochs": 1}
    settings = {"space": "mlp_tabular", "data": "wine", "budget_kb": 2, "tracking_uri": "none", "jobs": 1, "name": name}
    return nas.define_study({**settings, "trials": 2, "recipe": recipe, **fields})


def test_a_search_in_the_background_is_followed_to_its_winner_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    begun = nas.start_search(study("one"), ".")
    with pytest.raises(nas.InputError, match="must not be running"):
        nas.start_search(study("one"), ".")
    lines: list[str] = []
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    nas.follow_search("one", "..", lines.append)
    assert not begun.runs
    assert any(line.startswith("winner: trial") for line in lines)
    assert nas.load_result("one", tmp_path).winner is not None


def test_a_search_that_is_stopped_keeps_what_is_done_and_goes_on_later(tmp_path: Path) -> None:
    begun = nas.start_search(study("two", trials=10_000), tmp_path)
    assert begun.runs
    assert "interrupted" in nas.stop_search("two", tmp_path)
    assert not begun.runs
    with pytest.raises(nas.InputError, match="must be running on this machine"):
        nas.stop_search("two", tmp_path)


def test_a_script_that_searches_is_interrupted_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "five").mkdir()
    (tmp_path / "five" / "study.toml").write_text(study("five").to_toml())
    code = f"""
import time
from pathlib import Path
import nas
from nas.optimizer.run import open_ledger
study, folder = nas.open_study("five", Path("{tmp_path}"))
ledger = open_ledger(study, folder)
ledger.lock({{}}, folder)
try:
    print("searches", flush=True)
    time.sleep(120)
except KeyboardInterrupt:
    time.sleep(1)  # what a search does to keep what is done
    ledger.unlock()
print("goes on", flush=True)
input()
"""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe, text=True) as script:
        assert script.stdout is not None
        assert script.stdout.readline() == "searches\n"
        nas.stop_search("five", tmp_path)
        assert script.poll() is None
        assert script.communicate("\n", timeout=60)[0] == "goes on\n"
    assert script.returncode == 0
    with pytest.raises(nas.InputError, match="must be running on this machine"):
        nas.stop_search("five", tmp_path)


@pytest.mark.parametrize(
    ("words", "is_command"),
    [
        ("python -m nas search one", True),
        ("/usr/bin/python3 -u /home/me/.venv/bin/nas search one", True),
        ("python script.py nas", False),
        ("python -m ipykernel_launcher -f nas", False),
        ("python -c nas.search()", False),
        ("", False),
    ],
)
def test_a_command_of_nas_is_told_from_other_programs(words: str, is_command: bool) -> None:
    assert _is_command(words.split()) is is_command


def test_a_search_that_cannot_begin_says_why(tmp_path: Path) -> None:
    with pytest.raises(nas.InputError, match=r"study three: has ended at once: .*nowhere.npz"):
        nas.start_search(study("three", data="nowhere.npz"), tmp_path)


def test_following_a_study_that_is_not_in_the_background_says_how_to_begin(tmp_path: Path) -> None:
    (tmp_path / "four").mkdir()
    (tmp_path / "four" / "study.toml").write_text(study("four").to_toml())
    with pytest.raises(nas.InputError, match=r"begin one with: nas search .* --detach"):
        nas.follow_search("four", tmp_path)
