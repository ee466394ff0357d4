"""Anomaly detection: scores, thresholds, and metrics that equal scikit-learn's."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, f1_score, roc_auc_score, roc_curve

from nas.errors import InputError
from nas.graph.builder import GraphBuilder
from nas.task.alarms import roc
from nas.task.anomaly import Anomaly

RNG = np.random.default_rng(0)
ROWS = 600
Y = (RNG.random(ROWS) < 0.3).astype(np.int64)
# Rounded, so that some scores are equal.
SCORES = np.round(RNG.normal(1.5 * Y, 1) ** 2, 1)
ANSWERS = np.stack([SCORES, SCORES + 0.5], axis=1)
GROUPS = RNG.integers(0, 20, ROWS)


@pytest.fixture(scope="module")
def task() -> Anomaly:
    return Anomaly().calibrated(ANSWERS, Y)


def test_metrics_are_those_of_scikit_learn(task: Anomaly) -> None:
    found = task.scores(task.tally(ANSWERS, Y, 1))
    alarms = task.alarms(ANSWERS)
    (quiet, false), (missed, hit) = confusion_matrix(Y, alarms)
    expected = {
        "roc_auc": roc_auc_score(Y, SCORES),
        "partial_auc": roc_auc_score(Y, SCORES, max_fpr=0.1),
        "f1": f1_score(Y, alarms),
        "false_alarm_rate": false / (false + quiet),
        "missed_alarm_rate": missed / (missed + hit),
        "explained": 1 - SCORES[Y == 0].sum() / (SCORES[Y == 0] + 0.5).sum(),
    }
    assert found == pytest.approx(expected)
    assert task.confusion(task.tally(ANSWERS, Y, 1)) == ((quiet, false), (missed, hit))


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.3])
def test_no_more_normal_rows_have_an_alarm_than_wanted_and_one_more_would(rate: float) -> None:
    normal = SCORES[Y == 0] + np.linspace(0, 1e-3, (Y == 0).sum())
    task = Anomaly(false_alarm_rate=rate).calibrated(np.stack([normal, normal], axis=1), np.zeros(len(normal), int))
    alarms = (normal > task.threshold).sum()
    assert alarms == int(rate * len(normal))


def test_anomalies_do_not_move_the_threshold(task: Anomaly) -> None:
    normal = Y == 0
    assert Anomaly().calibrated(ANSWERS[normal], Y[normal]) == task


def test_the_score_is_the_mean_squared_error_and_the_constant_answer_is_zero() -> None:
    x = RNG.normal(size=(5, 4, 2)).astype(np.float32)
    outputs = RNG.normal(size=(5, 8)).astype(np.float32)
    found = Anomaly().answers(outputs, x)
    np.testing.assert_allclose(found[:, 0], ((outputs - x.reshape(5, 8)) ** 2).mean(axis=1), rtol=1e-6)
    np.testing.assert_allclose(found[:, 1], (x.reshape(5, 8) ** 2).mean(axis=1), rtol=1e-6)


def test_the_baseline_judges_the_scores_of_the_constant_answer(task: Anomaly) -> None:
    constant = np.stack([RNG.random(ROWS) + Y / 4] * 2, axis=1)
    both = np.stack([SCORES, constant[:, 0]], axis=1)
    found = Anomaly().calibrated(both, Y)
    assert found.scores(found.baseline(Y, Y, 1, both)) == Anomaly().calibrated(constant, Y).scores(
        Anomaly().calibrated(constant, Y).tally(constant, Y, 1)
    )


def test_tallies_of_groups_add_up_and_intervals_hold_the_value(task: Anomaly) -> None:
    parts = task.tallies(ANSWERS, Y, GROUPS, 1)
    np.testing.assert_allclose(parts.sum(0), task.tally(ANSWERS, Y, 1))
    for grouped, tallies in ((True, parts), (False, parts.sum(0, keepdims=True))):
        found = task.estimates(tallies, grouped=grouped)
        assert {name: one.value for name, one in found.items()} == pytest.approx(task.scores(parts.sum(0)))
        assert all(one.low < one.value < one.high for one in found.values())
    assert all(one.low is None for one in task.estimates(parts[:4], grouped=True).values())


def test_many_scores_share_ranks_and_the_area_stays_within_a_thousandth() -> None:
    y = np.arange(40_000) % 2
    scores = np.random.default_rng(1).normal(y, 1)
    answers, groups = np.stack([scores, scores], axis=1), np.arange(40_000) % 500
    tallies = Anomaly().tallies(answers, y, groups, 1)
    assert tallies.size < 5e6
    assert Anomaly().scores(tallies.sum(0))["roc_auc"] == pytest.approx(roc_auc_score(y, scores), abs=1e-3)


def test_rows_of_one_kind_say_nothing_of_the_area_and_the_metric_is_then_what_is_explained(task: Anomaly) -> None:
    normal = Y == 0
    assert task.scores(task.tally(ANSWERS[normal], Y[normal], 1))["roc_auc"] == 0.5
    assert task.find_metric("auto", Y[normal], Y) == "roc_auc"
    assert task.find_metric("auto", Y[normal], Y[normal]) == "explained"
    with pytest.raises(InputError, match="metric: must be one that the validation rows can tell, got roc_auc"):
        task.find_metric("roc_auc", Y[normal], Y[normal])


@pytest.mark.parametrize("kind", [0, 1])
def test_metrics_that_rows_of_one_kind_cannot_tell_are_not_told(task: Anomaly, kind: int) -> None:
    own = kind == Y
    told = task.told(task.tally(ANSWERS[own], Y[own], 1), Y[own])
    alarms = task.alarms(ANSWERS[own])
    if kind:
        assert told == pytest.approx({"f1": f1_score(Y[own], alarms), "missed_alarm_rate": 1 - alarms.mean()})
    else:
        share = 1 - SCORES[own].sum() / (SCORES[own] + 0.5).sum()
        assert told == pytest.approx({"false_alarm_rate": alarms.mean(), "explained": share})


def test_the_head_gives_as_many_outputs_as_a_row_has_values() -> None:
    task, g = Anomaly(), GraphBuilder((6, 3))
    outputs = task.outputs(Y, ("normal", "anomaly"), (6, 3))
    task.head(g, outputs)
    graph = g.graph()
    assert graph.tensors[graph.outputs[0]].shape == (1, 18)


def test_validation_rows_without_normal_ones_are_refused_for_every_metric() -> None:
    anomalies = np.ones(5, np.int64)
    for metric in ("auto", *Anomaly.metrics):
        with pytest.raises(InputError, match="validation rows: must have normal ones, from which the threshold is"):
            Anomaly().find_metric(metric, np.zeros(5, np.int64), anomalies)


def test_the_curve_of_false_alarms_begins_without_alarms_and_has_one_point_for_each_rank(task: Anomaly) -> None:
    false, found = roc(task.tally(ANSWERS, Y, 1))
    assert len(false) == len(found) == len(np.unique(SCORES)) + 1
    expected, hits, _ = roc_curve(Y, SCORES, drop_intermediate=False)
    np.testing.assert_allclose(false, expected)
    np.testing.assert_allclose(found, hits)


def test_intervals_over_rows_of_which_no_two_scores_are_equal_hold_the_value() -> None:
    scores = SCORES + np.linspace(0, 1e-3, ROWS)
    answers = np.stack([scores, scores + 0.5], axis=1)
    task = Anomaly().calibrated(answers, Y)
    found = task.estimates(task.tallies(answers, Y, None, 1), grouped=False)
    assert all(one.low < one.value < one.high for one in found.values())


@pytest.mark.parametrize(("part", "outputs", "written"), [("whole", 8, None), ("forecast", 2, "forecast")])
def test_a_detector_is_read_from_its_parameters(part: str, outputs: int, written: str | None, task: Anomaly) -> None:
    detector = replace(task, reconstruction=part)
    parameters = detector.parameters()
    assert parameters.get("reconstruction") == written
    plain = {name.partition(":")[0]: value for name, value in parameters.items()}
    assert Anomaly.from_parameters(plain, outputs, 8) == detector
