"""Training of one network: epochs, learning rates, the best weights, and when to stop."""

import math
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any, Literal

import numpy as np

from nas.arrays import Array, Floats
from nas.data.axes import Axes
from nas.data.dataset import Part
from nas.model.network.network import Network
from nas.model.training.augment.augment import Augmentation
from nas.model.training.batches import shuffled_batches, versions
from nas.model.training.checkpoint import Checkpoint
from nas.model.training.epoch import Score, Trainer
from nas.model.training.graphs import Examples
from nas.study.learning_rate import learning_rates
from nas.study.recipe import Recipe
from nas.task.classification import Classification
from nas.task.task import TASKS, Task, validation_curve

StoppedBy = Literal["epochs", "patience", "deadline", "caller"]

# The clock is read after this many steps, so that a training out of time ends within an epoch.
_STEPS_PER_CALL = 128


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """The settings of one training that are not in its recipe.

    Attributes:
        epochs: passes over the training rows; None for the recipe's `epochs`.
        seed: of the order of the rows and of their random changes.
        axes: the channels that the recipe's rotation turns.
        is_sound: whether rows are features of sound, for the recipe's masks.
        soft_labels: a teacher's targets [n, outputs] for the training rows, for the recipe's distillation.
        task: what the network learns.
        input_range: see `nas.data.prepared.Prepared`.
        deadline: value of `time.monotonic()` at which the training should be done. An epoch that would end later is
            not begun, and one that takes longer than expected is cut short; one epoch is always begun.
        restart_epochs: warm restarts: numbers of epochs after which the learning rate has come down to 0 and rises
            again.
        checkpoint: of a training with the same network, rows, recipe, epochs and seed. This one resumes there, and ends
            with exactly the weights that the other would have had.
        after_epoch: called after each epoch with its number, from 0, and its numbers of the learning curves; if it
            returns False, the training ends.
        keep: called after each epoch, before `after_epoch`, with a checkpoint to resume from.
    """

    epochs: int | None = None
    seed: int = 0
    axes: Axes | None = None
    is_sound: bool = False
    soft_labels: Floats | None = None
    task: Task = field(default_factory=Classification)
    input_range: tuple[float, float] | None = None
    deadline: float | None = None
    restart_epochs: Sequence[int] = ()
    checkpoint: Checkpoint | None = None
    after_epoch: Callable[[int, Mapping[str, float]], bool] | None = None
    keep: Callable[[Checkpoint], None] | None = None


DEFAULT = TrainingRun()


@dataclass(frozen=True, slots=True)
class Trained:
    """A network with the weights of its best epoch.

    Attributes:
        network: the one that was passed to `train`.
        history: learning curves, one number for each epoch: `loss`, and the task's curve, such as `accuracy`; with
            validation rows also `val_loss`, `val_accuracy`, and with weights of classes `val_balanced_accuracy`.
        best_epoch: counted from 0: the one of the highest validation accuracy (of the balanced one with weights of
            classes, or what the task's curve is), and among equals, of the lowest validation loss; without validation
            rows, the last.
        seconds: wall time; `start_seconds` of it are from before the first epoch, mostly for tracing graphs.
        stopped_by: what ended the training.
        checkpoint: to resume from; only if the caller ended the training.
        cut_short: whether the deadline has left out steps; without them, another run gives other weights.
    """

    network: Network
    history: Mapping[str, tuple[float, ...]]
    best_epoch: int
    seconds: float
    start_seconds: float
    stopped_by: StoppedBy
    checkpoint: Checkpoint | None = None
    cut_short: bool = False

    @property
    def val_accuracy(self) -> float:
        """Accuracy of the float model, or what else the task's curve is, on the validation rows."""
        curves = (f"val_{kind.curve}" for kind in TASKS.values())
        return next(self.history[name] for name in curves if name in self.history)[self.best_epoch]


