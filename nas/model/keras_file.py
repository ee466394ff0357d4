"""`.keras` files: Keras models as bytes, read without running code of theirs."""

import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from nas.errors import InputError
from nas.files import read_regular
from nas.model.keras_config import check_config
from nas.model.keras_runtime import keras
from nas.model.keras_steady import steadied
from nas.model.runtime import quiet

MOST_KERAS_BYTES = 1 << 30


def dump_keras(model: Any) -> bytes:
    """Return a Keras model as the content of a `.keras` file; equal models give equal bytes."""
    with tempfile.TemporaryDirectory() as folder, quiet():
        path = Path(folder) / "model.keras"
        model.save(path)
        return steadied(path)


def load_keras(content: bytes, place: object) -> Any:
    """Return the Keras model in a `.keras` file, not compiled.

    Only layers that come with Keras are made: a file can carry code in lambdas, or name classes of its author. It is
    refused here before Keras, in its safe mode, reads it.

    Args:
        content: of the file.
        place: the file in messages.

    Raises:
        InputError: the content is no `.keras` file, is damaged, or holds layers that do not come with Keras.
    """
    check_config(content, place)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(content)
        try:
            with quiet():
                model = keras.saving.load_model(path, compile=False, safe_mode=True)
        except Exception as error:  # Keras promises no type for what a damaged file raises
            raise _refusal(place, error) from error
    if not isinstance(model, keras.Model):
        raise InputError(place, "must hold a Keras model", got=type(model).__name__)
    return model


def read_keras(path: Path) -> bytes:
    """Return the content of a `.keras` file; InputError if it cannot be read."""
    return read_regular(path, MOST_KERAS_BYTES)


def keras_shapes(model: Any, place: object) -> tuple[tuple[int, ...], int]:
    """Return the shape of a row and the number of outputs of a Keras model with one input and one output.

    Raises:
        InputError: at `place`, if it has several, or if a dimension other than the batch is open.
    """
    ends = {"input": model.inputs, "output": model.outputs}
    for what, tensors in ends.items():
        if len(tensors) != 1:
            raise InputError(place, f"must have one {what}", got=len(tensors))
        if None in tensors[0].shape[1:]:
            rule = f"every dimension of its {what} but the batch must be fixed"
            raise InputError(place, rule, got=tuple(tensors[0].shape), hint="give keras.Input a full shape")
    row, out = (tuple(map(int, ends[what][0].shape[1:])) for what in ends)
    return row, int(np.prod(out))


def _refusal(place: object, error: Exception) -> InputError:
    text = str(error).partition("\n")[0]
    if "lambda" in str(error).lower():
        return InputError(place, "must hold no lambda, which is code of the file's author", hint="use a Keras layer")
    if named := re.search(r"Could not (?:locate|deserialize) (?:class |function )?'?([\w.>]+)", str(error)):
        rule = "must hold only layers that come with Keras"
        hint = "load it in your own program, replace that layer, and save it again"
        return InputError(place, rule, got=named.group(1), hint=hint)
    return InputError(place, "must hold a .keras file that Keras can read", got=text)
