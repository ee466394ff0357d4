"""Simple detectors in whole numbers, against their floats."""

import numpy as np
import pytest

from nas.data.fixed_detectors import LEAST_BITS, fixed_detector
from nas.data.simple_detectors import Gaussian, simple_detectors
from nas.errors import InputError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(600, 12)) @ RNG.normal(size=(12, 12))
SCALE, ZERO = float(np.abs(X).max() / 60), 3


def quantized(x: np.ndarray) -> np.ndarray:
    return np.rint(x / SCALE + ZERO).clip(-128, 127).astype(np.int8)


@pytest.mark.parametrize("budget", [60, 100, 10_000])
@pytest.mark.parametrize("kind", [0, 1])
def test_scores_are_those_of_the_floats_for_the_same_steps(kind: int, budget: int) -> None:
    detector = list(simple_detectors(X, budget))[kind]
    fixed = fixed_detector(detector, SCALE, ZERO)
    rows = quantized(X * 1.5)
    seen = (rows.astype(np.float64) - ZERO) * SCALE
    expected, found = detector.scores(seen), fixed.steps(rows) * fixed.score_scale
    assert np.corrcoef(expected, found)[0, 1] > 0.99
    assert np.median(found / expected) == pytest.approx(1, abs=0.05)


def test_the_bytes_are_those_that_were_counted_or_for_directions_twice_as_many() -> None:
    k_means, gaussian = (fixed_detector(each, SCALE, ZERO) for each in simple_detectors(X, 100))
    assert k_means.bytes == 8 * 12  # centres
    assert gaussian.bytes == 2 * 12 + 6 * (2 * 12 + 2)  # the mean; components


def test_rows_at_the_ends_of_int8_do_not_overflow() -> None:
    values = 50_000
    axes = np.full((1, values), values**-0.5)
    widest = Gaussian(np.zeros(values), axes, np.array([1e9]), 1.0)
    fixed = fixed_detector(widest, 1.0, -128)
    rows = np.full((1, values), 127, np.int8)
    # All squares lie along the axis, whose variance explains nearly all of them.
    whole = values * 255**2 << LEAST_BITS
    assert whole < 1 << 63
    assert 0 <= fixed.steps(rows)[0] < whole / 100
    with pytest.raises(InputError, match=r"must be of rows of at most 50,000 values, got 50001"):
        fixed_detector(Gaussian(np.zeros(50_001), np.zeros((1, 50_001)), np.ones(1), 1.0), 1.0, 0)
