"""What each key of a document means, as its dataclass's docstring says, and its default; those of a specification."""

import dataclasses
import inspect
import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

from nas.study.model_spec import TABLES, ModelSpec
from nas.study.model_spec_tables import CallbackEntry

_WORDS: Mapping[Any, str] = {bool: "true or false", int: "whole number", float: "number", str: "text", Any: "any"}
_ENTRY = re.compile(r"^(\w+(?:, \w+)*): ")


@dataclass(frozen=True, slots=True)
class SpecKey:
    """A key that a document may have.

    Attributes:
        table: its table; empty for a key at the top.
        name: of the key.
        kind: what its value is.
        default: its value where it is not given; None if there is none, or if it depends on something else.
        description: what it means.
    """

    table: str
    name: str
    kind: str
    default: Any
    description: str


def spec_keys() -> list[SpecKey]:
    """Return all keys of a specification, table after table."""
    top = [one for one in keys_of("", ModelSpec) if one.name not in TABLES]
    entries = [dataclasses.replace(one, kind="text") for one in keys_of("training.callbacks", CallbackEntry)]
    return [*top, *(key for table, kind in TABLES.items() for key in keys_of(table, kind)), *entries]


def keys_of(table: str, kind: type) -> Iterator[SpecKey]:
    """Yield the keys of a table: the fields of its dataclass, each with what the docstring says of it."""
    texts, hints = _texts(kind), get_type_hints(kind)
    for one in dataclasses.fields(kind):
        default = None if one.default is dataclasses.MISSING else one.default
        if one.default_factory is not dataclasses.MISSING:
            default = one.default_factory()
        yield SpecKey(table, one.name, _kind(hints[one.name]), default, texts.get(one.name, ""))


def _texts(kind: type) -> dict[str, str]:
    """Return what the docstring of a dataclass, and of those that it is derived from, says of each field."""
    texts: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        section = inspect.cleandoc(each.__doc__ or "").partition("Attributes:\n")[2]
        for entry in re.split(r"\n(?=    \w)", f"\n{section}"):
            line = " ".join(entry.split())
            if found := _ENTRY.match(line):
                texts |= dict.fromkeys(found[1].split(", "), line[found.end() :])
    return texts


def _kind(hint: Any) -> str:
    """Return an annotation in words."""
    origin, arguments = get_origin(hint), [one for one in get_args(hint) if one is not type(None)]
    if origin in (Union, types.UnionType):
        return _kind(arguments[0])
    if origin is tuple:
        return "list of tables" if dataclasses.is_dataclass(arguments[0]) else f"list of {_kind(arguments[0])}"
    return "table" if origin is Mapping else _WORDS.get(hint, "text")
