"""A checkpoint: the state of a training after some epochs, from which it resumes as if it had never stopped."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nas.arrays import Array


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a training between two epochs.

    Attributes:
        history: the learning curves so far.
        best: weights of the network in its best epoch.
        state: variables of network and optimizer (`Trainer.state`).
    """

    history: Mapping[str, tuple[float, ...]]
    best: Sequence[Array]
    state: Sequence[Array]

    @property
    def epochs(self) -> int:
        """Number of epochs that have been trained."""
        return len(self.history["loss"])

    def dumps(self) -> bytes:
        """Return the content of an `.npz` file."""
        arrays = {f"history_{name}": np.array(curve, np.float64) for name, curve in self.history.items()}
        arrays |= {f"best_{i}": array for i, array in enumerate(self.best)}
        arrays |= {f"state_{i}": array for i, array in enumerate(self.state)}
        file = io.BytesIO()
        np.savez(file, allow_pickle=False, **arrays)
        return file.getvalue()

    @classmethod
    def loads(cls, data: bytes) -> "Checkpoint":
        """Read a checkpoint from the content of such a file."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            parts: dict[str, dict[str, Array]] = {"history": {}, "best": {}, "state": {}}
            for key in arrays.files:
                part, _, name = key.partition("_")
                parts[part][name] = arrays[key]
        history = {name: tuple(curve.tolist()) for name, curve in parts["history"].items()}
        # An `.npz` keeps its arrays in the order in which they were written.
        return cls(history, list(parts["best"].values()), list(parts["state"].values()))
