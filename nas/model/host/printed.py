"""What a library prints by its C++ code, which does not use `sys.stderr`."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def captured() -> Iterator[Callable[[], str]]:
    """Keep what is printed from the terminal, and give a function that returns it as it is so far."""
    with tempfile.TemporaryFile() as file, contextlib.ExitStack() as stack:
        for stream, descriptor in ((sys.stdout, 1), (sys.stderr, 2)):
            stream.flush()
            saved = os.dup(descriptor)
            stack.callback(os.close, saved)
            stack.callback(os.dup2, saved, descriptor)
            os.dup2(file.fileno(), descriptor)

        def printed() -> str:
            file.seek(0)
            return file.read().decode(errors="replace")

        yield printed
