"""Recorded documents, and the comparison of today's documents with them."""

import json
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent / "golden" / "ce3e131"
"""What commit ce3e131 wrote: the JSON of each verb in `json/`, and a study's folder with only what reading it needs.

The learning curves are cut to three epochs and the journal to five trials.
"""


def recorded(name: str) -> Any:
    """Return the recorded JSON document of a verb."""
    return json.loads((RECORDED / "json" / f"{name}.json").read_text())


def losses(old: Any, new: Any, place: str = "") -> list[str]:
    """Return each place of `old` that `new` lacks or holds with another type; lists are compared by their first entry.

    Where `old` holds null, `new` may hold anything.
    """
    if old is None:
        return []
    if _kind(old) != _kind(new):
        return [f"{place or 'document'}: was {_kind(old)}, is {_kind(new)}"]
    if isinstance(old, dict):
        missing = [f"{place}.{key}: missing" for key in old if key not in new]
        return missing + [loss for key in old if key in new for loss in losses(old[key], new[key], f"{place}.{key}")]
    if isinstance(old, list) and old and new:
        return losses(old[0], new[0], f"{place}[0]")
    return []


def _kind(value: Any) -> str:
    kinds = {dict: "object", list: "list", str: "text", bool: "boolean", int: "number", float: "number"}
    return kinds.get(type(value), "null")
