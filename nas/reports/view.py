"""The data that a report shows."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nas.study.objectives import OBJECTIVES
from nas.study.record import Record, State
from nas.study.result import Result

if TYPE_CHECKING:
    from nas.target.footprint import Footprint
    from nas.target.side_by_side import OnRuntime


# Of fewer candidates, it is chance what explains their scores.
FEWEST_TO_EXPLAIN = 10


@dataclass(frozen=True, slots=True)
class ReportView:
    """The data that a report of a study shows.

    Attributes:
        result: the study's outcome.
        definition: text of its `study.toml`.
        records: of all candidates, in the order in which they ended.
        class_names: names of the rows and columns of the confusion matrix.
        importances: share of the score's variance that each hyperparameter explains; empty if unknown.
        footprint: of the winner's `.tflite`; None if there is no winner.
        command: the shell commands that repeat the study; `command_note` says what they cannot repeat.
        channel_names: of the windows, one for each, or empty.
        inputs_are: what the model is given, in the plural: `windows`, `images` or `rows`.
        runtimes: the winner on each runtime, side by side; empty without a winner.
        limits: what the study limits: `weights`, `ram`, `flash` in bytes, `macs`, `latency` in ms (`Budget.limits()`).
        trial_limit: the number of trials after which the study ends; None for any number.
    """

    result: Result
    definition: str
    records: Sequence[Record]
    class_names: Sequence[str]
    importances: Mapping[str, float]
    footprint: "Footprint | None"
    command: str
    channel_names: Sequence[str] = ()
    inputs_are: str = "rows"
    limits: Mapping[str, float] = field(default_factory=dict)
    command_note: str = ""
    runtimes: "tuple[OnRuntime, ...]" = ()
    trial_limit: int | None = None

    def complete(self) -> list[Record]:
        """Return the complete candidates, best first."""
        return OBJECTIVES[self.result.objective].ranked(self.records)

    @property
    def explains(self) -> bool:
        """Whether importances are known, and over candidates enough to mean something."""
        return bool(self.importances) and len(self.complete()) >= FEWEST_TO_EXPLAIN

    def built(self) -> list[Record]:
        """Return every candidate whose training began, best first, those without a score last."""
        states = (State.COMPLETE, State.PRUNED, State.FAILED)
        others = [record for record in self.records if record.state in states and not record.values]
        return self.complete() + sorted(others, key=lambda record: record.trial)


def score(record: Record) -> float:
    """Return the score by which candidates are ranked, higher is better; -inf without one."""
    return record.values[0] if record.values else -math.inf
