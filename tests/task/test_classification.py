"""Classification: targets, answers, baseline and default metric."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax
from sklearn.utils.class_weight import compute_class_weight

from nas.errors import InputError
from nas.graph.builder import GraphBuilder
from nas.task.classification import Classification
from nas.task.metrics import METRICS, UNBALANCED

TASK = Classification()
CLASSES = 5
labels = st.lists(st.integers(0, CLASSES - 1), min_size=1, max_size=60).map(np.array)


def test_there_is_an_output_for_each_class_even_if_no_row_has_it() -> None:
    assert TASK.outputs(np.array([0, 1]), ("walking", "running", "cycling"), (4,)) == 3


@pytest.mark.parametrize(
    ("softmax_last", "kinds"), [(True, ["FULLY_CONNECTED", "SOFTMAX"]), (False, ["FULLY_CONNECTED"])]
)
def test_the_last_layers_are_a_dense_layer_and_unless_logits_are_asked_for_a_softmax(
    softmax_last: bool, kinds: list[str]
) -> None:
    g = GraphBuilder((1, 8, 2))
    Classification(softmax_last).head(g, 3)
    graph = g.graph()
    assert [op.kind for op in graph.ops] == kinds
    assert graph.tensors[graph.outputs[0]].shape == (1, 3)


@given(labels, st.floats(0, 0.9))
def test_targets_are_probabilities_whose_greatest_is_that_of_the_class(y: np.ndarray, smoothing: float) -> None:
    targets = TASK.targets(y, y, CLASSES, smoothing)
    assert targets.sum(axis=1) == pytest.approx(np.ones(len(y)), rel=1e-5)
    assert targets.min() == pytest.approx(smoothing / CLASSES, abs=1e-6)
    assert np.array_equal(TASK.answers(targets), y)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_soft_labels_are_the_softmax_of_the_logits_divided_by_the_temperature(temperature: float) -> None:
    logits = 50 * np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32)
    expected = softmax(logits.astype(np.float64) / temperature, axis=1)
    np.testing.assert_allclose(TASK.soften(logits, temperature), expected, rtol=1e-4, atol=1e-6)


def test_the_confidence_of_an_answer_is_its_probability_also_where_a_network_ends_with_logits() -> None:
    logits = np.random.default_rng(1).normal(size=(9, 3)).astype(np.float32)
    probabilities = softmax(logits.astype(np.float64), axis=1)
    expected = probabilities[np.arange(9), logits.argmax(axis=1)]
    np.testing.assert_allclose(Classification(softmax=False).confidence(logits), expected, rtol=1e-5)
    np.testing.assert_allclose(TASK.confidence(probabilities.astype(np.float32)), expected, rtol=1e-5)


@given(labels)
def test_class_weights_equal_the_balanced_ones_of_scikit_learn(y: np.ndarray) -> None:
    seen = np.unique(y)
    expected = compute_class_weight("balanced", classes=seen, y=y)
    np.testing.assert_allclose(TASK.class_weights(y, CLASSES)[seen], expected, rtol=1e-6)


def test_the_baseline_answers_the_class_that_is_most_frequent_in_training() -> None:
    assert TASK.baseline(np.array([2, 1, 1]), np.array([0, 1, 1, 2]), 3).tolist() == [[0, 1, 0], [0, 2, 0], [0, 1, 0]]


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_that_the_user_chooses_is_taken_whatever_the_data(name: str) -> None:
    assert TASK.find_metric(name, np.array([0] * 99 + [1]), np.array([0])) == name
    TASK.check_metric(name, "--metric")


@given(rare=st.integers(1, 20), common=st.integers(1, 80))
def test_unbalanced_classes_are_judged_by_balanced_accuracy_by_default(rare: int, common: int) -> None:
    y = np.repeat([0, 2], [rare, common])  # class 1 has no rows and does not count
    expected = "balanced_accuracy" if max(rare, common) >= UNBALANCED * min(rare, common) else "accuracy"
    assert TASK.find_metric("auto", y, y) == expected


def test_the_error_for_an_unknown_metric_suggests_the_nearest_one() -> None:
    with pytest.raises(InputError, match=r"metric: unknown metric 'macro_f'; did you mean macro_f1"):
        TASK.check_metric("macro_f", "--metric")
