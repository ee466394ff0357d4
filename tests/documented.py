"""The keys that a page of the reference lists for a document, and which keys of a real one it lacks."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def unlisted(document: Any, section: str, page: Path) -> list[str]:
    """Return the keys of a document, or of several in a list, that a section of a page does not list.

    A key is listed if it stands as code in the first cell of a row, with a star for any name, or lies below one whose
    row links to where its keys are.
    """
    rows = list(_rows(section, page.read_text()))
    keys = {key for each in (document if isinstance(document, list) else [document]) for key in leaves(each)}
    return sorted(key for key in keys if not any(_covers(row, key) for row in rows))


def leaves(value: Any, place: str = "") -> Iterator[str]:
    """Yield the path of each value in a document: `best.trial`, `front[].macs`; a list of numbers is one value."""
    entries = [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list | tuple) else []
    if isinstance(value, Mapping) and value:
        for key, below in value.items():
            yield from leaves(below, f"{place}.{key}".lstrip("."))
    elif entries:
        for entry in entries:
            yield from leaves(entry, f"{place}[]")
    else:
        yield place


def _rows(section: str, text: str) -> Iterator[tuple[str, bool]]:
    """Yield each key that a section lists, and whether its row links to where the keys below it are."""
    found = re.search(rf"^##+ {section}\n(.*?)(?=^##+ |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"the page has no section {section}"
    for line in found[1].splitlines():
        if line.startswith("| `"):
            first, meaning = line.strip("|").split(" | ", 1)
            yield from ((key, "](" in meaning) for key in re.findall(r"`([^`]+)`", first))


def _covers(row: tuple[str, bool], key: str) -> bool:
    listed, is_linked = row
    pattern = re.escape(listed).replace(r"\*", r"[^.\[\]]+")
    if re.fullmatch(pattern, key):
        return True
    if is_linked:
        return key.startswith(tuple(listed.removesuffix(".*") + end for end in (".", "[")))
    return listed.startswith((f"{key}.", f"{key}["))  # an object or a list that is empty here, or null
