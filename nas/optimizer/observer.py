"""The contract of an observer, which follows a run: the live view of the command line is one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nas.study.record import Record
from nas.study.tasks import Task


@dataclass(frozen=True, slots=True)
class FinalPlace:
    """Where in the cross-validation of the finals a training was.

    Attributes:
        fold: from 0; `folds` is how many there are.
        done: trainings that have ended so far, those of earlier runs included; `trainings` is how many are planned.
    """

    fold: int
    folds: int
    done: int
    trainings: int


class Observer:
    """Follows a run. Here every method does nothing, so a subclass defines only those that it needs.

    Life cycle: `phase` is called when a part of the work begins, `note` and `warn` when data have been read, `recorded`
    when a trial has ended (first for those of earlier runs), `final` when a training of the finals has, `tick` about
    twice a second.
    """

    def phase(self, text: str) -> None:
        """Take note that a part of the work begins; `text` describes it in a few words."""

    def note(self, text: str) -> None:
        """Take note of what was assumed of the data, in a sentence."""

    def warn(self, text: str) -> None:
        """Take note of something in the data that makes results worse or less certain, in a sentence."""

    def recorded(self, record: Record) -> None:
        """Take note of a trial that has ended."""

    def final(self, record: Record, place: FinalPlace) -> None:
        """Take note of a training of the finals that has ended, with its place in the cross-validation."""

    def tick(self, running: Sequence[Task[Any]], seconds: float, limit: float | None) -> None:
        """Take note of the running tasks, the seconds of this run so far, and its time limit in seconds."""
