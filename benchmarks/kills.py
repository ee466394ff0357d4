"""Kill searches at random moments, go on with them, and check that nothing that had finished is lost.

    python benchmarks/kills.py [--kills 79] [--seed 0] [--out benchmarks/kills]

Each study is a small search on two worker processes; every third one is tracked in a new MLflow database. A study is
killed seven times: once while it starts, four times amid its trials, twice in its finals, each time by a random signal.
After each, the same command goes on; at last it ends the study. The trials are read from the journal with Optuna alone.
About 20 s a kill. A trial or a training of the finals that is lost, changed or there twice, a traceback, another exit
code than the signal's, or a process that does not end stops the benchmark, and the folder of that study is kept.

Adds a line for each study that has ended to `benchmarks/kills.jsonl`, and writes `benchmarks/kills.md`. An interrupted
run goes on with the same command, with a new study.
"""

import argparse
import dataclasses
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import optuna
import psutil
from kills_page import Attack, Ended, page
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

HERE = Path(__file__).resolve().parent
TRIALS = 24
SETTINGS = {"epochs": 2, "min_steps": 0, "final_epochs": 2, "finalists": 3, "final_folds": 3, "winner_epochs": 2}
COMMAND = (
    *("search", "--space", "mlp_tabular", "--data", "breast_cancer", "--budget-kb", "2", "--jobs", "2", "--json"),
    *("--trials", str(TRIALS), "--minutes", "60"),
    *(word for key, value in SETTINGS.items() for word in ("--recipe", f"{key}={value}")),
)
TRACKED_EVERY = 3
# What has not happened after so many seconds is taken to hang.
HANG_SECONDS = 300.0
# A run of a whole study may take so long.
RUN_SECONDS = 1200.0
# What differs between two readings of one record is no change.
TIMES = ("seconds", "peak_rss_bytes")
Found = dict[tuple[object, ...], Any]
Running = subprocess.Popen[bytes]


class FaultError(Exception):
    """The search did what it must not do."""


def require(condition: bool, fault: str) -> None:
    """Raise a FaultError unless the condition holds."""
    if not condition:
        raise FaultError(fault)


def wait(condition: Callable[[], bool], fault: str, pause: float = 0.1, seconds: float = HANG_SECONDS) -> None:
    """Wait until a condition holds; it is a fault if it does not within so many seconds."""
    start = time.monotonic()
    while not condition():
        require(time.monotonic() - start < seconds, fault)
        time.sleep(pause)


@dataclass
class Study:
    """A study under attack, in a folder of its own.

    Attributes:
        folder: of studies.
        number: of the study.
        kept: the records of what had finished at the last check, by what they are of.
    """

    folder: Path
    number: int
    kept: Found = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"study{self.number}"

    @property
    def tracked(self) -> bool:
        return self.number % TRACKED_EVERY == 0

    def stderr(self) -> str:
        """Return what the newest run wrote to standard error."""
        return (self.folder / "stderr").read_text()

    def start(self) -> Running:
        tracking = () if self.tracked else ("--tracking-uri", "none")
        words = (*COMMAND, *tracking, "--name", self.name, "--studies", str(self.folder / "studies"))
        # Files, since a pipe that nobody reads would stop a search at some moment.
        with (self.folder / "stdout").open("w") as out, (self.folder / "stderr").open("w") as errors:
            return subprocess.Popen([sys.executable, "-m", "nas", *words], stdout=out, stderr=errors, process_group=0)

    def finished(self) -> Found:
        """Return the records of the trials and of the trainings of the finals that have finished."""
        journal = self.folder / "studies" / self.name / "study.journal"
        if not journal.is_file():
            return {}
        storage = JournalStorage(JournalFileBackend(str(journal)))
        if not optuna.get_all_study_names(storage):
            return {}
        study = optuna.load_study(study_name=self.name, storage=storage)
        ended = [t.user_attrs["record"] for t in study.trials if t.state.is_finished() and "record" in t.user_attrs]
        finals = [value for key, value in study.user_attrs.items() if key.startswith("finals[")]
        found: list[tuple[tuple[object, ...], Any]] = [(("trial", record["trial"]), record) for record in ended]
        found += [(("final", final["record"]["trial"], final["fold"]), final["record"]) for final in finals]
        doubled = [key for key, number in Counter(key for key, _ in found).items() if number > 1]
        require(not doubled, f"{doubled} are there twice")
        return {key: without_times(record) for key, record in found}

    def trials(self) -> int:
        """Return the number of trials that have finished."""
        return sum(key[0] == "trial" for key in self.finished())

    def check(self) -> None:
        """Check that all that had finished is there unchanged, and that nothing printed a traceback."""
        require("Traceback" not in self.stderr(), "a traceback on standard error")
        now = self.finished()
        for key, record in self.kept.items():
            require(key in now, f"{key} is lost")
            require(now[key] == record, f"{key} has changed")
        self.kept = now


