"""The settings of a recipe as a person reads them: what each is, and its default."""

import dataclasses
import inspect
from collections.abc import Iterator
from textwrap import fill
from typing import Any

from nas.codec import to_toml
from nas.study.model_spec_keys import keys_of
from nas.study.recipe import Recipe


def settings(recipe: Recipe) -> str:
    """Return each table with its settings, the value that each has in `recipe`, and what it means."""
    tables = ((field.name, getattr(recipe, field.name)) for field in dataclasses.fields(recipe))
    return "\n\n".join("\n".join([fill(f"[{name}]  {_summary(table)}", 79), *_lines(table)]) for name, table in tables)


def _summary(table: object) -> str:
    return (inspect.getdoc(table) or "").partition("\n")[0]


def _lines(table: Any) -> Iterator[str]:
    for key in keys_of("", type(table)):
        value = getattr(table, key.name)
        yield f"  # {key.name}: {key.kind}" if value is None else f"  {to_toml({key.name: value}).strip()}"
        yield fill(key.description, 79, initial_indent="      ", subsequent_indent="      ")
