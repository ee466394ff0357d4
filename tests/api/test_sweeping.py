"""A sweep in stand-ins of studies: it goes on where it was, and one study that fails does not end it."""

from pathlib import Path

import pytest

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
