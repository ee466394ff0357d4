"""Ctrl-C, SIGTERM and SIGHUP end a command in the same quiet way, at whatever moment they arrive."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# Seconds after which a signal is sent again that arrived where Python cannot raise an exception.
AGAIN_SECONDS = 0.05


class Interruption(KeyboardInterrupt):
    """A signal has asked the command to end.

    Attributes:
        number: of the signal.
        kept: what is kept and how to go on, in a line; empty where the command has nothing to say.
    """

    def __init__(self, number: int, kept: str = "") -> None:
        super().__init__(kept)
        self.number = number
        self.kept = kept

    @property
    def exit_code(self) -> int:
        """What a shell gives a program that the signal has ended: 130 for Ctrl-C, 143 for SIGTERM."""
        return 128 + self.number


@contextmanager
def interruptible() -> Iterator[None]:
    """Let signals that ask the program to end raise an `Interruption` within this block, unless they are ignored.

    In a weak reference's callback or a finalizer, Python prints an exception and goes on; then the signal is sent
    again. After the block, signals do what they did before.
    """
    hook, before = sys.unraisablehook, {}
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            before[number] = signal.signal(number, _interrupt)

    def send_again(lost: "sys.UnraisableHookArgs") -> None:
        if isinstance(lost.exc_value, Interruption):
            threading.Timer(AGAIN_SECONDS, os.kill, (os.getpid(), lost.exc_value.number)).start()
        else:
            hook(lost)

    sys.unraisablehook = send_again
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interruption(number)
