"""The learning rate over a training."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.study.learning_rate import learning_rates, one_cycle


@given(st.integers(1, 5000), st.floats(1e-4, 1))
def test_learning_rate_warms_up_over_a_tenth_and_falls_to_zero(steps: int, peak: float) -> None:
    rates = one_cycle(steps, peak)
    top = int(np.argmax(rates))
    assert len(rates) == steps
    assert rates[top] == pytest.approx(peak)
    assert top == max(1, steps // 10) - 1
    assert np.all(np.diff(rates[: top + 1]) > 0)
    assert np.all(np.diff(rates[top:]) < 0)
    assert steps == 1 or rates[-1] == pytest.approx(0, abs=1e-7 * peak + 1e-12)


def test_each_restart_begins_another_cycle() -> None:
    rates = learning_rates(epochs=10, restart_epochs=(2, 4), steps=5, peak=0.5)
    np.testing.assert_array_equal(rates, np.concatenate([one_cycle(n, 0.5) for n in (10, 10, 30)]))
