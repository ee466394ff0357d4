"""Recordings and windows to Edge Impulse: in requests of many files, each told apart."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from nas.data.acquisition import Acquisition
from nas.data.layouts.edge_impulse import labels_of, sample_name
from nas.errors import InputError
from nas.exporters.edge_impulse.answer import RefusedError
from nas.exporters.edge_impulse.client import Client, Files

MOST_FILES, MOST_BYTES = 200, 20 << 20
"""Of a request, where they allow 1,000 files of 100 MB each: a cut connection should not cost much."""
MOST_FILE_BYTES = 100 * 10**6
_TYPES = {"json": "application/json", "cbor": "application/cbor"}


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One recording to upload.

    Attributes:
        recording: its samples.
        label: its class; empty if its parts have classes.
        category: `training` or `testing`.
        spans: classes of parts: first sample, last sample, class.
        metadata: texts by key, such as the group.
    """

    recording: Acquisition
    label: str
    category: str
    spans: tuple[tuple[int, int, str], ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one sample.

    Attributes:
        name: of its file.
        label: its class.
        category: `training` or `testing`.
        sample_id: its number there; None if it was not stored now.
        is_known: whether the project had it already.
        error: why it was not stored; None if it was, or was there.
    """

    name: str
    label: str
    category: str
    sample_id: int | None = None
    is_known: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True)
class _File:
    """A sample as a file."""

    name: str
    content: bytes
    sample: Sample


def send(
    client: Client,
    samples: Iterable[Sample],
    form: str,
    key: str | None,
    told: Callable[[Sent], None] = lambda sent: None,
) -> list[Sent]:
    """Upload samples and return what became of each; what the project holds already is left as it is.

    Args:
        client: of the project.
        samples: the recordings; those of one class and category in a row go together.
        form: `json` or `cbor`.
        key: to sign them with; None for no signature.
        told: is called for each sample.

    Raises:
        InputError: the server does not answer, or refuses the key; what was sent until then is stored.
    """
    found: list[Sent] = []
    for _, files in groupby(_files(samples, form, key), _headers):
        for batch in _batches(files):
            for sent in _send(client, batch, form):
                told(sent)
                found.append(sent)
    return found


def _files(samples: Iterable[Sample], form: str, key: str | None) -> Iterator[_File]:
    for sample in samples:
        content = sample.recording.dump(form, key)
        name = f"{sample_name(sample.label, content)}.{form}"
        if len(content) > MOST_FILE_BYTES:
            rule = f"must have at most {MOST_FILE_BYTES:,} bytes"
            raise InputError(name, rule, got=f"{len(content):,}", hint="cut the recording, or take --form cbor")
        yield _File(name, content, sample)


def _batches(files: Iterable[_File]) -> Iterator[list[_File]]:
    batch: list[_File] = []
    size = 0
    for file in files:
        if batch and (len(batch) == MOST_FILES or size + len(file.content) > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += len(file.content)
    if batch:
        yield batch


def _headers(file: _File) -> tuple[str, dict[str, str]]:
    """Return a file's category, and what holds for all files of a request: their class and metadata."""
    sample = file.sample
    headers = {"x-label": _header(sample.label)} if sample.label else {"x-no-label": "1"}
    if sample.metadata:
        headers["x-metadata"] = json.dumps(dict(sample.metadata))
    return sample.category, headers


def _send(client: Client, batch: Sequence[_File], form: str) -> Iterator[Sent]:
    files: Files = [("data", (file.name, file.content, _TYPES[form])) for file in batch]
    spans = {file.name: labels_of(file.sample.spans) for file in batch if file.sample.spans}
    if spans:
        listed = {"version": 1, "type": "structured-labels", "structuredLabels": spans}
        files.append(("data", ("structured_labels.labels", json.dumps(listed).encode(), "application/json")))
    category, headers = _headers(batch[0])
    try:
        answers = client.ingest(category, files, headers).get("files", [])
    except RefusedError as error:
        answers = [{"fileName": file.name, "success": False, "error": str(error)} for file in batch]
    yield from _told(batch, answers)


def _told(batch: Sequence[_File], answers: Any) -> Iterator[Sent]:
    """Yield what became of each file; one that the answer does not name counts as not stored."""
    by_name = {str(each.get("fileName")): each for each in answers if isinstance(each, dict)}
    for file in batch:
        name, label, category = file.name, file.sample.label, file.sample.category
        answer = by_name.get(name)
        if answer is None:
            yield Sent(name, label, category, error="the server's answer does not name it")
        elif answer.get("success") is True:
            yield Sent(name, label, category, sample_id=answer.get("sampleId"))
        else:
            why = str(answer.get("error") or "it gives no reason")
            known = bool(re.search(r"duplicate|already exists", why, re.IGNORECASE))
            yield Sent(name, label, category, is_known=known, error=None if known else why)


def _header(label: str) -> str:
    """Return a class as a header may hold it; InputError for what no header can."""
    try:
        label.encode("latin-1")
    except UnicodeEncodeError:
        raise InputError("label", "must have Latin letters to be uploaded", got=repr(label)) from None
    if not label.isprintable():
        raise InputError("label", "must have printable characters", got=repr(label))
    return label
