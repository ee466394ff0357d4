"""The user's browser: told of a page, and opened where it has a window."""

import os
import sys
import webbrowser
from collections.abc import Callable


def invite(url: str, tell: Callable[[str], None], browser: bool) -> None:
    """Tell the user where a page is that a server shows until Ctrl-C, and open it if the `browser` is wanted."""
    tell(f"Open {url} in a browser; Ctrl-C ends it.")
    if browser:
        open_page(url)


def open_page(url: str) -> None:
    """Open a page, if a browser would show it in a window."""
    if has_display():
        webbrowser.open(url)


def has_display() -> bool:
    """Return whether a browser would open in a window of this machine, and not in the terminal."""
    return sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
