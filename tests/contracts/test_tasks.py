"""What holds for every task; a new one needs no test of its own for this.

Targets are made up as the answers of a random linear network, so that another one can learn them.
"""

import itertools

import numpy as np
import pytest

from nas.arrays import Array, Floats
from nas.data.dataset import Part
from nas.graph.builder import GraphBuilder
from nas.task.task import TASKS, Task, metric_title

OUTPUTS, FEATURES, ROWS = 4, 6, 400

# What an auto-encoder answers depends on what it reads: tests/task/test_anomaly.py.
pytestmark = pytest.mark.parametrize("name", [name for name, kind in TASKS.items() if not kind.reconstructs])


def made_up(task: Task, seed: int = 0) -> tuple[Part, Floats]:
    """Rows with targets, and outputs of a network that answers them without a mistake."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(ROWS, FEATURES)).astype(np.float32)
    outputs = (x @ np.random.default_rng(9).normal(size=(FEATURES, OUTPUTS))).astype(np.float32)
    return Part(x, task.decided(answered(task, outputs))), outputs


def answered(task: Task, outputs: Floats) -> Array:
    """The answers of a float network with these outputs."""
    return task.answers(task.deployed(outputs))


def scores(task: Task, answers: Array, y: Array) -> dict[str, float]:
    """Every metric of the answers, with the sign that makes higher better."""
    found = task.scores(task.tally(answers, y, OUTPUTS))
    return {name: value if task.metrics[name].greater_is_better else -value for name, value in found.items()}


@pytest.fixture
def task(name: str) -> Task:
    return TASKS[name]()


def test_its_answers_are_one_for_each_output_or_counted_in_a_confusion_matrix(task: Task) -> None:
    part, _ = made_up(task)
    matrix = task.confusion(task.tally(part.y, part.y, OUTPUTS))
    assert sum(map(sum, matrix)) == (ROWS if part.y.ndim == 1 else 0)
    assert part.y.shape[1:] == (() if matrix else (OUTPUTS,))


def test_a_small_network_learns_it(task: Task) -> None:
    from nas.model.deploy.tflite_model import float_outputs
    from nas.model.network.network import Network
    from nas.model.training.training import TrainingRun, train
    from nas.study.recipe import Recipe

    (part, _), (val, _) = made_up(task), made_up(task, seed=1)
    g = GraphBuilder((FEATURES,))
    task.head(g, OUTPUTS)
    network = Network(g.graph())
    untrained = scores(task, answered(task, float_outputs(network, val.x)), val.y)
    recipe = Recipe.of(learning_rate=0.05, class_weights=True)
    trained = train(network, part, val, recipe, TrainingRun(epochs=15, task=task))
    for curve in ("loss", "val_loss"):
        assert trained.history[curve][-1] < trained.history[curve][0]
    learned = scores(task, answered(task, float_outputs(network, val.x)), val.y)
    assert all(learned[name] > untrained[name] for name in task.metrics)


def test_its_int8_model_answers_nearly_as_well_as_the_float_network(task: Task) -> None:
    from nas.model.deploy.convert import calibration_rows, quantize
    from nas.model.deploy.fake_quantized import fake_quantize
    from nas.model.deploy.tflite_model import TfliteModel, float_outputs
    from nas.model.network.network import Network

    part, _ = made_up(task)
    g = GraphBuilder((FEATURES,))
    task.head(g, OUTPUTS)
    network = Network(g.graph())
    network.set_weights(
        [np.random.default_rng(9).normal(size=(FEATURES, OUTPUTS)).astype(np.float32), np.zeros(OUTPUTS)]
    )
    rows = calibration_rows(part, task.strata(part.y))
    model = TfliteModel(quantize(fake_quantize(network, rows, task.loss)))
    found, best = scores(task, task.answers(model.predict(part.x)), part.y), scores(task, part.y, part.y)
    worst = scores(task, answered(task, -float_outputs(network, part.x)), part.y)
    assert all(best[name] - found[name] < 0.1 * (best[name] - worst[name]) for name in task.metrics)


def test_its_loss_is_lowest_where_the_outputs_give_the_targets(task: Task) -> None:
    from nas.model.losses import LOSSES

    loss, (_, outputs) = LOSSES[task.loss], made_up(task)
    targets = loss.targets(outputs)
    right = np.asarray(loss.rows(outputs, targets))
    for other in (-outputs, np.roll(outputs, 1, axis=0), 0.9 * outputs):
        assert np.all(right <= np.asarray(loss.rows(other.astype(np.float32), targets)) + 1e-5)
    assert np.mean(loss.scores(outputs, targets)) > np.mean(loss.scores(-outputs, targets))


def test_outputs_to_learn_answer_with_the_targets(task: Task) -> None:
    part, _ = made_up(task)
    targets = task.targets(part.x, part.y, OUTPUTS)
    assert (targets.shape, targets.dtype) == ((ROWS, OUTPUTS), np.float32)
    assert np.array_equal(task.decided(task.answers(targets)), part.y)


def test_answers_without_a_mistake_have_the_best_value_of_every_metric(task: Task) -> None:
    part, _ = made_up(task)
    found = task.scores(task.tally(part.y, part.y, OUTPUTS))
    assert found == pytest.approx({name: metric.best for name, metric in task.metrics.items()})


def test_every_metric_gets_worse_the_more_answers_are_wrong(task: Task) -> None:
    part, outputs = made_up(task)
    wrong = task.decided(answered(task, -outputs))
    found = []
    for count in (0, 50, 200, ROWS):
        answers = part.y.copy()
        answers[:count] = wrong[:count]
        found.append(scores(task, answers, part.y))
    for name in task.metrics:
        values = [one[name] for one in found]
        assert all(a > b for a, b in itertools.pairwise(values)), name


def test_the_baseline_is_better_than_wrong_answers_and_worse_than_right_ones(task: Task) -> None:
    part, outputs = made_up(task)
    baseline = task.baseline(part.y, part.y, OUTPUTS)
    found = {
        name: value if task.metrics[name].greater_is_better else -value for name, value in task.scores(baseline).items()
    }
    wrong, right = scores(task, answered(task, -outputs), part.y), scores(task, part.y, part.y)
    assert all(wrong[name] < found[name] < right[name] for name in task.metrics)


def test_the_tallies_of_groups_add_up_to_that_of_all_rows(task: Task) -> None:
    part, outputs = made_up(task)
    answers, groups = answered(task, np.roll(outputs, 1, axis=0)), np.arange(ROWS) % 7
    parts = task.tallies(answers, part.y, groups, OUTPUTS)
    assert len(parts) == 7
    for whole in (task.tally(answers, part.y, OUTPUTS), task.tallies(answers, part.y, None, OUTPUTS).sum(0)):
        np.testing.assert_allclose(parts.sum(0), whole)


def test_an_interval_contains_its_value(task: Task) -> None:
    part, outputs = made_up(task)
    noise = np.random.default_rng(2).normal(size=outputs.shape).astype(np.float32)
    noisy = answered(task, outputs + noise)
    for groups in (None, np.arange(ROWS) % 20):
        tallies = task.tallies(noisy, part.y, groups, OUTPUTS)
        found = task.estimates(tallies, grouped=groups is not None)
        assert {name: one.value for name, one in found.items()} == pytest.approx(task.scores(tallies.sum(0)))
        assert all(one.low < one.value < one.high for one in found.values())


def test_its_default_metric_is_one_of_its_own_and_each_has_a_title(task: Task) -> None:
    part, _ = made_up(task)
    assert task.find_metric("auto", part.y, part.y) in task.metrics
    assert all(metric_title(name) for name in task.metrics)
