"""Several labels at once: the metrics are scikit-learn's, and thresholds are those with the greatest F1."""

import numpy as np
import pytest
from sklearn import metrics as oracle

from nas.arrays import Array, Doubles
from nas.errors import InputError
from nas.task.label_metrics import LABEL_METRICS, LEVELS, MOST_UNITS, average_precision, roc_auc
from nas.task.multi_label import MultiLabel, best_threshold, rarest

LABELS = 4


def made_up(rows: int = 300, seed: int = 0, levels: int = 256) -> tuple[Doubles, Array]:
    """Probabilities of an int8 output, many of them equal, and labels of which some are rare."""
    rng = np.random.default_rng(seed)
    y = (rng.random((rows, LABELS)) < [0.5, 0.3, 0.1, 0.04]).astype(np.uint8)
    noisy = 0.35 * y + 0.4 * rng.random((rows, LABELS))
    return np.round(noisy * levels) / levels, y


def test_every_metric_is_scikit_learns() -> None:
    p, y = made_up()
    task = MultiLabel(thresholds=(0.4, 0.5, 0.3, 0.45))
    answers = task.decided(p)
    expected = {
        "f1_macro": oracle.f1_score(y, answers, average="macro"),
        "f1_micro": oracle.f1_score(y, answers, average="micro"),
        "subset_accuracy": oracle.accuracy_score(y, answers),
        "hamming_loss": oracle.hamming_loss(y, answers),
        "mean_average_precision": oracle.average_precision_score(y, p, average="macro"),
        "brier_skill": 1 - 4 * np.mean([oracle.brier_score_loss(a, b) for a, b in zip(y.T, p.T, strict=True)]),
    }
    assert task.scores(task.tally(p, y, LABELS)) == pytest.approx(expected, rel=1e-12)


def test_the_areas_of_each_label_are_scikit_learns() -> None:
    p, y = made_up()
    tally = MultiLabel().tally(p, y, LABELS)
    assert average_precision(tally) == pytest.approx(oracle.average_precision_score(y, p, average=None))
    assert roc_auc(tally) == pytest.approx(oracle.roc_auc_score(y, p, average=None))


def test_a_label_that_neither_holds_nor_is_answered_has_no_part_in_the_mean() -> None:
    p, y = made_up()
    p[:, 2], y[:, 2] = 0, 0
    task = MultiLabel()
    expected = oracle.f1_score(y, task.decided(p), average="macro", zero_division=np.nan)
    found = task.scores(task.tally(p, y, LABELS))
    assert found["f1_macro"] == pytest.approx(expected)
    kept = [0, 1, 3]
    assert found["mean_average_precision"] == pytest.approx(oracle.average_precision_score(y[:, kept], p[:, kept]))


def test_rows_without_a_label_and_without_an_answer_are_all_right() -> None:
    zeros = np.zeros((5, LABELS))
    found = MultiLabel().scores(MultiLabel().tally(zeros, zeros.astype(np.uint8), LABELS))
    assert found == dict.fromkeys(found, 1.0) | {"hamming_loss": 0.0}


def test_a_threshold_has_the_greatest_f1_of_all() -> None:
    p, y = made_up()
    task = MultiLabel().calibrated(p, y)
    for label, threshold in enumerate(task.thresholds):
        own = oracle.f1_score(y[:, label], p[:, label] >= threshold)
        answers = p[:, label] >= np.arange(513)[:, None] / 512
        others = 2 * (answers & (y[:, label] == 1)).sum(1) / (answers.sum(1) + y[:, label].sum())
        assert own == pytest.approx(max(others))
        assert threshold not in p[:, label]


def test_of_equally_good_thresholds_the_one_nearest_to_an_even_chance_is_taken() -> None:
    assert best_threshold(np.array([0.1, 0.2, 0.9]), np.array([0, 0, 1])) == pytest.approx(0.55)
    assert best_threshold(np.array([0.1, 0.2, 0.9]), np.zeros(3, np.uint8)) == 0.5


def test_intervals_over_rows_agree_with_a_bootstrap_of_single_rows() -> None:
    p, y = made_up(rows=2 * MOST_UNITS + 7)
    task = MultiLabel(thresholds=(0.4, 0.4, 0.4, 0.4))
    found = task.estimates(task.tallies(p, y, None, LABELS), grouped=False)
    rng, answers = np.random.default_rng(1), task.decided(p)
    drawn = [rng.integers(0, len(y), len(y)) for _ in range(400)]
    for name, function in {
        "f1_macro": lambda rows: oracle.f1_score(y[rows], answers[rows], average="macro"),
        "subset_accuracy": lambda rows: oracle.accuracy_score(y[rows], answers[rows]),
    }.items():
        low, high = np.quantile([function(rows) for rows in drawn], [0.025, 0.975])
        estimate = found[name]
        assert estimate.low is not None
        assert estimate.high is not None
        assert 0.85 < (estimate.high - estimate.low) / (high - low) < 1.5
        assert estimate.low < estimate.value < estimate.high


