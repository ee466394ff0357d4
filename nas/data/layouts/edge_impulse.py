"""Edge Impulse's export of a project: recordings in `training/` and `testing/`, and `info.labels`, which lists them.

Data that are written, downloads and what is read share the names, parts and entries that are here.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from nas.data.layouts.entry import Entry, Layout, within
from nas.data.parts import part_of
from nas.data.tables.encoding import read_bytes
from nas.errors import InputError
from nas.files import write_atomic

LISTING = "info.labels"
CATEGORIES = {"train": "training", "val": "training", "test": "testing"}
"""What they call our parts; they take their validation rows from the training ones."""
_NO_RECORDINGS = (".wav", ".png", ".jpg", ".mp4", ".avi")
_DIGITS = 12

Spans: TypeAlias = tuple[tuple[int, int, str], ...]
"""Classes of the parts of a recording: first sample, last sample, class."""


def read_export(source: str, folder: Path) -> Layout:
    """Return the files that a folder's `info.labels` names, with their classes and parts.

    The group is that of the metadata, else each sample is a group of its own. Files without a label are left out; those
    with several keep the class of each part.

    Raises:
        InputError: the list is damaged, or names a file that is not there: half an export.
    """
    listing = folder / LISTING
    try:
        files = json.loads(read_bytes(listing, str(listing)))["files"]
        found = [_sample(source, f"{listing}: files[{n}]", folder, file) for n, file in enumerate(files)]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            listing, "must be as Edge Impulse writes it", got=repr(error), hint="export it again"
        ) from error
    entries = tuple(entry for entry in found if entry.label or entry.spans)
    grouped = all((file.get("metadata") or {}).get("group") for file in files)
    groups = "groups from their metadata" if grouped else "each sample a group"
    notes = [f"layout: Edge Impulse's; classes and parts from {LISTING}, {groups}"]
    if len(found) > len(entries):
        notes.append(f"samples without a label left out: {len(found) - len(entries)}")
    return Layout(entries, tuple(notes))


def write_listing(folder: Path, entries: Sequence[Mapping[str, Any]]) -> Path:
    """Write the list of an export, after its files, and return it."""
    return write_atomic(folder / LISTING, json.dumps({"version": 1, "files": entries}, indent=1) + "\n")


def listed(path: str, label: str, spans: Spans = (), metadata: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the entry of a sample in the list.

    Args:
        path: of its file in the folder; the first part is the category.
        label: its class, if its parts have none.
        spans: classes of its parts.
        metadata: texts by key, such as the group.
    """
    category, _, name = path.partition("/")
    classes = {"type": "multi-label", "labels": labels_of(spans)} if spans else {"type": "label", "label": label}
    entry = {"path": path, "name": name.rpartition(".")[0], "category": category, "label": classes}
    return entry | ({"metadata": dict(metadata)} if metadata else {})


def labels_of(spans: Spans) -> list[dict[str, Any]]:
    """Return the classes of parts as Edge Impulse writes them."""
    return [{"startIndex": first, "endIndex": last, "label": label} for first, last, label in spans]


def spans_of_labels(labels: Sequence[Mapping[str, Any]]) -> Spans:
    """Return the classes of parts that Edge Impulse wrote; TypeError, KeyError or ValueError if they are damaged."""
    return tuple((int(each["startIndex"]), int(each["endIndex"]), str(each["label"]).strip()) for each in labels)


def sample_name(label: str, content: bytes) -> str:
    """Return a name for the file of a recording: its class, and what tells it from others, without an ending."""
    return f"{file_stem(label or 'labels')}.{hashlib.sha256(content).hexdigest()[:_DIGITS]}"


def file_stem(name: str) -> str:
    """Return a name from elsewhere as the name of a file, which leads to no other folder."""
    return re.sub(r"[^\w.-]+", "_", name).strip(".") or "unnamed"


def _sample(source: str, place: str, folder: Path, file: dict[str, Any]) -> Entry:
    name, label = str(file["path"]), file.get("label") or {}
    if name.lower().endswith(_NO_RECORDINGS):
        raise InputError(place, "must be a recording as CSV, JSON or CBOR", got=name, hint="export the data again")
    try:
        path = within(folder, name, place)
    except InputError as error:
        if (folder / name).exists() or ".." in name:
            raise
        hint = "unpack the whole export, or export it again"
        raise InputError(place, "names a file that is not there: half an export", got=name, hint=hint) from error
    part = part_of(str(file.get("category", "training"))) or "train"
    kind = label.get("type", "label")
    text = str(label.get("label", "")) if kind == "label" else ""
    spans = spans_of_labels(label.get("labels", ())) if kind != "label" else ()
    group = str((file.get("metadata") or {}).get("group") or file.get("name") or path.stem)
    return Entry(path, f"{source}/{name}", name, text.strip(), group, part, spans)
