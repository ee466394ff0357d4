"""Runs MLflow's own server on a folder of studies until the user interrupts it."""

import importlib.metadata
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from nas.errors import InputError
from nas.keywords import explains_keywords
from nas.tracking.address import find_address
from nas.tracking.view import PREFIX, page, study_page

# One reader needs one server process, and none of the job workers that MLflow's evaluations of language models use.
WORKERS = 1
ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "PYTHONWARNINGS": "ignore",
}
# The name of our web application among the entry points that MLflow looks through.
_APP = "nas"
# Seconds that the server has to end after it was asked to.
PATIENCE_SECONDS = 10.0
# So much of its output is shown of a server that failed.
LAST_LINES = 5


@explains_keywords
def ui_command(studies: Path, host: str, port: int) -> list[str]:
    """Return the command that serves the store in a folder of studies; InputError if there is none yet."""
    address = find_address(None, studies)
    assert address is not None
    if address.file is None or not address.file.is_file():
        raise InputError(
            f"{studies}/mlflow.db",
            "must exist; it is written when a study in this folder logs its runs there, and none has yet",
            hint="run `nas search` first, or name another folder with --studies; runs logged to a server by "
            "--tracking-uri are shown by that server",
        )
    options = {
        "--backend-store-uri": address.uri,
        "--default-artifact-root": str(address.artifacts),
        "--host": host,
        "--port": str(port),
        "--workers": str(WORKERS),
        "--uvicorn-opts": "--log-level warning",
        **({"--app-name": _APP} if _has_app() else {}),
    }
    return [sys.executable, "-m", "mlflow", "ui", *(word for option in options.items() for word in option)]


def _has_app() -> bool:
    """Return whether MLflow finds our web application."""
    return bool(importlib.metadata.entry_points(group="mlflow.app", name=_APP))


@contextmanager
def announced_app() -> Iterator[None]:
    """Let MLflow find our web application, here and in child processes, also in a source tree that is not installed."""
    if _has_app():
        yield
        return
    path, before = list(sys.path), os.environ.get("PYTHONPATH")
    with tempfile.TemporaryDirectory() as folder:
        info = Path(folder, f"{_APP}_ui-1.dist-info")
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {_APP}-ui\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[mlflow.app]\n{_APP} = nas.tracking.webapp:app\n")
        sys.path.append(folder)
        os.environ["PYTHONPATH"] = os.pathsep.join([folder, str(Path(__file__).parents[2]), *filter(None, [before])])
        try:
            yield
        finally:
            sys.path[:] = path
            if before is None:
                del os.environ["PYTHONPATH"]
            else:
                os.environ["PYTHONPATH"] = before


def require_free(host: str, port: int) -> None:
    """Check that a server can listen there; InputError if not."""
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise InputError(
            "--port", f"must be free on {host}: {error.strerror}", got=port, hint=f"try --port {port + 1}"
        ) from None


def serve(
    arguments: Sequence[str], host: str, port: int, ready: Callable[[str], None], tell: Callable[[str], None]
) -> int:
    """Run the server until it ends or the user interrupts it.

    The server and its workers are a process group of their own, so that none of them is left behind. What it prints is
    shown only if it fails.

    Args:
        arguments: the server's command.
        host: network interface that it listens on.
        port: port that it listens on.
        ready: called once, with the server's address, when it answers.
        tell: called with each of the last lines of a server that failed.

    Returns:
        The exit code: 0, 1 if the server failed, 130 if it was interrupted.
    """
    with tempfile.TemporaryFile() as log, _termination_interrupts():
        environment = {**ENVIRONMENT, **os.environ}
        process = subprocess.Popen(arguments, env=environment, start_new_session=True, stdout=log, stderr=log)
        try:
            with _ended(process):
                _wait(process, host, port, ready)
        except KeyboardInterrupt:
            return 130
        if process.returncode == 0:
            return 0
        log.seek(0)
        for line in log.read().decode(errors="replace").splitlines()[-LAST_LINES:]:
            tell(line)
        return 1


def _wait(process: "subprocess.Popen[bytes]", host: str, port: int, ready: Callable[[str], None]) -> None:
    """Wait until the server ends, and tell when it answers."""
    announced = False
    while process.poll() is None:
        if not announced and _answers(host, port):
            announced = True
            ready(f"http://{host}:{port}")
        time.sleep(0.2)


def study_pages(url: str) -> dict[str, str]:
    """Return the address of each study's table by its name, the one that was run last first; none without an answer."""
    request = urllib.request.Request(
        f"{url}/api/2.0/mlflow/experiments/search",
        json.dumps(
            {"filter": f"name LIKE '{PREFIX}%'", "order_by": ["last_update_time DESC"], "max_results": 1000}
        ).encode(),
        {"Content-Type": "application/json"},
    )
    found = []
    with suppress(OSError, ValueError), urllib.request.urlopen(request, timeout=30) as answer:
        found = json.load(answer).get("experiments", [])
    names = {entry["name"].removeprefix(PREFIX): entry["experiment_id"] for entry in found}
    return {name: study_page(url, name) if _has_app() else page(url, number) for name, number in names.items()}


@contextmanager
def _termination_interrupts() -> Iterator[None]:
    """Let SIGTERM end this program as Ctrl-C does."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=0.2):
            return True
    except OSError:
        return False


@contextmanager
def _ended(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """End a process and all that it has started after this block."""
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE_SECONDS)
