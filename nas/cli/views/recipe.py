"""The settings of a recipe as a person reads them: what each is, and its default."""

import dataclasses
import inspect
import re
from collections.abc import Iterator, Mapping
from textwrap import fill
from typing import Any

from nas.study.recipe import Recipe


def settings(recipe: Recipe) -> str:
    """Return each table with its settings, the value that each has in `recipe`, and what it means."""
    tables = ((field.name, getattr(recipe, field.name)) for field in dataclasses.fields(recipe))
    return "\n\n".join("\n".join([fill(f"[{name}]  {_summary(table)}", 79), *_lines(table)]) for name, table in tables)


def meanings(table: type) -> Mapping[str, str]:
    """Return what each attribute of a class means, as the section Attributes of its docstring, or a base's, says it."""
    found: dict[str, str] = {}
    for kind in reversed(table.__mro__[:-1]):
        section = (inspect.getdoc(kind) or "").partition("\nAttributes:\n")[2].partition("\n\n")[0]
        entries = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", section, re.MULTILINE)
        found |= {name: " ".join(text.split()) for name, text in entries}
    return found


def _summary(table: object) -> str:
    return (inspect.getdoc(table) or "").partition("\n")[0]


def _lines(table: Any) -> Iterator[str]:
    for name, meaning in meanings(type(table)).items():
        value = getattr(table, name)
        yield f"  {name} = {str(value).lower() if isinstance(value, bool) else value}"
        yield fill(meaning, 79, initial_indent="      ", subsequent_indent="      ")
