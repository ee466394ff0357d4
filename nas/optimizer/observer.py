"""Who watches a search: the live view of the command line, or nobody."""

from collections.abc import Sequence
from typing import Any

from nas.study.record import Record
from nas.study.tasks import Task


class Observer:
    """Hears of a search as it goes; every method may be left as it is.

    Life cycle: `phase` announces each part of the work, `recorded` each trial that has ended (those of earlier
    runs first), `tick` comes about twice a second with what is running.
    """

    def phase(self, text: str) -> None:
        """Hear what begins now, in a few words."""

    def recorded(self, record: Record) -> None:
        """Hear of a trial that has ended."""

    def tick(self, running: Sequence[Task[Any]], seconds: float, limit: float | None) -> None:
        """Hear what is running, the seconds of this run, and the time limit of this run in seconds."""
