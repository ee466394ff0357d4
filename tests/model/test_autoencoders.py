"""Auto-encoders from training to the device: one scale for input and output, and scores in whole steps."""

import numpy as np
import pytest

from nas.data.prepared import prepare
from nas.data.source import SOURCES
from nas.data.splits import split
from nas.graph.builder import GraphBuilder
from nas.model.chosen_rows import choose_rows
from nas.model.deploy.convert import quantize
from nas.model.deploy.tflite_model import TfliteModel, float_outputs, judge
from nas.model.network.network import Network
from nas.model.training.quantization_aware import ROUNDING, input_range, round_and_tune
from nas.model.training.training import TrainingRun, train
from nas.study.recipe import Recipe
from nas.study.tasks import AllButTest, Fold, HoldOut
from nas.task.anomaly import Anomaly

tflite_micro = pytest.importorskip("tflite_micro")


@pytest.fixture(scope="module")
def data():
    return prepare(split(SOURCES["pump_table"](0), 0))


@pytest.fixture(scope="module")
def model(data):
    """A trained float network, its `.tflite`, and the calibrated task."""
    task, g = Anomaly(), GraphBuilder((8,))
    g.fully_connected(4)
    task.head(g, 8)
    network, rows = Network(g.graph()), choose_rows(HoldOut(), data, task)
    train(network, rows.train, rows.val, Recipe.of(learning_rate=0.02), TrainingRun(epochs=20, task=task))
    rounded, _ = round_and_tune(network, rows.train, rows.val, Recipe(), TrainingRun(epochs=2, task=task))
    tflite = quantize(rounded)
    return network, tflite, judge(tflite, data.val, task, 8)[0]


def test_nothing_is_learned_from_anomalies_and_the_last_training_leaves_validation_rows_for_the_threshold(data):
    for rows in (HoldOut(), Fold(0, 3, 0), AllButTest()):
        chosen = choose_rows(rows, data, Anomaly())
        assert not chosen.train.y.any()
        assert not chosen.val.y.any()
        assert chosen.judged.y.any()
        assert not set(chosen.train.groups) & set(chosen.judged.groups)
    assert choose_rows(AllButTest(), data, Anomaly()).judged is data.val


def test_input_and_output_have_one_scale_and_zero_point(model):
    read = TfliteModel(model[1])
    (scale, zero), (own, own_zero) = read.input_quantization, read.output_quantization
    assert own == pytest.approx(scale, rel=1e-5)
    assert own_zero == zero


@pytest.mark.parametrize("times", [0.5, 2.5, 3.5, 9.0])
def test_the_range_has_the_steps_whose_rounding_adds_a_twentieth_to_scores_from_twice_to_four_times_the_rows(times):
    x = np.random.default_rng(0).uniform(-1, 1, (2000, 6)).astype(np.float32)
    width = np.ptp(np.quantile(x, [0.001, 0.999]))
    # Rounding input and output adds 2 steps^2 / 12, so this is the score that allows `times` the range of the rows.
    score = 2 * (times * width / 255) ** 2 / 12 / ROUNDING
    g = GraphBuilder((6,))
    Anomaly().head(g, 6)
    network = Network(g.graph())
    network.layers[0].kernel.assign(np.eye(6) * (1 - (score / np.mean(x**2)) ** 0.5))
    low, high = input_range(network, x, Anomaly())
    assert (high - low) / width == pytest.approx(np.clip(times, 2, 4), rel=1e-4)
    assert (high + low) / 2 == pytest.approx(np.quantile(x, [0.001, 0.999]).mean(), abs=1e-6)


def test_rounding_adds_about_as_much_to_the_scores_of_normal_rows_as_is_allowed_or_less(data, model):
    network, rows = model[0], choose_rows(HoldOut(), data, Anomaly()).train
    rounded, _ = round_and_tune(network, rows, None, Recipe(), TrainingRun(epochs=0, task=Anomaly()))
    deployed = TfliteModel(quantize(rounded), in_litert=True)
    before = Anomaly().answers(float_outputs(network, rows.x), rows.x)[:, 0].mean()
    after = Anomaly().answers(*deployed.answered(rows.x, Anomaly()))[:, 0].mean()
    # Those of weights and of hidden tensors come on top.
    assert after < (1 + 2 * ROUNDING) * before


def test_scores_are_those_of_the_steps_that_tflm_gives(model, data):
    _, tflite, task = model
    read, device = TfliteModel(tflite), tflite_micro.runtime.Interpreter.from_bytes(tflite)
    q = read.quantize(data.test.x[:40])
    steps = []
    for row in q:
        device.set_input(row[None], 0)
        device.invoke()
        steps.append(((device.get_output(0)[0].astype(int) - row.astype(int)) ** 2).sum())
    scores = task.answers(*read.answered(data.test.x[:40], task))[:, 0]
    np.testing.assert_allclose(scores, np.array(steps) * read.input_quantization[0] ** 2 / 8, rtol=1e-12)


def test_the_int8_model_finds_the_anomalies_as_the_float_network_does(model, data):
    network, tflite, task = model
    found = [
        task.scores(task.tally(answers, data.test.y, 8))
        for answers in (
            task.answers(*TfliteModel(tflite).answered(data.test.x, task)),
            task.answers(float_outputs(network, data.test.x), data.test.x),
        )
    ]
    assert found[0]["roc_auc"] > 0.95
    assert found[0]["roc_auc"] == pytest.approx(found[1]["roc_auc"], abs=0.02)
    assert found[0]["explained"] == pytest.approx(found[1]["explained"], abs=0.05)