@dataclass(slots=True)
class Progress:
    """The learning curves of a training so far, and the weights of its best epoch."""

    curves: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    best: tuple[float, float] = (-math.inf, -math.inf)
    best_epoch: int = 0
    weights: list[Any] = field(default_factory=list)

    def add(self, numbers: Mapping[str, float], weights: Callable[[], list[Any]]) -> None:
        """Take the numbers of an epoch; call `weights` if it is the best so far, or if there is no validation.

        Raises:
            FloatingPointError: a number is infinite or NaN.
        """
        if not all(map(math.isfinite, numbers.values())):
            raise FloatingPointError(f"training diverged in epoch {self.epochs}; a lower learning rate may help")
        for name, number in numbers.items():
            self.curves[name].append(number)
        validated = "val_loss" in numbers
        score = (
            (validation_curve({name: (number,) for name, number in numbers.items()})[0], -numbers["val_loss"])
            if validated
            else self.best
        )
        if score > self.best or not validated:
            self.best, self.best_epoch, self.weights = score, self.epochs - 1, weights()

    @property
    def epochs(self) -> int:
        return len(self.curves["loss"])

    @property
    def history(self) -> dict[str, tuple[float, ...]]:
        return {name: tuple(curve) for name, curve in self.curves.items()}

    def resume(self, checkpoint: Checkpoint) -> None:
        """Continue with the curves and the best weights of a checkpoint."""
        for epoch in range(checkpoint.epochs):
            numbers = {name: curve[epoch] for name, curve in checkpoint.history.items()}
            self.add(numbers, lambda: list(checkpoint.best))

    def is_stuck(self, patience: int) -> bool:
        """Return whether the validation loss has had no new minimum for `patience` epochs."""
        losses = self.curves.get("val_loss", [])
        return bool(losses) and patience > 0 and len(losses) - 1 - losses.index(min(losses)) >= patience


class _Clock:
    """The time that is left. Epochs are expected to take as long as the shortest so far.

    Attributes:
        has_cut: whether an epoch has ended before its last step, for want of time.
    """

    def __init__(self, deadline: float | None) -> None:
        self.has_cut = False
        self._deadline = math.inf if deadline is None else deadline
        self._lap = time.monotonic()
        self._shortest = math.inf

    def lap(self) -> None:
        """Note that an epoch has ended."""
        now = time.monotonic()
        self._shortest, self._lap = min(self._shortest, now - self._lap), now

    def is_short(self) -> bool:
        """Return whether another epoch would end after the deadline."""
        return time.monotonic() + self._shortest > self._deadline

    def is_over(self) -> bool:
        return time.monotonic() > self._deadline


def train(network: Network, train: Part, val: Part | None, recipe: Recipe, run: TrainingRun = DEFAULT) -> Trained:
    """Train a fresh `network`, and leave it with the weights of its best epoch.

    Equal arguments, the network's seed included, give equal weights on the same machine with one thread.

    Args:
        network: the network to train.
        train: scaled rows to learn from, each epoch without those of its last, incomplete batch; or their variants.
        val: scaled rows to choose the best epoch by; None keeps the last epoch.
        recipe: settings of training, augmentation and distillation.
        run: what else this training needs.

    Raises:
        FloatingPointError: the loss has become infinite or NaN.
    """
    start = time.monotonic()
    epochs, batch_size = run.epochs or recipe.training.epochs, min(recipe.training.batch_size, len(train))
    steps = len(train) // batch_size
    rates = learning_rates(epochs, run.restart_epochs, steps, recipe.training.learning_rate)
    trainer = _trainer(network, train, recipe, run, batch_size)
    x, targets, copies = versions(train, _targets(network, train, recipe, run, run.soft_labels))
    examples = trainer.examples(run.task.read(x), targets)
    held_out = () if val is None else _held_out(trainer, network, val, recipe, run)
    progress = Progress()

    def checkpoint() -> Checkpoint:
        return Checkpoint(progress.history, progress.weights, trainer.state())

    if run.checkpoint is not None:
        trainer.restore(run.checkpoint.state)
        progress.resume(run.checkpoint)
    trainer.trace(examples)
    start_seconds, clock = time.monotonic() - start, _Clock(run.deadline)
    stopped_by: StoppedBy | None = "patience" if progress.is_stuck(recipe.training.patience) else None
    while stopped_by is None and (epoch := progress.epochs) < epochs:
        batches = shuffled_batches(len(train), batch_size, (run.seed, epoch), copies)
        numbers = _numbers("", run.task.curve, _train_epoch(trainer, examples, batches, rates, epoch * steps, clock))
        with trainer.averaged():
            numbers |= _validated(trainer, held_out, run.task)
            progress.add(numbers, network.get_weights)
        clock.lap()
        if run.keep is not None:
            run.keep(checkpoint())
        ends = run.after_epoch is not None and not run.after_epoch(epoch, numbers)
        stopped_by = "caller" if ends else _reason_to_stop(progress, recipe, clock, epochs)
    kept = checkpoint() if stopped_by == "caller" else None
    network.set_weights(progress.weights)
    seconds, cut_short = time.monotonic() - start, clock.has_cut or stopped_by == "deadline"
    times = seconds, start_seconds
    return Trained(network, progress.history, progress.best_epoch, *times, stopped_by or "epochs", kept, cut_short)


