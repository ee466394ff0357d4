"""Checkpoints of a Keras training: all that the next epoch depends on, as an `.npz` file without pickled objects."""

import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nas.arrays import Array
from nas.errors import InputError
from nas.files import read_regular, write_atomic
from nas.model.keras_runtime import keras, numbers
from nas.model.keras_training.callback_state import State

MOST_BYTES = 4 << 30
_NAME = re.compile(r"epoch-(\d+)\.npz")
_FACTS = "facts"


@dataclass(frozen=True, slots=True)
class KerasCheckpoint:
    """A training after a number of epochs.

    Attributes:
        epochs: that have been trained.
        history: one number for each of them, by name.
        variables: of the model: weights, statistics, and the states of random numbers.
        optimizer: the optimizer's variables.
        seed: state of the random numbers that belong to no layer; None if nothing has used them.
        best: weights of the best epoch; empty if the last is taken.
        best_epoch: counted from 0.
        best_score: by which epochs are compared.
        callbacks: what each callback remembers.
        arrays: that the states of the callbacks name.
        stopped_by: what has ended the training; empty if it goes on.
        training: the settings that it was trained with, and the digest of its data.
    """

    epochs: int
    history: Mapping[str, Sequence[float]]
    variables: list[Array]
    optimizer: list[Array]
    seed: Array | None
    best: list[Array]
    best_epoch: int
    best_score: Sequence[float]
    callbacks: list[State]
    arrays: Mapping[str, Array]
    stopped_by: str
    training: Mapping[str, Any]


# The fields that are lists of arrays; they are stored one by one.
_LISTS = ("variables", "optimizer", "best")
_PLAIN = ("epochs", "history", "best_epoch", "best_score", "callbacks", "stopped_by", "training")


def path_of(folder: Path, epochs: int) -> Path:
    """Return the file of the checkpoint after a number of epochs."""
    return folder / f"epoch-{epochs:05d}.npz"


def save(checkpoint: KerasCheckpoint, folder: Path) -> Path:
    """Write a checkpoint whole or not at all, and return its file."""
    arrays = {f"{name}_{i:04d}": array for name in _LISTS for i, array in enumerate(getattr(checkpoint, name))}
    arrays |= {f"state_{key}": array for key, array in checkpoint.arrays.items()}
    if checkpoint.seed is not None:
        arrays["seed"] = checkpoint.seed
    facts = {name: getattr(checkpoint, name) for name in _PLAIN}
    buffer = io.BytesIO()
    np.savez(buffer, **arrays, **{_FACTS: np.array(json.dumps(facts))})  # type: ignore[arg-type]
    return write_atomic(path_of(folder, checkpoint.epochs), buffer.getvalue())


def known_epochs(folder: Path) -> list[int]:
    """Return the numbers of epochs that a folder has checkpoints of, in order."""
    names = (_NAME.fullmatch(path.name) for path in folder.iterdir()) if folder.is_dir() else ()
    return sorted(int(found[1]) for found in names if found)


def load(path: Path) -> KerasCheckpoint:
    """Read a checkpoint; InputError if the file is damaged or is none."""
    content = read_regular(path, MOST_BYTES)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        facts = json.loads(str(arrays.pop(_FACTS)))
        lists: Any = {name: _numbered(arrays, name) for name in _LISTS}
        states = {key.removeprefix("state_"): array for key, array in arrays.items() if key.startswith("state_")}
        return KerasCheckpoint(**facts, **lists, seed=arrays.get("seed"), arrays=states)
    except Exception as error:  # a damaged zip file raises any of a dozen types
        hint = "go on from an earlier one with --resume-epoch, or begin again with --clean"
        raise InputError(path, "must be a checkpoint of nas train", got=str(error)[:100], hint=hint) from error


def _numbered(arrays: Mapping[str, Array], name: str) -> list[Array]:
    return [arrays[key] for key in sorted(key for key in arrays if re.fullmatch(rf"{name}_\d+", key))]


def state_of(model: Any) -> tuple[list[Array], list[Array], Array | None]:
    """Return copies of all that training changes: the model's variables, the optimizer's, and Keras's own seed."""
    seed = keras.src.backend.common.global_state.get_global_attribute("global_seed_generator")
    return (
        [numbers(one).copy() for one in model.variables],
        [numbers(one).copy() for one in model.optimizer.variables],
        None if seed is None else numbers(seed.state).copy(),
    )


def restore(model: Any, checkpoint: KerasCheckpoint, path: Path) -> None:
    """Give a compiled model the state of a checkpoint.

    Raises:
        InputError: the checkpoint at `path` is of another network or optimizer.
    """
    model.optimizer.build(model.trainable_variables)
    for what, variables, arrays in (
        ("network", model.variables, checkpoint.variables),
        ("optimizer", model.optimizer.variables, checkpoint.optimizer),
    ):
        if [tuple(one.shape) for one in variables] != [one.shape for one in arrays]:
            hint = "begin again with --clean, or undo the change"
            raise InputError(path, f"must be a checkpoint of this {what}", got="arrays of other shapes", hint=hint)
        for variable, array in zip(variables, arrays, strict=True):
            variable.assign(array)
    if checkpoint.seed is not None:
        keras.src.random.seed_generator.global_seed_generator().state.assign(checkpoint.seed)
