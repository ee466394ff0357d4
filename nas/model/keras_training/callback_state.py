"""What a Keras callback remembers from epoch to epoch, as JSON and arrays, so that a resumed training knows it too.

Only numbers, texts, arrays, and lists and tables of them are kept: the counters and best weights of EarlyStopping, the
waiting of ReduceLROnPlateau, and what callbacks of the user's keep in such attributes.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nas.arrays import Array
from nas.model.keras_runtime import keras
from nas.model.keras_training.named import parameters

# These belong to the run, not to the training; CSVLogger knows from its file where it is. Callbacks that monitor a
# number turn the sign of `min_delta` when they see it for the first time, which a resumed one does again.
_OF_THE_RUN = ("_model", "_params", "model", "params", "validation_data", "min_delta")
_WITHOUT_STATE = (keras.callbacks.CSVLogger, keras.callbacks.History)

State = dict[str, Any]
Arrays = dict[str, Array]


def save_state(callback: Any, arguments: Mapping[str, str], arrays: Arrays) -> State:
    """Return what a callback remembers, as JSON.

    Args:
        callback: at the end of an epoch.
        arguments: from `made_with`, when the callback was new; what it still has of them is left out, so that they may
            be changed when the training goes on.
        arrays: the state's arrays are added to it, under the names that the JSON has for them.
    """
    if isinstance(callback, _WITHOUT_STATE):
        return {}
    kept = {name: value for name, value in vars(callback).items() if name not in _OF_THE_RUN and _is_plain(value)}
    return {name: _encode(value, arrays) for name, value in kept.items() if arguments.get(name) != repr(value)}


def restore_state(callback: Any, state: State, arrays: Mapping[str, Array]) -> None:
    """Give a callback, after its `on_train_begin`, what `save_state` has returned for another of its class."""
    for name, value in state.items():
        setattr(callback, name, _decode(value, arrays))


def made_with(callback: Any) -> dict[str, str]:
    """Return those attributes of a new callback that are its arguments, as text."""
    accepted = parameters(type(callback))
    return {name: repr(value) for name, value in vars(callback).items() if name in accepted}


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str | int) for key in value) and all(map(_is_plain, value.values()))
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "biufU"
    return value is None or isinstance(value, bool | int | float | str)


def _encode(value: Any, arrays: Arrays) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        key = f"callback_{len(arrays):04d}"
        arrays[key] = np.asarray(value)
        return {"scalar" if isinstance(value, np.generic) else "array": key}
    if isinstance(value, list | tuple):
        return {type(value).__name__ if type(value) in (list, tuple) else "list": [_encode(v, arrays) for v in value]}
    if isinstance(value, dict):
        return {"dict": [[key, _encode(entry, arrays)] for key, entry in value.items()]}
    return value


def _decode(value: Any, arrays: Mapping[str, Array]) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind in ("array", "scalar"):
        return arrays[content] if kind == "array" else arrays[content][()]
    if kind == "dict":
        return {key: _decode(entry, arrays) for key, entry in content}
    entries = [_decode(entry, arrays) for entry in content]
    return tuple(entries) if kind == "tuple" else entries
