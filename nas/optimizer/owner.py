"""Which process runs a study."""

import os
import socket

import psutil

# By how much the time at which a process began may differ between two readings, since the clock may be corrected.
_CLOCK_SECONDS = 2


def me() -> str:
    """Return what tells this process from all others: the host, its number, and when it began in seconds."""
    return f"{socket.gethostname()}:{os.getpid()}:{psutil.Process().create_time():.0f}"


def is_alive(owner: str) -> bool:
    """Return whether a process of this host still runs.

    After a reboot, or in another container, its number may belong to another process, which began at another time.
    """
    # Earlier releases did not keep the time.
    host, pid, *began = owner.split(":")
    try:
        found = psutil.Process(int(pid)).create_time() if host == socket.gethostname() else None
        return found is not None and all(abs(found - float(time)) <= _CLOCK_SECONDS for time in began)
    except (psutil.NoSuchProcess, ValueError):
        return False
    except psutil.AccessDenied:
        return True


def other(owner: str | None) -> str | None:
    """Return which process runs, in words, if it is another one of this host than this one; None if it is not."""
    if owner is None or not is_alive(owner) or is_me(owner):
        return None
    host, pid, *_ = owner.split(":")
    return f"process {pid} of {host}"


def is_me(owner: str | None) -> bool:
    """Return whether a process is this one."""
    # On one host, a living process with this number is this one.
    return owner is not None and is_alive(owner) and owner.split(":")[1] == str(os.getpid())