def test_intervals_need_groups_enough_and_say_what_they_are_over() -> None:
    p, y = made_up()
    task = MultiLabel()
    few = task.tallies(p, y, np.arange(len(y)) % 3, LABELS)
    assert all(one.low is None for one in task.estimates(few, grouped=True).values())
    assert task.drawn_from(few, grouped=True) == "3 groups"
    assert task.drawn_from(task.tallies(p, y, None, LABELS), grouped=False) == "300 rows"


def test_the_baseline_answers_what_is_more_frequent_of_each_label() -> None:
    _, y = made_up()
    y[:, 0] = np.arange(len(y)) % 3 > 0
    found = MultiLabel().scores(MultiLabel().baseline(y, y, LABELS))
    constant = np.broadcast_to([1, 0, 0, 0], y.shape)
    assert found["hamming_loss"] == pytest.approx(oracle.hamming_loss(y, constant))
    assert found["f1_micro"] == pytest.approx(oracle.f1_score(y, constant, average="micro"))


def test_a_default_that_the_validation_rows_cannot_tell_is_not_said_to_be_asked_for() -> None:
    _, y = made_up(rows=20)
    with pytest.raises(InputError, match="got f1_macro; have normal rows, or rows with labels, among them"):
        MultiLabel().find_metric("auto", y, 0 * y)
    with pytest.raises(InputError, match="got f1_micro; leave it out"):
        MultiLabel().find_metric("f1_micro", y, 0 * y)
    assert MultiLabel().find_metric("hamming_loss", y, 0 * y) == "hamming_loss"


def test_rows_are_divided_by_the_rarest_of_their_labels() -> None:
    y = np.array([[1, 0, 1], [1, 0, 0], [0, 0, 0], [1, 1, 1], [1, 0, 0]], np.uint8)
    assert rarest(y).tolist() == [3, 1, 0, 2, 1]


def test_its_loss_is_that_of_keras_and_its_weights_balance_each_label() -> None:
    import keras

    from nas.model.losses import LOSSES

    p, y = made_up(rows=50)
    logits = np.float32(8 * (p - 0.5))
    loss, targets = LOSSES["binary_cross_entropy"], y.astype(np.float32)
    expected = keras.losses.binary_crossentropy(targets, logits, from_logits=True)
    np.testing.assert_allclose(loss.rows(logits, targets), expected, rtol=1e-5)
    far = np.full_like(logits, 200.0)
    np.testing.assert_allclose(loss.rows(far, np.zeros_like(far)), 200.0)
    weights = MultiLabel().class_weights(y, LABELS)
    assert (weights * y.sum(axis=0)).tolist() == pytest.approx((len(y) - y.sum(axis=0)).tolist())
    each = np.stack([loss.rows(logits[:, [i]], targets[:, [i]]) for i in range(LABELS)], axis=1)
    np.testing.assert_allclose(
        loss.weighted(logits, targets, weights), (each * np.where(y, weights, 1)).mean(axis=1), rtol=1e-5
    )


def test_a_single_label_is_judged_as_two_classes_are() -> None:
    p, y = made_up()
    one, holds = p[:, :1], y[:, :1]
    task = MultiLabel(thresholds=(0.5,))
    tallies = task.tallies(one, holds, None, 1)
    found = task.scores(tallies.sum(axis=0))
    assert found["subset_accuracy"] == pytest.approx(oracle.accuracy_score(holds, one >= 0.5))
    assert found["f1_macro"] == pytest.approx(oracle.f1_score(holds, one >= 0.5))
    assert task.drawn_from(tallies, grouped=False) == "300 rows"


def test_a_label_that_always_holds_has_the_area_of_a_guess() -> None:
    p, y = made_up()
    y[:, 1] = 1
    areas = roc_auc(MultiLabel().tally(p, y, LABELS))
    assert areas[1] == 0.5
    assert areas[0] == pytest.approx(oracle.roc_auc_score(y[:, 0], p[:, 0]))


def test_the_areas_of_a_float_model_are_exact_as_long_as_its_probabilities_are_not_too_many() -> None:
    p, y = made_up(rows=4 * LEVELS, levels=2**20)
    tally = MultiLabel().tallies(p, y, np.arange(len(y)) % 5, LABELS).sum(axis=0)
    assert len(np.unique(p[:, 0])) > 2 * LEVELS
    assert average_precision(tally) == pytest.approx(oracle.average_precision_score(y, p, average=None))


def test_a_share_of_no_answers_counts_as_that_of_one() -> None:
    zeros = np.zeros((5, LABELS))
    tally = MultiLabel().tally(zeros, zeros.astype(np.uint8), LABELS)
    assert LABEL_METRICS["f1_micro"].rows(tally) == 1
    assert LABEL_METRICS["f1_macro"].rows(tally) == 1


def test_where_every_row_has_a_label_all_of_them_are_to_be_told() -> None:
    threshold = best_threshold(np.array([0.25, 0.5, 0.75]), np.ones(3))
    assert 0 < threshold < 0.25


def test_the_worst_rows_are_those_with_the_greatest_error_of_a_label() -> None:
    p = np.array([[0.9, 0.1], [0.4, 0.5], [0.1, 0.2], [0.5, 0.95]])
    y = np.array([[1, 0], [0, 1], [1, 0], [0, 0]], np.uint8)
    assert MultiLabel().worst(p, y).tolist() == [3, 2, 1, 0]
