"""Parameters in the metadata of a `.tflite`: read, written and removed."""

from collections.abc import Mapping

from nas.model.deploy.params.dictionary import decode, encode
from nas.model.deploy.params.kinds import Param
from nas.model.deploy.params.metadata import ENTRIES, ENTRY, Model, entry_of, with_metadata
from nas.model.deploy.slim import slim

# What the tools of Silicon Labs call some of our parameters.
_SILABS_KEYS: Mapping[str, str] = {"class_names": "classes", "arena_bytes": "runtime_memory_size"}


def read_params(tflite: bytes, entry: str | None = None) -> dict[str, Param]:
    """Return the parameters of an entry, or with None those of the entry that there is; empty if there are none.

    Raises:
        ValueError: the bytes are no `.tflite`, or the parameters are damaged or those of a newer version.
    """
    entry = entry_of(tflite) if entry is None else entry
    content = None if entry is None else Model(tflite).content(entry)
    return {} if content is None else decode(content)


def write_params(tflite: bytes, params: Mapping[str, Param], entry: str = ENTRY) -> bytes:
    """Return a `.tflite` that holds these parameters and no others in this entry; all else is as it was.

    Raises:
        ValueError: the bytes are no `.tflite`, or one of a later format.
    """
    model = Model(tflite)
    # Both together, so that what either had before leaves no unused bytes.
    contents = {name: model.content(name) for name in ENTRIES} | {entry: encode(params) if params else None}
    return with_metadata(tflite, contents) if any(contents.values()) else without_params(tflite)


def without_params(tflite: bytes) -> bytes:
    """Return a `.tflite` without any parameters; equal models give equal bytes.

    Where the file is what `write_params` makes of a file in our own layout, that is the one returned.

    Raises:
        ValueError: the bytes are no `.tflite`, or one of a later format.
    """
    model = Model(tflite)
    contents = {name: model.content(name) for name in ENTRIES}
    rest = with_metadata(tflite, dict.fromkeys(ENTRIES))
    try:
        own = slim(rest)
    except Exception:  # a model that cannot be written in our layout, or a damaged one
        return rest
    is_made_of_it = with_metadata(own, contents) == tflite if any(contents.values()) else own == tflite
    return own if is_made_of_it else rest


def for_silabs(params: Mapping[str, Param]) -> dict[str, Param]:
    """Return parameters with the keys that the tools of Silicon Labs look for."""
    return {_SILABS_KEYS.get(key, key): param for key, param in params.items()}
