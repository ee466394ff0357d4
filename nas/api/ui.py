"""The MLflow UI on a folder of studies."""

import sys
from collections.abc import Callable
from pathlib import Path

from nas.api import STUDIES
from nas.tracking.server import require_free, serve, ui_command


def open_ui(
    studies: Path = STUDIES,
    host: str = "127.0.0.1",
    port: int = 5000,
    tell: Callable[[str], None] = lambda line: print(line, file=sys.stderr),
) -> int:
    """Open the MLflow UI on the studies of a folder, until Ctrl-C.

    Args:
        studies: folder of studies.
        host: network interface to listen on.
        port: port to listen on.
        tell: called with each line that the user should read; prints it to standard error by default.

    Returns:
        The exit code: 0, 1 if the server failed, 130 after Ctrl-C.

    Raises:
        InputError: no search has tracked its runs in this folder, or the port is in use.
    """
    command = ui_command(studies, host, port)
    require_free(host, port)
    tell(f"Starting the MLflow UI on {studies}; this takes some seconds.")
    return serve(command, host, port, tell)
