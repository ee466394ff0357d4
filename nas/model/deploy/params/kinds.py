"""A parameter's kind and value: what each kind holds, and which kind a value has that names none."""

import json
import math
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypeAlias

import numpy as np

from nas.errors import InputError, unknown

Value: TypeAlias = bool | int | float | str | bytes | tuple[str, ...] | tuple[int, ...] | tuple[float, ...]

# In the order of the schema's union, whose numbers begin at 1; the form by which `struct` reads a number or an element.
FORMS: Mapping[str, str] = {
    "bool": "?",
    "int8": "b",
    "uint8": "B",
    "int16": "h",
    "uint16": "H",
    "int32": "i",
    "uint32": "I",
    "int64": "q",
    "uint64": "Q",
    "float32": "f",
    "float64": "d",
    "string": "",
    "strings": "",
    "ints": "i",
    "floats": "f",
    "bytes": "B",
}
KINDS = tuple(FORMS)
LISTS: Mapping[str, str] = {"strings": "string", "ints": "int32", "floats": "float32"}
"""Kinds of lists, each with the kind of its elements."""

# Other names of kinds: those of Silicon Labs' tools, and of Python.
_ALIASES: Mapping[str, str] = {
    "int": "int32", "float": "float32", "double": "float64", "str": "string", "str_list": "strings",
    "int32_list": "ints", "float_list": "floats", "bin": "bytes",
}  # fmt: skip
_WORDS: Mapping[str, bool] = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter.

    Attributes:
        kind: one of `KINDS`.
        value: as Python holds it; a list is a tuple. A float32 is the shortest decimal number that is nearest to it.
    """

    kind: str
    value: Value


def make_params(values: Mapping[str, Any], place: object = "parameters") -> dict[str, Param]:
    """Return parameters from plain values, such as a table of a TOML file.

    A key may name its kind behind a colon, `threshold:uint8`. The entries of a nested table become `table.key`.

    Raises:
        InputError: a key is empty or cannot be stored, a kind is unknown, or a value does not fit its kind.
    """
    found: dict[str, Param] = {}
    for name, value in values.items():
        key, kind = split_key(name, place)
        if isinstance(value, Param):
            found[key] = value
        elif isinstance(value, Mapping):
            found |= make_params({f"{key}.{inner}": entry for inner, entry in value.items()}, place)
        else:
            found[key] = make_param(value, kind, f"{place}: {key}")
    return found


def split_key(name: str, place: object) -> tuple[str, str | None]:
    """Return a key, and the kind that it names behind its last colon; None if there is none."""
    key, colon, kind = name.rpartition(":")
    key, kind = (key, kind) if colon else (name, "")
    if not key or any(ord(character) < 32 or ord(character) == 127 for character in key):
        raise InputError(place, "a key must be text on one line", got=repr(name))
    _text(key, f"{place}: key")
    return key, known_kind(kind, f"{place}: {key}") if colon else None


def known_kind(name: str, place: object) -> str:
    """Return the kind of this name, which may be that of other tools; InputError if there is none."""
    kind = _ALIASES.get(name, name)
    if kind not in FORMS:
        raise unknown(place, "kind", name, KINDS)
    return kind


def make_param(value: Any, kind: str | None, place: object) -> Param:
    """Return a value as a parameter.

    Args:
        value: a boolean, number, text, bytes, date, or list of numbers or texts; numpy's too. Text is read as `kind`.
        kind: None for the kind that holds the value exactly: int32 if it is large enough, then uint32, int64, uint64;
            float32 if the number's decimal digits survive, else float64; numpy's own. A list of numbers with a fraction
            is `floats`, which round to float32.
        place: for the error.

    Raises:
        InputError: the value does not fit the kind, or there is no kind for it.
    """
    if isinstance(value, np.generic) and kind is None and value.dtype.name in FORMS:
        kind = value.dtype.name
    value = _plain(value)
    kind = _kind_of(value, place) if kind is None else known_kind(kind, place)
    if isinstance(value, str) and kind != "string":
        value = _parsed(value, kind, place)
    return Param(kind, _fitting(value, kind, place))


def _plain(value: Any) -> Any:
    """Return numpy's values and dates as Python's own numbers, lists and texts."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime | time) else value


