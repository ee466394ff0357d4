"""The versions that must be equal on all machines of a search, since tasks and results are pickled between them."""

import socket
from collections.abc import Mapping
from importlib.metadata import version

from nas.errors import InputError
from nas.study.environment import LIBRARIES, versions

_HINT = "install the same release of nas, in the same Python, on all machines"


def describe(*packages: str) -> dict[str, str]:
    """Return the name of this machine, and its versions, also those of some packages."""
    found = versions()
    major, minor, *_ = found.pop("python").split(".")
    return {
        "host": socket.gethostname(),
        "python": f"{major}.{minor}",
        **{name: found[name] for name in ("nas", *LIBRARIES)},
        **{name: version(name) for name in packages},
    }


def difference(described: object) -> str | None:
    """Return how the versions on another machine differ from those here; None if they do not.

    Args:
        described: what `describe` returns there, or the exception that it raises.
    """
    if not isinstance(described, Mapping):
        return f"it cannot import nas ({described})"
    here = describe()
    here |= {name: version(name) for name in described if name not in here}
    names = [name for name in here if name != "host" and described.get(name) != here[name]]
    return "; ".join(f"{name} {described.get(name)}, here {here[name]}" for name in names) or None


def refuse(described: Mapping[str, object]) -> None:
    """Raise an InputError for the first machine that has other versions.

    Args:
        described: what `describe` returns or raises there, by the name of the scheduler or worker.
    """
    for name, found in described.items():
        if (other := difference(found)) is not None:
            on = f" on {found['host']}" if isinstance(found, Mapping) else ""
            raise InputError(f"--cluster: {name}{on}", "must have the versions of this machine", got=other, hint=_HINT)
