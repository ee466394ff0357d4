"""The program on a machine: it performs the tasks that come in by its standard input, as a search there would.

It says first which versions it has; then it gets the data, and a line of tasks; it ends with its input.
"""

import os
import sys
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, BinaryIO

from nas.errors import InputError
from nas.optimizer.executor.local import LocalExecutor
from nas.optimizer.executor.machines.wire import LENGTH, packed, unpacked
from nas.optimizer.executor.versions import describe

# How long one wait for processes or tasks lasts.
TICK_SECONDS = 0.1


def serve(reading: BinaryIO, writing: BinaryIO) -> None:
    """Perform tasks until the input ends."""

    def write(message: object) -> None:
        writing.write(packed(message))
        writing.flush()

    write(describe())
    messages = _messages(reading)
    if (begun := next(messages, None)) is None:
        return
    splits, jobs, work = begun
    executor = LocalExecutor(splits, jobs, work.initialize, work.perform)
    write(executor.size)
    tasks: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_pass_on, args=(messages, tasks), daemon=True).start()
    try:
        _perform(executor, tasks, write)
    finally:
        executor.close()


def _messages(reading: BinaryIO) -> Iterator[Any]:
    while len(head := reading.read(LENGTH.size)) == LENGTH.size:
        (size,) = LENGTH.unpack(head)
        if len(content := reading.read(size)) < size:
            return
        yield unpacked(content)


def _pass_on(messages: Iterator[Any], tasks: "SimpleQueue[Any]") -> None:
    for message in messages:
        tasks.put(message)
    tasks.put(None)


def _perform(executor: LocalExecutor, tasks: "SimpleQueue[Any]", write: Any) -> None:
    """Start tasks as they come, and send their answers, until None comes."""
    numbers: dict[int, int] = {}
    while True:
        try:
            message = tasks.get(timeout=0.0 if numbers else None) if not numbers else tasks.get_nowait()
        except Empty:
            pass
        else:
            if message is None:
                return
            number, task = message
            numbers[id(task)] = number
            executor.submit(task)
            continue
        try:
            for task, answer in executor.collect(TICK_SECONDS):
                write((numbers.pop(id(task)), answer))
        except InputError as error:
            write((None, str(error)))
            return


def main() -> None:
    """Serve on the standard input and output; whatever prints, prints elsewhere."""
    writing = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, writing)


if __name__ == "__main__":
    main()
