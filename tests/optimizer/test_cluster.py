"""What a Dask cluster adds to the contract of executors: workers are lost, come late, or have other versions."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from nas.data.source import load
from nas.data.splits import Splits, split
from nas.errors import InputError
from nas.optimizer.executor.executor import Failed
from nas.study.tasks import Task

pytest.importorskip("distributed", reason="Dask is not installed: pip install 'nas[cluster]'")

from nas.optimizer.executor import versions
from nas.optimizer.executor.cluster import serve
from nas.optimizer.executor.dask import connected
from nas.optimizer.executor.executor import Executor
from nas.optimizer.executor.work import Work


@dataclass(frozen=True, slots=True)
class Chore(Task[Any]):
    """What the stand-in for a training does: `word` says what, and `file` is where it leaves a mark."""

    word: str
    file: str = ""


def prepare(splits: Splits) -> None:
    """Stand for the import of TensorFlow."""


def perform(chore: Chore) -> Any:
    """Answer; or first lose the Dask worker above this process, once or each time; or go on forever."""
    if chore.word == "lose worker" or (chore.word == "lose worker once" and not Path(chore.file).exists()):
        Path(chore.file).write_text("lost")
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    if chore.word == "go on":
        Path(chore.file).write_text(f"{os.getpid()}")
        time.sleep(600)
    return f"did {chore.word}"


WORK = Work(prepare, perform)


@pytest.fixture(scope="module")
def splits() -> Splits:
    return split(load("wine"), 0)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", serve.__name__, "2"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    yield process.stdout.readline().decode().strip()
    process.communicate()


@pytest.fixture
def executor(splits: Splits, address: str) -> Iterator[Executor]:
    made = connected(splits, 0, address, WORK)
    yield made
    made.close()


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """The address of a scheduler that has no workers."""
    process = dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", tmp_path)
    file = tmp_path / "scheduler.json"
    wait_for(file.exists)
    yield json.loads(file.read_text())["address"]
    process.kill()
    process.wait()


def dask(verb: str, *arguments: Any) -> "subprocess.Popen[bytes]":
    *options, folder = arguments
    file = ["--scheduler-file", str(Path(folder) / "scheduler.json")]
    return subprocess.Popen(
        [sys.executable, "-m", "dask", verb, *options, *file],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.DEVNULL,
    )


def wait_for(condition: Any) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def answers(executor: Executor, *chores: Chore) -> list[Any]:
    for chore in chores:
        executor.submit(chore)
    ended: dict[int, Any] = {}
    while executor.running:
        ended |= {id(chore): answer for chore, answer in executor.collect(1.0)}
    return [ended[id(chore)] for chore in chores]


def test_a_task_whose_worker_is_lost_is_done_once_more_and_fails_if_that_is_lost_too(
    executor: Executor, tmp_path: Path
) -> None:
    once, failed = answers(executor, Chore("lose worker once", f"{tmp_path}/a"), Chore("lose worker", f"{tmp_path}/b"))
    assert once == "did lose worker once"
    assert isinstance(failed, Failed)
    assert "lost 2 times" in failed.reason


def test_a_task_that_still_runs_at_the_end_is_stopped_on_its_worker(executor: Executor, tmp_path: Path) -> None:
    executor.submit(Chore("go on", f"{tmp_path}/pid"))
    wait_for((tmp_path / "pid").exists)
    wait_for((tmp_path / "pid").read_text)
    executor.close()
    pid = int((tmp_path / "pid").read_text())
    wait_for(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


def test_a_model_that_a_worker_has_trained_is_that_of_a_training_here(address: str, tmp_path: Path) -> None:
    from trained_elsewhere import models  # workers import this file, and need no TensorFlow for stand-ins

    # In a process of its own: this one may have used TensorFlow with several threads, which cannot be undone.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        here, there = pool.submit(models, tmp_path, address).result()
    assert here == there


def test_jobs_limit_how_many_tasks_run_at_a_time(splits: Splits, address: str) -> None:
    executor = connected(splits, 1, address, WORK)
    assert (executor.size, executor.idle) == (1, 1)
    executor.close()


def test_a_search_without_workers_says_so_and_goes_on_when_one_comes(
    splits: Splits, scheduler: str, tmp_path: Path
) -> None:
    executor = connected(splits, 0, scheduler, WORK)
    assert (executor.size, executor.idle) == (1, 1)
    assert f"no worker is connected to {scheduler}" in str(executor.notice)
    (late,) = answers(executor, Chore("nothing", seconds=0.5))
    assert late == Failed("no worker was free within its time limit")
    worker = dask("worker", "--nworkers", "1", "--nthreads", "1", "--no-dashboard", tmp_path)
    assert answers(executor, Chore("a chore")) == ["did a chore"]
    assert executor.notice is None
    executor.close()
    worker.terminate()
    worker.wait()


def test_workers_of_another_release_are_refused_in_one_line(
    splits: Splits, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = versions.describe()["nas"]
    here = versions.versions() | {"nas": "9.9"}
    monkeypatch.setattr(versions, "versions", lambda: dict(here))
    with pytest.raises(
        InputError, match=rf"scheduler .*must have the versions of this machine, got nas {there}, here 9.9"
    ):
        connected(splits, 0, address, WORK)


def test_an_address_without_a_scheduler_is_refused_in_one_line(splits: Splits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nas.optimizer.executor.cluster.connection.CONNECT_SECONDS", 0.5)
    with pytest.raises(InputError, match="must be the address of a Dask scheduler that answers") as error:
        connected(splits, 0, "tcp://127.0.0.1:1", WORK)
    assert "\n" not in str(error.value)
