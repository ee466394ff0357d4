"""Takes out of a `.keras` file what differs from one writing to the next, so that equal models give equal bytes.

Keras writes into its files when they were written, and the addresses of Python's objects.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# The earliest time that a zip archive can hold.
_TIME = (1980, 1, 1, 0, 0, 0)
_DATE_SAVED = "1980-01-01@00:00:00"


def steadied(path: Path) -> bytes:
    """Return the content of a `.keras` file that Keras has written, with constants for times and addresses."""
    content = io.BytesIO()
    with zipfile.ZipFile(path) as read, zipfile.ZipFile(content, "w") as written:
        for name in sorted(read.namelist()):
            data = read.read(name)
            if name == "metadata.json":
                data = json.dumps({**json.loads(data), "date_saved": _DATE_SAVED}).encode()
            elif name == "config.json":
                data = _renumbered(json.loads(data))
            member = zipfile.ZipInfo(name, _TIME)
            member.external_attr = 0o600 << 16
            written.writestr(member, data)
    return content.getvalue()


def _renumbered(config: Any) -> bytes:
    """Return a model's configuration in which shared objects are numbered by their first mention."""
    numbers: dict[int, int] = {}
    for entry in _tables(config):
        if "shared_object_id" in entry:
            entry["shared_object_id"] = numbers.setdefault(entry["shared_object_id"], len(numbers) + 1)
    return json.dumps(config).encode()


def _tables(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every table within a JSON document, outer ones first."""
    if isinstance(value, dict):
        yield value
    for entry in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _tables(entry)
