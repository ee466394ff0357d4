"""A PostgreSQL server of the tests' own, on loopback; it refuses to be run by root, so root runs it as `postgres`."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Where Debian keeps the server's programs, which are not in PATH.
_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def is_installed() -> bool:
    return bool(_PROGRAMS) or shutil.which("initdb") is not None


class Server:
    """A running server with an empty database."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
        self._run("initdb", "-D", self._data, "-A", "trust", "-U", "nas")
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://nas@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-o", self._options, "-l", self._data / "log", "-w", "start")

    def stop(self) -> None:
        """End the server as a crash would, with all its connections."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: object) -> None:
        path = str(_PROGRAMS[-1] / program) if _PROGRAMS else program
        as_other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_other, path, *map(str, arguments)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def server() -> Iterator[Server]:
    """Start a server, and end it."""
    folder = Path(tempfile.mkdtemp(prefix="nas-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    running = Server(folder)
    try:
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder)
