"""One machine that is reached by SSH: commands on it, and the connection to the program that performs tasks there."""

import asyncio
import contextlib
import shlex
from collections.abc import Sequence
from typing import Any

from nas.errors import InputError
from nas.optimizer.executor.machines.wire import LENGTH, packed, unpacked
from nas.study.cluster import Host

# Nothing is asked on a terminal; a machine that is silent for 30 s is taken to be gone.
OPTIONS = ("-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=15", "-o", "ServerAliveInterval=10")
# What ssh itself ends with, if it is not the command on the machine that has failed.
SSH_FAILED = 255
_REFUSED = {
    "Host key verification failed": (
        "must have a host key that ssh knows",
        "connect once with `ssh {}`, and compare the key",
    ),
    "Permission denied": (
        "must let you in without a password",
        "run `ssh-copy-id {}`, or name a key in your ssh configuration",
    ),
}


class OutOfReachError(Exception):
    """A machine does not answer now; it may later."""


class CommandError(Exception):
    """A command on a machine has failed; the message is the last line that it wrote."""


class Link:
    """A program on a machine, and messages to it and from it.

    Life cycle: `open` starts the program, `read` and `write` exchange messages, `close` ends it.
    """

    def __init__(self, process: asyncio.subprocess.Process, host: Host) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._host = host
        self._input, self._output = process.stdin, process.stdout
        self._complaint = ""
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls, host: Host, command: str, config: str) -> "Link":
        """Run a shell command on a machine."""
        return cls(await _start(host, command, config), host)

    async def read(self) -> Any:
        """Return the next message; `OutOfReachError` or InputError if the connection has ended."""
        try:
            (size,) = LENGTH.unpack(await self._output.readexactly(LENGTH.size))
            return unpacked(await self._output.readexactly(size))
        except (asyncio.IncompleteReadError, OSError):
            await self._listening
            raise _reason(self._host, await self._process.wait(), self._complaint) from None

    async def write(self, message: object) -> None:
        """Send a message; what prevents it is told by `read`."""
        with contextlib.suppress(OSError):
            self._input.write(packed(message))
            await self._input.drain()

    async def close(self) -> None:
        await _kill(self._process)
        await self._listening

    async def _listen(self) -> None:
        """Keep the last line that the program or ssh complains with."""
        assert self._process.stderr is not None
        while line := await self._process.stderr.readline():
            self._complaint = line.decode(errors="replace").strip() or self._complaint


async def call(host: Host, script: str, config: str, given: bytes = b"") -> str:
    """Run a shell script on a machine, and return what it writes.

    Raises:
        InputError: ssh refuses to connect.
        OutOfReachError: the machine does not answer.
        CommandError: the script has failed.
    """
    process = await _start(host, script, config)
    try:
        written, complaint = await process.communicate(given)
    except BaseException:
        await _kill(process)
        raise
    if process.returncode:
        lines = complaint.decode(errors="replace").strip().splitlines()
        raise _reason(host, process.returncode, lines[-1].strip() if lines else "")
    return written.decode(errors="replace")


async def _start(host: Host, command: str, config: str) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *_words(host, config),
            # Whatever shell the user has there.
            f"exec sh -c {shlex.quote(command)}",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise InputError("--cluster", "needs the program ssh, which is not installed here") from None


async def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()


def _words(host: Host, config: str) -> Sequence[str]:
    """Return the command that connects to a machine, up to the command on it."""
    port = ("-p", str(host.port)) if host.port else ()
    return ("ssh", *OPTIONS, *(("-F", config) if config else ()), *port, "--", host.login)


def _reason(host: Host, code: int, complaint: str) -> Exception:
    if code != SSH_FAILED:
        return CommandError(complaint or f"it ended with exit code {code}")
    for text, (rule, hint) in _REFUSED.items():
        if text in complaint:
            return InputError(f"--cluster: {host}", rule, got=complaint, hint=hint.format(host.login))
    return OutOfReachError(complaint or "ssh was cut off")
