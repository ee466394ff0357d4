"""A study from a mapping of its fields: a `study.toml`, flags of the command line, or keyword arguments."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nas.codec import Place, from_data, read_toml
from nas.errors import InputError, unknown
from nas.study.recipe import TABLES, read_recipe, tables_of
from nas.study.study import Study


def make_study(values: Mapping[str, Any], place: object = "study") -> Study:
    """Make a study from a mapping that holds its fields and the tables of its recipe.

    Flags, and study files of earlier releases, give settings by their names alone, in one table `recipe`. Such a
    setting overrides the one in its table.

    Raises:
        InputError: at `place`, for unknown keys, missing ones, and values of a wrong type or out of range.
    """
    at = Place(place)
    for name in (*TABLES, "recipe"):
        if not isinstance(values.get(name, {}), Mapping):
            raise InputError(at.key(name), "must be a table of settings", got=repr(values[name]))
    named = tables_of(values.get("recipe", {}), at.key("recipe"))
    tables = {name: {**values.get(name, {}), **named.get(name, {})} for name in TABLES}
    fields = {key: value for key, value in values.items() if key not in TABLES}
    for key in fields:
        if key not in (known := [each.name for each in dataclasses.fields(Study)]):
            raise unknown(place, "key", str(key), known)
    if "space" not in fields:
        raise InputError(
            place,
            "must name a space",
            hint="such as --space cnn_timeseries --data recordings/ --budget-kb 6; see `nas spaces`",
        )
    return from_data(Study, {**fields, "recipe": read_recipe(tables, at)}, at)


def read_study(path: Path) -> dict[str, Any]:
    """Return the fields in a `study.toml`, or in the one of a study's folder."""
    file = path / "study.toml" if path.is_dir() else path
    return read_toml(file)
