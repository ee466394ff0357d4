"""Tables and plain text as Markdown."""

import re
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; cells are Markdown without a line break or a bare `|`."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def prose(text: str) -> str:
    """Return words of the code as Markdown: flags become code, other signs stand for themselves."""
    text = re.sub(
        r"(`[^`]*`)|(?<![\w-])(--[a-z][\w-]*\w)", lambda found: found[1] or f"`{found[2]}`", " ".join(text.split())
    )
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"([*_\[\]<>\\#$~^])", r"\\\1", part) for part in parts)


def code(value: object) -> str:
    """Return a value as code."""
    return f"`{value}`"


def sentence(text: str) -> str:
    """Return words that begin with a capital and end with a full stop."""
    text = text.strip()
    first = text[:1] if re.match(r"\w+[_.]\w|\w\b", text) else text[:1].upper()
    return first + text[1:] + ("" if not text or text.endswith(".") else ".")
