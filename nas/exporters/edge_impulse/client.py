"""Requests to Edge Impulse: with the key, and repeated where that helps."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import requests

from nas.errors import InputError
from nas.exporters.edge_impulse.answer import Answer, host_of, place_of, read_answer
from nas.exporters.edge_impulse.key import api_key

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

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """Return the document that Studio's API gives; see `Answer.document`."""
        return self._send("GET", self._studio + path, params=query).document()

    def post(self, path: str, *, query: Mapping[str, Any] | None = None, **body: Any) -> dict[str, Any]:
        """Send to Studio's API and return its document. A request that was cut is not repeated: it may have begun."""
        return self._send("POST", self._studio + path, repeatable=False, params=query, **body).document()

    def ingest(self, category: str, files: Files, headers: Mapping[str, str]) -> dict[str, Any]:
        """Send files to the ingestion service; they are repeated safely, since duplicates are refused there."""
        asked = {"x-disallow-duplicates": "1", **headers}
        url = f"{self._ingestion}/api/{category}/files"
        return self._send("POST", url, files=files, headers=asked).document()

    def download(self, path: str, **query: Any) -> bytes:
        """Return the content of a file; InputError if a document comes in its place, RefusedError if it says why."""
        answer = self._send("GET", self._studio + path, params=query)
        if answer.is_document:
            answer.document()
            place = place_of(answer.url)
            raise InputError(place, "must answer with a file", got="a JSON document", hint="look at the job in Studio")
        return answer.content

    def _send(self, method: str, url: str, repeatable: bool = True, **request: Any) -> Answer:
        """Return the answer to a request, repeated while that may help.

        Raises:
            InputError: the server does not answer, refuses the request, or answers with too much.
        """
        wait = self.patience.first_wait_s
        for tried in range(1, self.patience.tries + 1):
            try:
                return self._once(method, url, repeatable, **request)
            except BusyError as busy:
                if tried == self.patience.tries:
                    hint = "try again later; what was done so far is kept"
                    raise InputError(host_of(url), f"must answer, but {busy} ({tried} tries)", hint=hint) from busy
                self.sleep(min(busy.after if busy.after is not None else wait, _LONGEST_WAIT_S))
                wait *= 2
        raise AssertionError

    def _once(self, method: str, url: str, repeatable: bool, **request: Any) -> Answer:
        headers = {"x-api-key": self._key, "accept": "application/json", **request.pop("headers", {})}
        # A redirection would carry the key to another host.
        settings = {"timeout": self.patience.timeout_s, "allow_redirects": False, "stream": True}
        try:
            with self._session.request(method, url, headers=headers, **settings, **request) as response:
                answer = read_answer(response, url, self._key)
        except requests.exceptions.RequestException as error:
            why = _why(error)
            if repeatable or isinstance(error, requests.exceptions.ConnectTimeout):
                raise BusyError(why) from None
            hint = "look in Studio whether the job has begun, then try again"
            raise InputError(host_of(url), f"must answer, but {why}", hint=hint) from None
        if answer.status in _BUSY or (answer.status in _BROKEN and repeatable):
            raise BusyError(f"it answers {answer.status} {answer.reason}", answer.wait_s)
        answer.check_status()
        return answer


def _host(variable: str, default: str) -> str:
    """Return where a service is; InputError unless the way there is encrypted, or ends on this machine."""
    url = (os.environ.get(variable) or default).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE):
        return url
    got = f"{parts.scheme}://{host_of(url)}" if parts.hostname else "no address"
    raise InputError(variable, "must begin with https://, since the key goes there", got=got)


def _why(error: requests.exceptions.RequestException) -> str:
    """Return why there is no answer, in words; the error's own text may hold addresses of memory."""
    if isinstance(error, requests.exceptions.Timeout):
        return "it does not answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    return "the connection fails or is cut"
