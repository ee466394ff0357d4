"""Dataclasses to plain data for JSON and TOML, and back, by the annotations of their fields.

An annotation may be a number, text, boolean, enumeration of texts, dataclass, tuple of any length, mapping from names,
one of these or None, or `Any`, which is taken as it is. A dataclass whose document has other keys than its fields
defines `to_json()` and `from_json(data, place)`; these are then used wherever it stands within another.
"""

import dataclasses
import json
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from nas.errors import InputError, unknown
from nas.files import read_regular

T = TypeVar("T")

# More than any file of settings has. Dotted keys take a time that grows with the square of their length.
MOST_TOML_BYTES = 65_536
_MOST_KEY_PARTS = 32
_PART = r"""(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LONG_KEY = re.compile(f"(?:{_PART}){{{_MOST_KEY_PARTS}}}")

# What stands in a document as it is.
_PLAIN = frozenset({int, float, bool, str, type(None)})

_NAMES: Mapping[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    bytes: "bytes",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: in which file or flag, and under which keys; as text, `study.toml: training.epochs`."""

    document: object
    path: str = ""

    def key(self, name: str) -> "Place":
        return Place(self.document, f"{self.path}.{name}" if self.path else name)

    def entry(self, index: int) -> "Place":
        return Place(self.document, f"{self.path}[{index}]")

    def __str__(self) -> str:
        return f"{self.document}: {self.path}" if self.path else str(self.document)


def to_data(instance: Any) -> dict[str, Any]:
    """Return a dataclass as plain data by field: tuples as lists, enumeration members as text, None as it is."""
    return {field.name: _data(getattr(instance, field.name)) for field in dataclasses.fields(instance)}


