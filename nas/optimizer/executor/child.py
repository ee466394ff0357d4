"""The program of a worker process: it calls the functions that its parent sends, one at a time."""

import os
import pickle
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

import cloudpickle

# How often a process that is busy checks that its parent is still alive; an idle one sees it at once.
WATCH_SECONDS = 1.0


def serve(handle: int, parent: int) -> None:
    """Call functions until the parent closes the connection.

    A message is a function with its arguments, pickled; the answer is whether it succeeded, and what it returned or
    the error in words.

    Args:
        handle: the file descriptor of the connection to the parent.
        parent: the parent's process number.
    """
    # Only the parent reacts to Ctrl-C and to SIGTERM; it ends its workers itself.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    connection: Connection[bytes, bytes] = Connection(handle)
    while True:
        try:
            connection.send_bytes(_answer(connection.recv_bytes()))
        except (EOFError, OSError):  # the parent has gone, perhaps while this process was at work for it
            return


def _answer(message: bytes) -> bytes:
    try:
        function, arguments = pickle.loads(message)
        return _pickled(True, function(*arguments))
    except Exception as error:
        return _pickled(False, f"{type(error).__name__}: {error}")


def _pickled(*answer: Any) -> bytes:
    content: bytes = cloudpickle.dumps(answer)
    return content


def _end_with(parent: int) -> None:
    """End this process when its parent has died, since a parent that is killed cannot end its workers."""
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    serve(*map(int, sys.argv[1:]))
