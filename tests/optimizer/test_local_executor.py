"""Worker processes: their answers, and what happens if one dies. Tasks are simple orders, without TensorFlow."""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest

from nas.errors import InputError
from nas.optimizer.executor import local
from nas.optimizer.executor.executor import Failed
from nas.optimizer.executor.local import LocalExecutor
from nas.optimizer.executor.process import CallError, Process

ROOT = Path(__file__).resolve().parents[2]


@dataclass(eq=False)
class Order:
    """Stands in for a task: what to do, and its time limit."""

    what: str
    argument: Any = None
    seconds: float | None = None


def prepare(splits: Any) -> None:
    """Stand in for importing TensorFlow."""
    if splits == "broken":
        raise ImportError("libcudart.so.11.0: cannot open shared object file")
    if splits == "slow":
        time.sleep(2)
    if splits == "deadly":
        os._exit(3)
    if isinstance(splits, Path) and not splits.exists():
        splits.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def perform(order: Order) -> Any:
    """Stand in for a training."""
    match order.what:
        case "echo":
            return order.argument
        case "pid":
            return os.getpid()
        case "die once" if not order.argument.exists():
            order.argument.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        case "die once":
            return order.seconds or "no limit"
        case "time left":
            return order.seconds
        case "environment":
            return dict(os.environ)
        case "raise":
            raise ValueError(order.argument)
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "group":
            return os.getpgrp()
        case "interrupted":
            for number in (signal.SIGINT, signal.SIGTERM):
                os.kill(os.getpid(), number)
            return "unmoved"
        case "sleep":
            time.sleep(order.argument)
        case "compute":
            end = time.monotonic() + order.argument
            while time.monotonic() < end:
                pass
            return "computed"
    return None


@pytest.fixture
def crew() -> Iterator[Any]:
    """A function that makes executors, which are closed at the end."""
    made: list[LocalExecutor] = []

    def make(jobs: int = 1, splits: Any = None) -> Any:
        made.append(LocalExecutor(splits, jobs, prepare, perform))  # type: ignore[arg-type]  # our own tasks
        return made[-1]

    yield make
    for team in made:
        team.close()


def done(team: Any, *orders: Order) -> list[Any]:
    """Perform all orders; return their answers in the same order."""
    waiting, ends = list(orders), {}
    while len(ends) < len(orders):
        while waiting and team.idle:
            team.submit(waiting.pop(0))
        ends |= {id(task): end for task, end in team.collect(0.2)}
    return [ends[id(order)] for order in orders]


def test_tasks_come_back_with_their_answers_and_the_process_is_reused(crew: Any) -> None:
    echo, *pids = done(crew(), Order("echo", [1, 2]), Order("pid"), Order("pid"))
    assert echo == [1, 2]
    assert len({*pids, os.getpid()}) == 2


def test_a_task_that_raises_fails_and_the_next_one_runs(crew: Any) -> None:
    assert done(crew(), Order("raise", "no such layer"), Order("echo", 1)) == [
        Failed("ValueError: no such layer"),
        1,
    ]


def test_a_process_that_dies_fails_only_its_own_task(crew: Any) -> None:
    died, *echoes = done(crew(2), Order("die"), *(Order("echo", i) for i in range(4)))
    assert died == Failed("its worker process died, perhaps because memory ran out")
    assert echoes == [0, 1, 2, 3]


def test_a_task_whose_process_is_killed_is_repeated_in_the_time_that_is_left(crew: Any, tmp_path: Path) -> None:
    first, second = done(crew(), Order("die once", tmp_path / "a"), Order("die once", tmp_path / "b", seconds=30.0))
    assert first == "no limit"
    assert 10 < second < 30


def test_the_start_of_a_process_counts_towards_the_time_limit_of_its_task(crew: Any) -> None:
    first, second = done(crew(splits="slow"), Order("time left", seconds=60.0), Order("time left", seconds=60.0))
    assert 10 < first < 58
    assert second > 58.5


def test_a_stuck_task_is_ended(crew: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "GRACE_SECONDS", 0.2)
    start = time.monotonic()
    assert done(crew(), Order("sleep", 60, seconds=3.0)) == [
        Failed("stuck past its time limit; its process was killed")
    ]
    assert time.monotonic() - start < 30