def without_times(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in TIMES}


def to_group(process: Running, number: signal.Signals) -> None:
    """Send a signal to the search's process group, as a terminal does."""
    os.killpg(process.pid, number)


def to_search(process: Running, number: signal.Signals) -> None:
    """Send a signal to the search alone."""
    process.send_signal(number)


def to_worker(process: Running, number: signal.Signals) -> None:
    """Send a signal to one worker, as soon as there is one."""
    found: list[psutil.Process] = []

    def is_there() -> bool:
        found[:] = [child for child in children(process) if "nas.optimizer.executor.child" in words(child)]
        return bool(found) or process.poll() is not None

    wait(is_there, "no worker has started", 0.02)
    if found:
        found[-1].send_signal(number)  # the one that started last


def twice(process: Running, number: signal.Signals) -> None:
    """Send a signal to the group, and soon another one."""
    to_group(process, number)
    time.sleep(0.2)
    if process.poll() is None:
        to_group(process, number)


@dataclass(frozen=True)
class Way:
    """A way to end a search."""

    name: str
    send: Callable[[Running, signal.Signals], None]
    number: signal.Signals


WAYS = (
    Way("SIGKILL to the process group", to_group, signal.SIGKILL),
    Way("SIGKILL to the search", to_search, signal.SIGKILL),
    Way("SIGKILL to a worker", to_worker, signal.SIGKILL),
    Way("SIGTERM to the search", to_search, signal.SIGTERM),
    Way("SIGHUP to the process group", to_group, signal.SIGHUP),
    Way("Ctrl-C", to_group, signal.SIGINT),
    Way("Ctrl-C twice", twice, signal.SIGINT),
)
MOMENTS = ("start", "trials", "trials", "trials", "trials", "finals", "finals")


def itself(process: Running) -> list[psutil.Process]:
    """Return a search as a process; nothing if it has ended."""
    try:
        return [psutil.Process(process.pid)]
    except psutil.NoSuchProcess:
        return []


def children(process: Running) -> list[psutil.Process]:
    """Return the processes that a search has started: workers, and what logs to MLflow."""
    found = []
    for search in itself(process):
        with suppress(psutil.NoSuchProcess):
            found = search.children(recursive=True)
    return found


