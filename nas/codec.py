"""Data to JSON and TOML and back, by the annotations of dataclasses."""

import dataclasses
from collections.abc import Mapping
from typing import Any, get_args

from nas.errors import InputError, unknown


def read_fields(kind: type, values: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Check values for the fields of a dataclass by name and type; InputError at `place` for what does not fit."""
    known: dict[str, Any] = {f.name: f.type for f in dataclasses.fields(kind)}
    for key, value in values.items():
        if key not in known:
            raise unknown(place, "key", key, known)
        # A whole number is a float too; True is not a number.
        accepted = known[key] | int if float in (known[key], *get_args(known[key])) else known[key]
        if not isinstance(value, accepted) or (isinstance(value, bool) and known[key] is not bool):
            name = getattr(known[key], "__name__", str(known[key]))
            raise InputError(f"{place}: {key}", f"must be a {name}", got=repr(value))
    return dict(values)
