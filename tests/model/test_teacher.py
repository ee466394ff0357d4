"""Teachers, and labels that they have a share in."""

import time

import numpy as np
import pytest
from scipy.special import softmax

from nas.data.dataset import Part
from nas.model.deploy.int8_model import float_logits
from nas.model.network.network import Network
from nas.model.training.epoch import Loop
from nas.model.training.teacher import answers, teacher_graph, train_teacher
from nas.model.training.training import train
from nas.study.recipe import Recipe

RECIPE = Recipe.of(epochs=3, batch_size=16, learning_rate=0.01, label_smoothing=0.0, min_steps=0)


def _part(rows, seed, shape=(5,)):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, rows)
    centres = np.random.default_rng(99).normal(size=(3, *shape))
    return Part((centres[y] + 0.8 * rng.normal(size=(rows, *shape))).astype(np.float32), y)


@pytest.mark.parametrize("shape", [(1, 128, 6), (1, 3, 1), (8, 8, 1), (13,)])
def test_there_is_a_teacher_for_rows_of_every_kind(shape):
    network = Network(teacher_graph(shape, 3))
    x = np.random.default_rng(0).normal(size=(7, *shape)).astype(np.float32)
    assert float_logits(network, x).shape == (7, 3)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_answers_are_the_softmax_over_the_temperature(temperature):
    network, x = Network(teacher_graph((5,), 3)), _part(9, 0).x * 50
    expected = softmax(float_logits(network, x).astype(np.float64) / temperature, axis=1)
    np.testing.assert_allclose(answers(network, x, temperature), expected, rtol=1e-4, atol=1e-6)


def test_a_teacher_learns_what_it_is_for():
    part, val = _part(300, 0), _part(300, 1)
    network = Network(teacher_graph((5,), 3))
    trained = train_teacher(network, part, val, RECIPE, epochs=5)
    assert trained.val_accuracy > 0.8
    assert len(trained.history["loss"]) == 5


def test_a_teacher_has_a_whole_schedule_in_its_time():
    part, val = _part(3000, 0), _part(30, 1)
    deadline = time.monotonic() + 3.0
    trained = train_teacher(Network(teacher_graph((5,), 3)), part, val, RECIPE, epochs=10**4, deadline=deadline)
    assert 1 <= len(trained.history["loss"]) < 10**4
    assert time.monotonic() < deadline + 1.0


def test_a_teacher_that_is_always_right_teaches_the_labels():
    part, val = _part(100, 0), _part(50, 1)
    right = np.eye(3, dtype=np.float32)[part.y]
    graph = teacher_graph((5,), 3)
    alone, taught = (
        train(Network(graph), part, val, RECIPE.replace(distillation=0.7), taught=said) for said in (None, right)
    )
    assert alone.history == taught.history


def test_labels_are_the_blend_of_what_is_known_and_what_is_taught():
    part = _part(40, 0)
    taught = np.random.default_rng(0).dirichlet(np.ones(3), 40).astype(np.float32)
    loop = Loop(Network(teacher_graph((5,), 3)), batch_size=8, label_smoothing=0.3)
    known, said, blend = (np.asarray(loop.rows(part.x, part.y, taught, share).y) for share in (0.0, 1.0, 0.25))
    np.testing.assert_allclose(known.max(axis=1), 0.8, rtol=1e-6)
    np.testing.assert_allclose(said, taught, atol=1e-6)
    np.testing.assert_allclose(blend, 0.75 * known + 0.25 * taught, atol=1e-6)
    np.testing.assert_allclose(blend.sum(axis=1), 1, rtol=1e-5)
