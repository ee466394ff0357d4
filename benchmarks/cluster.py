"""Searches on more than one machine, on stand-ins for machines: pace, losses, and what stays of the trials.

    python benchmarks/cluster.py curve [--workers 1,4,16,64] [--trials 5000] [--seconds 6]
    python benchmarks/cluster.py killed [--minutes 5]
    python benchmarks/cluster.py cut [--minutes 3]          # as root: a network namespace
    python benchmarks/cluster.py restarted [--minutes 3]
    python benchmarks/cluster.py hosts [--minutes 5]        # trains for real; needs the data in ../shared/data
    python benchmarks/cluster.py ssh                        # as root: an sshd on 127.0.0.1, and an empty home

The real search runs, with the real storage; in `curve`, `killed`, `cut` and `restarted` its workers sleep as long as a
training takes, and answer with made-up accuracies. The results are appended to `benchmarks/cluster.jsonl`.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psutil

from nas.data.source import load
from nas.data.splits import Splits, split
from nas.graph.graph import digest
from nas.optimizer.executor.dask import connected
from nas.optimizer.executor.executor import MakeExecutor
from nas.optimizer.executor.local import LocalExecutor
from nas.optimizer.executor.work import Work
from nas.optimizer.finals import Finals
from nas.optimizer.observer import Observer
from nas.optimizer.problem import Problem
from nas.optimizer.run import run
from nas.space.file import load_space
from nas.study.recipe import Recipe
from nas.study.record import Record, State
from nas.study.study import Study
from nas.study.tasks import TrainingOutcome, TrainingTask
from nas.target.profiler import estimate_many
from nas.target.target import find_target

RESULTS = Path(__file__).with_suffix(".jsonl")
ADDRESS = "127.0.0.1"
# Nothing is stopped early, since stand-ins have no rungs.
RECIPE = Recipe.of(first_rung=0)


@dataclass(frozen=True)
class Sleep:
    """Performs a training by sleeping about so many seconds; each beginning and end is a line of a file."""

    seconds: float
    file: str

    def __call__(self, task: TrainingTask) -> TrainingOutcome:
        self._note("begun", task)
        draw = random.Random(task.seed)
        time.sleep(self.seconds * draw.uniform(0.95, 1.05))
        graph = task.architecture.lower()
        curve = tuple(draw.random() for _ in range(3))
        record = Record(
            trial=task.trial,
            state=State.COMPLETE,
            digest=digest(graph),
            params=task.params,
            architecture=task.architecture.to_json(),
            seed=task.seed,
            profiled=estimate_many([graph], task.target)[0].summary(),
            val_metrics={"accuracy": max(curve)},
            float_val_accuracy=max(curve),
            history=dict.fromkeys(("loss", "accuracy", "val_loss", "val_accuracy"), curve),
            seconds={"train": self.seconds},
        )
        self._note("ended", task)
        return TrainingOutcome(record, draw.randbytes(8192))

    def _note(self, word: str, task: TrainingTask) -> None:
        with Path(self.file).open("a") as file:
            file.write(f"{word} {task.trial}\n")


def no_preparation(splits: Splits) -> None:
    """Stand for the import of TensorFlow."""


class Answers(Observer):
    """Keeps the time at which each trained candidate has ended, and what the search has said."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.said: list[str] = []

    def recorded(self, record: Record) -> None:
        if record.history:
            self.times.append(time.monotonic())

    def warn(self, text: str) -> None:
        self.said.append(text)


def searched(study: Study, make_executor: MakeExecutor, folder: Path) -> tuple[Answers, list[Record], float]:
    """Run a study without finals; return what was seen of it, its stored records, and the parent's processor time."""
    Finals.decide = lambda finals: None  # type: ignore[method-assign]
    problem = Problem(study, load_space(study.space), find_target(study.target), split(load("synthetic"), 0))
    answers, before = Answers(), time.process_time()
    with run(problem, folder, answers, time.monotonic(), make_executor) as ended:
        records = list(ended.trials.ledger.records())
    return answers, records, time.process_time() - before


