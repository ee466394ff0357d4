"""Trainings that stop and go on, held against one that never stopped."""

import numpy as np
import pytest

from nas.data.dataset import Part
from nas.graph.builder import GraphBuilder
from nas.model.network.network import Network
from nas.model.training.checkpoint import Checkpoint
from nas.model.training.training import TrainingRun, train
from nas.study.recipe import Recipe

SEED = 4
PLAIN = Recipe.of(epochs=6, batch_size=16, learning_rate=0.02)


def network(filters=4):
    """A network of all that has a state: normalization, dropout, L2."""
    g = GraphBuilder((1, 12, 2))
    g.conv2d(filters, 3, batch_norm=True)
    g.mean()
    g.fully_connected(6, dropout=0.2, l2=1e-3)
    g.fully_connected(3, activation="NONE")
    g.softmax()
    return Network(g.graph(), seed=2)


def blobs(rows, seed):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, rows)
    centres = np.random.default_rng(99).normal(size=(3, 12, 2))
    return Part((centres[y] + 0.8 * rng.normal(size=(rows, 12, 2))).astype(np.float32), y)


ROWS, VAL = blobs(200, 0), blobs(77, 1)


def until(epochs, recipe, checkpoint=None, restarts=()):
    """Train until the caller ends the training, after `epochs` epochs in all."""
    run = TrainingRun(
        seed=SEED,
        restart_epochs=restarts,
        checkpoint=None if checkpoint is None else Checkpoint.loads(checkpoint.dumps()),
        after_epoch=lambda epoch, _: epoch + 1 < epochs,
    )
    return train(network(), ROWS, VAL, recipe, run)


@pytest.mark.parametrize(
    "recipe",
    [PLAIN, Recipe.of(epochs=6, batch_size=16, averaging=0.9, jitter=0.1, shift=0.2, mixup=0.2)],
    ids=["plain", "averaged and augmented"],
)
@pytest.mark.parametrize("restarts", [(), (2,)])
@pytest.mark.parametrize("stops", [(1,), (2, 5)])
def test_a_resumed_training_ends_exactly_as_one_without_interruption(recipe, restarts, stops):
    whole = train(network(), ROWS, VAL, recipe, TrainingRun(seed=SEED, restart_epochs=restarts))
    checkpoint = None
    for epochs in stops:
        checkpoint = until(epochs, recipe, checkpoint, restarts).checkpoint
    resumed = until(99, recipe, checkpoint, restarts)
    assert resumed.history == whole.history
    assert (resumed.best_epoch, resumed.stopped_by, resumed.checkpoint) == (whole.best_epoch, "epochs", None)
    for ours, theirs in zip(resumed.network.get_weights(), whole.network.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_up_to_its_first_restart_a_training_is_a_whole_training_of_fewer_epochs():
    short = train(network(), ROWS, VAL, PLAIN, TrainingRun(epochs=2, seed=SEED))
    rested = until(2, PLAIN, restarts=(2,))
    assert rested.history == short.history
    assert rested.history != until(2, PLAIN).history


def test_a_checkpoint_holds_the_curves_and_the_best_weights_so_far():
    stopped = until(3, PLAIN)
    checkpoint = stopped.checkpoint
    assert (checkpoint.epochs, checkpoint.history) == (3, stopped.history)
    for ours, theirs in zip(checkpoint.best, stopped.network.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_checkpoint_survives_a_round_trip_through_its_file():
    checkpoint = until(2, PLAIN).checkpoint
    again = Checkpoint.loads(checkpoint.dumps())
    assert again.history == checkpoint.history
    for name in ("best", "state"):
        ours, theirs = getattr(again, name), getattr(checkpoint, name)
        assert [array.dtype for array in ours] == [array.dtype for array in theirs]
        assert all(map(np.array_equal, ours, theirs))


def test_the_checkpoint_of_another_network_is_refused():
    checkpoint = until(2, PLAIN).checkpoint
    with pytest.raises(ValueError, match="Shape mismatch"):  # of the same topology
        train(network(filters=5), ROWS, VAL, PLAIN, TrainingRun(checkpoint=checkpoint))
    with pytest.raises(ValueError, match="Shape mismatch"):  # without the averages that are wanted
        train(network(), ROWS, VAL, PLAIN.replace(averaging=0.9), TrainingRun(checkpoint=checkpoint))
    g = GraphBuilder((5,))
    g.fully_connected(3, activation="NONE")
    g.softmax()
    part = Part(np.zeros((64, 5), np.float32), np.zeros(64, np.int64))
    with pytest.raises(ValueError, match="Shape mismatch"):
        train(Network(g.graph()), part, part, PLAIN, TrainingRun(checkpoint=checkpoint))
