"""Training of one candidate: epochs, schedule, the best weights, and when to stop."""

import itertools
import math
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from nas.arrays import Array, Floats, Ints
from nas.data.axes import Axes
from nas.data.dataset import Part
from nas.model.network.network import Network
from nas.model.training.augment.augment import Augmentation
from nas.model.training.checkpoint import Checkpoint
from nas.model.training.epoch import Loop, Rows, Score
from nas.study.recipe import Recipe

StoppedBy = Literal["epochs", "patience", "deadline", "caller"]
GoOn = Callable[[int, Mapping[str, float]], bool]

# So many steps at most are taken between two looks at the clock.
_STEPS_A_CALL = 128


@dataclass(frozen=True, slots=True)
class Trained:
    """A network with the weights of its best epoch.

    Attributes:
        network: the one given, trained.
        history: learning curves, one number an epoch: `loss`, `accuracy`, and with validation rows `val_loss`,
            `val_accuracy`.
        best_epoch: from 0: highest validation accuracy, then lowest validation loss; the last without them.
        seconds: wall time.
        stopped_by: what ended it.
        checkpoint: to go on from, if the caller ended it.
    """

    network: Network
    history: Mapping[str, tuple[float, ...]]
    best_epoch: int
    seconds: float
    stopped_by: StoppedBy
    checkpoint: Checkpoint | None = None

    @property
    def val_accuracy(self) -> float:
        """Accuracy of the float model on the validation rows."""
        return self.history["val_accuracy"][self.best_epoch]


@dataclass(slots=True)
class _Progress:
    """What a training has reached so far."""

    curves: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    best: tuple[float, float] = (-1.0, 0.0)
    best_epoch: int = 0
    weights: list[Any] = field(default_factory=list)

    def add(self, numbers: Mapping[str, float], weights: Callable[[], list[Any]]) -> None:
        for name, number in numbers.items():
            self.curves[name].append(number)
        score = (numbers["val_accuracy"], -numbers["val_loss"]) if "val_loss" in numbers else (math.inf, math.inf)
        if score > self.best or not self.weights or score[0] == math.inf:
            self.best, self.best_epoch, self.weights = score, len(self.curves["loss"]) - 1, weights()

    @property
    def history(self) -> dict[str, tuple[float, ...]]:
        return {name: tuple(curve) for name, curve in self.curves.items()}

    def resume(self, checkpoint: Checkpoint) -> None:
        """Take up what an interrupted training had reached."""
        for epoch in range(checkpoint.epochs):
            numbers = {name: curve[epoch] for name, curve in checkpoint.history.items()}
            self.add(numbers, lambda: list(checkpoint.best))

    def is_stuck(self, patience: int) -> bool:
        losses = self.curves.get("val_loss", [])
        return bool(losses) and patience > 0 and len(losses) - 1 - losses.index(min(losses)) >= patience


class _Clock:
    """Time left: knows the shortest epoch so far, as the first one holds the building of the graph."""

    def __init__(self, deadline: float | None) -> None:
        self._deadline = math.inf if deadline is None else deadline
        self._lap = time.monotonic()
        self._shortest = math.inf

    def lap(self) -> None:
        now = time.monotonic()
        self._shortest, self._lap = min(self._shortest, now - self._lap), now

    def is_short(self) -> bool:
        """Whether another epoch would end too late."""
        return time.monotonic() + self._shortest > self._deadline

    def is_over(self) -> bool:
        return time.monotonic() > self._deadline


