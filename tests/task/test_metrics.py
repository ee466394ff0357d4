"""Metrics equal scikit-learn's; 95 % intervals contain the truth about 95 % of the time."""

import warnings

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binom, binomtest, norm, t
from sklearn import metrics as oracle

from nas.task.metrics import (
    DRAWS,
    FEWEST_GROUPS,
    METRICS,
    Metric,
    accuracy,
    confusion,
    constant_answer,
    drawn_from,
    estimates,
    exact_interval,
    interval_tail,
    is_unbalanced,
    resampled,
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


@given(matrices, st.booleans())
def test_an_interval_is_ordered_and_within_0_and_1(counts: np.ndarray, grouped: bool) -> None:
    assume(counts.any(axis=(1, 2)).all())
    counts = counts if grouped else counts.sum(0)[None]
    found = estimates(counts, grouped=grouped)
    assert {name: one.value for name, one in found.items()} == scores(counts.sum(0))
    if grouped and len(counts) < FEWEST_GROUPS:
        assert {(one.low, one.high) for one in found.values()} == {(None, None)}
    else:
        assert all(0 <= (one.low or 0) <= (one.high or 0) <= 1 for one in found.values())
    assert found == estimates(counts, grouped=grouped)


@given(st.integers(1, 400), st.floats(0, 1))
def test_the_interval_of_the_accuracy_of_rows_is_that_of_scipy(rows: int, share: float) -> None:
    right = round(share * rows)
    found = estimates(np.array([[[right, rows - right], [0, 0]]]), grouped=False)["accuracy"]
    oracle_ = binomtest(right, rows).proportion_ci(method="exact")
    assert (found.low, found.high) == pytest.approx((oracle_.low, oracle_.high), abs=1e-9)


def test_of_12_right_answers_in_12_the_lower_limit_is_74_percent() -> None:
    found = estimates(np.diag([4, 4, 4])[None], grouped=False)
    assert [round(found[name].low or 0, 3) for name in found] == [0.735] * 3
    assert {one.high for one in found.values()} == {1.0}


def test_without_mistakes_the_classes_with_few_rows_decide_how_uncertain_a_mean_over_classes_is() -> None:
    found = estimates(np.diag([200, 2])[None], grouped=False)
    low, rare = found["balanced_accuracy"].low, binomtest(2, 2).proportion_ci(method="exact").low
    # Between that of all rows and that of the two rare ones alone.
    assert rare < (low or 0) < (found["accuracy"].low or 0)


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_with_fewer_than_five_groups_there_is_no_interval(groups: int) -> None:
    counts = np.stack([np.diag([3, 40, 7])] * groups)
    assert {(one.value, one.low, one.high) for one in estimates(counts, grouped=True).values()} == {(1.0, None, None)}


@pytest.mark.parametrize("groups", [5, 9, 30])
def test_groups_without_mistakes_tell_less_than_as_many_independent_rows(groups: int) -> None:
    counts = np.stack([np.diag([3, 40, 7])] * groups)
    grouped, rows = (estimates(one, grouped=one is counts) for one in (counts, counts.sum(0)[None]))
    for name in METRICS:
        assert 0.5 < (grouped[name].low or 0) < (rows[name].low or 0) < 1
        assert grouped[name].high == 1


def test_the_interval_over_equal_groups_is_no_narrower_than_that_over_their_rows() -> None:
    counts = np.array([[30, 10], [5, 55]])
    grouped = estimates(np.stack([counts] * 8), grouped=True)["accuracy"]
    rows = estimates(8 * counts[None], grouped=False)["accuracy"]
    assert (grouped.low or 0) <= (rows.low or 0) < rows.value < (rows.high or 0) <= (grouped.high or 0)


def test_the_unit_of_an_interval_is_the_group_or_the_row() -> None:
    counts = np.array([[30, 10], [5, 55]])
    assert drawn_from(np.stack([counts] * 8), grouped=True) == "8 groups"
    assert drawn_from(counts[None], grouped=False) == "100 rows"
    assert drawn_from(counts[None], grouped=True) == "1 group"


@pytest.mark.parametrize("units", [5, 9, 30, 1000])
def test_the_levels_of_an_interval_are_those_of_the_expanded_percentile_interval(units: int) -> None:
    expected = norm.cdf(-t.ppf(0.975, units - 1) * (units / (units - 1)) ** 0.5)
    assert interval_tail(units) == pytest.approx(expected)


@pytest.mark.parametrize(("groups", "least"), [(5, 0.86), (9, 0.88), (30, 0.91)])
def test_intervals_over_groups_contain_the_truth_about_95_percent_of_the_time(groups: int, least: float) -> None:
    rng, truth, studies = np.random.default_rng(groups), 0.92, 200
    covered = rows_covered = 0
    for _ in range(studies):
        rows = rng.integers(100, 200, groups)
        hits = rng.binomial(rows, rng.beta(20 * truth, 20 * (1 - truth), groups))
        counts = np.zeros((groups, 2, 2), np.int64)
        counts[:, 0, 0], counts[:, 0, 1] = hits, rows - hits
        found = estimates(counts, grouped=True)["accuracy"]
        naive = estimates(counts.sum(0)[None], grouped=False)["accuracy"]
        covered += (found.low or 0) <= truth <= (found.high or 0)
        rows_covered += (naive.low or 0) <= truth <= (naive.high or 0)
    assert least * studies <= covered <= 0.99 * studies
    # Rows of a group resemble each other, so intervals over rows are far too narrow.
    assert rows_covered < 0.7 * studies


@pytest.mark.parametrize("share", [0.5, 0.9, 0.98])
@pytest.mark.parametrize("rows", [12, 50])
def test_the_exact_interval_over_rows_contains_the_truth_at_least_95_percent_of_the_time(
    share: float, rows: int
) -> None:
    covered = sum(
        binom.pmf(right, rows, share)
        for right in range(rows + 1)
        if exact_interval(right / rows, rows)[0] <= share <= exact_interval(right / rows, rows)[1]
    )
    assert covered >= 0.95


def test_the_interval_depends_on_the_seed_alone() -> None:
    counts = np.random.default_rng(0).integers(1, 20, (6, 3, 3))
    one, same, other = (estimates(counts, grouped=True, seed=seed) for seed in (1, 1, 2))
    assert one == same != other
    assert accuracy(counts.sum(0)) == one["accuracy"].value


SHARE, ERROR = METRICS["accuracy"], Metric("RMSE", accuracy, greater_is_better=False, best=0.0, unit="target")
COEFFICIENT = Metric("R2", accuracy, unit="")


@pytest.mark.parametrize(
    ("metric", "value", "text", "axis"),
    [
        (SHARE, 0.8765, "87.6 %", "accuracy, %"),
        (SHARE, None, "-", "accuracy, %"),
        (ERROR, 123.456, "123.5", "RMSE"),
        (ERROR, 0.00123456, "0.001235", "RMSE"),
        (ERROR, None, "-", "RMSE"),
        (COEFFICIENT, 0.8765, "0.876", "R2"),
        (COEFFICIENT, -0.0004, "0.000", "R2"),
        (COEFFICIENT, -1.25, "-1.250", "R2"),
    ],
)
def test_a_share_is_written_in_percent_and_other_values_with_four_digits(
    metric: Metric, value: float | None, text: str, axis: str
) -> None:
    assert (metric.text(value), metric.axis) == (text, axis)


def test_an_interval_is_written_as_its_ends_and_none_as_a_dash() -> None:
    assert [metric.interval_text(0.25, 0.5) for metric in (SHARE, ERROR, COEFFICIENT)] == [
        "25.0 to 50.0 %",
        "0.25 to 0.5",
        "0.250 to 0.500",
    ]
    for metric in (SHARE, ERROR):
        assert {metric.interval_text(None, None), metric.interval_text(None, 1.0), metric.interval_text(1.0, None)} == {
            "-"
        }


def test_a_difference_has_no_sign_and_is_told_where_a_person_sees_it() -> None:
    assert [metric.difference_text(-0.0123) for metric in (SHARE, ERROR, COEFFICIENT)] == [
        "1.2 points",
        "0.0123",
        "0.012",
    ]
    assert SHARE.differs(0.0005, 0.0)
    assert not SHARE.differs(0.5004, 0.5)
    assert SHARE.differs(0.5, 0.51)
    assert ERROR.differs(1.0001e-4, 1.0012e-4)
    assert not ERROR.differs(100.01, 100.02)


@pytest.mark.parametrize("metric", [SHARE, ERROR, COEFFICIENT])
@pytest.mark.parametrize(("low", "high"), [(0.5, 0.6), (0.6, 0.5), (0.25, 0.25), (0.0, 1.0)])
def test_an_axis_shows_all_values_with_a_small_margin(metric: Metric, low: float, high: float) -> None:
    bottom, top = metric.limits(low, high)
    least, most = sorted((metric.plotted(low), metric.plotted(high)))
    assert bottom < least <= most < top
    assert least - bottom == pytest.approx(top - most)
    assert (top - bottom) <= 1.25 * (most - least) or (top - bottom) < 0.03 * metric.plotted(1.0)
    assert metric.plotted(0.25) == (25 if metric is SHARE else 0.25)


def test_better_values_rank_higher_and_unknown_ones_last() -> None:
    for metric, better, worse in ((SHARE, 0.9, 0.8), (ERROR, 0.8, 0.9)):
        assert metric.is_better(better, worse)
        assert not metric.is_better(worse, better)
        assert not metric.is_better(better, better)
        assert metric.ranked(better) > metric.ranked(worse)
        assert metric.ranked(metric.ranked(better)) == better
        assert sorted([None, better, worse], key=metric.ranked_last) == [worse, better, None]


@pytest.mark.parametrize(
    ("counts", "unbalanced"), [([6, 2], True), ([5, 2], False), ([6, 0, 3], False), ([0, 0], False)]
)
def test_classes_are_unbalanced_from_three_times_the_rows_on(counts: list[int], unbalanced: bool) -> None:
    assert is_unbalanced(np.array(counts)) is unbalanced


def test_bootstrap_samples_of_tallies_are_sums_of_as_many_units_drawn_with_replacement() -> None:
    tallies = 2.0 ** np.arange(0, 12, 2)[:, None] * [1.0, 3.0]
    samples = np.concatenate(list(resampled(tallies, 0)))
    assert samples.shape == (DRAWS, 2)
    np.testing.assert_array_equal(samples[:, 1], 3 * samples[:, 0])
    assert (samples[:, 0] >= 6).all()
    assert (samples[:, 0] <= 6 * 4**5).all()
    assert samples[:, 0].mean() == pytest.approx(tallies[:, 0].sum(), rel=0.05)
    assert len(np.unique(samples[:, 0])) > 200
