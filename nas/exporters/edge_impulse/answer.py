"""What a server answers: read up to a limit, without the key, and told in one line where repeating does not help.

Edge Impulse's API says in a 200 that something failed: `{"success": false, "error": "..."}`. So the status alone says
nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from nas.errors import InputError
from nas.exporters.edge_impulse.key import API_KEY

MOST_BYTES = 256 << 20
"""Of an answer: a recording has at most 100 MB there, and a build is smaller than that."""
_CHUNK_BYTES = 1 << 18
_REFUSED_KEY, _TOO_LARGE, _NOT_THERE = (401, 403), 413, 404


class RefusedError(Exception):
    """The server says, in words, that it will not do what was asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's whole answer.

    Attributes:
        url: what was asked.
        status: of HTTP.
        reason: the status in words.
        headers: by name, in lower case.
        content: the body.
        key: never shown, should the server repeat it.
    """

    url: str
    status: int
    reason: str
    headers: Mapping[str, str]
    content: bytes = field(repr=False)
    key: str = field(repr=False)

    @property
    def is_document(self) -> bool:
        return "json" in self.headers.get("content-type", "")

    @property
    def wait_s(self) -> float | None:
        """The seconds that the server asks to wait; None if it does not."""
        try:
            return max(0.0, float(self.headers["retry-after"]))
        except (KeyError, ValueError):
            return None

    @property
    def text(self) -> str:
        """What the server says, without the key."""
        return self.content.decode(errors="replace").replace(self.key, "***")

    def line(self, most: int) -> str:
        """Return at most so many characters of what the server says, on one line."""
        return " ".join(self.text.split())[:most]

    def document(self) -> dict[str, Any]:
        """Return the JSON object of the answer.

        Raises:
            RefusedError: it says that the request failed.
            InputError: it is none.
        """
        try:
            found = json.loads(self.text)
        except (ValueError, RecursionError):
            raise InputError(place_of(self.url), "must answer with JSON", got=self.line(80) or "nothing") from None
        if not isinstance(found, dict):
            raise InputError(place_of(self.url), "must answer with a JSON object", got=type(found).__name__)
        if found.get("success") is False and "files" not in found:
            raise RefusedError(str(found.get("error") or "it gives no reason"))
        return found

    def check_status(self) -> None:
        """Raise an InputError for a status that repeating does not change."""
        if self.status in _REFUSED_KEY:
            rule, hint = "must accept the key, but refuses it", "Dashboard > Keys in Studio lists the project's keys"
            raise InputError(host_of(self.url), rule, got=f"HTTP {self.status}", hint=f"check {API_KEY}: {hint}")
        if self.status == _TOO_LARGE:
            hint = "send fewer or shorter recordings; a file may have 100 MB"
            raise InputError(host_of(self.url), "finds the request too large", got=f"HTTP {self.status}", hint=hint)
        if self.status == _NOT_THERE:
            got = f"HTTP {self.status} for {urlsplit(self.url).path}"
            raise InputError(host_of(self.url), "must have the project and what is asked of it", got=got)
        if not 200 <= self.status < 300:
            got = f"HTTP {self.status} {self.line(200)}".strip()
            raise InputError(place_of(self.url), "must accept the request", got=got)


def read_answer(response: requests.Response, url: str, key: str) -> Answer:
    """Read a response to its end.

    Raises:
        InputError: it has more than `MOST_BYTES`, unpacked; no more are read.
        requests.exceptions.RequestException: the connection is cut.
    """
    content = bytearray()
    for chunk in response.iter_content(_CHUNK_BYTES):
        content += chunk
        if len(content) > MOST_BYTES:
            raise InputError(place_of(url), f"must answer with at most {MOST_BYTES:,} bytes", got="more")
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(url, response.status_code, response.reason or "", headers, bytes(content), key)


def host_of(url: str) -> str:
    """Return the host and the port of an address, without a password that may stand before them."""
    return urlsplit(url).netloc.rpartition("@")[2]


def place_of(url: str) -> str:
    """Return an address as messages name it: its host, and its path."""
    return host_of(url) + urlsplit(url).path
