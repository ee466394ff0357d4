"""Metrics equal scikit-learn's; 95 % intervals contain the truth about 95 % of the time."""

import warnings

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm, t
from sklearn import metrics as oracle

from nas.task.metrics import (
    METRICS,
    _tail,
    accuracy,
    confusion,
    constant_answer,
    drawn_from,
    estimates,
    scores,
)

CLASSES = 5
answers = st.lists(st.tuples(st.integers(0, CLASSES - 1), st.integers(0, CLASSES - 1)), min_size=1, max_size=60)
matrices = arrays(np.int64, st.tuples(st.integers(1, 6), *[st.just(4)] * 2), elements=st.integers(0, 9))


def by_scikit_learn(truth: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # answers of a class that has no rows
        return {
            "accuracy": oracle.accuracy_score(truth, labels),
            "balanced_accuracy": oracle.balanced_accuracy_score(truth, labels),
            "macro_f1": oracle.f1_score(truth, labels, average="macro"),
        }


@given(answers)
def test_metrics_equal_those_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    truth, labels = np.array(pairs).T
    counts = confusion(labels, truth, CLASSES)
    assert np.array_equal(counts, oracle.confusion_matrix(truth, labels, labels=range(CLASSES)))
    assert scores(counts) == pytest.approx(by_scikit_learn(truth, labels))


@given(answers, st.integers(0, CLASSES - 1))
def test_the_scores_of_a_constant_answer_equal_those_of_scikit_learn(pairs: list[tuple[int, int]], label: int) -> None:
    truth, labels = np.array(pairs).T
    constant = constant_answer(confusion(labels, truth, CLASSES), label)
    assert scores(constant) == pytest.approx(by_scikit_learn(truth, np.full_like(truth, label)))


@given(matrices)
def test_metrics_of_many_matrices_are_those_of_each(counts: np.ndarray) -> None:
    assume(counts.any(axis=(1, 2)).all())
    for name, metric in METRICS.items():
        assert metric.function(counts) == pytest.approx([scores(one)[name] for one in counts])


@given(matrices)
def test_an_interval_is_ordered_and_within_0_and_1(counts: np.ndarray) -> None:
    assume(counts.any(axis=(1, 2)).all())
    found = estimates(counts)
    assert {name: one.value for name, one in found.items()} == scores(counts.sum(0))
    assert all(0 <= one.low <= one.high <= 1 for one in found.values())
    assert found == estimates(counts)


@pytest.mark.parametrize("groups", [1, 2, 9])
def test_without_mistakes_the_interval_has_no_width(groups: int) -> None:
    counts = np.stack([np.diag([3, 40, 7])] * groups)
    assert all((one.low, one.value, one.high) == (1, 1, 1) for one in estimates(counts).values())


def test_the_interval_has_no_width_if_all_groups_are_equal_but_has_one_over_rows() -> None:
    counts = np.array([[30, 10], [5, 55]])
    grouped, rows = estimates(np.stack([counts] * 8))["accuracy"], estimates(8 * counts[None])["accuracy"]
    assert grouped.low == grouped.high == grouped.value
    assert rows.low < rows.value < rows.high
    assert drawn_from(np.stack([counts] * 8), grouped=True) == "8 groups"
    assert drawn_from(counts[None], grouped=False) == "100 rows"
    assert drawn_from(counts[None], grouped=True) == "100 rows of one group"


def test_the_interval_over_rows_equals_the_binomial_one() -> None:
    found = estimates(np.array([[[450, 30], [20, 500]]]))["accuracy"]
    error = 1.96 * (0.95 * 0.05 / 1000) ** 0.5
    assert (found.low, found.high) == pytest.approx((0.95 - error, 0.95 + error), abs=0.002)


@pytest.mark.parametrize("units", [5, 9, 30, 1000])
def test_the_levels_of_an_interval_are_those_of_the_expanded_percentile_interval(units: int) -> None:
    expected = norm.cdf(-t.ppf(0.975, units - 1) * (units / (units - 1)) ** 0.5)
    assert _tail(units) == pytest.approx(expected, rel=0.2)


@pytest.mark.parametrize(("groups", "least"), [(9, 0.88), (30, 0.91)])
def test_intervals_over_groups_contain_the_truth_about_95_percent_of_the_time(groups: int, least: float) -> None:
    rng, truth, studies = np.random.default_rng(groups), 0.92, 200
    covered = rows_covered = 0
    for _ in range(studies):
        rows = rng.integers(100, 200, groups)
        hits = rng.binomial(rows, rng.beta(20 * truth, 20 * (1 - truth), groups))
        counts = np.zeros((groups, 2, 2), np.int64)
        counts[:, 0, 0], counts[:, 0, 1] = hits, rows - hits
        found, naive = estimates(counts)["accuracy"], estimates(counts.sum(0)[None])["accuracy"]
        covered += found.low <= truth <= found.high
        rows_covered += naive.low <= truth <= naive.high
    assert least * studies <= covered <= 0.99 * studies
    # Rows of a group resemble each other, so intervals over rows are far too narrow.
    assert rows_covered < 0.7 * studies


def test_the_interval_depends_on_the_seed_alone() -> None:
    counts = np.random.default_rng(0).integers(1, 20, (6, 3, 3))
    assert estimates(counts, seed=1) == estimates(counts, seed=1) != estimates(counts, seed=2)
    assert accuracy(counts.sum(0)) == estimates(counts)["accuracy"].value
