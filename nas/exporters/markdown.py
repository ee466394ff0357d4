"""Tables, lists and text in Markdown."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def escape(value: object) -> str:
    """Escape one line of text, so that Markdown shows each character as it is; underscores within words stay."""
    return re.sub(r"[\\`*\[\]<>|#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\\g<0>", " ".join(str(value).split()))


def table(head: Sequence[str], rows: Iterable[Sequence[object]], text: int = 1) -> str:
    """Return a table whose first `text` columns are text and whose others are right-aligned numbers."""
    rule = ["---"] * text + ["---:"] * (len(head) - text)
    return "\n".join([_row(head), _row(rule), *(_row(map(escape, row)) for row in rows)])


def facts(values: Mapping[str, Any]) -> str:
    """Return a bullet list of `values`; the keys of a nested mapping become `key.inner`."""
    return "\n".join(f"- {escape(key)}: {escape(value)}" for key, value in _flat(values))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, (list, tuple)):
            yield f"{prefix}{key}", ", ".join(map(str, value)) or "none"
        else:
            yield f"{prefix}{key}", "none" if value is None else str(value)
