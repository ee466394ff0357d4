"""Teachers, and the soft labels that networks learn from them."""

import time

import numpy as np
import pytest

from nas.data.dataset import Part
from nas.model.deploy.tflite_model import float_outputs
from nas.model.network.network import Network
from nas.model.training.teacher import teacher_graph, train_teacher
from nas.model.training.training import TrainingRun, _targets, train
from nas.study.recipe import Recipe
from nas.task.classification import Classification

TASK = Classification()
RECIPE = Recipe.of(epochs=3, batch_size=16, learning_rate=0.01, label_smoothing=0.0, min_steps=0)


def _part(rows, seed, shape=(5,)):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, rows)
    centres = np.random.default_rng(99).normal(size=(3, *shape))
    return Part((centres[y] + 0.8 * rng.normal(size=(rows, *shape))).astype(np.float32), y)


@pytest.mark.parametrize("shape", [(1, 128, 6), (1, 3, 1), (8, 8, 1), (13,)])
def test_there_is_a_teacher_for_every_kind_of_rows(shape):
    network = Network(teacher_graph(shape, 3, TASK))
    x = np.random.default_rng(0).normal(size=(7, *shape)).astype(np.float32)
    assert float_outputs(network, x).shape == (7, 3)


def test_a_teacher_learns_to_classify():
    part, val = _part(300, 0), _part(300, 1)
    network = Network(teacher_graph((5,), 3, TASK))
    trained = train_teacher(network, part, val, RECIPE, TrainingRun(epochs=5))
    assert trained.val_accuracy > 0.8
    assert len(trained.history["loss"]) == 5


def test_a_teacher_s_schedule_ends_by_its_deadline():
    part, val = _part(3000, 0), _part(30, 1)
    deadline = time.monotonic() + 3.0
    run = TrainingRun(epochs=10**4, deadline=deadline)
    trained = train_teacher(Network(teacher_graph((5,), 3, TASK)), part, val, RECIPE, run)
    assert 1 <= len(trained.history["loss"]) < 10**4
    assert time.monotonic() < deadline + 1.0


def test_soft_labels_that_equal_the_labels_change_nothing():
    part, val = _part(100, 0), _part(50, 1)
    right = np.eye(3, dtype=np.float32)[part.y]
    graph = teacher_graph((5,), 3, TASK)
    alone, taught = (
        train(Network(graph), part, val, RECIPE.replace(distillation=0.7), TrainingRun(soft_labels=labels))
        for labels in (None, right)
    )
    assert alone.history == taught.history


def test_targets_are_a_blend_of_smoothed_and_soft_labels():
    part = _part(40, 0)
    soft = np.random.default_rng(0).dirichlet(np.ones(3), 40).astype(np.float32)
    network, recipe = Network(teacher_graph((5,), 3, TASK)), RECIPE.replace(label_smoothing=0.3)
    own, teachers, blend = (
        _targets(network, part, recipe.replace(distillation=weight), TrainingRun(), soft) for weight in (0.0, 1.0, 0.25)
    )
    np.testing.assert_allclose(own.max(axis=1), 0.8, rtol=1e-6)
    np.testing.assert_allclose(teachers, soft, atol=1e-6)
    np.testing.assert_allclose(blend, 0.75 * own + 0.25 * soft, atol=1e-6)
    np.testing.assert_allclose(blend.sum(axis=1), 1, rtol=1e-5)
