"""Specifications of models, and the keys that they may have, as text."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from nas.api.specs import SpecSummary
from nas.codec import to_toml
from nas.study.model_spec_keys import SpecKey


def listing(specs: Sequence[SpecSummary]) -> Table:
    """Return a table of specifications, a line each."""
    table = Table("name", "kind", "path", "description", box=None, header_style="dim", pad_edge=False)
    for one in specs:
        table.add_row(one.name, one.kind, one.path, one.problem or one.description)
    return table


def keys_table(keys: Sequence[SpecKey]) -> Group:
    """Return every key with its default and its meaning, table after table."""
    parts: list[Text | Table] = []
    for table in dict.fromkeys(key.table for key in keys):
        grid = Table.grid(padding=(0, 2), pad_edge=False)
        for key in keys:
            if key.table == table:
                grid.add_row(Text(key.name, style="bold"), _default(key), Text(key.description))
        heading = f"[{table}]" if "." not in table else f"[[{table}]]"
        parts += [Text(f"\n{heading}" if table else "at the top", style="dim"), grid]
    return Group(*parts)


def shown(settings: Mapping[str, Any]) -> str:
    """Return a specification as TOML with every key."""
    return to_toml({key: value for key, value in settings.items() if value not in ({}, "")})


def _default(key: SpecKey) -> Text:
    value = key.default
    if value is None or value == "":
        return Text(key.kind, style="dim")
    return Text(json.dumps(value, default=str))
