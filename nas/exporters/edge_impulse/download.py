"""A project's samples as an export of Edge Impulse: recordings in `training/` and `testing/`, and `info.labels`."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from nas.data.acquisition import load_acquisition, message_of
from nas.data.layouts.edge_impulse import CATEGORIES, file_stem, listed, spans_of_labels, write_listing
from nas.errors import InputError
from nas.exporters.edge_impulse.client import Client
from nas.files import write_atomic

_PAGE = 500
_NO_SENSORS = ("wav", "rgba", "rgb")
"""Units of audio and images."""


def receive(
    client: Client, project: int, folder: Path, form: str, told: Callable[[str], None] = lambda name: None
) -> list[Path]:
    """Write all samples of a project, and then the list of them; return the files, the list last.

    A sample that is there already is not asked for again, so an interrupted download goes on. Images, audio and video
    are not recordings of sensors, and are refused.

    Args:
        client: of the project.
        project: its number.
        folder: where to write.
        form: `json` or `cbor`.
        told: is called with the name of each sample.

    Raises:
        InputError: the server does not answer, or gives what is no recording; what was written is kept.
    """
    entries, written = [], []
    for sample in _samples(client, project):
        name = _name(sample, form)
        path = folder / name
        if not path.is_file():
            write_atomic(path, _message(client, project, sample, name, form))
        entries.append(_entry(sample, name))
        written.append(path)
        told(name)
    if not entries:
        raise InputError(f"project {project}", "must hold samples", got="none", hint="upload some first")
    return [*written, write_listing(folder, entries)]


def _samples(client: Client, project: int) -> Iterator[dict[str, Any]]:
    """Yield what the project says of each sample, page by page."""
    for category in dict.fromkeys(CATEGORIES.values()):
        path, start, seen = f"/api/{project}/raw-data", 0, set()
        while True:
            page = client.get(path, category=category, limit=_PAGE, offset=start).get("samples")
            if not isinstance(page, list) or not all(isinstance(each, dict) and _is_number(each) for each in page):
                raise InputError(path, "must list samples", got=str(page)[:80])
            new = [each for each in page if each["id"] not in seen]
            yield from ({**each, "category": category} for each in new)
            seen |= {each["id"] for each in new}
            start += len(page)
            if len(page) < _PAGE or not new:  # a server that does not know `offset` repeats its first page
                break


def _is_number(sample: dict[str, Any]) -> bool:
    """Return whether a sample has a number of its own, which becomes part of a path and of a file's name."""
    return isinstance(sample.get("id"), int)


def _message(client: Client, project: int, sample: dict[str, Any], name: str, form: str) -> bytes:
    """Return the message with a sample's payload as it came, so that nothing of it is lost.

    Raises:
        InputError: it is no recording of sensors.
    """
    document = client.get(f"/api/{project}/raw-data/{sample['id']}")
    payload, facts = document.get("payload"), document.get("sample")
    if not isinstance(payload, dict):
        raise InputError(name, "must come with its samples", got=str(payload)[:80])
    if "interval_ms" not in payload and isinstance(facts, dict):
        payload = {**payload, "interval_ms": facts.get("intervalMs")}
    content = message_of(payload, form)
    units = load_acquisition(content, name).units
    if any(unit in _NO_SENSORS for unit in units):
        rule = "must be a recording of sensors"
        raise InputError(name, rule, got=", ".join(units), hint="export audio and images in Studio")
    return content


def _name(sample: dict[str, Any], form: str) -> str:
    """Return the file of a sample: its name there, which several may share, with its number."""
    stem = re.sub(r"\.(json|cbor|csv)$", "", file_stem(str(sample.get("filename") or "sample")))
    return f"{sample['category']}/{stem}.{sample['id']}.{form}"


def _entry(sample: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a sample's entry in the list; InputError if the classes of its parts are damaged."""
    try:
        spans = spans_of_labels(sample.get("structuredLabels") or ())
    except (TypeError, KeyError, ValueError) as error:
        raise InputError(name, "must have labels from a first to a last sample", got=repr(error)) from error
    metadata = sample.get("metadata")
    return listed(name, str(sample.get("label") or ""), spans, metadata if isinstance(metadata, dict) else None)