def _kind_of(value: Any, place: object) -> str:
    """Return the kind of a Python value that names none."""
    if isinstance(value, list | tuple):
        return _kind_of_list(value)
    if isinstance(value, bool | str):
        return "bool" if isinstance(value, bool) else "string"
    if isinstance(value, bytes | bytearray):
        return "bytes"
    if isinstance(value, float):
        return "float32" if math.isnan(value) or rounded(value) == value else "float64"
    if not isinstance(value, int):
        raise InputError(
            place, "must be a boolean, number, text, bytes, or a list of numbers or texts", got=repr(value)
        )
    for kind in ("int32", "uint32", "int64"):
        if _in_range(value, kind):
            return kind
    return "uint64"


def _kind_of_list(items: Iterable[Any]) -> str:
    kinds = {type(item) for item in items}
    if kinds <= {int} and kinds:
        return "ints"
    return "floats" if kinds and kinds <= {int, float} else "strings"


def rounded(value: float) -> float:
    """Return the shortest decimal number that float32 rounds to the same value as this one."""
    with np.errstate(over="ignore"):
        return float(str(np.float32(value)))


def _fitting(value: Any, kind: str, place: object) -> Value:
    """Return the value as its kind holds it; InputError if it does not fit."""
    if kind in LISTS:
        if not isinstance(value, list | tuple):
            raise InputError(place, f"must be a list, since its kind is {kind}", got=repr(value))
        return tuple(_fitting(item, LISTS[kind], f"{place}[{i}]") for i, item in enumerate(value))  # type: ignore[return-value]
    if kind == "bytes" and isinstance(value, bytes | bytearray):
        return bytes(value)
    if kind == "string" and isinstance(value, str):
        return _text(value, place)
    if kind == "bool" and isinstance(value, bool):
        return value
    if kind.startswith("float") and isinstance(value, int | float) and not isinstance(value, bool):
        return _real(float(value), kind, place)
    if "int" in kind and isinstance(value, int) and not isinstance(value, bool):
        if not _in_range(value, kind):
            low, high = _range(kind)
            raise InputError(place, f"must be from {low} to {high}, since its kind is {kind}", got=value)
        return value
    raise InputError(place, f"must be of kind {kind}", got=repr(value))


def _real(value: float, kind: str, place: object) -> float:
    if kind == "float64":
        return value
    if math.isinf(rounded(value)) and not math.isinf(value):
        raise InputError(place, "must be within float32's range", got=value, hint="give it the kind float64")
    return rounded(value)


def _text(text: str, place: object) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError(place, "must be valid Unicode", got=repr(text)) from None
    if "\0" in text:
        raise InputError(place, "must not hold the character NUL, which ends a text in C", got=repr(text))
    return text


def _range(kind: str) -> tuple[int, int]:
    bits = 8 * struct.calcsize(f"<{FORMS[kind]}")
    return (0, 2**bits - 1) if kind.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _in_range(value: int, kind: str) -> bool:
    low, high = _range(kind)
    return low <= value <= high


def _parsed(text: str, kind: str, place: object) -> Any:
    """Return what a text says, read as a value of this kind; InputError if it says none."""
    plain = text.strip()
    try:
        if kind == "bytes":
            return bytes.fromhex(plain)
        if kind == "bool":
            return _WORDS[plain.lower()]
        if kind in LISTS:
            return _parsed_list(plain, kind, place)
        return float(plain) if kind.startswith("float") else int(plain, 0)
    except (KeyError, ValueError) as error:
        raise InputError(place, f"must be of kind {kind}", got=repr(text)) from error


def _parsed_list(text: str, kind: str, place: object) -> list[Any]:
    """Return the items of a JSON list, or of texts with commas between them."""
    if text.startswith("["):
        return list(json.loads(text))
    items = [item.strip() for item in text.split(",")] if text else []
    return items if kind == "strings" else [_parsed(item, LISTS[kind], place) for item in items]