def study_of(**limits: Any) -> Study:
    settings = {"space": "cnn_timeseries", "data": "synthetic", "budget_kb": 6, "tracking_uri": "none", "name": "bench"}
    return Study(**settings, recipe=RECIPE, **limits)


def write(kind: str, **facts: Any) -> None:
    """Print a result, and add it to the file of results."""
    line = {"benchmark": kind, "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1), **facts}
    print(json.dumps(line), flush=True)
    with RESULTS.open("a") as file:
        file.write(json.dumps(line) + "\n")


def curve(workers: str, trials: int, seconds: float, executors: str) -> None:
    """Candidates an hour over both executors, against what that many workers could do at most.

    The first and the last tenth are left out: processes start one after the other on a machine of few cores.
    """
    for name in executors.split(","):
        for count in map(int, workers.split(",")):
            wanted = trials if count >= 64 else max(40, int(trials * count / 64 / 4))
            with tempfile.TemporaryDirectory() as temporary:
                sleep = Sleep(seconds, f"{temporary}/trials")
                make: Callable[..., Any] = partial(LocalExecutor, initialize=no_preparation, perform=sleep)
                if name == "dask":
                    make = partial(connected, address=None, work=Work(no_preparation, sleep))
                study = study_of(trials=wanted, jobs=count)
                answers, records, used = searched(study, make, Path(temporary) / "bench")
                counts = Counter(line.split()[0] for line in Path(sleep.file).read_text().splitlines())
            inner = answers.times[len(answers.times) // 10 : -max(1, len(answers.times) // 10)]
            pace = (len(inner) - 1) / (inner[-1] - inner[0]) * 3600
            ideal = count / seconds * 3600
            facts = {"executor": name, "workers": count, "seconds": seconds, "trials": len(records), **counts}
            facts |= {"per_hour": round(pace), "ideal": round(ideal), "share": round(pace / ideal, 3)}
            write("curve", **facts, parent_ms=round(1000 * used / len(records), 1))


def command(*words: Any, namespace: str = "", **options: Any) -> "subprocess.Popen[bytes]":
    """Start a program of Dask, perhaps in a network namespace."""
    inside = ["ip", "netns", "exec", namespace] if namespace else []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    program = [*inside, sys.executable, "-m", "dask", *map(str, words)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(program, env=environment, start_new_session=True, **quiet, **options)


def end(process: "subprocess.Popen[bytes]") -> None:
    """Kill a program and all that it has started, unless it has ended by itself."""
    if process.poll() is None:
        for one in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
            one.kill()
    process.wait()


def scheduler(host: str, port: int) -> "subprocess.Popen[bytes]":
    return command("scheduler", "--host", host, "--port", port, "--no-dashboard")


@contextmanager
def cluster(host: str, port: int, workers: int, namespace: str = "") -> Iterator[dict[str, Any]]:
    """A scheduler and workers of one thread, each below a nanny of its own."""
    running: dict[str, Any] = {"scheduler": scheduler(host, port)}
    time.sleep(5)
    start = partial(command, "worker", f"tcp://{host}:{port}", "--nthreads", 1, "--nworkers", 1, "--no-dashboard")
    running["start"] = partial(start, namespace=namespace)
    running["workers"] = [running["start"]() for _ in range(workers)]
    try:
        yield running
    finally:
        for process in [*running["workers"], running["scheduler"]]:
            end(process)


def disturbed(kind: str, minutes: float, disturb: Callable[[dict[str, Any], Event], int], **where: Any) -> None:
    """Search while something is done to the cluster; count trials that are lost or doubled."""
    port = random.randint(20_000, 30_000)
    host = where.get("host", ADDRESS)
    with tempfile.TemporaryDirectory() as temporary, cluster(host, port, 4, where.get("namespace", "")) as running:
        sleep, over = Sleep(3.0, f"{temporary}/trials"), Event()
        done: list[int] = []
        thread = Thread(target=lambda: done.append(disturb({**running, "host": host, "port": port, **where}, over)))
        thread.start()
        make = partial(connected, address=f"tcp://{host}:{port}", work=Work(no_preparation, sleep))
        study = study_of(minutes=minutes)
        try:
            answers, records, _ = searched(study, make, Path(temporary) / "bench")
        finally:
            over.set()
            thread.join()
        counts = Counter(Path(sleep.file).read_text().splitlines())
    trained = [record.trial for record in records if record.history]
    answered = {int(line.split()[1]) for line in counts if line.startswith("ended")}
    failed = [record.reason for record in records if record.state == State.FAILED]
    write(
        kind,
        minutes=minutes,
        disturbances=done[0],
        trials=len(records),
        trained=len(trained),
        stored_twice=len(trained) - len({*trained}),
        answered_but_not_stored=len(answered - {*trained}),
        begun_again=sum(count - 1 for line, count in counts.items() if line.startswith("begun")),
        failed=failed,
        said=answers.said,
    )


def kill_workers(running: dict[str, Any], over: Event) -> int:
    """Kill a worker every 20 seconds; its nanny starts another one."""
    killed = 0
    while not over.wait(20):
        nanny = psutil.Process(random.choice(running["workers"]).pid)
        # Below a nanny are a resource tracker and the worker, which has the process that trains below it.
        found = [child for child in nanny.children() if child.children() or "spawn_main" in " ".join(child.cmdline())]
        if found:
            found[-1].kill()
            killed += 1
    return killed


def restart_scheduler(running: dict[str, Any], over: Event) -> int:
    """Kill the scheduler once, and start it and workers again at the same address."""
    if over.wait(45):
        return 0
    running["scheduler"].send_signal(signal.SIGKILL)
    time.sleep(5)
    again = scheduler(running["host"], running["port"])
    time.sleep(5)
    # Dask's workers end when their scheduler is lost.
    workers = [running["start"]() for _ in running["workers"]]
    over.wait()
    for process in (*workers, again):
        end(process)
    return 1


def cut_network(running: dict[str, Any], over: Event) -> int:
    """Cut the workers' network for 30 seconds."""
    if over.wait(45):
        return 0
    ip("link", "set", "nascut0", "down")
    time.sleep(30)
    ip("link", "set", "nascut0", "up")
    over.wait()
    return 1


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def cut(minutes: float) -> None:
    """Search with all workers behind a network that is cut for 30 seconds."""
    ip("netns", "add", "nascut")
    try:
        ip("link", "add", "nascut0", "type", "veth", "peer", "name", "nascut1", "netns", "nascut")
        ip("addr", "add", "10.77.0.1/24", "dev", "nascut0")
        ip("link", "set", "nascut0", "up")
        for words in (("addr", "add", "10.77.0.2/24", "dev", "nascut1"), ("link", "set", "nascut1", "up")):
            ip("-n", "nascut", *words)
        ip("-n", "nascut", "link", "set", "lo", "up")
        disturbed("cut", minutes, cut_network, host="10.77.0.1", namespace="nascut")
    finally:
        ip("netns", "del", "nascut")


def hosts(minutes: float) -> None:
    """The same search on UCI HAR by `--jobs 2`, and by two Dask workers that stand for hosts: candidates an hour."""
    data = Path(__file__).parents[2] / "shared" / "data" / "uci_har_windows.npz"
    port = random.randint(20_000, 30_000)
    process = scheduler(ADDRESS, port)
    start = partial(command, "worker", f"tcp://{ADDRESS}:{port}", "--nthreads", 1, "--nworkers", 1, "--no-dashboard")
    workers = [start("--host", f"127.0.0.{number}") for number in (2, 3)]
    time.sleep(10)
    try:
        for name, more in (("jobs", ["--jobs", "2"]), ("dask", ["--cluster", f"tcp://{ADDRESS}:{port}"])):
            with tempfile.TemporaryDirectory() as folder:
                words = ["--space", "cnn_timeseries", "--data", str(data), "--budget-kb", "6", "--name", name, *more]
                words += ["--minutes", str(minutes), "--studies", folder, "--tracking-uri", "none", "--json"]
                told = subprocess.run([sys.executable, "-m", "nas", "search", *words], check=True, capture_output=True)
            found = json.loads(told.stdout)
            trained = found["states"]["complete"] + found["states"]["pruned"]
            scores = {key: found["best"][key] for key in ("val_accuracy", "test_accuracy")}
            write("hosts", how=name, minutes=minutes, trained=trained, seconds=found["seconds"], **scores)
    finally:
        for one in (*workers, process):
            end(one)


def ssh() -> None:
    """A search on a machine that has an empty home folder, in the background, with the terminal closed."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        port = random.randint(20_000, 30_000)
        (folder / "home").mkdir()
        for name in ("host_key", "user_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
        lines = [
            f"Port {port}",
            f"ListenAddress {ADDRESS}",
            f"HostKey {folder}/host_key",
            "StrictModes no",
            "UsePAM no",
        ]
        lines += [f"AuthorizedKeysFile {folder}/user_key.pub", "PidFile none", "PermitRootLogin yes"]
        (folder / "sshd").write_text("\n".join([*lines, f"SetEnv HOME={folder}/home", ""]))
        (folder / "known").write_text(f"[{ADDRESS}]:{port} {(folder / 'host_key.pub').read_text()}")
        (folder / "ssh").write_text(f"IdentityFile {folder}/user_key\nUserKnownHostsFile {folder}/known\n")
        Path("/run/sshd").mkdir(exist_ok=True)
        sshd = subprocess.Popen([shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-f", str(folder / "sshd")])
        study = 'space = "mlp_tabular"\ndata = "wine"\nbudget_kb = 2\ntrials = 8\nname = "far"\ntracking_uri = "none"\n'
        study += f'[cluster]\naddress = "ssh://root@{ADDRESS}:{port}"\nconfig = "{folder}/ssh"\n'
        (folder / "far.toml").write_text(
            study + "[training]\nepochs = 3\nmin_steps = 0\n[fidelity]\nfirst_rung = 0\n"
            "[finals]\nfinalists = 2\nfinal_folds = 2\nfinal_epochs = 6\nwinner_epochs = 12\n"
        )
        start, nas = time.monotonic(), f"{sys.executable} -m nas"
        try:
            # The shell that has begun the search ends at once, as a terminal that is closed.
            shell = f"cd {folder} && {nas} search far.toml --studies studies --detach"
            subprocess.run(["sh", "-c", shell], check=True, start_new_session=True)
            subprocess.run([*nas.split(), "attach", "far", "--studies", str(folder / "studies")], check=True)
            found = json.loads((folder / "studies" / "far" / "results.json").read_text())
            kept = sorted(path.name for path in (folder / "home" / ".nas").iterdir())
            facts = {"trials": found["trials"], "winner": found["best"]["trial"], "at_the_machine": kept}
            write("ssh", seconds=round(time.monotonic() - start), **facts)
        finally:
            sshd.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["curve", "killed", "cut", "restarted", "hosts", "ssh"])
    parser.add_argument("--workers", default="1,4,16,64")
    parser.add_argument("--executors", default="local,dask")
    parser.add_argument("--trials", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--minutes", type=float, default=5.0)
    given = parser.parse_args()
    if given.what == "curve":
        curve(given.workers, given.trials, given.seconds, given.executors)
    elif given.what in ("killed", "restarted"):
        disturbed(given.what, given.minutes, kill_workers if given.what == "killed" else restart_scheduler)
    elif given.what == "cut":
        cut(given.minutes)
    elif given.what == "hosts":
        hosts(given.minutes)
    else:
        ssh()


if __name__ == "__main__":
    main()
