"""A project's samples as an export of Edge Impulse: recordings in `training/` and `testing/`, and `info.labels`."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from nas.data.acquisition import Acquisition, load_acquisition
from nas.errors import InputError
from nas.exporters.edge_impulse.client import Client
from nas.files import write_atomic

CATEGORIES = ("training", "testing")
LISTING = "info.labels"
_PAGE = 500


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
    listed, written = [], []
    for sample in _samples(client, project):
        name = _name(sample, form)
        path = folder / name
        if not path.is_file():
            write_atomic(path, _recording(client, project, sample, name).dump(form))
        listed.append(_entry(sample, name))
        written.append(path)
        told(name)
    if not listed:
        raise InputError(f"project {project}", "must hold samples", got="none", hint="upload some first")
    content = json.dumps({"version": 1, "files": listed}, indent=1) + "\n"
    return [*written, write_atomic(folder / LISTING, content)]


def _samples(client: Client, project: int) -> Iterator[dict[str, Any]]:
    """Yield what the project says of each sample, page by page."""
    for category in CATEGORIES:
        path, start, seen = f"/api/{project}/raw-data", 0, set()
        while True:
            page = client.get(path, category=category, limit=_PAGE, offset=start).get("samples")
            if not isinstance(page, list) or not all(isinstance(each, dict) and "id" in each for each in page):
                raise InputError(path, "must list samples", got=str(page)[:80])
            new = [each for each in page if each["id"] not in seen]
            yield from ({**each, "category": category} for each in new)
            seen |= {each["id"] for each in new}
            start += len(page)
            if len(page) < _PAGE or not new:  # a server that does not know `offset` repeats its first page
                break


def _recording(client: Client, project: int, sample: dict[str, Any], name: str) -> Acquisition:
    document = client.get(f"/api/{project}/raw-data/{sample['id']}")
    payload, facts = document.get("payload"), document.get("sample") or {}
    if not isinstance(payload, dict):
        raise InputError(name, "must come with its samples", got=str(payload)[:80])
    interval = payload.get("interval_ms") or facts.get("intervalMs")
    content = json.dumps({"payload": {**payload, "interval_ms": interval}}).encode()
    found = load_acquisition(content, name)
    if any(unit in ("wav", "rgba", "rgb") for unit in found.units):
        rule = "must be a recording of sensors"
        raise InputError(name, rule, got=", ".join(found.units), hint="export audio and images in Studio")
    return Acquisition(np.asarray(found.values), found.interval_ms, found.sensors, found.units, found.device_type)


def _name(sample: dict[str, Any], form: str) -> str:
    """Return the file of a sample: its name there, which several may share, with its number."""
    stem = re.sub(r"\.(json|cbor|csv)$", "", file_stem(str(sample.get("filename") or "sample")))
    return f"{sample['category']}/{stem}.{int(sample['id'])}.{form}"


def file_stem(name: str) -> str:
    """Return a name from elsewhere as the name of a file, which leads to no other folder."""
    return re.sub(r"[^\w.-]+", "_", name).strip(".") or "unnamed"


def _entry(sample: dict[str, Any], name: str) -> dict[str, Any]:
    labels = sample.get("structuredLabels")
    label = {"type": "multi-label", "labels": labels} if labels else {"type": "label", "label": sample.get("label", "")}
    stem = Path(name).name.rpartition(".")[0]
    entry = {"path": name, "name": stem, "category": sample["category"], "label": label}
    return entry | ({"metadata": sample["metadata"]} if sample.get("metadata") else {})
