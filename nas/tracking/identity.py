"""Which runs in a store are a study's own, since stores may be shared and names may be used again."""

import hashlib
import socket
import uuid
from pathlib import Path

from nas.files import write_atomic

_FILE = "tracking_id"
_RUN_FILE = "tracking_run"


def study_id(folder: Path) -> str:
    """Return the identifier of the study in `folder`, unique in any store; made once and kept in the folder.

    A study that is begun anew in a folder that was removed therefore gets new runs.
    """
    known = known_id(folder)
    if known is not None:
        return known
    write_atomic(folder / _FILE, new := uuid.uuid4().hex)
    return new


def known_id(folder: Path) -> str | None:
    """Return the identifier of the study in `folder`; None if it was never tracked."""
    file = folder / _FILE
    return file.read_text().strip() if file.is_file() else None


def keep_run(folder: Path, run_id: str) -> None:
    """Note in a study's folder which run in the store is the study's."""
    if known_run(folder) != run_id:
        write_atomic(folder / _RUN_FILE, run_id)


def known_run(folder: Path) -> str | None:
    """Return the id of the study's run in MLflow; None if it was never tracked."""
    file = folder / _RUN_FILE
    return file.read_text().strip() if file.is_file() else None


def place_id(folder: Path) -> str:
    """Return an identifier of the folder itself, by host and path, which stays when the folder is removed."""
    return hashlib.sha256(f"{socket.gethostname()}:{folder.resolve()}".encode()).hexdigest()[:32]
