"""Reading of files that ends, atomic writing (a reader sees the old content or the new), and locks on files."""

import difflib
import fcntl
import hashlib
import itertools
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nas.errors import InputError

MOST_NAMES = 1000
"""Names in a folder that are looked at to propose one."""

_REASONS = {
    FileNotFoundError: "there is none",
    IsADirectoryError: "it is a folder",
    PermissionError: "you have no permission to read it",
}
"""Why a file cannot be read, in words."""


def read_regular(path: Path, most_bytes: int) -> bytes:
    """Return the content of a file, which must be a regular one: a pipe or a device might never end.

    Args:
        path: the file; a link is followed.
        most_bytes: a larger file is refused before it is read.

    Raises:
        InputError: the file cannot be read, is none, or is too large.
    """
    try:
        # Opening a pipe would otherwise wait for its writer.
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise InputError(path, "must be a regular file, no pipe or device")
            if found.st_size > most_bytes:
                raise InputError(path, f"must have at most {most_bytes:,} bytes", got=f"{found.st_size:,}")
            return file.read(most_bytes)
    except OSError as error:
        rule = f"must be a readable file, but {_REASONS.get(type(error), error.strerror)}"
        raise InputError(path, rule, hint=nearest(path)) from error


def digest_of(path: Path, kind: str = "sha256") -> str:
    """Return the SHA-256 of a file, or another digest, in hexadecimal, without holding it in memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, kind).hexdigest()


def nearest(path: Path) -> str | None:
    """Return which files are near to one that is missing, by their names; None if the path is there."""
    if path.exists():
        return None
    try:
        names = [entry.name for entry in itertools.islice(path.parent.iterdir(), MOST_NAMES)]
    except OSError:
        return f"there is no folder {path.parent}"
    alike = sorted(name for name in names if path.suffix and name.endswith(path.suffix))
    near = difflib.get_close_matches(path.name, names, n=3) or alike[:3]
    where = path.parent.absolute()
    return (
        f"did you mean {' or '.join(near)}?"
        if near
        else f"check the path; {where} holds no {path.suffix or 'such'} file"
    )


def write_atomic(path: Path, content: bytes | str) -> Path:
    """Write `content` into a temporary file in the same folder, then rename it to `path`; missing folders are made."""
    data = content.encode() if isinstance(content, str) else content
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait until no other process holds the lock of a file, and hold it; the system frees it when a process ends.

    The lock is on a file of its own beside it, `.<name>.lock`, so that the file itself may be missing or be replaced.
    """
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
