"""Curves and thresholds of one class: equal to scikit-learn's, and to counting row by row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_curve, roc_curve

from nas.evaluation.detection import MOST_POINTS, THRESHOLDS, detect


def answers(seed: int, rows: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Whether rows are of a class, and probabilities of it that are often equal."""
    rng = np.random.default_rng(seed)
    is_class = rng.random(rows) < 0.3
    is_class[:2] = True, False
    return is_class, (np.round(rng.beta(1 + is_class, 2 - is_class) * steps) / steps).astype(np.float32)


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(2, 300), st.sampled_from([4, 256]))
def test_the_curve_is_scikit_learn_s_roc_curve(seed, rows, steps):
    is_class, probability = answers(seed, rows, steps)
    found = detect(is_class, probability)
    false_alarms, detections, thresholds = roc_curve(is_class, probability, drop_intermediate=False)
    assert [point.threshold for point in found.curve] == pytest.approx(thresholds[1:], rel=1e-6)
    assert [found.detection_rate(point) for point in found.curve] == pytest.approx(detections[1:])
    assert [found.false_alarm_rate(point) for point in found.curve] == pytest.approx(false_alarms[1:])


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(2, 300))
def test_the_precision_at_each_threshold_is_scikit_learn_s(seed, rows):
    is_class, probability = answers(seed, rows, 256)
    found = detect(is_class, probability)
    precision, recall, _ = precision_recall_curve(is_class, probability)
    assert [found.precision(point) for point in found.curve] == pytest.approx(precision[:-1][::-1])
    assert [found.detection_rate(point) for point in found.curve] == pytest.approx(recall[:-1][::-1])


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(2, 60))
def test_the_area_is_the_share_of_pairs_in_which_the_row_of_the_class_has_the_higher_probability(seed, rows):
    is_class, probability = answers(seed, rows, 16)
    own, others = probability[is_class][:, None], probability[~is_class][None]
    assert detect(is_class, probability).roc_auc == pytest.approx(((own > others) + 0.5 * (own == others)).mean())


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(2, 60))
def test_the_average_precision_is_the_mean_precision_at_the_rows_of_the_class(seed, rows):
    is_class, probability = answers(seed, rows, 16)
    at = [is_class[probability >= level].mean() for level in probability[is_class]]
    assert detect(is_class, probability).average_precision == pytest.approx(np.mean(at))


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(1, 300))
def test_a_threshold_counts_the_rows_of_at_least_its_probability(seed, rows):
    rng = np.random.default_rng(seed)
    is_class, probability = rng.random(rows) < 0.3, rng.random(rows).astype(np.float32)
    found = detect(is_class, probability)
    assert [point.threshold for point in found.thresholds] == list(THRESHOLDS)
    for point in found.thresholds:
        reached = probability >= np.float32(point.threshold)
        assert (point.detected, point.false_alarms) == ((reached & is_class).sum(), (reached & ~is_class).sum())


def test_of_many_thresholds_both_ends_and_more_of_the_high_ones_are_kept():
    is_class, probability = answers(0, 20_000, 10**7)
    curve = detect(is_class, probability).curve
    assert len(curve) <= MOST_POINTS
    assert (curve[0].detected + curve[0].false_alarms, curve[-1].detected + curve[-1].false_alarms) == (1, 20_000)
    assert curve[len(curve) // 2].threshold > np.median(probability)
    exact = roc_curve(is_class, probability)
    kept = detect(is_class, probability)
    x, y = zip(*((kept.false_alarm_rate(p), kept.detection_rate(p)) for p in curve), strict=True)
    assert np.interp(exact[0], x, y) == pytest.approx(exact[1], abs=0.02)


def test_false_alarms_per_hour_count_the_time_without_the_class():
    # 40 windows without the class, one every 9 s, are six minutes; of these, one has an alarm.
    is_class = np.arange(50) < 10
    probability = np.where(is_class, 0.8, 0.1).astype(np.float32)
    probability[-1] = 0.9
    found = detect(is_class, probability)
    at_half = next(point for point in found.thresholds if point.threshold == 0.5)
    assert found.false_alarms_per_hour(at_half, 9.0) == pytest.approx(10)
    assert found.false_alarms_per_hour(at_half, None) is None


def test_the_least_threshold_detects_the_most_with_so_many_false_alarms():
    is_class, probability = answers(1, 300, 256)
    found = detect(is_class, probability)
    point = found.least_threshold(0.05)
    allowed = [p for p in found.curve if p.false_alarms <= 0.05 * found.others]
    assert point is not None
    assert point.detected == max(p.detected for p in allowed)
    assert found.least_threshold(-1) is None


@pytest.mark.parametrize("all_of_it", [True, False])
def test_without_rows_of_one_side_there_is_no_area_and_no_rate_of_it(all_of_it):
    found = detect(np.full(5, all_of_it), np.linspace(0, 1, 5, dtype=np.float32))
    assert found.roc_auc is None
    assert found.average_precision is None
    rates = found.detection_rate(found.curve[-1]), found.false_alarm_rate(found.curve[-1])
    assert rates == ((1.0, None) if all_of_it else (None, 1.0))
