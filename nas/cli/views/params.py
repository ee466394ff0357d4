"""Parameters of a model, as a person writes and reads them."""

import json
from collections.abc import Mapping
from typing import Any

from nas.errors import InputError
from nas.text import counted


def setting(text: str, flag: str) -> tuple[str, Any]:
    """Return the key and the value of `KEY=VALUE`; a key with a kind, `KEY:KIND=VALUE`, keeps its value as text."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise InputError(flag, "must be KEY=VALUE", got=repr(text))
    return key, value if ":" in key else _literal(value)


def _literal(text: str) -> Any:
    """Return what a JSON number, boolean, list or text says; any other text stays as it is."""
    try:
        value = json.loads(text, parse_constant=str)
    except ValueError:
        return text
    return text if value is None or isinstance(value, dict) else value


def params_text(document: Mapping[str, Any], *, alone: bool) -> str:
    """Return parameters as lines of text.

    Args:
        document: what `Params.to_json` gives.
        alone: whether to return the values only, a line each, for scripts.
    """
    shown = {key: _words(value) for key, value in document["params"].items()}
    if alone:
        return "\n".join(shown.values())
    if not shown:
        return f"{document['file']} holds no parameters"
    width, kinds = max(map(len, shown)), document["kinds"]
    lines = [f"{key:<{width}}  {kinds[key]:<8} {value}" for key, value in shown.items()]
    cost = f"{counted(len(shown), 'parameter')} in {document['entry']}: {document['cost_bytes']:,} B of the file"
    return "\n".join([*lines, "", cost])


def _words(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_words, value))
    return str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())
