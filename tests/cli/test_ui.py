"""`nas ui`: the MLflow UI starts on the studies, and nothing of it is left behind."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from documents import RECORDED

from nas.api.browser import has_display
from nas.api.tracking import log_untracked, tracked_here
from nas.cli.verbs.ui import command
from nas.errors import InputError
from nas.tracking import open_tracker
from nas.tracking.server import serve, study_pages, ui_command

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


@pytest.fixture
def stored(tmp_path):
    """A folder with a study whose runs are nowhere."""
    folder = shutil.copytree(RECORDED / "studies" / "bc", tmp_path / "bc")
    lines = (folder / "study.toml").read_text().splitlines(keepends=True)
    (folder / "study.toml").write_text("".join(line for line in lines if "tracking_uri" not in line))
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
    assert "port: must be free" in str(run.exception)


def test_a_server_that_fails_gives_exit_code_1(port):
    told = []
    code = "import sys; print('why', file=sys.stderr); sys.exit(3)"
    assert serve([sys.executable, "-c", code], "127.0.0.1", port, print, told.append) == 1
    assert told == ["why"]


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
    assert serve([sys.executable, "-c", server], "127.0.0.1", port, print, print) == 130
    pid = int((tmp_path / "pid").read_text())
    wait_for(lambda: not alive(pid) or Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z")
    assert f"http://127.0.0.1:{port}" in capsys.readouterr().out


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
        assert f"  demo: {url}/" in told
        assert "Warning" not in told
        with urllib.request.urlopen(url, timeout=20) as page:
            assert "mlflow" in page.read().decode().lower()
    finally:
        ui.send_signal(signal.SIGINT)
        ui.communicate()
    assert ui.returncode == 130


def test_the_pages_of_studies_are_none_if_the_server_does_not_answer(port):
    assert study_pages(f"http://127.0.0.1:{port}") == {}


def test_studies_that_the_store_has_no_runs_of_are_logged_again(stored):
    shutil.copytree(stored / "bc", stored / "broken")
    (stored / "broken" / "study.journal").write_text("no journal")
    shutil.copytree(stored / "bc", stored / "published")
    (stored / "published" / "study.journal").unlink()
    told = []
    log_untracked(tracked_here(stored), stored, told.append)
    assert told[0] == "bc had no runs in MLflow; its 5 trials are logged now"
    assert told[1].startswith("broken cannot be shown: ")
    assert told[2:] == ["not shown, since their trials are not here: published; `nas studies` lists their results"]
    told.clear()
    log_untracked(["bc"], stored, told.append)
    assert told == []
    artifacts = {path.name: path for path in (stored / "mlartifacts").rglob("*.*")}
    assert {"accuracy_against_weights.svg", "pareto_front.svg", "best_so_far.svg", "record.json"} <= set(artifacts)
    front = ElementTree.parse(artifacts["pareto_front.svg"]).getroot()
    assert int(front.get("width")) > int(front.get("height")) > 0


def test_studies_that_are_tracked_elsewhere_are_not_logged_here(stored):
    with (stored / "bc" / "study.toml").open("a") as file:
        file.write('tracking_uri = "none"\n')
    assert tracked_here(stored) == []


@pytest.mark.parametrize("variable", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_a_browser_is_opened_only_where_there_is_a_display(variable, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not has_display()
    monkeypatch.setenv(variable, ":0")
    assert has_display()


def test_the_page_of_a_study_and_mlflow_s_own_prefer_what_a_reader_needs(monkeypatch):
    async def mlflow(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"<head>" + scope["path"].encode() + b"</head>"})

    monkeypatch.setitem(sys.modules, "mlflow.server.fastapi_app", SimpleNamespace(app=mlflow))
    monkeypatch.delitem(sys.modules, "nas.tracking.webapp", raising=False)
    from nas.tracking.webapp import Application

    def get(path):
        sent = []

        async def send(message):
            sent.append(message)

        asyncio.run(Application()({"type": "http", "path": path, "headers": []}, None, send))
        start, body = sent
        assert start["status"] == 200
        return body["body"].decode()

    assert get("/other") == "<head>/other</head>"
    assert get("/").startswith("<head><style>[data-assistant-ui]")
    assert get("/").endswith("</script>/</head>")
    assert "mlflow.sharedViewState.nas" in get("/studies/demo")
