import time

import keras
import numpy as np
import pytest
from keras_twin import penalty, twin, variables
from sklearn.linear_model import LogisticRegression

from nas.data.dataset import Part
from nas.graph.builder import GraphBuilder
from nas.model.network.network import Network
from nas.model.training.epoch import Trainer
from nas.model.training.training import Progress, TrainingRun, train
from nas.study.recipe import Recipe
from nas.task.classification import Classification

RECIPE = Recipe.of(epochs=4, batch_size=16, learning_rate=0.02)


def _linear(classes=3):
    g = GraphBuilder((5,))
    g.fully_connected(classes, activation="NONE")
    g.softmax()
    return g.graph()


def _convolution():
    g = GraphBuilder((1, 12, 2))
    g.conv2d(4, 3, batch_norm=True)
    g.pool2d("max")
    g.mean()
    g.fully_connected(6, dropout=0.2, l2=1e-3)
    g.fully_connected(3, activation="NONE")
    g.softmax()
    return g.graph()


def _blobs(rows, seed, shape=(5,)):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, rows)
    centres = np.random.default_rng(99).normal(size=(3, *shape))
    return Part((centres[y] + 0.8 * rng.normal(size=(rows, *shape))).astype(np.float32), y)


def targets(part, classes=3, smoothing=0.0):
    return Classification().targets(part.x, part.y, classes, smoothing)


@pytest.fixture(scope="module")
def trained():
    parts = _blobs(200, 0, (12, 2)), _blobs(77, 1, (12, 2))
    return parts, train(Network(_convolution(), seed=2), *parts, RECIPE, TrainingRun(seed=4))


def test_training_steps_equal_those_of_adam_in_keras():
    part, rates = _blobs(64, 0), [0.02, 0.01, 0.03, 0.005]
    batches = np.random.default_rng(0).permutation(64).reshape(4, 16).astype(np.int32)
    ours = Network(_linear())
    theirs = twin(ours)
    trainer = Trainer(ours, batch_size=16)
    score = trainer.train(trainer.examples(part.x, targets(part, smoothing=0.1)), batches, np.float32(rates), 0)

    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    theirs.compile(keras.optimizers.Adam(), loss)
    losses = []
    for rate, rows in zip(rates, batches, strict=True):
        theirs.optimizer.learning_rate = rate
        losses.append(theirs.train_on_batch(part.x[rows], np.eye(3, dtype=np.float32)[part.y[rows]]))
    for weight, expected in zip(ours.get_weights(), variables(theirs), strict=True):
        np.testing.assert_allclose(weight, expected, rtol=1e-4, atol=1e-6)
    assert score.loss == pytest.approx(np.mean(losses), rel=1e-5)


def test_evaluation_equals_that_of_keras(network, operators):
    ours = Network(network.graph)
    ours.set_weights(network.model.get_weights())
    # More than one batch of the trainer, the last one partial.
    x = np.random.default_rng(0).normal(size=(700, *ours.input_shape)).astype(np.float32)
    y = np.arange(len(x)) % ours.outputs
    trainer = Trainer(ours, batch_size=16)
    score = trainer.evaluate(trainer.examples(x, targets(Part(x, y), ours.outputs)))[0]
    model = twin(ours)
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    loss, accuracy = model.evaluate(x, y, verbose=0)
    loss -= float(penalty(ours))  # Keras counts it always
    assert (score.loss, score.accuracy) == (pytest.approx(loss, rel=1e-5), pytest.approx(accuracy, abs=1e-6))


def test_l2_is_part_of_the_loss():
    part = _blobs(16, 0)
    g = GraphBuilder((5,))
    g.fully_connected(3, activation="NONE", l2=0.5)
    network = Network(g.graph())
    expected = 0.5 * np.sum(network.get_weights()[0] ** 2)
    trainer = Trainer(network, batch_size=16)
    rows = trainer.examples(part.x, targets(part))
    plain = trainer.evaluate(rows)[0].loss
    score = trainer.train(rows, np.arange(16, dtype=np.int32)[None], np.float32([0.0]), 0)
    assert score.loss == pytest.approx(plain + expected, rel=1e-5)


def test_a_linear_network_is_as_accurate_as_logistic_regression():
    part, val = _blobs(600, 0), _blobs(600, 1)
    result = train(Network(_linear()), part, val, RECIPE, TrainingRun(epochs=15))
    reference = LogisticRegression().fit(part.x, part.y).score(val.x, val.y)
    assert result.val_accuracy >= reference - 0.01