def test_a_task_that_is_only_slow_is_not_ended(crew: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "GRACE_SECONDS", 2.0)
    team = crew()
    done(team, Order("echo", 1))
    assert done(team, Order("compute", 4.0, seconds=0.1)) == ["computed"]


def test_a_task_in_an_endless_loop_is_ended_too(crew: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "GRACE_SECONDS", 0.2)
    team = crew()
    done(team, Order("echo", 1))
    assert done(team, Order("compute", 60, seconds=0.1)) == [
        Failed("stuck past its time limit; its process was killed")
    ]


def test_a_process_is_replaced_after_a_number_of_tasks(crew: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "TASKS_PER_PROCESS", 2)
    pids = done(crew(), *(Order("pid") for _ in range(4)))
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_a_process_that_cannot_start_ends_the_run_with_an_input_error(crew: Any) -> None:
    with pytest.raises(InputError, match="worker process: must start, got ImportError: libcudart"):
        done(crew(splits="broken"), Order("echo", 1))


def test_processes_that_keep_dying_at_their_start_end_the_run(crew: Any) -> None:
    with pytest.raises(InputError, match="worker process: must start, got it died"):
        done(crew(splits="deadly"), Order("echo", 1))


def test_a_process_that_is_killed_at_its_start_is_replaced(crew: Any, tmp_path: Path) -> None:
    assert done(crew(splits=tmp_path / "killed once"), Order("echo", 1)) == [1]


def test_a_worker_has_one_thread_and_ignores_ctrl_c_and_termination(crew: Any) -> None:
    environment, unmoved = done(crew(), Order("environment"), Order("interrupted"))
    assert environment["OMP_NUM_THREADS"] == "1"
    assert unmoved == "unmoved"


def test_a_worker_is_not_in_the_terminal_s_foreground_group(crew: Any) -> None:
    (group,) = done(crew(), Order("group"))
    assert group != os.getpgrp()


def test_a_worker_calls_functions_that_cannot_be_imported() -> None:
    process = Process(None, lambda _: None)  # type: ignore[arg-type]  # it needs no data here
    try:
        assert process.submit(lambda number: number + 1, 41).result(30) == 42
        with pytest.raises(CallError, match="TypeError: cannot pickle"):
            process.submit(print, threading.Lock()).result(30)
    finally:
        process.kill()


@pytest.mark.skipif(not Path("/proc/self/maps").is_file(), reason="reads /proc")
def test_workers_share_no_files_in_memory_with_their_parent(crew: Any) -> None:
    (pid,) = done(crew(), Order("pid"))
    assert "/dev/shm" not in Path(f"/proc/{pid}/maps").read_text()


def test_a_worker_whose_parent_goes_while_it_works_ends_without_a_word() -> None:
    ours, theirs = Pipe()
    with theirs:
        command = [sys.executable, "-m", "nas.optimizer.executor.child", str(theirs.fileno()), str(os.getpid())]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        worker = subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, pass_fds=[theirs.fileno()])
    with ours:
        ours.send_bytes(pickle.dumps((time.sleep, (0.5,))))
    _, errors = worker.communicate(timeout=60)
    assert (worker.returncode, errors) == (0, b"")


def test_workers_end_when_their_parent_is_killed() -> None:
    code = """
import time
from test_local_executor import Order, done, perform, prepare
from nas.optimizer.executor.local import LocalExecutor
team = LocalExecutor(None, 1, prepare, perform)
print(done(team, Order("pid"))[0], flush=True)
team.submit(Order("sleep", 60))
time.sleep(60)
"""
    path = os.pathsep.join(map(str, (ROOT, Path(__file__).parent)))
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}, text=True
    )
    with parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert alive(worker)
        parent.kill()
    for _ in range(100):
        if not alive(worker):
            return
        time.sleep(0.1)
    os.kill(worker, signal.SIGKILL)
    pytest.fail("the worker lives on")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that has ended stays a zombie until its new parent process waits for it.
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")
