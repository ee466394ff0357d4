"""The time of a run."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells how long a run of a study has taken, and how much time it has left.

    Attributes:
        started: when the run began (`time.monotonic()`).
        limit: seconds that the run may take; None for no limit.
        earlier_seconds: seconds that earlier runs of the study took.
    """

    started: float
    limit: float | None = None
    earlier_seconds: float = 0.0

    @property
    def seconds(self) -> float:
        """Seconds of this run so far."""
        return time.monotonic() - self.started

    @property
    def total_seconds(self) -> float:
        """Seconds of all runs of the study so far."""
        return self.earlier_seconds + self.seconds

    def remaining(self, reserved: float = 0.0) -> float | None:
        """Return the seconds until the limit, less those that are reserved; never below 0. None without a limit."""
        return None if self.limit is None else max(0.0, self.limit - reserved - self.seconds)
