"""The evaluation of a detector by group: scikit-learn's figures, and a dash for what rows of one kind cannot tell."""

import json
import re

import numpy as np
import pytest
from rich.console import Console
from sklearn.metrics import roc_auc_score

from nas.cli.views.regression import view
from nas.data.dataset import Part
from nas.evaluation.anomalies import AnomalyEvaluation, evaluate_detector
from nas.evaluation.evaluation import Subject
from nas.reports.evaluation.regression import render_regression
from nas.task.anomaly import Anomaly
from nas.text import document

RNG = np.random.default_rng(3)
GROUPS = np.repeat(["idle", "mixed", "odd", "worse"], 50)
Y = np.where(GROUPS == "idle", 0, np.where(GROUPS == "odd", 1, RNG.integers(0, 2, len(GROUPS))))
SCORES = RNG.normal(np.where(GROUPS == "mixed", 3 * Y, Y / 2), 1) ** 2


@pytest.fixture(scope="module")
def evaluation() -> AnomalyEvaluation:
    answers = np.stack([SCORES, SCORES], axis=1)
    detector = Anomaly().calibrated(answers, Y)
    about = Subject("m", "d", "test", ("normal", "anomaly"), 0)
    return evaluate_detector(Part(np.zeros((len(Y), 2), np.float32), Y, GROUPS), about, detector, answers, None)


def test_groups_have_what_their_rows_can_tell_the_worst_area_first(evaluation: AnomalyEvaluation) -> None:
    found = {one.name: one.int8 or {} for one in evaluation.groups}
    areas = {name: roc_auc_score(Y[name == GROUPS], SCORES[name == GROUPS]) for name in ("mixed", "worse")}
    assert list(found) == ["worse", "mixed", "idle", "odd"]
    assert {name: found[name]["roc_auc"] for name in areas} == pytest.approx(areas)
    assert {name: set(found[name]) for name in ("idle", "odd")} == {
        "idle": {"false_alarm_rate", "explained"},
        "odd": {"missed_alarm_rate", "f1"},
    }


def test_what_they_cannot_tell_is_a_dash_in_tables_and_no_key_in_json(evaluation: AnomalyEvaluation) -> None:
    console = Console(width=200)
    with console.capture() as capture:
        console.print(view(evaluation))
    cells = next(line.split() for line in capture.get().splitlines() if line.startswith("idle"))
    assert cells[1:5] == ["50", "-", "-", "-"]
    assert re.search(r"<tr[^>]*>(<t[dh][^>]*>[^<]*</t[dh]>)*<td[^>]*>-</td>", render_regression(evaluation))
    groups = json.loads(document(evaluation.to_json()))["groups"]
    assert set(groups["idle"]["int8"]) == {"false_alarm_rate", "explained"}
