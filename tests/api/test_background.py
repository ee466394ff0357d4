"""Searches in the background: they go on without a terminal, and are followed and ended by their study's name."""

from pathlib import Path

import pytest

import nas


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


def test_a_search_that_cannot_begin_says_why(tmp_path: Path) -> None:
    with pytest.raises(nas.InputError, match=r"study three: has ended at once: .*nowhere.npz"):
        nas.start_search(study("three", data="nowhere.npz"), tmp_path)


def test_following_a_study_that_is_not_in_the_background_says_how_to_begin(tmp_path: Path) -> None:
    (tmp_path / "four").mkdir()
    (tmp_path / "four" / "study.toml").write_text(study("four").to_toml())
    with pytest.raises(nas.InputError, match=r"begin one with: nas search .* --detach"):
        nas.follow_search("four", tmp_path)
