"""The MLflow UI on a folder of studies."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from nas.api import STUDIES
from nas.api.browser import invite, open_page
from nas.api.tracking import log_untracked, tracked_here
from nas.keywords import explains_keywords
from nas.tracking import find_address, prepare_store
from nas.tracking.server import announced_app, require_free, serve, study_pages, ui_command


@explains_keywords
def open_ui(
    studies: Path = STUDIES,
    host: str = "127.0.0.1",
    port: int = 5000,
    tell: Callable[[str], None] = lambda line: print(line, file=sys.stderr),
    browser: bool = False,
) -> int:
    """Open the MLflow UI on the studies of a folder, until Ctrl-C.

    Studies whose runs are missing, such as after damage to the database, are logged again first.

    Args:
        studies: folder of studies.
        host: network interface to listen on.
        port: port to listen on.
        tell: called with each line that the user should read; prints it to standard error by default.
        browser: whether to open the study that was run last in the user's browser.

    Returns:
        The exit code: 0, 1 if the server failed, 130 after Ctrl-C.

    Raises:
        InputError: no search has tracked its runs in this folder, or the port is in use.
    """
    own, address = tracked_here(studies), find_address(None, studies)
    if own and address is not None:
        prepare_store(address, tell)
    with announced_app():
        command = ui_command(studies, host, port)
        require_free(host, port)
        tell(f"Starting the MLflow UI on {studies}; this takes some seconds.")
        return serve(command, host, port, partial(_ready, own, studies, tell, browser), tell)


def _ready(own: Sequence[str], studies: Path, tell: Callable[[str], None], browser: bool, url: str) -> None:
    """Tell the user where the UI is, with the table of each study, the latest first, and open it."""
    log_untracked(own, studies, tell)
    pages = study_pages(url)
    if not pages:
        invite(url, tell, browser)
        return
    tell("Open a study in a browser; Ctrl-C ends the UI.")
    for name, page in pages.items():
        tell(f"  {name}: {page}")
    if browser:
        open_page(next(iter(pages.values())))
