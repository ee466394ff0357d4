"""`nas ui`: the MLflow UI starts on the studies, and nothing of it is left behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from nas.cli.verbs.ui import command
from nas.errors import InputError
from nas.tracking import open_tracker
from nas.tracking.server import invitation, serve, ui_command

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def studies(tmp_path):
    (tmp_path / "mlflow.db").touch()
    return tmp_path


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_json_gives_the_address_and_the_command_and_starts_no_server(studies):
    run = CliRunner().invoke(command, ["--studies", str(studies), "--port", "5077", "--json"])
    document = json.loads(run.output)
    assert document["url"] == "http://127.0.0.1:5077"
    assert f"sqlite:///{studies}/mlflow.db" in document["command"]


def test_a_folder_without_tracked_runs_is_refused_with_the_next_step(tmp_path):
    with pytest.raises(InputError, match=r"mlflow\.db: must exist.*nas search"):
        ui_command(tmp_path, "127.0.0.1", 5000)


def test_a_port_in_use_is_refused_before_the_server_starts(studies):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        run = CliRunner().invoke(command, ["--studies", str(studies), "--port", str(number)])
    assert isinstance(run.exception, InputError)
    assert "--port: must be free" in str(run.exception)


def test_a_server_that_fails_gives_exit_code_1(port):
    assert serve([sys.executable, "-c", "raise SystemExit(3)"], "127.0.0.1", port, print) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_server_and_its_workers(number, port, tmp_path, capsys):
    worker = "import time; time.sleep(60)"
    server = (
        "import subprocess, sys, pathlib, http.server\n"
        f"worker = subprocess.Popen([sys.executable, '-c', {worker!r}])\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(worker.pid))\n"
        f"http.server.HTTPServer(('127.0.0.1', {port}), http.server.BaseHTTPRequestHandler).serve_forever()"
    )
    main = threading.main_thread().ident
    threading.Timer(1.5, signal.pthread_kill, (main, number)).start()
    assert serve([sys.executable, "-c", server], "127.0.0.1", port, print) == 130
    pid = int((tmp_path / "pid").read_text())
    wait_for(lambda: not alive(pid) or Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z")
    assert f"Open http://127.0.0.1:{port}" in capsys.readouterr().out


def test_the_mlflow_ui_shows_the_study(tmp_path, port):
    open_tracker(None, study="demo", folder=tmp_path).close(60)
    ui = subprocess.Popen(
        [sys.executable, "-m", "nas", "ui", "--studies", str(tmp_path), "--port", str(port)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        told = ""
        while "demo: " not in told:
            line = ui.stderr.readline()
            assert line, told
            told += line
        assert f"{url}/#/experiments/" in told
        assert "Warning" not in told
        with urllib.request.urlopen(url, timeout=20) as page:
            assert "mlflow" in page.read().decode().lower()
    finally:
        ui.send_signal(signal.SIGINT)
        ui.communicate()
    assert ui.returncode == 130


def test_the_address_is_shown_even_if_the_studies_cannot_be_listed(port):
    assert invitation(f"http://127.0.0.1:{port}") == [f"Open http://127.0.0.1:{port} in a browser; Ctrl-C ends it."]