def words(process: psutil.Process) -> list[str]:
    """Return the command line of a process; nothing if it has ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def ended(processes: Iterable[psutil.Process]) -> bool:
    return not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes)


def shared_memory(processes: Iterable[psutil.Process]) -> set[Path]:
    """Return the files in shared memory that processes use; when they are killed, some may be left."""
    used = set()
    for process in processes:
        with suppress(psutil.Error):
            used |= {Path(each.path) for each in process.memory_maps() if each.path.startswith("/dev/shm/")}
    return used


def reach(study: Study, process: Running, moment: str, rng: random.Random) -> str | None:
    """Let a search run to a moment; return which it has reached, or None if it has ended before."""
    goal = study.trials() + rng.randint(1, 4)
    if moment == "trials" and goal > TRIALS:
        moment = "finals"
    conditions: dict[str, tuple[Callable[[], bool], float]] = {
        "start": (lambda: bool(study.stderr()), 8.0),
        "trials": (lambda: study.trials() >= goal, 0.5),
        "finals": (lambda: "finals: cross" in study.stderr(), 6.0),
    }
    reached, then = conditions[moment]
    wait(lambda: reached() or process.poll() is not None, f"the search did not reach its {moment}", seconds=RUN_SECONDS)
    time.sleep(rng.uniform(0, then))
    return moment if process.poll() is None else None


def attack(study: Study, way: Way, moment: str, rng: random.Random) -> Attack | None:
    """Let a study run to a moment, send it a signal, and check it; None if the study has ended before."""
    process = study.start()
    reached = reach(study, process, moment, rng)
    if reached is None:
        require(process.returncode == 0, f"exit code {process.returncode}")
        return None
    study.kept = study.finished()
    started = children(process)
    used = shared_memory([*started, *itself(process)])
    way.send(process, way.number)
    begun = time.monotonic()
    if way.send is to_worker:  # the search goes on by itself; then it is killed too
        done = len(study.kept)
        wait(lambda: len(study.finished()) > done or process.poll() is not None, "the search stood still", 0.25)
        started += children(process)
        if process.poll() is None:
            to_group(process, signal.SIGKILL)
    wait(lambda: process.poll() is not None, "the search did not end", 0.02)
    seconds, code = time.monotonic() - begun, process.returncode
    wait(lambda: ended(started), f"of what it started, there is still {[words(each) for each in started]}")
    shell = code if code >= 0 else 128 - code  # what a shell tells of a program that a signal has ended
    require(shell in (0, 128 + way.number), f"exit code {code}")
    stake = len(study.kept)
    study.check()
    told = sum(line.startswith("nas:") for line in study.stderr().splitlines())
    return Attack(
        way.name, reached, stake, shell, round(seconds, 2), told, sorted(each.name for each in used if each.exists())
    )


def finish(study: Study) -> None:
    """Run a study to its end, and check its last state."""
    process = study.start()
    started: list[psutil.Process] = []

    def is_over() -> bool:
        started[:] = children(process) or started
        return process.poll() is not None

    wait(is_over, "the last run of a study did not end", seconds=RUN_SECONDS)
    require(process.returncode == 0, f"exit code {process.returncode} of the last run")
    wait(lambda: ended(started), f"of what the last run started, there is still {[words(each) for each in started]}")
    study.check()
    document = json.loads((study.folder / "stdout").read_text())
    require(document["best"] is not None, "no winner")
    require(document["trials"] == study.trials() >= TRIALS, f"{document['trials']} trials")
    if study.tracked:
        states = {key[1]: record["state"] for key, record in study.kept.items() if key[0] == "trial"}
        built = Counter(str(trial) for trial, state in states.items() if state not in ("over_budget", "duplicate"))
        require(built == (logged := logged_trials(study)), f"trials in MLflow: {logged}, and not {built}")


def logged_trials(study: Study) -> Counter[str]:
    """Return how many runs each trial has in MLflow's database."""
    query = "SELECT value FROM tags JOIN runs USING (run_uuid) WHERE key = 'trial' AND lifecycle_stage = 'active'"
    with closing(sqlite3.connect(study.folder / "studies" / "mlflow.db")) as database:
        return Counter(value for (value,) in database.execute(query))


def kill(study: Study, rng: random.Random, most: int) -> Ended:
    """Kill a study at most so many times, then let it end."""
    start, attacks = time.monotonic(), list[Attack]()
    for moment in MOMENTS[:most]:
        found = attack(study, rng.choice(WAYS), moment, rng)
        if found is None:
            break
        attacks.append(found)
        print(f"study {study.number}: {found}", flush=True)
    finish(study)
    return Ended(study.number, study.tracked, round(time.monotonic() - start, 1), attacks)


def earlier(file: Path) -> list[Ended]:
    """Return the studies of earlier runs of this benchmark."""
    lines = file.read_text().splitlines() if file.is_file() else []
    found = [json.loads(line) for line in lines]
    return [Ended(**{**each, "attacks": [Attack(**one) for one in each["attacks"]]}) for each in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=79)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=HERE / "kills", help="of both files, without their endings")
    options = parser.parse_args()
    # A search must meet signals as in a terminal, also if this program was started with nohup or in the background.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    file = options.out.with_suffix(".jsonl")
    studies = earlier(file)
    while (left := options.kills - sum(len(each.attacks) for each in studies)) > 0:
        number = max((each.study for each in studies), default=-1) + 1
        study = Study(Path(tempfile.mkdtemp(prefix="kills-")), number)
        try:
            studies.append(kill(study, random.Random(f"{options.seed}:{number}"), left))
        except FaultError as fault:
            sys.exit(f"study {number}: {fault}; see {study.folder}")
        with file.open("a") as lines:
            lines.write(json.dumps(dataclasses.asdict(studies[-1])) + "\n")
        options.out.with_suffix(".md").write_text(page(studies, TRIALS))
        shutil.rmtree(study.folder)


if __name__ == "__main__":
    main()