def train(
    network: Network,
    train: Part,
    val: Part | None,
    recipe: Recipe,
    *,
    epochs: int | None = None,
    seed: int = 0,
    axes: Axes | None = None,
    taught: Floats | None = None,
    deadline: float | None = None,
    go_on: GoOn | None = None,
    checkpoint: Checkpoint | None = None,
    rests: Sequence[int] = (),
) -> Trained:
    """Train `network`, and leave it with the weights of its best epoch.

    The same seed, of the network too, gives the same weights on the same machine with one thread.

    Args:
        network: a fresh one.
        train: scaled rows to learn from; each epoch leaves out those of its shuffle's last, partial batch.
        val: scaled rows to choose the epoch by; without any the last epoch is kept.
        recipe: all but the numbers of epochs and finals.
        epochs: passes over the rows; the recipe's `epochs` if None.
        seed: of the order of the rows and their random changes.
        axes: which channels the recipe's rotation turns.
        taught: probabilities [n, classes] by a teacher, for the recipe's distillation.
        deadline: `time.monotonic()` at which to be done. No epoch is begun that would end later, and one that does
            is cut short; one epoch, however short, is always taken.
        go_on: called after each epoch with its number, from 0, and the numbers of the history; False ends the training.
        checkpoint: of a training of the same network, rows, recipe, epochs and seed; this one goes on from there and
            ends with exactly the weights that the other would have got.
        rests: epochs after which the learning rate has come down and rises again, see `one_cycle`.
    """
    start = time.monotonic()
    epochs = epochs or recipe.training.epochs
    batch_size = min(recipe.training.batch_size, len(train))
    steps = len(train) // batch_size
    cycles = (
        one_cycle((b - a) * steps, recipe.training.learning_rate) for a, b in itertools.pairwise([0, *rests, epochs])
    )
    rates = np.concatenate(list(cycles))
    loop = Loop(
        network,
        batch_size=batch_size,
        label_smoothing=recipe.training.label_smoothing,
        augmentation=Augmentation(recipe, network.input_shape, axes),
        class_weights=balanced_weights(train.y, network.classes) if recipe.training.class_weights else None,
        averaging=recipe.training.averaging,
        seed=seed,
    )
    rows = loop.rows(train.x, train.y, taught, recipe.finals.distillation)
    val_rows = None if val is None else loop.rows(val.x, val.y)
    clock = _Clock(deadline)
    progress = _Progress()
    if checkpoint is not None:
        loop.restore(checkpoint.state)
        progress.resume(checkpoint)
    stopped_by: StoppedBy = "epochs"
    kept = None
    for epoch in range(checkpoint.epochs if checkpoint else 0, epochs):
        # A generator of its own, so that no epoch depends on those before.
        rng = np.random.default_rng([seed, epoch])
        order = rng.permutation(len(train))[: steps * batch_size].reshape(steps, batch_size).astype(np.int32)
        score = _pass(loop, rows, order, rates, epoch * steps, clock)
        numbers = {"loss": score.loss, "accuracy": score.accuracy}
        with loop.averaged():
            if val_rows is not None:
                score = loop.evaluate(val_rows)
                numbers |= {"val_loss": score.loss, "val_accuracy": score.accuracy}
            if not all(map(math.isfinite, numbers.values())):
                raise FloatingPointError(f"training diverged in epoch {epoch}; a lower learning rate may help")
            progress.add(numbers, network.get_weights)
        clock.lap()
        if go_on is not None and not go_on(epoch, numbers):
            stopped_by = "caller"
            kept = Checkpoint(progress.history, progress.weights, loop.state())
            break
        if progress.is_stuck(recipe.training.patience):
            stopped_by = "patience"
            break
        if epoch + 1 < epochs and clock.is_short():
            stopped_by = "deadline"
            break
    network.set_weights(progress.weights)
    return Trained(network, progress.history, progress.best_epoch, time.monotonic() - start, stopped_by, kept)


def one_cycle(steps: int, peak: float) -> Floats:
    """Return the learning rate of each step: linear warm-up over the first tenth, then half a cosine down to 0."""
    warm = max(1, steps // 10)
    down = np.arange(1, steps - warm + 1) / max(1, steps - warm)
    rates = np.concatenate([np.arange(1, warm + 1) / warm, 0.5 * (1 + np.cos(np.pi * down))])
    return (peak * rates).astype(np.float32)


def balanced_weights(y: Ints, classes: int) -> Floats:
    """Return how much a row of each class counts, so that every class that `y` [n] holds counts the same together."""
    counts = np.bincount(y, minlength=classes)
    return (len(y) / (np.count_nonzero(counts) * np.maximum(counts, 1))).astype(np.float32)


def _pass(loop: Loop, rows: Rows, order: Array, rates: Floats, step: int, clock: _Clock) -> Score:
    """Take the steps of `order` until it is time to stop; return the mean over those taken."""
    scores: list[tuple[Score, int]] = []
    for start in range(0, len(order), _STEPS_A_CALL):
        batches = order[start : start + _STEPS_A_CALL]
        at = step + start
        scores.append((loop.train(rows, batches, rates[at : at + len(batches)], at), len(batches)))
        if clock.is_over():
            break
    taken = sum(count for _, count in scores)
    return Score(*(sum(getattr(s, name) * count for s, count in scores) / taken for name in ("loss", "accuracy")))
