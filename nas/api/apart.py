"""Calls in a process of their own, so that a crash of a library is an answer, and not the end of this program."""

from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, TypeVar

from nas.optimizer.executor.process import CallError, DiedError, Process

R = TypeVar("R")


class RefusedError(Exception):
    """The function raised, crashed its process, or took too long; the message says which."""


class Apart:
    """Calls functions in a worker process, which is replaced after a crash.

    Args:
        seconds: that a call may take.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._process: Process | None = None

    def call(self, function: Callable[..., R], *arguments: Any) -> R:
        """Return what a function of this package returns; RefusedError if it does not."""
        self._process = self._process or Process(None, _nothing)
        try:
            return self._process.submit(function, *arguments).result(self._seconds)
        except CallError as error:
            raise RefusedError(str(error).partition(": ")[2] or str(error)) from None
        except DiedError:
            self._end()
            raise RefusedError("crashes the interpreter") from None
        except FutureTimeoutError:
            self._end()
            raise RefusedError(f"takes more than {self._seconds:.0f} s") from None

    def __enter__(self) -> "Apart":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process = None


def _nothing(_: object) -> None:
    """Initialize nothing."""
