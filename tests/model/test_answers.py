"""What is kept of the answers for the test rows: equal to scikit-learn's figures and to a search through all rows."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, balanced_accuracy_score, roc_auc_score

from nas.codec import Place, from_data, to_data
from nas.data.dataset import Part
from nas.data.prepared import Scaling
from nas.model.answers import MOST_CHANNELS, MOST_MISTAKES, MOST_OF_A_PAIR, MOST_POINTS, MOST_THRESHOLDS, look_at
from nas.study.answers import Answers
from nas.task.anomaly import Anomaly
from nas.task.classification import Classification

CLASSES = 4
SCALING = Scaling((1.0, -2.0), (0.5, 3.0))


def kept_of(learns: Classification, outputs: np.ndarray, part: Part, scaling: Scaling):
    """What is kept of the answers that these outputs give."""
    classes = outputs.shape[1]
    return look_at(learns, learns.answers(outputs), learns.confidence(outputs), part, scaling, classes)


def looked_at(seed: int = 0, rows: int = 300, shape: tuple[int, ...] = (90, 2), groups: int = 7, **settings: bool):
    """Random int8 probabilities for random rows: the answers kept, the outputs, and the rows."""
    rng = np.random.default_rng(seed)
    outputs = np.round(rng.dirichlet(np.ones(CLASSES) / 2, rows) * 255).astype(np.float32) / 256
    named = np.array([f"s{i}" for i in rng.integers(0, groups, rows)]) if groups else None
    part = Part(rng.normal(size=(rows, *shape)).astype(np.float32), rng.integers(0, CLASSES, rows), named)
    answers = kept_of(Classification(**settings), outputs, part, SCALING)
    assert answers is not None
    return answers, outputs, part


def test_each_group_has_scikit_learn_s_figures_and_the_worst_comes_first():
    answers, outputs, part = looked_at()
    assert [one.group for one in answers.groups] != sorted(set(part.groups))
    for one in answers.groups:
        own = part.groups == one.group
        true, given_ = part.y[own], outputs[own].argmax(1)
        assert one.rows == own.sum()
        assert one.metrics["accuracy"] == pytest.approx(accuracy_score(true, given_))
        assert one.metrics["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(true, given_))
    accuracies = [one.metrics["accuracy"] for one in answers.groups]
    assert accuracies == sorted(accuracies)
    assert sum(one.rows for one in answers.groups) == len(part)


@given(st.integers(0, 1000), st.integers(1, 400), st.booleans())
def test_a_threshold_counts_the_rows_of_at_least_its_confidence(seed, rows, softmax):
    answers, outputs, part = looked_at(seed, rows, softmax=softmax)
    raised = np.exp(outputs.astype(np.float64))
    sure = (outputs if softmax else raised / raised.sum(1, keepdims=True)).max(1)
    right = outputs.argmax(1) == part.y
    assert 1 <= len(answers.thresholds) <= MOST_THRESHOLDS
    for one in answers.thresholds:
        # Probabilities from logits are rounded, so that rows within a millionth may lie on either side.
        most, least = sure >= one.confidence - 1e-6, sure >= one.confidence + 1e-6
        assert least.sum() <= one.decided <= most.sum()
        assert right[least].sum() <= one.right <= right[most].sum()
    assert answers.thresholds[0].decided == rows
    assert answers.thresholds[-1].confidence == pytest.approx(sure.max())
    decided = [one.decided for one in answers.thresholds]
    assert decided == sorted(set(decided), reverse=True)


@given(st.integers(0, 1000))
def test_the_mistakes_are_the_surest_wrong_answers_with_a_few_of_each_pair_of_classes(seed):
    answers, outputs, part = looked_at(seed)
    taken: dict[tuple[int, int], int] = {}
    expected = []
    wrong = [i for i in range(len(part)) if outputs[i].argmax() != part.y[i]]
    for i in sorted(wrong, key=lambda i: (-outputs[i].max(), i)):
        pair = int(part.y[i]), int(outputs[i].argmax())
        taken[pair] = taken.get(pair, 0) + 1
        expected += [(i, *pair, part.groups[i])] if taken[pair] <= MOST_OF_A_PAIR else []
    kept = [(one.row, one.true, one.predicted, one.group) for one in answers.mistakes]
    assert kept == expected[:MOST_MISTAKES]
    assert all(one.confidence == outputs[one.row].max() for one in answers.mistakes)


def test_a_mistake_s_window_is_kept_in_units_with_its_first_and_last_sample():
    answers, _, part = looked_at()
    for one in answers.mistakes:
        units = part.x[one.row] * SCALING.std + SCALING.mean
        assert len(one.values) == 2
        for channel, kept in enumerate(one.values):
            assert len(kept) == MOST_POINTS
            assert [kept[0], kept[-1]] == pytest.approx(units[[0, -1], channel], rel=1e-3)
            assert set(kept) <= {float(f"{value:.4g}") for value in units[:, channel].astype(np.float32).tolist()}


@pytest.mark.parametrize(
    ("shape", "drawn"),
    [((300, 2), (2, 64)), ((3, 2), (2, 3)), ((40, 8, 2), (32, 8)), ((2,), None)],
)
def test_large_rows_are_drawn_with_fewer_points_and_rows_of_a_table_not_at_all(shape, drawn):
    answers, _, _ = looked_at(shape=shape)
    assert {np.shape(one.values) for one in answers.mistakes} == {drawn or (0,)}


def test_of_many_channels_the_first_are_kept():
    rng = np.random.default_rng(0)
    part = Part(rng.normal(size=(5, 10, 30)).astype(np.float32), np.zeros(5, int))
    outputs = np.tile(np.array([0.1, 0.9], np.float32), (5, 1))
    answers = kept_of(Classification(), outputs, part, Scaling((0.0,) * 30, (1.0,) * 30))
    assert answers is not None
    kept = np.array(answers.mistakes[0].values)
    assert kept == pytest.approx(part.x[0].T[:MOST_CHANNELS], rel=1e-3)


def test_without_groups_there_are_no_scores_of_groups():
    answers, _, _ = looked_at(groups=0)
    assert answers.groups == ()
    assert {one.group for one in answers.mistakes} == {None}


def test_of_a_detector_the_rows_furthest_on_the_wrong_side_are_kept_and_groups_of_one_kind_come_last():
    rng = np.random.default_rng(1)
    groups = np.repeat(["a", "b", "c"], 60)
    y = np.where(groups == "a", 0, rng.integers(0, 2, len(groups)))
    scores = np.exp(rng.normal(y, 1))
    part = Part(np.zeros((len(y), 2), np.float32), y, groups)
    learns = Anomaly(threshold=1.5)
    kept = look_at(learns, np.stack([scores, scores], axis=1), None, part, SCALING, 2)
    assert kept is not None
    areas = {name: roc_auc_score(y[groups == name], scores[groups == name]) for name in "bc"}
    assert [one.group for one in kept.groups] == [*sorted(areas, key=areas.__getitem__), "a"]
    wrong = {row: abs(np.log(scores[row] / 1.5)) for row in range(len(y)) if (scores[row] > 1.5) != y[row]}
    assert [one.row for one in kept.misses] == sorted(wrong, key=wrong.__getitem__, reverse=True)[:MOST_MISTAKES]
    assert {one.target for one in kept.misses} == {(0.0,), (1.0,)}


def test_answers_are_read_back_from_json_as_they_were():
    answers, _, _ = looked_at()
    assert from_data(Answers, json.loads(json.dumps(to_data(answers))), Place("answers")) == answers
