"""The whole evaluation of made-up answers: scikit-learn's figures for each model, each class and each group."""

import json

import numpy as np
import pytest
from evaluation_sample import NAMES, sample
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    confusion_matrix,
    f1_score,
    precision_recall_fscore_support,
    roc_auc_score,
)

from nas.evaluation.evaluation import Evaluation, Subject, evaluate_rows
from nas.text import document

ABOUT = Subject("model", "data", "test", NAMES, majority=0)


def evaluation(seed: int = 0, **settings: int) -> tuple[Evaluation, np.ndarray, np.ndarray, np.ndarray]:
    part, before, after = sample(seed, **settings)
    return evaluate_rows(part, ABOUT, after, before), part.y, before, after


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_the_figures_of_both_models_are_scikit_learn_s(seed):
    found, y, before, after = evaluation(seed)
    for scores, probabilities in ((found.int8, after), (found.before, before)):
        labels = probabilities.argmax(1)
        values = {name: estimate.value for name, estimate in scores.metrics.items()}
        assert values == pytest.approx(
            {
                "accuracy": accuracy_score(y, labels),
                "balanced_accuracy": balanced_accuracy_score(y, labels),
                "macro_f1": f1_score(y, labels, average="macro"),
            }
        )
        assert np.array_equal(scores.confusion, confusion_matrix(y, labels))
        assert scores.roc_auc == pytest.approx(roc_auc_score(np.eye(len(NAMES))[y], probabilities, average="macro"))
        assert scores.average_precision == pytest.approx(
            average_precision_score(np.eye(len(NAMES))[y], probabilities, average="macro")
        )


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_precision_recall_and_f1_of_each_class_are_scikit_learn_s(seed):
    found, y, _, after = evaluation(seed)
    expected = precision_recall_fscore_support(y, after.argmax(1), labels=range(len(NAMES)), zero_division=0)
    for i, one in enumerate(found.int8.classes):
        assert one.name == NAMES[i]
        assert [one.precision or 0, one.recall or 0, one.f1 or 0] == pytest.approx([row[i] for row in expected[:3]])
        assert one.rows == expected[3][i]
        assert one.answered == (after.argmax(1) == i).sum()


def test_a_class_without_rows_and_answers_has_no_figures_and_does_not_count_in_means():
    part, before, after = sample(0)
    wider = [np.pad(each, ((0, 0), (0, 1))) for each in (after, before)]
    about = Subject("model", "data", "test", (*NAMES, "unseen"), majority=0)
    found, narrow = evaluate_rows(part, about, *wider), evaluate_rows(part, ABOUT, after, before)
    last = found.int8.classes[-1]
    assert (last.precision, last.recall, last.f1, last.detection.roc_auc) == (None, None, None, None)
    assert found.int8.roc_auc == narrow.int8.roc_auc
    assert found.int8.metrics == narrow.int8.metrics


def test_groups_show_both_models_the_worst_of_the_deployed_one_first():
    part, before, after = sample(0)
    found = evaluate_rows(part, ABOUT, after, before)
    assert [one.int8["accuracy"] for one in found.groups] == sorted(one.int8["accuracy"] for one in found.groups)
    for one in found.groups:
        own = part.groups == one.name
        assert one.rows == own.sum()
        assert one.before["accuracy"] == pytest.approx(accuracy_score(part.y[own], before[own].argmax(1)))
    assert found.drawn_from == "7 groups"


def test_the_baseline_is_that_of_always_answering_the_class_most_frequent_in_training():
    found, y, *_ = evaluation(0)
    assert found.baseline["accuracy"] == pytest.approx((y == 0).mean())
    assert found.baseline["balanced_accuracy"] == pytest.approx(1 / len(NAMES))


@pytest.mark.parametrize("given_", [("int8",), ("float",), ("int8", "float")])
def test_a_model_may_have_one_form_only(given_):
    part, before, after = sample(0)
    found = evaluate_rows(part, ABOUT, after if "int8" in given_ else None, before if "float" in given_ else None)
    data = json.loads(document(found.to_json()))
    assert [key for key in ("int8", "float") if data[key] is not None] == [*given_]
    assert list(found.models) == [*given_]
    assert (data["disagreements"] is None) == (len(given_) < 2)
    assert {each for group in data["groups"].values() for each in given_ if group[each] is not None} == set(given_)


def test_the_document_has_the_keys_of_its_contract():
    found, y, *_ = evaluation(0)
    data = json.loads(document(found.to_json()))
    assert data["rows"] == len(y)
    assert {"accuracy", "balanced_accuracy", "macro_f1", "confusion"} <= data["int8"].keys()
    assert np.sum(data["float"]["confusion"]) == len(y)
    assert data["groups"]["s0"]["int8"].keys() == {"accuracy", "balanced_accuracy", "macro_f1"}


def test_rows_without_groups_have_intervals_over_rows():
    found, y, *_ = evaluation(0, groups=0)
    assert found.groups == ()
    assert found.drawn_from == f"{len(y)} rows"
    assert found.int8.metrics["accuracy"].low is not None


def test_the_frame_has_a_row_a_class_with_the_columns_of_each_model():
    found, *_ = evaluation(0)
    frame = found.frame()
    assert frame["class"].tolist() == list(NAMES)
    assert frame["recall_int8"].tolist() == [one.recall for one in found.int8.classes]
    assert frame["roc_auc_float"].tolist() == [one.detection.roc_auc for one in found.before.classes]
    assert "recall_int8" in found._repr_html_()


def test_what_it_says_of_itself_is_the_accuracies_and_the_baseline():
    found, *_ = evaluation(0)
    accuracy = 100 * found.int8.metrics["accuracy"].value
    assert f"accuracy int8 {accuracy:.1f} %" in repr(found)
    assert "400 windows (test) of data" in repr(found)
