"""Regressions from training to the device: units, quantization, and the same answers everywhere."""

import numpy as np
import pytest

from nas.data.dataset import Part
from nas.graph.builder import GraphBuilder
from nas.model.deploy.tflite_model import TfliteModel, float_outputs
from nas.model.deploy.units import deploy
from nas.model.network.network import Network
from nas.model.training.quantization_aware import round_and_tune
from nas.model.training.training import TrainingRun, train
from nas.study.recipe import Recipe
from nas.task.regression import REGRESSION_LOSSES, Regression

RECIPE = Recipe.of(learning_rate=0.02)


def targets(x, offset, outputs):
    y = np.stack([10 * x[:, 0] + 5 * np.abs(x[:, 1]), 0.2 * x[:, 2] - x[:, 0]], axis=1)[:, :outputs]
    return (y + offset).astype(np.float32)


def part(seed, offset=30.0, outputs=1, rows=800):
    x = np.random.default_rng(seed).normal(size=(rows, 4)).astype(np.float32)
    noise = np.random.default_rng(seed + 99).normal(size=(rows, outputs)) * [3.0, 0.3][:outputs]
    return Part(x, targets(x, offset, outputs) + noise.astype(np.float32))


def trained(offset=30.0, outputs=1, loss="mse"):
    """A trained float network, its `.tflite`, the task and test rows."""
    rows, val = part(0, offset, outputs), part(1, offset, outputs)
    task = Regression(loss).fitted(rows.y)
    g = GraphBuilder((4,))
    g.fully_connected(16)
    task.head(g, outputs)
    network = Network(g.graph())
    run = TrainingRun(epochs=25, task=task)
    train(network, rows, val, RECIPE, run)
    rounded, _ = round_and_tune(network, rows, val, RECIPE, TrainingRun(epochs=4, task=task))
    return network, deploy(network, rounded, task), task, part(2, offset, outputs)


@pytest.fixture(scope="module", params=[(30.0, 1), (1013.0, 1), (30.0, 2)], ids=["near 0", "far from 0", "two targets"])
def model(request):
    return trained(*request.param)


def rmse(task, answers, y):
    return task.scores(task.tally(answers, y, y.shape[1]))["rmse"]


def test_the_int8_model_s_rmse_is_within_one_percent_of_the_float_network_s(model):
    network, tflite, task, test = model
    before = rmse(task, task.answers(float_outputs(network, test.x)), test.y)
    after = rmse(task, task.answers(TfliteModel(tflite).predict(test.x)), test.y)
    assert after < 1.01 * before
    assert before < 0.5 * test.y.std(axis=0).mean()


def test_scale_and_zero_point_are_those_of_units_where_the_task_says_so(model):
    _, tflite, task, test = model
    read = TfliteModel(tflite)
    scale, zero = read.output_quantization
    assert -128 <= zero <= 127
    values = scale * (read.run(read.quantize(test.x)).astype(np.float64) - zero)
    mean, std = task.output_scale.mean, task.output_scale.std
    np.testing.assert_allclose(values * std + mean, task.answers(read.predict(test.x)), rtol=1e-5)
    assert rmse(task, values * std + mean, test.y) < 0.5 * test.y.std(axis=0).mean()


def test_litert_and_tflm_give_the_same_int8_answers(model):
    _, tflite, _, test = model
    device, litert = TfliteModel(tflite), TfliteModel(tflite, in_litert=True)
    q = device.quantize(test.x[:50])
    assert np.abs(device.run(q).astype(int) - litert.run(q).astype(int)).max() <= 1
    runtime = pytest.importorskip("tflite_micro").runtime
    interpreter = runtime.Interpreter.from_bytes(tflite)
    for row, expected in zip(q[:10], device.run(q[:10]), strict=True):
        interpreter.set_input(row[None], 0)
        interpreter.invoke()
        assert interpreter.get_output(0).ravel().tolist() == expected.tolist()


def test_the_keras_model_gives_what_the_float_network_gives(model):
    from nas.model.keras_model import to_keras
    from nas.model.keras_runtime import keras_outputs

    network, _, _, test = model
    np.testing.assert_allclose(keras_outputs(to_keras(network), test.x), float_outputs(network, test.x), rtol=1e-4)


def test_the_file_has_as_many_bytes_as_its_estimate_says(model):
    from nas.target.profiler import estimate, profile
    from nas.target.target import find_target

    network, tflite, _, _ = model
    board = find_target("cortex-m4")
    assert profile(tflite, board).summary() == estimate(network.graph, board).summary()


@pytest.mark.parametrize("loss", REGRESSION_LOSSES)
def test_each_loss_is_that_of_keras(loss):
    import keras

    from nas.model.losses import LOSSES

    rng = np.random.default_rng(0)
    outputs, expected = rng.normal(size=(2, 50, 3)).astype(np.float32) * 2
    kinds = {"mse": keras.losses.MeanSquaredError, "mae": keras.losses.MeanAbsoluteError, "huber": keras.losses.Huber}
    rows = kinds[loss](reduction=None)(expected, outputs)
    np.testing.assert_allclose(LOSSES[loss].rows(outputs, expected), rows, rtol=1e-5)


def test_absolute_errors_are_lower_after_training_on_them_where_targets_have_outliers():
    rng = np.random.default_rng(0)
    rows = part(0)
    spoiled = rows.y + 200 * (rng.random(rows.y.shape) < 0.05).astype(np.float32)
    found = {}
    for loss in ("mse", "mae"):
        task = Regression(loss).fitted(spoiled)
        g = GraphBuilder((4,))
        g.fully_connected(16)
        task.head(g, 1)
        network = Network(g.graph())
        train(network, Part(rows.x, spoiled), None, RECIPE, TrainingRun(epochs=25, task=task))
        test = part(2)
        outputs = float_outputs(network, test.x) * task.target_std[0] + task.target_mean[0]
        found[loss] = np.abs(outputs - test.y).mean()
    assert found["mae"] < 0.8 * found["mse"]