def test_the_network_is_left_with_the_weights_of_its_best_epoch(trained):
    (_, val), result = trained
    curve = result.history["val_accuracy"]
    trainer = Trainer(result.network, batch_size=16)
    score = trainer.evaluate(trainer.examples(val.x, targets(val, smoothing=RECIPE.training.label_smoothing)))[0]
    assert score.accuracy == curve[result.best_epoch] == max(curve) == result.val_accuracy
    assert score.loss == pytest.approx(result.history["val_loss"][result.best_epoch], rel=1e-5)
    ties = [result.history["val_loss"][i] for i, accuracy in enumerate(curve) if accuracy == max(curve)]
    assert result.history["val_loss"][result.best_epoch] == min(ties)


def test_of_epochs_with_equal_accuracy_the_one_with_the_lowest_loss_is_kept():
    progress = Progress()
    for epoch, (accuracy, loss) in enumerate([(0.8, 0.5), (0.8, 0.3), (0.8, 0.4), (0.7, 0.1)]):
        numbers = {"loss": 1.0, "accuracy": 0.5, "val_accuracy": accuracy, "val_loss": loss}
        progress.add(numbers, lambda epoch=epoch: [epoch])
    assert (progress.best_epoch, progress.weights) == (1, [1])


def test_the_callback_gets_the_numbers_of_the_history_after_each_epoch():
    seen = []
    run = TrainingRun(after_epoch=lambda *epoch: not seen.append(epoch))
    result = train(Network(_linear()), _blobs(64, 0), _blobs(30, 1), RECIPE, run)
    assert [epoch for epoch, _ in seen] == list(range(RECIPE.training.epochs))
    assert result.stopped_by == "epochs"
    for name, curve in result.history.items():
        assert curve == tuple(row[name] for _, row in seen)


def test_equal_seeds_give_equal_weights_and_other_seeds_others(trained):
    parts, result = trained
    again, other = (train(Network(_convolution(), seed=2), *parts, RECIPE, TrainingRun(seed=seed)) for seed in (4, 5))
    assert all(map(np.array_equal, result.network.get_weights(), again.network.get_weights()))
    assert result.history == again.history
    assert not all(map(np.array_equal, result.network.get_weights(), other.network.get_weights()))


def test_patience_stops_a_training_after_as_many_epochs_without_a_lower_loss():
    # Labels of the validation rows are shifted: once the network has learned anything, their loss rises.
    part = _blobs(640, 0)
    result = train(
        Network(_linear()), part, Part(part.x, (part.y + 1) % 3), Recipe.of(patience=2), TrainingRun(epochs=30)
    )
    losses = result.history["val_loss"]
    assert result.stopped_by == "patience"
    assert len(losses) == losses.index(min(losses)) + 1 + 2


def test_deadline_that_has_passed_allows_one_epoch():
    result = train(Network(_linear()), _blobs(64, 0), _blobs(30, 1), RECIPE, TrainingRun(deadline=time.monotonic()))
    assert (result.stopped_by, len(result.history["loss"])) == ("deadline", 1)


def test_training_ends_by_its_deadline():
    deadline = time.monotonic() + 2.0
    result = train(Network(_linear()), _blobs(640, 0), _blobs(30, 1), RECIPE, TrainingRun(10**5, deadline=deadline))
    assert result.stopped_by == "deadline"
    assert deadline - 1.5 < time.monotonic() < deadline + 0.5


def test_fewer_rows_than_a_batch_make_one_batch():
    result = train(Network(_linear()), _blobs(7, 0), _blobs(7, 1), RECIPE)
    assert len(result.history["loss"]) == RECIPE.training.epochs


def test_the_error_for_a_diverged_training_names_the_epoch():
    part = _blobs(64, 0)
    broken = Part(part.x * np.float32(np.inf), part.y)
    with pytest.raises(FloatingPointError, match="epoch 0"):
        train(Network(_linear()), broken, part, RECIPE)


