import numpy as np
import pytest

from nas.task.errors import ERROR_METRICS
from nas.task.regression import Regression
from nas.task.task import score_text, validation_curve


def rows(outputs=1, count=300, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.normal(100, 20, (count, outputs))
    return y + rng.normal(3, 5, y.shape), y


@pytest.mark.parametrize("outputs", [1, 3])
def test_metrics_equal_those_of_scikit_learn(outputs):
    from sklearn import metrics

    answers, y = rows(outputs)
    found = Regression().scores(Regression().tally(answers, y, outputs))
    assert found == pytest.approx(
        {
            "rmse": metrics.root_mean_squared_error(y, answers),
            "mae": metrics.mean_absolute_error(y, answers),
            "r2": metrics.r2_score(y, answers),
        }
    )


@pytest.mark.parametrize("answer", [2.0, 3.0])
def test_r2_of_equal_targets_is_that_of_scikit_learn(answer):
    from sklearn.metrics import r2_score

    y, answers = np.full((5, 1), 2.0), np.full((5, 1), answer)
    assert Regression().scores(Regression().tally(answers, y, 1))["r2"] == r2_score(y, answers)


def test_the_baseline_is_the_mean_of_the_training_targets():
    from sklearn.dummy import DummyRegressor
    from sklearn.metrics import root_mean_squared_error

    (_, train), (_, test) = rows(seed=1), rows(seed=2)
    dummy = DummyRegressor().fit(train, train[:, 0])
    found = Regression().scores(Regression().baseline(train, test, 1))
    assert found["rmse"] == pytest.approx(root_mean_squared_error(test[:, 0], dummy.predict(test)))


def test_groups_are_resampled_as_wholes():
    # Each group has an error of its own: its rows say the same, so many rows tell no more than a few.
    offsets = np.repeat(np.random.default_rng(0).normal(0, 10, 12), 50)[:, None]
    y = np.random.default_rng(1).normal(0, 30, (600, 1))
    groups = np.repeat(np.arange(12), 50)
    task = Regression()
    by_group = task.estimates(task.tallies(y + offsets, y, groups, 1), grouped=True)["rmse"]
    by_row = task.estimates(task.tallies(y + offsets, y, None, 1), grouped=False)["rmse"]
    assert by_group.high - by_group.low > 3 * (by_row.high - by_row.low)


def test_intervals_cover_the_true_error_about_as_often_as_they_say():
    covered, task = 0, Regression()
    for seed in range(100):
        error = np.random.default_rng(seed).normal(0, 5, (200, 1))
        one = task.estimates(task.tallies(error, np.zeros_like(error), None, 1), grouped=False)["rmse"]
        covered += one.low <= 5 <= one.high
    assert 88 <= covered <= 100


def test_few_groups_have_no_interval():
    answers, y = rows()
    tallies = Regression().tallies(answers, y, np.arange(len(y)) % 3, 1)
    assert Regression().estimates(tallies, grouped=True)["rmse"].low is None


def test_intervals_of_many_rows_need_no_matrix_of_rows_times_samples():
    answers, y = rows(count=20_000)
    tallies = Regression().tallies(answers, y, None, 1)
    one = Regression().estimates(tallies, grouped=False)["mae"]
    assert one.low < one.value < one.high


def test_targets_are_standardized_by_the_training_rows_alone():
    _, y = rows(2)
    task = Regression().fitted(y)
    encoded = task.targets(y, y, 2)
    np.testing.assert_allclose(encoded.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(encoded.std(axis=0), 1, atol=1e-6)
    np.testing.assert_allclose(task.answers(encoded), y, rtol=1e-5)


@pytest.mark.parametrize(
    ("low", "high", "outputs", "expected"),
    [(20, 120, 1, True), (-5, 5, 1, True), (1000, 1026, 1, False), (20, 120, 2, False)],
)
def test_a_model_gives_units_by_itself_if_zero_is_within_reach_of_its_only_target(low, high, outputs, expected):
    y = np.linspace(low, high, 50)[:, None].repeat(outputs, axis=1)
    assert Regression().fitted(y).in_units is expected


def test_a_gain_is_a_linear_function_that_is_one_without_an_error_and_zero_for_an_error_of_one_deviation():
    task = Regression().fitted(rows()[1])
    std = task.target_std[0]
    for metric in ("rmse", "mae"):
        gains = [task.gain(metric, error) for error in (0, std / 2, std)]
        assert gains == pytest.approx([1, 0.5, 0])
    assert task.gain("r2", 0.7) == 0.7


def test_calibration_takes_rows_from_the_whole_range_of_targets():
    y = np.random.default_rng(0).exponential(1, (1000, 1))
    strata = Regression().strata(y)
    assert np.bincount(strata).tolist() == [100] * 10
    assert y[strata == 9].min() >= y[strata == 8].max()


def test_the_int8_output_covers_almost_all_targets_and_zero_if_outputs_are_in_units():
    y = np.random.default_rng(0).normal(60, 10, (5000, 1))
    task = Regression().fitted(y)
    low, high = task.span(y)
    mean, std = task.target_mean[0], task.target_std[0]
    assert task.in_units
    assert low * std + mean == pytest.approx(0)
    assert np.mean(y <= high * std + mean) > 0.999


def test_errors_are_written_in_the_units_of_the_target_and_r2_is_no_percentage():
    assert score_text("rmse", 5.5473) == "5.547"
    assert score_text("r2", 0.7637) == "0.764"
    assert score_text("accuracy", 0.7637) == "76.4 %"
    assert ERROR_METRICS["mae"].interval_text(1.0, 2.5) == "1 to 2.5"
    assert not ERROR_METRICS["rmse"].is_better(2.0, 1.0)


def test_learning_curves_of_a_regression_are_found():
    assert validation_curve({"loss": (1.0,), "r2": (0.1,), "val_r2": (0.2,)}) == (0.2,)