def _data(value: Any) -> Any:
    if type(value) in _PLAIN:  # most values are, and a record has hundreds
        return value
    if dataclasses.is_dataclass(value):
        return value.to_json() if hasattr(value, "to_json") else to_data(value)
    if isinstance(value, Mapping):
        return {key: _data(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_data(entry) for entry in value]
    return value.value if isinstance(value, StrEnum) else value


def from_data(kind: type[T], data: object, place: Place) -> T:
    """Make a dataclass of plain data; keys of fields with a default may be missing.

    Raises:
        InputError: at its place, for a key that is unknown or missing, or a value of another type than its field's.
    """
    entries, fields, annotations = _mapping(data, place), dataclasses.fields(kind), _annotations(kind)  # type: ignore[arg-type]
    for key in entries:
        if key not in annotations:
            raise unknown(place, "key", key, annotations)
    for field in fields:
        if field.name not in entries and field.default is field.default_factory is dataclasses.MISSING:
            raise InputError(place, f"must have the key {field.name}")
    return kind(**{key: _value(annotations[key], entry, place.key(key)) for key, entry in entries.items()})


def read_toml(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file; InputError if it cannot be read, or for what `parse_toml` refuses."""
    try:
        return parse_toml(read_regular(path, MOST_TOML_BYTES).decode(), path)
    except UnicodeDecodeError as error:
        raise InputError(path, f"must be valid TOML: {error}") from None


def parse_toml(text: str, place: object) -> dict[str, Any]:
    """Return the content of a TOML document.

    Raises:
        InputError: at `place`, for what is no TOML, for keys of more than 32 parts, and for whole numbers beyond 64
            bits, which TOML does not promise either.
    """
    if _LONG_KEY.search(text):
        raise InputError(place, f"a key must have fewer than {_MOST_KEY_PARTS} parts")
    try:
        data = tomllib.loads(text)
        _check_numbers(data, Place(place))
    except (InputError, tomllib.TOMLDecodeError) as error:
        raise error if isinstance(error, InputError) else InputError(place, f"must be valid TOML: {error}") from None
    except RecursionError:
        raise InputError(place, "must not be nested this deeply") from None
    except ValueError:  # Python reads no whole number of more than 4,300 digits
        raise InputError(place, "whole numbers must have at most 64 bits") from None
    return data


def _check_numbers(value: object, place: Place) -> None:
    if isinstance(value, Mapping):
        for key, entry in value.items():
            _check_numbers(entry, place.key(key))
    elif isinstance(value, list):
        for i, entry in enumerate(value):
            _check_numbers(entry, place.entry(i))
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise InputError(place, "a whole number must have at most 64 bits")


def parse_json(content: str | bytes, place: object) -> Any:
    """Return the content of a JSON document; InputError at `place` for what is none, or is nested too deeply."""
    try:
        return json.loads(content)
    except ValueError as error:
        raise InputError(place, f"must be valid JSON: {error}") from None
    except RecursionError:
        raise InputError(place, "must not be nested this deeply") from None


def to_toml(data: Mapping[str, Any]) -> str:
    """Return numbers, texts, booleans and lists, and tables of them, as a TOML document; None is left out."""
    return "\n".join([*_toml_lines(data, ()), ""])


def _toml_lines(table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    """Return the lines of a table whose own heading is above: first its values, then the tables in it."""
    given = {key: value for key, value in table.items() if value is not None}
    inner = {key: value for key, value in given.items() if isinstance(value, Mapping) or _are_tables(value)}
    lines = [f"{_toml_key(key)} = {_toml_value(value)}" for key, value in given.items() if key not in inner]
    for key, value in inner.items():
        place = (*path, _toml_key(key))
        name = ".".join(place)
        entries = [(f"[{name}]", value)] if isinstance(value, Mapping) else [(f"[[{name}]]", one) for one in value]
        for heading, entry in entries:
            lines += ["", heading, *_toml_lines(entry, place)]
    return lines


def _are_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(entry, Mapping) for entry in value)


def _toml_key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _toml_value(key)


def _toml_value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_toml_key(key)} = {_toml_value(entry)}' for key, entry in value.items())}}}"
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    # A JSON string is a TOML basic string except for DEL, and JSON's other numbers and booleans are TOML's.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


@cache
def _annotations(kind: type) -> dict[str, Any]:
    """The annotations of a dataclass's fields, by name."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _value(kind: Any, value: object, place: Place) -> Any:
    """Read a value of any annotation."""
    if kind in _NAMES:
        return _plain(kind, value, place)
    origin, choices = get_origin(kind), [choice for choice in get_args(kind) if choice is not type(None)]
    if kind is Any or (value is None and type(None) in get_args(kind)):
        return value
    if origin is tuple:
        return tuple(_value(choices[0], entry, place.entry(i)) for i, entry in enumerate(_list(value, place)))
    if origin is Mapping:
        return {key: _value(choices[1], entry, place.key(key)) for key, entry in _mapping(value, place).items()}
    if origin is not None:  # a union of one type and None
        return _value(choices[0], value, place)
    if dataclasses.is_dataclass(kind):
        return _nested(kind, value, place)
    return _enumeration(kind, value, place)


def _nested(kind: Any, value: object, place: Place) -> Any:
    if isinstance(value, kind):
        return value
    return kind.from_json(value, place) if hasattr(kind, "from_json") else from_data(kind, value, place)


def _mapping(value: object, place: Place) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(place, "must be a table of keys and values", got=repr(value))
    return value


def _list(value: object, place: Place) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise InputError(place, "must be a list", got=repr(value))
    return value


def _enumeration(kind: type[StrEnum], value: object, place: Place) -> StrEnum:
    if value not in list(kind):
        raise unknown(place, "value", str(value), list(kind))
    return kind(str(value))


def _plain(kind: type, value: object, place: Place) -> Any:
    # A whole number is a number too; a boolean is Python's int, but no number.
    accepted = (int, float) if kind is float else kind
    if not isinstance(value, accepted) or (isinstance(value, bool) and kind is not bool):
        raise InputError(place, f"must be {_NAMES[kind]}", got=repr(value))
    if isinstance(value, int):
        _check_numbers(value, place)
    return value