def test_class_weights_weigh_the_loss_and_its_gradient():
    part, weights = _blobs(16, 0), np.float32([0.2, 3.0, 1.0])
    ours = Network(_linear())
    theirs = twin(ours)
    trainer = Trainer(ours, batch_size=16, class_weights=weights)
    score = trainer.train(
        trainer.examples(part.x, targets(part)), np.arange(16, dtype=np.int32)[None], np.float32([0.02]), 0
    )
    theirs.compile(keras.optimizers.Adam(0.02), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    # In training on a batch, Keras divides by the number of rows, as here.
    loss = theirs.train_on_batch(part.x, part.y, sample_weight=weights[part.y])
    assert score.loss == pytest.approx(loss, rel=1e-5)
    for weight, expected in zip(ours.get_weights(), variables(theirs), strict=True):
        np.testing.assert_allclose(weight, expected, rtol=1e-4, atol=1e-6)


def test_with_weights_of_classes_epochs_are_compared_by_balanced_accuracy():
    part, val = _blobs(300, 0), _blobs(90, 1)
    rare = np.flatnonzero((np.arange(len(val)) % 5 == 0) | (val.y != val.y[0]))
    val = val.take(rare)
    recipe = RECIPE.replace(class_weights=True)
    kept = train(Network(_linear(), seed=2), part, val, recipe)
    answers = Trainer(kept.network, batch_size=16)
    by_class = [val.take(np.flatnonzero(val.y == known)) for known in np.unique(val.y)]
    recalls = [answers.evaluate(answers.examples(one.x, targets(one)))[0].accuracy for one in by_class]
    balanced = kept.history["val_balanced_accuracy"]
    assert balanced[kept.best_epoch] == max(balanced) == pytest.approx(np.mean(recalls))
    whole = answers.evaluate(answers.examples(val.x, targets(val, smoothing=recipe.training.label_smoothing)))[0]
    assert kept.val_accuracy == kept.history["val_accuracy"][kept.best_epoch] == pytest.approx(whole.accuracy)
    assert kept.history["val_loss"][kept.best_epoch] == pytest.approx(whole.loss, rel=1e-5)
    assert kept.val_accuracy != pytest.approx(np.mean(recalls))
    plain = train(Network(_linear(), seed=2), part, val, RECIPE)
    assert "val_balanced_accuracy" not in plain.history


def test_averaged_weights_follow_their_recursion():
    part, decay = _blobs(64, 0, (12, 2)), 0.6
    network = Network(_convolution(), seed=2)
    average = network.get_weights()
    trainer = Trainer(network, batch_size=16, averaging=decay)
    rows = trainer.examples(part.x, targets(part))
    batches = np.random.default_rng(0).permutation(64).reshape(4, 1, 16).astype(np.int32)
    for step, batch in enumerate(np.concatenate([batches] * 5)):
        trainer.train(rows, batch, np.float32([0.05]), step)
        share = 1 - min(decay, (1 + step) / (10 + step))
        average = [a + share * (w - a) for a, w in zip(average, network.get_weights(), strict=True)]
    last = network.get_weights()
    with trainer.averaged():
        for weight, expected in zip(network.get_weights(), average, strict=True):
            np.testing.assert_allclose(weight, expected, rtol=1e-4, atol=1e-6)
    assert all(map(np.array_equal, network.get_weights(), last))


def test_with_averaging_the_averaged_weights_are_validated_and_kept():
    part, val = _blobs(200, 0, (12, 2)), _blobs(77, 1, (12, 2))
    kept = train(Network(_convolution(), seed=2), part, val, RECIPE.replace(averaging=0.9))
    trainer = Trainer(kept.network, batch_size=16)
    score = trainer.evaluate(trainer.examples(val.x, targets(val, smoothing=RECIPE.training.label_smoothing)))[0]
    assert score.accuracy == kept.val_accuracy
    assert score.loss == pytest.approx(kept.history["val_loss"][kept.best_epoch], rel=1e-5)
    plain = train(Network(_convolution(), seed=2), part, val, RECIPE)
    assert plain.history["loss"] == kept.history["loss"]
    assert plain.history["val_loss"] != kept.history["val_loss"]


def test_augmentation_changes_training_rows_only_and_is_reproducible():
    part, val = _blobs(200, 0, (12, 2)), _blobs(77, 1, (12, 2))
    recipe = RECIPE.replace(jitter=0.5, scaling=0.2, time_warp=0.1, shift=0.3, mixup=0.4)
    plain, first, again = (
        train(Network(_convolution(), seed=2), part, val, r, TrainingRun(seed=4)) for r in (RECIPE, recipe, recipe)
    )
    assert first.history == again.history
    assert all(map(np.array_equal, first.network.get_weights(), again.network.get_weights()))
    assert first.history["loss"] != plain.history["loss"]
    trainer = Trainer(first.network, batch_size=16)
    assert (
        trainer.evaluate(trainer.examples(val.x, targets(val, smoothing=RECIPE.training.label_smoothing)))[0].accuracy
        == first.val_accuracy
    )
