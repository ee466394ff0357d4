"""The callbacks that every training has: one stops it when it diverges, one keeps a checkpoint of each epoch."""

import math
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nas import seeds
from nas.arrays import Array
from nas.errors import InputError
from nas.model.keras_runtime import keras, numbers
from nas.model.keras_training import checkpoint as checkpoints
from nas.model.keras_training.callback_state import made_with, restore_state, save_state
from nas.model.keras_training.checkpoint import KerasCheckpoint
from nas.study.training_result import AfterEpoch


class Guard(keras.callbacks.Callback):
    """Comes first: seeds each epoch, and ends a training whose loss is infinite or not a number.

    Code of the user's that draws random numbers from Python or NumPy so gets the same ones in an epoch, whether the
    training began there or before.

    Args:
        name: of the model, for the message.
        seed: of the training.
        folder: of the checkpoints.
    """

    def __init__(self, name: str, seed: int, folder: Path) -> None:
        super().__init__()
        self._name, self._seed, self._folder = name, seed, folder

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        seed = seeds.derive(self._seed, "epoch", epoch)
        random.seed(seed)
        np.random.seed(seed)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        found = {name: value for name, value in (logs or {}).items() if name in ("loss", "val_loss")}
        for name, value in found.items():
            if not math.isfinite(value):
                kept = f"the checkpoint of epoch {epoch} is kept" if epoch else "no epoch was finished"
                rule = f"training diverged in epoch {epoch + 1}: {name} must be a finite number"
                hint = f"{kept}; try a lower learning_rate, or look for a log or a division in your own loss"
                raise InputError(self._name, rule, got=value, hint=hint)


class Keeper(keras.callbacks.Callback):
    """Comes last: keeps the history, the best weights, and after each epoch a checkpoint.

    Args:
        others: the callbacks whose states belong to a checkpoint.
        folder: of the checkpoints.
        training: stored in each checkpoint, to be compared when the training goes on.
        resumed: the checkpoint that it goes on from.
        keeps_best: whether the weights of the best epoch are kept.
        after_epoch: called when a checkpoint is written.
    """

    def __init__(
        self,
        others: Sequence[Any],
        folder: Path,
        training: Mapping[str, Any],
        resumed: KerasCheckpoint | None,
        *,
        keeps_best: bool,
        after_epoch: AfterEpoch | None,
    ) -> None:
        super().__init__()
        self._others, self._folder, self._training = others, folder, training
        self._resumed, self._keeps_best, self._after_epoch = resumed, keeps_best, after_epoch
        self._arguments = [made_with(one) for one in others]
        self.history: dict[str, list[float]] = {}
        self.best: list[Array] = []
        self.best_epoch, self.best_score = -1, (-math.inf, -math.inf)
        self.stopped_by = ""
        if resumed is not None:
            self.history = {name: list(curve) for name, curve in resumed.history.items()}
            self.best, self.best_epoch = resumed.best, resumed.best_epoch
            self.best_score = (resumed.best_score[0], resumed.best_score[1])
            self.stopped_by = resumed.stopped_by

    def on_train_begin(self, logs: Any = None) -> None:
        """Give the other callbacks, which have just forgotten everything, their states of the checkpoint."""
        if self._resumed is not None:
            for one, state in zip(self._others, self._resumed.callbacks, strict=False):
                restore_state(one, state, self._resumed.arrays)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        rate = float(numbers(self.model.optimizer.learning_rate))
        found = {**{name: float(value) for name, value in (logs or {}).items()}, "learning_rate": rate}
        for name, value in found.items():
            # A metric may be missing in some epochs, such as those without validation.
            curve = self.history.setdefault(name, [])
            curve += [math.nan] * (epoch - len(curve))
            curve.append(value)
        self._compare(epoch, found)
        if self.model.stop_training:
            self.stopped_by = next(filter(None, map(_stopper, self._others)), "a callback")
        checkpoints.save(self._checkpoint(epoch + 1), self._folder)
        if self._after_epoch is not None and self._after_epoch(epoch, found):
            self.model.stop_training = True

    def _compare(self, epoch: int, found: Mapping[str, float]) -> None:
        """Keep the weights if this epoch is the best: by validation accuracy, then by validation loss."""
        score = found.get("val_accuracy", 0.0), -found.get("val_loss", -float(epoch))
        if score > self.best_score:
            self.best_epoch, self.best_score = epoch, score
            if self._keeps_best:
                self.best = [array.copy() for array in self.model.get_weights()]

    def _checkpoint(self, epochs: int) -> KerasCheckpoint:
        arrays: dict[str, Array] = {}
        states = [save_state(one, made, arrays) for one, made in zip(self._others, self._arguments, strict=True)]
        variables, optimizer, seed = checkpoints.state_of(self.model)
        return KerasCheckpoint(
            epochs=epochs,
            history=self.history,
            variables=variables,
            optimizer=optimizer,
            seed=seed,
            best=self.best,
            best_epoch=self.best_epoch,
            best_score=self.best_score,
            callbacks=states,
            arrays=arrays,
            stopped_by=self.stopped_by,
            training=self._training,
        )


def _stopper(callback: Any) -> str:
    """Return the name of a callback that says that it has stopped the training."""
    return type(callback).__name__ if getattr(callback, "stopped_epoch", 0) else ""
