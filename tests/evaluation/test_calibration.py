"""Calibration: equal to scikit-learn's curve and Brier score, and zero for a model that knows how sure it may be."""

import numpy as np
import pytest
from evaluation_sample import NAMES, sample
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from nas.evaluation.calibration import BINS, calibrate


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_bins_are_those_of_scikit_learn_s_calibration_curve(seed):
    part, _, after = sample(seed)
    found = calibrate(after, part.y)
    right = after.argmax(1) == part.y
    accuracy, confidence = calibration_curve(right, after.max(1).astype(np.float64), n_bins=BINS)
    assert [one.accuracy for one in found.bins] == pytest.approx(accuracy)
    assert [one.confidence for one in found.bins] == pytest.approx(confidence)
    assert sum(one.rows for one in found.bins) == len(part)
    gaps = [one.rows * abs(a - c) for one, a, c in zip(found.bins, accuracy, confidence, strict=True)]
    assert found.expected_error == pytest.approx(sum(gaps) / len(part))


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_the_brier_score_is_scikit_learn_s(seed):
    part, before, _ = sample(seed)
    exact = before.astype(np.float64) / before.sum(1, keepdims=True, dtype=np.float64)
    expected = brier_score_loss(part.y, exact, labels=range(len(NAMES)), scale_by_half=False)
    assert calibrate(exact, part.y).brier == pytest.approx(expected)


def test_a_model_that_is_right_as_often_as_it_says_has_no_calibration_error():
    probabilities = np.tile(np.array([0.75, 0.25], np.float32), (4, 1))
    assert calibrate(probabilities, np.array([0, 0, 0, 1])).expected_error == pytest.approx(0)


def test_the_bin_of_a_probability_holds_it():
    part, before, _ = sample(3)
    for one in calibrate(before, part.y).bins:
        assert one.low < one.confidence <= one.high
