"""Ctrl-C, SIGTERM and SIGHUP end a command in the same quiet way, at whatever moment they arrive."""

import os
import signal
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

# Seconds after which a signal is sent again whose exception was lost.
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

    A library may swallow the exception, as `except:` does, or raise nothing where Python cannot, as in a finalizer. An
    `Interruption` that is dropped within the block was lost in such a place, and its signal is sent again. After the
    block, signals do what they did before.
    """
    hook, before = sys.unraisablehook, {}
    raised: list[weakref.ref[Interruption]] = []
    again: list[threading.Timer] = []

    def send_again(number: int, dropped: object) -> None:
        again.append(threading.Timer(AGAIN_SECONDS, os.kill, (os.getpid(), number)))
        again[-1].start()

    def watched(interruption: Interruption) -> Interruption:
        raised.append(weakref.ref(interruption, partial(send_again, interruption.number)))
        return interruption

    def interrupt(number: int, frame: FrameType | None) -> None:
        # Without a name here: the traceback holds this frame, and both would keep each other alive.
        raise watched(Interruption(number))

    def report(unraisable: "sys.UnraisableHookArgs") -> None:
        if not isinstance(unraisable.exc_value, Interruption):
            hook(unraisable)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            before[number] = signal.signal(number, interrupt)
    sys.unraisablehook = report
    try:
        yield
    finally:
        raised.clear()
        for timer in again:
            timer.cancel()
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)
