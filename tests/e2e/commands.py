"""Whole commands in processes of their own, as a user runs them; one finished study serves most tests.

A command takes 20 s, mostly to import TensorFlow, so independent commands run at the same time.
"""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

ROOT = Path(__file__).resolve().parents[2]

QUICK = {
    "epochs": 1, "min_steps": 0, "final_epochs": 1, "finalists": 1, "final_folds": 2, "winner_epochs": 1,
    "qat_epochs": 1, "hand_made": "false",
}  # fmt: skip
SEARCH = (
    *("search", "--space", "mlp_tabular", "--data", "wine", "--budget-kb", "3", "--jobs", "1", "--json"),
    *("--tracking-uri", "none", *(word for key, value in QUICK.items() for word in ("--recipe", f"{key}={value}"))),
)
# Far more than a command takes on a busy machine; a command that hangs is ended after this.
SECONDS = 200.0


@dataclass
class Command:
    """A running `nas`, the leader of its process group."""

    words: tuple[str, ...]
    folder: Path
    path: str = str(ROOT)
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nas", *self.words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": self.path},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def end(self) -> "Ended":
        """Wait for the end."""
        try:
            out, err = self.process.communicate(timeout=SECONDS)
        finally:
            self.kill()
        return Ended(self.process.returncode, out, err, time.monotonic() - self.started)

    def send(self, number: int) -> None:
        """Send a signal to the whole group, as a terminal does."""
        os.killpg(self.process.pid, number)

    def kill(self) -> None:
        try:
            self.send(signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait()

    def worker(self) -> int:
        """Return the process that trains: the one child that runs the pool's worker."""
        for child in children(self.process.pid):
            if b"nas.optimizer.executor.child" in Path(f"/proc/{child}/cmdline").read_bytes():
                return child
        raise AssertionError("no worker is running")


def children(pid: int) -> list[int]:
    """Return a process's children."""
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def document(self) -> Any:
        """The one JSON document that standard output must be."""
        assert self.code == 0, self.err
        return json.loads(self.out)


@dataclass(frozen=True)
class StudyFolder:
    """A study below a folder, read through Optuna."""

    root: Path
    name: str

    @property
    def folder(self) -> Path:
        return self.root / "studies" / self.name

    def trials(self) -> list[optuna.trial.FrozenTrial]:
        storage = JournalStorage(JournalFileBackend(str(self.folder / "study.journal")))
        return optuna.load_study(study_name=self.name, storage=storage).trials

    def finished(self) -> list[Any]:
        """Return the records of finished trials, without times and memory, which differ from run to run."""
        kept = [trial.user_attrs["record"] for trial in self.trials() if trial.state.is_finished()]
        return [{key: kept[key] for key in kept if key not in ("seconds", "peak_rss_bytes")} for kept in kept]

    def wait_for(self, command: Command, *, finished: int) -> None:
        """Wait until this many trials have finished and another one is running."""
        while command.process.poll() is None and time.monotonic() - command.started < SECONDS:
            states = [trial.state for trial in self.trials()] if (self.folder / "study.toml").is_file() else []
            if TrialState.RUNNING in states and sum(state.is_finished() for state in states) >= finished:
                return
            time.sleep(0.05)
        command.kill()
        pytest.fail(f"no {finished + 1} trials: {command.process.communicate()}")
