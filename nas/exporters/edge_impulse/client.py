"""Requests to Edge Impulse: with the key, repeated where that helps, and told in one line where it does not.

Their API says in a 200 that something failed: `{"success": false, "error": "..."}`. So the status alone says nothing.
"""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import requests

from nas.errors import InputError
from nas.exporters.edge_impulse.key import API_KEY, api_key

STUDIO, INGESTION = "https://studio.edgeimpulse.com/v1", "https://ingestion.edgeimpulse.com"
Files: TypeAlias = list[tuple[str, tuple[str, bytes, str]]]
"""The parts of a form: field, and name, content and type of a file."""

_BUSY = (429, 503)
_BROKEN = (500, 502, 504)
_HERE = ("localhost", "127.0.0.1", "::1")
_LONGEST_WAIT_S = 60.0


class BusyError(Exception):
    """The request may succeed later; `after` is how many seconds the server asks to wait, if it says so."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class RefusedError(Exception):
    """The server says, in words, that it will not do what was asked."""


@dataclass(frozen=True)
class Patience:
    """How long to try.

    Attributes:
        tries: requests before giving up.
        first_wait_s: seconds before the second; doubled each time, unless the server says how long.
        timeout_s: seconds without an answer after which a request counts as cut.
        job_s: seconds that a job there may take.
        poll_s: seconds between two looks at a job.
    """

    tries: int = 4
    first_wait_s: float = 1.0
    timeout_s: float = 60.0
    job_s: float = 1800.0
    poll_s: float = 2.0


@dataclass
class Client:
    """A session with one project's key. The key goes into a header and nowhere else.

    Args:
        patience: how long to try.
        sleep: waits some seconds.
    """

    patience: Patience = field(default_factory=Patience)
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        self._key = api_key()
        self._studio = _host("EI_API_ENDPOINT", STUDIO)
        self._ingestion = _host("EI_INGESTION_ENDPOINT", INGESTION)
        self._session = requests.Session()

    def get(self, path: str, **query: Any) -> Any:
        """Return the document that Studio's API gives; see `_document`."""
        return self._document("GET", self._studio + path, path, params=query)

    def post(self, path: str, *, query: Mapping[str, Any] | None = None, **body: Any) -> Any:
        """Send to Studio's API and return its document. A request that was cut is not repeated: it may have begun."""
        return self._document("POST", self._studio + path, path, repeatable=False, params=query, **body)

    def ingest(self, category: str, files: Files, headers: Mapping[str, str]) -> Any:
        """Send files to the ingestion service; they are repeated safely, since duplicates are refused there."""
        path = f"/api/{category}/files"
        asked = {"x-disallow-duplicates": "1", **headers}
        return self._document("POST", self._ingestion + path, path, files=files, headers=asked)

    def download(self, path: str, **query: Any) -> bytes:
        """Return the content of a file; InputError if a document with an error comes in its place."""
        answer = self._send("GET", self._studio + path, path, True, params=query)
        if "json" in answer.headers.get("content-type", ""):
            self._checked(self._parsed(answer, path), path)
            raise InputError(path, "must answer with a file", got="a JSON document", hint="look at the job in Studio")
        return bytes(answer.content)

    def _document(self, method: str, url: str, path: str, repeatable: bool = True, **request: Any) -> Any:
        """Return the JSON document of an answer.

        Raises:
            RefusedError: it says that the request failed.
            InputError: the server does not answer, or answers something else.
        """
        return self._checked(self._parsed(self._send(method, url, path, repeatable, **request), path), path)

    def _checked(self, document: Any, path: str) -> Any:
        if not isinstance(document, dict):
            raise InputError(path, "must answer with a JSON object", got=type(document).__name__)
        if document.get("success") is False and "files" not in document:
            raise RefusedError(str(document.get("error") or "it gives no reason"))
        return document

    def _parsed(self, answer: requests.Response, path: str) -> Any:
        """Return the document of an answer without the key, should the server repeat it."""
        text = self._clean(answer.content.decode(errors="replace"))
        try:
            return json.loads(text)
        except ValueError:
            got = " ".join(text.split())[:80] or "nothing"
            raise InputError(f"{_named(answer.url)}{path}", "must answer with JSON", got=got) from None

    def _send(self, method: str, url: str, path: str, repeatable: bool, **request: Any) -> requests.Response:
        wait = self.patience.first_wait_s
        for tried in range(1, self.patience.tries + 1):
            try:
                return self._once(method, url, path, repeatable, **request)
            except BusyError as busy:
                if tried == self.patience.tries:
                    hint = "try again later; what was done so far is kept"
                    raise InputError(_named(url), f"must answer, but {busy} ({tried} tries)", hint=hint) from busy
                self.sleep(min(busy.after if busy.after is not None else wait, _LONGEST_WAIT_S))
                wait *= 2
        raise AssertionError

    def _once(self, method: str, url: str, path: str, repeatable: bool, **request: Any) -> requests.Response:
        headers = {"x-api-key": self._key, "accept": "application/json", **request.pop("headers", {})}
        try:
            # A redirection would carry the key to another host.
            answer = self._session.request(
                method, url, headers=headers, timeout=self.patience.timeout_s, allow_redirects=False, **request
            )
        except requests.exceptions.RequestException as error:
            why = _why(error)
            if repeatable or isinstance(error, requests.exceptions.ConnectTimeout):
                raise BusyError(why) from None
            hint = "look in Studio whether the job has begun, then try again"
            raise InputError(_named(url), f"must answer, but {why}", hint=hint) from None
        if answer.status_code in _BUSY or (answer.status_code in _BROKEN and repeatable):
            raise BusyError(f"it answers {answer.status_code} {answer.reason}", _after(answer))
        self._refuse(answer, url, path)
        return answer

    def _refuse(self, answer: requests.Response, url: str, path: str) -> None:
        """Raise an InputError for an answer with a status that repeating does not change."""
        status = answer.status_code
        if status in (401, 403):
            hint = f"check {API_KEY}: Dashboard > Keys in Studio lists the project's keys"
            raise InputError(_named(url), "must accept the key, but refuses it", got=f"HTTP {status}", hint=hint)
        if status == 413:
            hint = "send fewer or shorter recordings; a file may have 100 MB"
            raise InputError(_named(url), "finds the request too large", got="HTTP 413", hint=hint)
        if status == 404:
            raise InputError(_named(url), "must have the project and what is asked of it", got=f"HTTP 404 for {path}")
        if status >= 300:
            text = " ".join(self._clean(answer.text).split())[:200]
            raise InputError(_named(url), f"must accept {path}", got=f"HTTP {status} {text}".strip())

    def _clean(self, text: str) -> str:
        """Return what a server says, without the key, should it repeat it."""
        return text.replace(self._key, "***")


def _host(variable: str, default: str) -> str:
    """Return where a service is; InputError unless the way there is encrypted, or ends on this machine."""
    url = (os.environ.get(variable) or default).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE):
        return url
    got = f"{parts.scheme}://{_named(url)}" if parts.hostname else "no address"
    raise InputError(variable, "must begin with https://, since the key goes there", got=got)


def _named(url: str) -> str:
    """Return the host and the port of an address, without a password that may stand before them."""
    return urlsplit(url).netloc.rpartition("@")[2]


def _why(error: requests.exceptions.RequestException) -> str:
    """Return why there is no answer, in words; the error's own text may hold addresses of memory."""
    if isinstance(error, requests.exceptions.Timeout):
        return "it does not answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    return "the connection fails or is cut"


def _after(answer: requests.Response) -> float | None:
    """Return the seconds that a server asks to wait."""
    try:
        return max(0.0, float(answer.headers["retry-after"]))
    except (KeyError, ValueError):
        return None
