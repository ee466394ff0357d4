"""Machines that are reached by SSH: a real sshd on this machine, with keys and a home folder of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cloudpickle
import pytest
from trained_elsewhere import models

from nas.data.source import load
from nas.data.splits import Splits, split
from nas.errors import InputError
from nas.optimizer.executor import versions
from nas.optimizer.executor.executor import Executor, Failed
from nas.optimizer.executor.ssh import on_machines
from nas.optimizer.executor.work import Work
from nas.study.cluster import Cluster
from nas.study.tasks import Task

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(
    SSHD is None or os.geteuid() != 0, reason="there is no sshd, or it cannot be started by this user"
)

CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
StrictModes no
PermitRootLogin yes
PidFile none
UsePAM no
SetEnv HOME={folder}/home
"""

# The machine has the code of nas, but not that of the tests.
cloudpickle.register_pickle_by_value(sys.modules[__name__])


@dataclass(frozen=True)
class Chore(Task[Any]):
    """What the stand-in for a training does: `word` says what, and `file` is where it leaves a mark."""

    word: str
    file: str = ""


def prepare(splits: Splits) -> None:
    """Stand for the import of TensorFlow."""


def perform(chore: Chore) -> Any:
    """Answer; or first lose the program above this process, once or each time."""
    if chore.word == "lose" or (chore.word == "lose once" and not Path(chore.file).exists()):
        Path(chore.file).write_text("lost")
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    return f"did {chore.word}"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A machine that ssh reaches; it has an empty home, and the libraries of this Python."""
    folder = tmp_path_factory.mktemp("sshd")
    (folder / "home").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for name in ("host_key", "user_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    (folder / "sshd").write_text(CONFIG.format(port=port, folder=folder))
    key = (folder / "host_key.pub").read_text()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {key}")
    (folder / "ssh").write_text(f"IdentityFile {folder}/user_key\nUserKnownHostsFile {folder}/known_hosts\n")
    Path("/run/sshd").mkdir(exist_ok=True)
    assert SSHD is not None
    process = subprocess.Popen([SSHD, "-D", "-f", folder / "sshd"], stderr=subprocess.DEVNULL)
    wait_until_open(port)
    yield Cluster(f"ssh://root@127.0.0.1:{port}", jobs=2, python=sys.executable, config=f"{folder}/ssh")
    process.terminate()
    process.wait()


def wait_until_open(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return


@pytest.fixture(scope="module")
def splits() -> Splits:
    return split(load("wine"), 0)


@pytest.fixture
def executor(cluster: Cluster, splits: Splits, monkeypatch: pytest.MonkeyPatch) -> Iterator[Executor]:
    monkeypatch.setattr("nas.optimizer.executor.machines.machines.RETRY_SECONDS", 0.2)
    made = on_machines(splits, 0, cluster, Work(prepare, perform))
    yield made
    made.close()


def answers(executor: Executor, *chores: Chore) -> list[Any]:
    waiting, ended = list(chores), {}
    while waiting or executor.running:
        if waiting and executor.idle:
            executor.submit(waiting.pop(0))
        ended.update({id(chore): answer for chore, answer in executor.collect(0.2)})
    return [ended[id(chore)] for chore in chores]


def test_a_machine_performs_tasks_on_all_its_processes_with_the_code_of_this_machine(executor: Executor) -> None:
    chores = [Chore(f"chore {number}") for number in range(5)]
    assert answers(executor, *chores) == [f"did {chore.word}" for chore in chores]
    assert executor.size == 2
    assert executor.notice is None


def test_a_task_whose_connection_is_lost_is_done_once_more_and_fails_if_that_is_lost_too(
    executor: Executor, tmp_path: Path
) -> None:
    assert answers(executor, Chore("lose once", f"{tmp_path}/once")) == ["did lose once"]
    (failed,) = answers(executor, Chore("lose", f"{tmp_path}/twice"))
    assert isinstance(failed, Failed)
    assert "lost 2 times" in failed.reason


def test_a_model_that_a_machine_has_trained_is_that_of_a_training_here(cluster: Cluster, tmp_path: Path) -> None:
    here, there = models(tmp_path, cluster)
    assert here == there


def refusal(cluster: Cluster, splits: Splits) -> str:
    with pytest.raises(InputError) as error:
        on_machines(splits, 0, cluster)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_machine_with_an_unknown_host_key_is_refused_in_one_line(
    cluster: Cluster, splits: Splits, tmp_path: Path
) -> None:
    text = Path(cluster.config).read_text()
    (tmp_path / "ssh").write_text(text.replace("known_hosts", "no_hosts") + "GlobalKnownHostsFile none\n")
    line = refusal(replace(cluster, config=f"{tmp_path}/ssh"), splits)
    assert "must have a host key that ssh knows" in line
    assert "connect once with `ssh root@127.0.0.1`" in line


def test_a_machine_that_lets_nobody_in_is_refused_in_one_line(cluster: Cluster, splits: Splits, tmp_path: Path) -> None:
    text = Path(cluster.config).read_text()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "other"], check=True)
    (tmp_path / "ssh").write_text(f"IdentitiesOnly yes\nIdentityFile {tmp_path}/other\n{text.partition(chr(10))[2]}")
    assert "must let you in without a password" in refusal(replace(cluster, config=f"{tmp_path}/ssh"), splits)


def test_a_machine_without_the_python_that_is_named_is_refused_in_one_line(cluster: Cluster, splits: Splits) -> None:
    assert "must have /nowhere/python" in refusal(replace(cluster, python="/nowhere/python"), splits)


def test_a_machine_that_does_not_answer_is_refused_in_one_line(splits: Splits) -> None:
    assert "every machine must answer" in refusal(Cluster("ssh://nobody@127.0.0.1:1"), splits)


def test_a_machine_with_other_libraries_ends_the_search_in_one_line(
    cluster: Cluster, splits: Splits, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = versions.versions()
    monkeypatch.setattr(versions, "versions", lambda: {**there, "numpy": "0.9"})
    executor = on_machines(splits, 0, cluster, Work(prepare, perform))
    executor.submit(Chore("nothing"))
    with pytest.raises(InputError, match=rf"must have the versions of .*, got numpy {there['numpy']}, here 0.9"):
        answers(executor)
    executor.close()