def _reason_to_stop(progress: Progress, recipe: Recipe, clock: _Clock, epochs: int) -> StoppedBy | None:
    """Return what ends a training before the last of its `epochs`; None if it goes on."""
    if progress.is_stuck(recipe.training.patience):
        return "patience"
    return "deadline" if progress.epochs < epochs and clock.is_short() else None


def _trainer(network: Network, train: Part, recipe: Recipe, run: TrainingRun, batch_size: int) -> Trainer:
    augmentation = None if run.task.reconstructs else Augmentation(recipe, network.input_shape, run.axes, run.is_sound)
    return Trainer(
        network,
        batch_size=batch_size,
        loss=run.task.loss,
        augmentation=augmentation,
        class_weights=run.task.class_weights(train.y, network.outputs) if recipe.training.class_weights else None,
        averaging=recipe.training.averaging,
        seed=run.seed,
    )


def _targets(
    network: Network, part: Part, recipe: Recipe, run: TrainingRun, soft_labels: Floats | None = None
) -> Floats:
    """Return the target of each row [n, outputs]; soft labels are mixed in with the recipe's weight `distillation`."""
    targets = run.task.targets(part.x, part.y, network.outputs, recipe.training.label_smoothing)
    return targets if soft_labels is None else targets + recipe.finals.distillation * (soft_labels - targets)


def _held_out(trainer: Trainer, network: Network, val: Part, recipe: Recipe, run: TrainingRun) -> list[Examples]:
    """Return the validation rows: those of each class by themselves, if all classes have the same weight."""
    parts = [val]
    if recipe.training.class_weights and run.task.balanced_curve:
        parts = [val.take(np.flatnonzero(val.y == known)) for known in np.unique(val.y)]
    return [trainer.examples(run.task.read(part.x), _targets(network, part, recipe, run)) for part in parts]


def _validated(trainer: Trainer, held_out: Sequence[Examples], task: Task) -> dict[str, float]:
    """Return the numbers of an epoch on validation rows, over all of them and with the same weight for each class."""
    if not held_out:
        return {}
    scores, rows = trainer.evaluate(*held_out), [part.rows for part in held_out]
    whole = (np.average([getattr(one, name) for one in scores], weights=rows) for name in ("loss", "accuracy"))
    numbers = _numbers("val_", task.curve, scores[0] if len(scores) == 1 else Score(*map(float, whole)))
    if len(scores) > 1:
        numbers[f"val_{task.balanced_curve}"] = fmean(score.accuracy for score in scores)
    return numbers


def _numbers(prefix: str, curve: str, score: Score) -> dict[str, float]:
    """Return a score by the names of its learning curves."""
    return {f"{prefix}loss": score.loss, f"{prefix}{curve}": score.accuracy}


def _train_epoch(
    trainer: Trainer, examples: Examples, batches: Array, rates: Floats, first: int, clock: _Clock
) -> Score:
    """Take the steps of an epoch until the time is over; return the mean score over the steps taken.

    `first` is the number of steps taken before the epoch; `rates` are those of the whole training.
    """
    scores: list[tuple[Score, int]] = []
    for start in range(0, len(batches), _STEPS_PER_CALL):
        part, at = batches[start : start + _STEPS_PER_CALL], first + start
        scores.append((trainer.train(examples, part, rates[at : at + len(part)], at), len(part)))
        if clock.is_over():
            break
    taken = sum(count for _, count in scores)
    clock.has_cut |= taken < len(batches)
    return Score(*(sum(getattr(s, name) * count for s, count in scores) / taken for name in ("loss", "accuracy")))
