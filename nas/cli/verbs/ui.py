"""`nas ui`: MLflow's own UI on the studies' runs."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import click

from nas.cli.views.output import json_option, print_json
from nas.errors import InputError
from nas.tracking import PREFIX, find_address, page

EPILOG = """\b
Examples:
  nas ui
  nas ui --studies ../other/studies --port 8080
"""

# One reader needs one server process, and none of the workers for jobs that MLflow's evaluations of language
# models run in.
WORKERS = 1
ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "PYTHONWARNINGS": "ignore",
}
# Seconds that the server has to end after it was asked to.
PATIENCE_SECONDS = 10.0


@click.command(epilog=EPILOG)
@click.option(
    "--studies", type=click.Path(path_type=Path), default=Path("studies"), show_default=True, help="Folder of studies."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Network interface to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=5000, show_default=True, help="Port to listen on.")
@json_option
def command(studies: Path, host: str, port: int, as_json: bool) -> None:
    """Open the MLflow UI on the studies, until Ctrl-C.

    With --json, print the address and the command, and end.
    """
    arguments = server_command(studies, host, port)
    url = f"http://{host}:{port}"
    if as_json:
        print_json({"url": url, "command": arguments})
        return
    require_free(host, port)
    click.echo(f"Starting the MLflow UI on {studies}; this takes some seconds.", err=True)
    sys.exit(serve(arguments, host, port))


def server_command(studies: Path, host: str, port: int) -> list[str]:
    """Return the command that serves the store in a folder of studies; InputError if there is none yet."""
    address = find_address(None, studies)
    assert address is not None
    if address.file is None or not address.file.is_file():
        raise InputError(
            f"{studies}/mlflow.db",
            "must be there: runs that are tracked on a server, or not at all, cannot be shown",
            hint="run `nas search` first, or name another folder with --studies",
        )
    options = {
        "--backend-store-uri": address.uri,
        "--default-artifact-root": str(address.artifacts),
        "--host": host,
        "--port": str(port),
        "--workers": str(WORKERS),
        "--uvicorn-opts": "--log-level warning",
    }
    return [sys.executable, "-m", "mlflow", "ui", *(word for option in options.items() for word in option)]


def require_free(host: str, port: int) -> None:
    """Check that a server can listen there; InputError if not."""
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise InputError(
            "--port", f"must be free on {host}: {error.strerror}", got=port, hint=f"take --port {port + 1}"
        ) from None


def serve(arguments: Sequence[str], host: str, port: int) -> int:
    """Run the server until it ends or the user interrupts; return the exit code.

    The server and its workers are a process group of their own, so that none of them is left behind.
    """
    process = subprocess.Popen(arguments, env={**ENVIRONMENT, **os.environ}, start_new_session=True)
    with _termination_interrupts():
        try:
            announced = False
            while process.poll() is None:
                if not announced and _answers(host, port):
                    announced = True
                    click.echo("\n".join(invitation(f"http://{host}:{port}")), err=True)
                time.sleep(0.2)
            return 1 if process.returncode else 0
        except KeyboardInterrupt:
            return 130
        finally:
            _end(process)


def invitation(url: str) -> list[str]:
    """Return what to tell the user of a UI that answers: the page of each study."""
    request = urllib.request.Request(
        f"{url}/api/2.0/mlflow/experiments/search",
        json.dumps({"filter": f"name LIKE '{PREFIX}%'", "max_results": 1000}).encode(),
        {"Content-Type": "application/json"},
    )
    found = []
    with suppress(OSError, ValueError), urllib.request.urlopen(request, timeout=30) as answer:
        found = json.load(answer).get("experiments", [])
    studies = [f"  {entry['name'].removeprefix(PREFIX)}: {page(url, entry['experiment_id'])}" for entry in found]
    return [f"Open {url} in a browser; Ctrl-C ends it.", *studies]


@contextmanager
def _termination_interrupts() -> Iterator[None]:
    """Let a polite kill end this program as Ctrl-C does."""

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


def _end(process: "subprocess.Popen[bytes]") -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_SECONDS)
