"""What is printed when something fails that no rule foresaw: one line, and the details in a file."""

import os
import platform
import tempfile
import time
import traceback
from pathlib import Path

from nas import __version__
from nas.files import write_atomic

_HINT = "this is a defect of nas; everything finished so far is kept"


def unexpected(error: Exception, command: str) -> str:
    """Write the traceback of an error to a file among the temporary ones, and return a line that names it.

    Args:
        error: any exception.
        command: the command line that failed.
    """
    line = f"unexpected error: {type(error).__name__}: {error}; {_HINT}"
    head = f"nas {__version__}, Python {platform.python_version()}, {platform.platform()}\n{command}\n\n"
    file = Path(tempfile.gettempdir()) / f"nas-error-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    try:
        write_atomic(file, head + "".join(traceback.format_exception(error)))
    except (OSError, MemoryError):  # the disk may be what is full
        return " ".join(line.split())
    return " ".join(f"{line}; please report it with {file}".split())
