"""Which runs in a store are a study's own, since stores may be shared and names may be used again."""

import hashlib
import socket
import uuid
from pathlib import Path

from nas.files import write_atomic

_FILE = "tracking_id"


def study_id(folder: Path) -> str:
    """Return the identifier of the study in `folder`, unique in any store; made once and kept in the folder.

    A study that is begun anew in a folder that was removed therefore gets new runs.
    """
    if not (folder / _FILE).is_file():
        write_atomic(folder / _FILE, uuid.uuid4().hex)
    return (folder / _FILE).read_text().strip()


def place_id(folder: Path) -> str:
    """Return an identifier of the folder itself, by host and path, which stays when the folder is removed."""
    return hashlib.sha256(f"{socket.gethostname()}:{folder.resolve()}".encode()).hexdigest()[:32]
