"""What a `.keras` file names, checked before Keras makes any of it: nothing but what comes with Keras."""

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from nas.errors import InputError

_CONFIG = "config.json"
# A description of layers; weights have a file of their own.
_MOST_CONFIG_BYTES = 32 * 2**20
# What a whole file may unpack to, as a multiple of its size: weights are hardly compressible, bombs are.
_MOST_UNPACKED = 100
_LEAST_ALLOWANCE = 64 * 2**20
# Keras's own forms of values. Of its other names, `__lambda__` is code, and `__typespec__` names a class of TensorFlow.
_VALUES = ("__keras_tensor__", "__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__slice__", "__tuple__")
# Where layers, and what they are made of, live in Keras. Not its utilities, some of which read files and addresses.
_PARTS = (
    "activations",
    "constraints",
    "dtype_policies",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "quantizers",
    "random",
    "regularizers",
)


def check_config(content: bytes, place: object) -> None:
    """Check that a `.keras` file names only classes and functions that come with Keras, and is no zip bomb.

    Raises:
        InputError: at `place`, with the first name that is another's.
    """
    for value in _objects(_config(content, place)):
        name = str(value.get("class_name"))
        if name == "__lambda__":
            raise InputError(place, "must hold no lambda, which is code of the file's author", hint="use a Keras layer")
        if name not in _VALUES and not _is_known(value):
            named = f"{value.get('module')}.{name if name != 'function' else value.get('config')}"
            rule = "must hold only layers that come with Keras"
            hint = "load it in your own program, replace that layer, and save it again"
            raise InputError(place, rule, got=named.removeprefix("None."), hint=hint)


def _config(content: bytes, place: object) -> Any:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            most = max(_LEAST_ALLOWANCE, _MOST_UNPACKED * len(content))
            unpacked = sum(entry.file_size for entry in archive.infolist())
            fits = unpacked <= most and archive.getinfo(_CONFIG).file_size <= _MOST_CONFIG_BYTES
            config = None if not fits else json.loads(archive.read(_CONFIG))
    except (ValueError, RecursionError) as error:
        raise InputError(place, f"must hold a .keras file with a {_CONFIG} of JSON", got=str(error)) from error
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        hint = "save the model with model.save('model.keras')"
        raise InputError(place, "must hold a .keras file of Keras 3", got="no zip file with one", hint=hint) from error
    if not fits:
        raise InputError(place, "must be a .keras file that unpacks to a usual size", got=f"{unpacked:,} bytes")
    if not isinstance(config, dict) or "class_name" not in config:
        raise InputError(place, f"must hold the {_CONFIG} of a Keras model")
    # Loaded without it: losses and metrics of the author's own do not matter.
    return {key: value for key, value in config.items() if key != "compile_config"}


def _objects(config: Any) -> Iterator[dict[str, Any]]:
    """Yield every table that Keras would make an object of."""
    waiting = [config]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "class_name" in value:
                yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _is_known(value: dict[str, Any]) -> bool:
    module, registered = value.get("module"), value.get("registered_name")
    if not isinstance(module, str) or (registered not in (None, value["class_name"], value.get("config"))):
        return False
    home, *parts = module.split(".")
    return home == "keras" and (parts in ([], ["src"]) or next(part for part in parts if part != "src") in _PARTS)
