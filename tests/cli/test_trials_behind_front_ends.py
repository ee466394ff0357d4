"""Other trials' models than the winner's, behind other front-ends."""

from pathlib import Path

import numpy as np
from sklearn.preprocessing import StandardScaler
from workshop import QUICK, SearchHere

from nas.api.results import chosen_archive
from nas.data.source import load
from nas.data.splits import split
from nas.optimizer.run import open_ledger
from nas.study.recipe import Recipe
from nas.study.record import State
from nas.study.study import Study

SPACE = """
description = "dense layers on statistics"
input = "window"
data = "synthetic"
stages = ["hidden"]
[front_end]
front_end = "statistics"
segments = [1, 2, 4]
[hidden]
block = "dense"
units = { low = 4, high = 16, step = 4 }
"""


def test_a_trial_s_model_has_the_scaling_of_its_own_features(search_here: SearchHere, tmp_path: Path) -> None:
    (tmp_path / "space.toml").write_text(SPACE)
    recipe = Recipe.of(**QUICK, winner_epochs=1)
    asked = Study(
        space=str(tmp_path / "space.toml"), name="s", budget_kb=8, trials=6, recipe=recipe, tracking_uri="none"
    )
    study = Path(search_here(asked, tmp_path / "studies").folder)
    rows = split(load("synthetic"), asked.seed).train.x
    lengths = set()
    for record in open_ledger(asked, study).records():
        if record.state != State.COMPLETE:
            continue
        archive = chosen_archive(asked, study, record.trial)
        features = archive.front_end.apply(rows)
        expected = StandardScaler().fit(features.reshape(-1, features.shape[-1]))
        lengths.add(features.shape[1:])
        np.testing.assert_allclose(archive.scaling.mean, expected.mean_, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(archive.scaling.std, expected.scale_, rtol=1e-3)
    assert len(lengths) > 1
