"""A page on this machine alone that shows a sound through a front-end, with the settings as sliders."""

import json
import secrets
import sys
import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from nas.api.audio_view import AudioView
from nas.api.browser import invite
from nas.api.listening import MICROPHONE
from nas.errors import InputError
from nas.keywords import explains_keywords
from nas.reports.audio_page import audio_page
from nas.tracking.server import require_free

_LOCAL = "127.0.0.1"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-{nonce}'; connect-src 'self'"


@explains_keywords
def serve_audio(
    view: AudioView,
    *,
    port: int = 8060,
    tell: Callable[[str], None] = lambda line: print(line, file=sys.stderr),
    browser: bool = False,
) -> int:
    """Show a sound on a page until Ctrl-C, and return the exit code, 130.

    Only this machine is answered, and only at an address that nobody can guess: what a microphone hears is private.

    Args:
        view: see `nas.view_audio`.
        port: port to listen on.
        tell: called with each line that the user should read; prints it to standard error by default.
        browser: whether to open the page in the user's browser.

    Raises:
        InputError: the port is in use.
    """
    require_free(_LOCAL, port)
    with AudioServer(view, port) as server:
        invite(server.url, tell, browser)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 130
    return 0


class AudioServer(ThreadingHTTPServer):
    """The server of one sound; port 0 takes any that is free.

    Life cycle: as `ThreadingHTTPServer`. `view` is the sound that is shown, another one after it was recorded again.
    """

    daemon_threads = True

    def __init__(self, view: AudioView, port: int) -> None:
        self.view, self.recording = view, threading.Lock()
        self.secret = secrets.token_urlsafe(16)
        super().__init__((_LOCAL, port), partial(_Answer, self))

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names under which this server may be asked; others are of pages that mean to read it."""
        return tuple(f"{name}:{self.server_port}" for name in (_LOCAL, "localhost"))

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{self.hosts[0]}/{self.secret}/"


class _Answer(BaseHTTPRequestHandler):
    """Answers one request."""

    def __init__(self, owner: AudioServer, *arguments: Any) -> None:
        self._owner = owner
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """Answer with the page, or with the features by the settings that are asked for."""
        path, query = self._place()
        if path == "":
            nonce = secrets.token_urlsafe(16)
            page = audio_page(self._owner.view.name, self._owner.view.front_end, nonce, self._records())
            self._send(HTTPStatus.OK, "text/html; charset=utf-8", page.encode(), _POLICY.format(nonce=nonce))
        elif path == "features":
            self._json(lambda: self._owner.view.changed(dict(parse_qsl(query))).packed())
        elif path is not None:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Record again; only the page itself may ask for it."""
        path, _ = self._place()
        if path is None:
            return
        if path != "record" or not self._records() or self.headers.get("Origin") not in self._origins():
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        self._json(self._record)

    def _record(self) -> dict[str, Any]:
        with self._owner.recording:
            self._owner.view = self._owner.view.recorded_again()
        return {"seconds": self._owner.view.seconds}

    def _records(self) -> bool:
        return self._owner.view.name == MICROPHONE

    def _origins(self) -> tuple[str, ...]:
        return tuple(f"http://{host}" for host in self._owner.hosts)

    def _place(self) -> tuple[str | None, str]:
        """Return what is asked for below the secret address, and the query; refuses, and None, anything else."""
        parts = urlsplit(self.path)
        _, secret, *rest = [*parts.path.split("/", 2), "", ""][:3]
        known = secrets.compare_digest(secret.encode(), self._owner.secret.encode())
        if not known or self.headers.get("Host") not in self._owner.hosts:
            self.send_error(HTTPStatus.FORBIDDEN)
            return None, ""
        return rest[0], parts.query

    def _json(self, make: Callable[[], dict[str, Any]]) -> None:
        try:
            status, answer = HTTPStatus.OK, make()
        except InputError as error:
            status, answer = HTTPStatus.BAD_REQUEST, {"error": str(error)}
        self._send(status, "application/json", json.dumps(answer).encode(), "default-src 'none'")

    def _send(self, status: HTTPStatus, kind: str, content: bytes, policy: str) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(content)),
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: requests are those of one reader."""
