"""A sweep in stand-ins of studies: it goes on where it was, and one study that fails does not end it."""

from pathlib import Path

import pytest
from in_this_process import InThisProcess

import nas

SWEEP = """
space = "mlp_tabular"
data = "wine"
trials = 1
jobs = 1
tracking_uri = "none"

[grid]
budget_kb = [0.03, 2]

[training]
epochs = 1
min_steps = 0

[finals]
finalists = 1
final_epochs = 1
final_folds = 2
winner_epochs = 1
qat_epochs = 0
hand_made = false
"""


@pytest.mark.usefixtures("searches_here")
def test_a_sweep_finds_a_winner_for_each_study_that_can_have_one_and_does_not_search_twice(tmp_path: Path) -> None:
    (tmp_path / "two.toml").write_text(SWEEP)
    found = nas.sweep(tmp_path / "two.toml", tmp_path, progress=False)
    small, large = found.studies
    assert small.outcome is None
    assert small.error is not None
    assert large.outcome is not None
    assert large.outcome.winner is not None
    told = found.to_json()
    assert [study["study"] for study in told["studies"]] == ["2kb"]
    assert [study["study"] for study in told["failed"]] == ["0.03kb"]
    assert Path(told["studies"][0]["best"]["tflite"]).is_file()
    page = (tmp_path / "two" / "sweep.html").read_text()
    assert 'href="2kb/report.html"' in page
    assert small.error.split(";")[0] in page.replace("&#x27;", "'")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nas.api.sweeping.search", lambda *_: pytest.fail("searched again"))
        (tmp_path / "two.toml").write_text(SWEEP.replace("[0.03, 2]", "[2]"))
        again = nas.sweep(tmp_path / "two.toml", tmp_path, progress=False)
        # As an earlier release wrote it, which left nothing open.
        file = tmp_path / "two" / "2kb" / "study.toml"
        file.write_text(file.read_text().replace("[training]", "[training]\nclass_weights = false"))
        nas.sweep(tmp_path / "two.toml", tmp_path, progress=False)
    assert again.studies[0].outcome is not None
    assert again.studies[0].outcome.winner == large.outcome.winner


@pytest.mark.usefixtures("searches_here")
def test_a_study_whose_data_the_file_names_by_another_path_is_not_searched_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows").mkdir()
    rows = [f"{row % 2 + row / 100},{row % 7},{'ab'[row % 2]}" for row in range(80)]
    (tmp_path / "rows" / "two.csv").write_text("\n".join(["x,z,label", *rows]))
    grid = SWEEP.replace('"wine"', '"rows/../rows/two.csv"').replace("[0.03, 2]", "[2]")
    (tmp_path / "one.toml").write_text(grid)
    first = nas.sweep("one.toml", progress=False)
    assert first.studies[0].error is None
    monkeypatch.setattr("nas.api.sweeping.search", lambda *_: pytest.fail("searched again"))
    again = nas.sweep("one.toml", progress=False)
    assert again.studies[0].outcome is not None


@pytest.mark.usefixtures("searches_here")
def test_a_study_that_was_interrupted_when_it_was_to_have_more_trials_is_searched_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.toml"
    file.write_text(SWEEP.replace("[0.03, 2]", "[2]"))
    nas.sweep(file, tmp_path, progress=False)
    file.write_text(file.read_text().replace("trials = 1", "trials = 3"))
    with monkeypatch.context() as interrupted:
        interrupted.setattr(InThisProcess, "submit", interrupt)
        with pytest.raises(KeyboardInterrupt):
            nas.sweep(file, tmp_path, progress=False)
    outcome = nas.sweep(file, tmp_path, progress=False).studies[0].outcome
    assert outcome is not None
    assert outcome.trials == 3


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt
