"""Weights to begin a training with: of a checkpoint, a `.keras` file, or a file of weights of Keras."""

from pathlib import Path
from typing import Any

from nas.errors import InputError
from nas.model.keras_file import load_keras, read_keras
from nas.model.keras_training import checkpoint


def load_weights(model: Any, path: Path) -> None:
    """Give a model the weights in a file.

    Args:
        model: a Keras model, built.
        path: an `.npz` checkpoint of a training, a `.keras` file, or a `.weights.h5` file.

    Raises:
        InputError: the file cannot be read, or holds weights of another network.
    """
    if not path.is_file():
        raise InputError(path, "must be a file of weights", hint="an .npz checkpoint, a .keras or a .weights.h5 file")
    try:
        if path.name.endswith(".h5"):
            model.load_weights(path)
        elif path.suffix == ".keras":
            model.set_weights(load_keras(read_keras(path), path).get_weights())
        else:
            _of_checkpoint(model, path)
    except (ValueError, OSError, KeyError) as error:
        if isinstance(error, InputError):
            raise
        text = str(error).partition("\n")[0]
        raise InputError(path, "must hold weights of this network", got=text) from error


def _of_checkpoint(model: Any, path: Path) -> None:
    found = checkpoint.load(path)
    if found.best:
        model.set_weights(found.best)
        return
    for variable, array in zip(model.variables, found.variables, strict=True):
        variable.assign(array)
