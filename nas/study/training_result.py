"""The training of one model: where its checkpoints are, what it reports, and what it gives, whoever built the model."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nas.arrays import Array

AfterEpoch = Callable[[int, Mapping[str, float]], None]
"""Called after each epoch, when its checkpoint is written, with its number, from 0, and its numbers by name: `loss`,
`accuracy`, `val_loss`, `val_accuracy`, `learning_rate`, and those of other metrics."""


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Where a training keeps a checkpoint of each epoch, and from which it goes on.

    Attributes:
        folder: of the checkpoints; made when the first is written.
        resume: whether to go on from a checkpoint; without one, the training begins at its start.
        epoch: number of epochs that the checkpoint to go on from has; None for the latest.
    """

    folder: Path
    resume: bool = False
    epoch: int | None = None


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A model after its training, as bytes and numbers.

    Attributes:
        keras: the float model, the content of a `.keras` file.
        tflite: the int8 model.
        weights: all float weights in the order of the layers.
        history: one number for each epoch, by name; see `AfterEpoch`.
        best_epoch: whose weights the model has, counted from 0.
        seconds: wall time of this run.
        stopped_by: what ended the training: `epochs`, or the name of the callback that did, or `patience`.
        resumed_at: number of epochs that an earlier run has trained; 0 if there was none.
        val_accuracy: of the int8 model on the validation rows; None if there were none.
        float_val_accuracy: of the float model on them.
        notes: what the user should know of the training, one line each.
    """

    keras: bytes
    tflite: bytes
    weights: tuple[Array, ...]
    history: Mapping[str, tuple[float, ...]]
    best_epoch: int
    seconds: float
    stopped_by: str = "epochs"
    resumed_at: int = 0
    val_accuracy: float | None = None
    float_val_accuracy: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def epochs(self) -> int:
        """Number of epochs that the model was trained for, earlier runs included."""
        return max(map(len, self.history.values()), default=0)

    @property
    def weights_sha256(self) -> str:
        """SHA-256 of all float weights in the order of the layers, float32 little-endian."""
        return weights_sha256(self.weights)


def weights_sha256(weights: Iterable[Array]) -> str:
    """Return the SHA-256 of float weights, one array after the other, as float32 little-endian."""
    sha = hashlib.sha256()
    for array in weights:
        sha.update(np.ascontiguousarray(array, dtype="<f4").tobytes())
    return sha.hexdigest()
