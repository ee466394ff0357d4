"""Which part of a row a detector reads and which it gives again; scores are scikit-learn's mean squared errors."""

import numpy as np
import pytest
from sklearn.metrics import mean_squared_error

from nas.task.anomaly import Anomaly
from nas.task.reconstruction import FORECAST, RECONSTRUCTIONS

ROWS = np.random.default_rng(0).normal(size=(20, 5, 3)).astype(np.float32)
every_reconstruction = pytest.mark.parametrize("name", RECONSTRUCTIONS)


@every_reconstruction
def test_what_is_read_begins_a_row_in_memory_and_what_is_given_again_ends_it(name: str) -> None:
    part = RECONSTRUCTIONS[name]
    flat = ROWS.reshape(len(ROWS), -1)
    read, target = part.read(ROWS).reshape(len(ROWS), -1), part.target(ROWS)
    assert np.array_equal(read, flat[:, : read.shape[1]])
    assert np.array_equal(target, flat[:, flat.shape[1] - target.shape[1] :])
    assert read.shape[1] + target.shape[1] >= flat.shape[1]


@every_reconstruction
def test_shapes_are_those_of_the_arrays_and_tell_each_other(name: str) -> None:
    part = RECONSTRUCTIONS[name]
    assert part.read_shape(ROWS.shape[1:]) == part.read(ROWS).shape[1:]
    assert part.row_shape(part.read_shape(ROWS.shape[1:])) == ROWS.shape[1:]
    assert part.outputs(ROWS.shape[1:]) == part.target(ROWS).shape[1]
    assert part.fits(part.target(ROWS).shape[1], part.read(ROWS)[0].size)


def test_the_score_of_a_forecast_is_its_mean_squared_error_over_the_channels() -> None:
    task, forecasts = Anomaly(reconstruction=FORECAST), np.random.default_rng(1).normal(size=(20, 3))
    answers = task.answers(forecasts.astype(np.float32), ROWS)
    for row, forecast, (score, constant) in zip(ROWS, forecasts, answers, strict=True):
        assert score == pytest.approx(mean_squared_error(row[-1], forecast), rel=1e-5)
        assert constant == pytest.approx(mean_squared_error(row[-1], np.zeros(3)), rel=1e-5)
