"""A stand-in of Edge Impulse's documented endpoints on this machine, which can be told to answer wrongly."""

import json
import re
import threading
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from typing import Any, TypeAlias

Fault: TypeAlias = str | tuple[int, dict[str, str], bytes]
KEY = "ei_0123456789abcdef"
PROJECT = 17


class StandIn:
    """The service: what it holds, what it was asked, and which wrong answers come next.

    A fault is `cut` (the connection ends without an answer), or status, headers and body of an answer. A job has ended
    when it was looked at `looks` times.
    """

    def __init__(self, looks: int = 2) -> None:
        self.looks = looks
        self.samples: dict[int, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.faults: list[Fault] = []
        self.refuse: Callable[[str], str | None] = lambda name: None
        self.model: dict[str, Any] = {}
        self.saved: dict[str, Any] = {}
        self.built: dict[str, Any] = {}
        self.job_fails = False
        self.polls = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead to it in place of Edge Impulse."""
        return {"EI_API_ENDPOINT": f"{self.url}/v1", "EI_INGESTION_ENDPOINT": self.url}

    def hold_windows(self) -> None:
        """Hold a few samples of two classes, as an earlier upload has left them."""
        for number, (category, label) in enumerate(product(("training", "testing"), ("run", "walk")), 1):
            payload = {
                "device_type": "STAND-IN", "interval_ms": 20, "sensors": [{"name": "acc_x", "units": "g"}],
                "values": list(range(number, number + 100)),
            }  # fmt: skip
            listed = {"id": number, "filename": f"{label}.{number}", "label": label, "intervalMs": 20}
            message = {"payload": payload}
            self.samples[number] = {"listed": listed, "category": category, "message": message, "content": b""}

    def answer(self, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Any:
        """What the service answers to a right request: a document, or bytes of a file."""
        if headers.get("x-api-key") != KEY:
            return (401, {}, b'{"success": false, "error": "Invalid API key"}')
        if found := re.fullmatch(r"/api/(training|testing)/files", path):
            return self._ingest(found[1], headers, body)
        base = f"/v1/api/{PROJECT}"
        if path == "/v1/api/projects":
            return {"success": True, "projects": [{"id": PROJECT, "name": "stand-in"}]}
        if path == f"{base}/raw-data":
            asked = dict(part.split("=") for part in query.split("&"))
            listed = [row["listed"] for row in self.samples.values() if row["category"] == asked["category"]]
            start, limit = int(asked["offset"]), int(asked["limit"])
            return {"success": True, "samples": listed[start : start + limit]}
        if found := re.fullmatch(rf"{base}/raw-data/(\d+)", path):
            row = self.samples[int(found[1])]
            return {"success": True, "sample": row["listed"], "payload": row["message"]["payload"]}
        return self._model(path.removeprefix(base), query, headers, body)

    def _ingest(self, category: str, headers: dict[str, str], body: bytes) -> Any:
        parts = [part for part in form(headers["content-type"], body) if part[0] == "data"]
        labels = {
            name: spans
            for _, file, content in parts
            if file.endswith(".labels")
            for name, spans in json.loads(content)["structuredLabels"].items()
        }
        told = []
        for _, name, content in parts:
            if name.endswith(".labels"):
                continue
            known = any(row["content"] == content for row in self.samples.values())
            why = self.refuse(name) or ("An item with this hash already exists" if known else None)
            if why is not None:
                told.append({"fileName": name, "success": False, "error": why})
                continue
            number = len(self.samples) + 1
            message = json.loads(content) if content[:1] == b"{" else _cbor(content)
            listed = {
                "id": number,
                "filename": name.rpartition(".")[0],
                "label": headers.get("x-label", ""),
                "intervalMs": message["payload"]["interval_ms"],
                "structuredLabels": labels.get(name),
                "metadata": json.loads(headers.get("x-metadata", "null")),
            }
            self.samples[number] = {"listed": listed, "category": category, "message": message, "content": content}
            told.append({"fileName": name, "success": True, "sampleId": number})
        return {"success": all(each["success"] for each in told), "files": told}

    def _model(self, path: str, query: str, headers: dict[str, str], body: bytes) -> Any:
        if path == "/pretrained-model/upload":
            self.model = {name: (file, content) for name, file, content in form(headers["content-type"], body)}
            return {"success": True, "id": 1}
        if path in ("/pretrained-model/profile", "/jobs/build-ondevice-model"):
            self.built = json.loads(body) if body else self.built
            return {"success": True, "id": 2}
        if path == "/pretrained-model/save":
            self.saved = json.loads(body)
            return {"success": True}
        if path == "/pretrained-model":
            return {"success": True, "model": {"fileName": "model.tflite", "profileInfo": {"int8": {"ram": 1234}}}}
        if re.fullmatch(r"/jobs/\d+/status", path):
            self.polls += 1
            done = {"finished": "2026-11-27T00:00:00Z", "finishedSuccessful": not self.job_fails}
            return {"success": True, "job": done if self.polls % self.looks == 0 else {"id": 1}}
        if re.fullmatch(r"/jobs/\d+/stdout", path):
            return {"success": True, "stdout": [{"data": "Converting ..."}, {"data": "Unsupported operator\n"}]}
        if path == "/deployment/download":
            return b"PK the build"
        return (404, {}, b"not found")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *words: object) -> None:
                pass

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                path, _, query = self.path.partition("?")
                headers = {name.lower(): value for name, value in self.headers.items()}
                service.asked.append(f"{self.command} {path}")
                service.headers.append(headers)
                answer = service.faults.pop(0) if service.faults else None
                if answer == "cut":
                    self.close_connection = True
                    return
                if answer is None:
                    answer = service.answer(self.command, path, query, headers, body)
                status, more, content = answer if isinstance(answer, tuple) else (200, {}, answer)
                kind = "application/zip" if isinstance(content, bytes) else "application/json"
                content = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                for name, value in {"content-type": kind, "content-length": str(len(content)), **more}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET

        return Handler


def form(kind: str, body: bytes) -> list[tuple[str, str, bytes]]:
    """The parts of a form: field, file name and content."""
    message = BytesParser(policy=HTTP).parsebytes(f"content-type: {kind}\r\n\r\n".encode() + body)
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            part.get_filename() or "",
            part.get_payload(decode=True),
        )
        for part in message.iter_parts()  # type: ignore[attr-defined]
    ]


def _cbor(content: bytes) -> Any:
    import cbor2

    return cbor2.loads(content)
