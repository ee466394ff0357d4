"""A search that is tracked by a real MLflow server, which is away for a while: is everything there in the end?

    python benchmarks/mlflow_server.py                    # the server is stopped in the middle, and started again
    python benchmarks/mlflow_server.py --away-at-the-end  # it is stopped, and back only for the next run of the study

The server keeps runs in SQLite and serves artifacts (`--serve-artifacts`), so that the search never touches its files.
Every run, its record and model, the report, the pictures and the winner's files are read back through the server and
compared with those in the study's folder, byte by byte. The results are appended to `benchmarks/mlflow_server.jsonl`.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import nas
from nas.tracking.server import ENVIRONMENT

RESULTS = Path(__file__).with_suffix(".jsonl")
STUDY = """
space = "mlp_tabular"
data = "wine"
budget_kb = 2
trials = {trials}
jobs = 2
name = "served"
[training]
epochs = 3
min_steps = 0
[fidelity]
first_rung = 0
[finals]
finalists = 2
final_epochs = 4
final_folds = 2
winner_epochs = 8
"""
# A server takes so long to start at most, and the runs to be complete.
PATIENCE_SECONDS = 900.0


class Server:
    """MLflow's server on this machine, which can be stopped and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.uri = f"http://127.0.0.1:{self._port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--backend-store-uri", f"sqlite:///{self._folder}/server.db", "--serve-artifacts"]
        options += ["--artifacts-destination", f"{self._folder}/artifacts", "--workers", "1"]
        options += ["--host", "127.0.0.1", "--port", str(self._port)]
        with (self._folder / "server.log").open("ab") as log:
            words = [sys.executable, "-m", "mlflow", "server", *options]
            environment = {**os.environ, **ENVIRONMENT}
            self._process = subprocess.Popen(words, env=environment, stdout=log, stderr=log, start_new_session=True)
        wait_for(self._answers)

    def stop(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{self.uri}/health", timeout=1) as answer:
            return bool(answer.status == 200)
        return False


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.2)


@contextmanager
def searching(folder: Path, uri: str) -> Iterator[Callable[[], str]]:
    """A search in a process of its own; gives what it has printed."""
    with (folder / "search.log").open("ab") as log:
        words = ["search", str(folder / "study.toml"), "--studies", str(folder / "studies"), "--tracking-uri", uri]
        process = subprocess.Popen([sys.executable, "-m", "nas", *words], stdout=log, stderr=log)
    try:
        yield lambda: (folder / "search.log").read_text()
        if process.wait() != 0:
            raise RuntimeError((folder / "search.log").read_text())
    finally:
        process.kill()


def client(uri: str) -> Any:
    from nas.tracking.address import find_address
    from nas.tracking.client import connect

    address = find_address(uri, Path())
    assert address is not None
    return connect(address, print)


def is_complete(uri: str) -> bool:
    """Whether the run of the study has ended, which is logged last."""
    found = runs(uri, "tags.kind = 'study'")
    return bool(found) and found[0].data.tags.get("state") == "finished"


def runs(uri: str, query: str) -> list[Any]:
    found = client(uri)
    experiment = found.get_experiment_by_name("nas/served")
    return [] if experiment is None else list(found.search_runs([experiment.experiment_id], query, max_results=1000))


def compared(uri: str, study: Path) -> dict[str, int]:
    """Read everything back through the server; count what is there, missing, twice, and other than in the folder."""
    built = {record.trial: record for record in nas.load_result(str(study)).records if record.history}
    logged = runs(uri, "tags.kind = 'candidate'")
    trials = [int(run.data.tags["trial"]) for run in logged]
    counts = {"built": len(built), "runs": len(trials), "twice": len(trials) - len({*trials})}
    counts |= {"missing": len(built.keys() - {*trials}), "half_written": 0, "files": 0, "other": 0, "pictures": 0}
    with tempfile.TemporaryDirectory() as temporary:
        for run in logged:
            here = Path(client(uri).download_artifacts(run.info.run_id, "", temporary))
            record = json.loads((here / "record.json").read_text())
            trial = int(run.data.tags["trial"])
            counts["half_written"] += run.info.status == "RUNNING" or record["digest"] != built[trial].digest
            model = study / "models" / f"{trial}.tflite"
            if model.is_file():
                counts["files"] += 1
                counts["other"] += (here / "model.tflite").read_bytes() != model.read_bytes()
    with tempfile.TemporaryDirectory() as temporary:
        (parent,) = runs(uri, "tags.kind = 'study'")
        here = Path(client(uri).download_artifacts(parent.info.run_id, "", temporary))
        for path in (study / "report.html", *(study / "best").rglob("*")):
            if path.is_file():
                counts["files"] += 1
                counts["other"] += (here / path.relative_to(study)).read_bytes() != path.read_bytes()
        for path in here.rglob("*.svg"):
            ElementTree.parse(path)
            counts["pictures"] += 1
        nas.profile(here / "best" / "model.tflite", "cortex-m4")
    return counts


def served(trials: int, seconds: float, *, at_the_end: bool) -> None:
    """Search while the server is away for some seconds, or from the middle on until the study is run again."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "study.toml").write_text(STUDY.format(trials=trials))
        server, start = Server(folder), time.monotonic()
        try:
            server.start()
            with searching(folder, server.uri) as printed:
                wait_for(lambda: printed().count("\ntrial") >= trials // 8)
                server.stop()
                if not at_the_end:
                    time.sleep(seconds)
                    server.start()
            if at_the_end:
                server.start()
                with searching(folder, server.uri):
                    pass
            ended = time.monotonic()
            wait_for(lambda: is_complete(server.uri))
            lag = time.monotonic() - ended
            counts = compared(server.uri, folder / "studies" / "served")
            warned = [line for line in (folder / "search.log").read_text().splitlines() if "tracking" in line]
        finally:
            server.stop()
        facts = {"away": "to the end" if at_the_end else f"{seconds:g} s", "said": [line[:120] for line in warned]}
        line = {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1), **facts, **counts}
        line |= {"lag_seconds": round(lag, 1), "seconds": round(time.monotonic() - start)}
    print(json.dumps(line))
    with RESULTS.open("a") as file:
        file.write(json.dumps(line) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=24)
    parser.add_argument("--seconds", type=float, default=20.0, help="that the server is away")
    parser.add_argument("--away-at-the-end", action="store_true")
    given = parser.parse_args()
    served(given.trials, given.seconds, at_the_end=given.away_at_the_end)


if __name__ == "__main__":
    main()
