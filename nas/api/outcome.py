"""What a search returns to Python: the study's result with all its trials, as a frame and as a plot."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from nas.api import STUDIES
from nas.api.archives import exported_result
from nas.api.studies import open_study
from nas.keywords import explains_keywords
from nas.optimizer.ledger import Ledger
from nas.optimizer.run import open_ledger
from nas.study.costs import known_costs
from nas.study.decision import why_won
from nas.study.record import Record, State, state_words
from nas.study.result import Result, Trained
from nas.study.scores import in_validation, on_test_set
from nas.task.task import score_text
from nas.text import facts_html

if TYPE_CHECKING:
    from nas.data.tables.reading import Frame
    from nas.reports.plot import Drawing

# The columns of a frame that come from a candidate's footprint, with its keys there.
_FOOTPRINT = {
    "weights_bytes": "weights_bytes",
    "arena_bytes": "arena_min_bytes",
    "flash_bytes": "flash_bytes",
    "macs": "macs",
    "latency_ms": "latency_ms",
}


@dataclass(frozen=True, slots=True, repr=False)
class Outcome(Result):
    """A study's result with all its trials.

    Attributes:
        records: all trials, in order.
    """

    records: tuple[Record, ...] = ()

    def __repr__(self) -> str:
        """Return the study, its trials by state and its winner, in a few lines."""
        states = ", ".join(f"{count} {state_words(state)}" for state, count in self.states.items() if count)
        lacked = f"\n  {self.lacked}" if self.lacked else ""
        return f"""\
<nas.Outcome: study {self.study}
  {self.time_words}{f": {states}" if states else ""}
  {"no winner yet" if self.winner is None else _words(self.winner)}{lacked}
  folder: {self.folder}>"""

    def _repr_html_(self) -> str:
        facts: dict[str, object] = {state_words(state): count for state, count in self.states.items() if count}
        if self.winner is not None:
            scores, costs = _words(self.winner).removeprefix("winner: ").split("\n")
            facts |= {"winner": scores, "costs": costs.strip(), "why": why_won(self.winner)}
        return facts_html(f"study {self.study}: {self.time_words}", facts)

    def frame(self) -> "Frame":
        """Return a pandas DataFrame, one row a trial: its end, validation accuracy, footprint and choices.

        `arena_bytes` is the arena to reserve. The columns `params_*` hold the dimensions of the space; dimensions that
        a candidate does not have are missing in its row.
        """
        from nas.data.tables.reading import to_frame

        return to_frame([_row(record) for record in self.records])

    def plot(self, axes: "Drawing | None" = None) -> "Drawing":
        """Draw all complete trials, the front and the winner: the metric over the objective's cost.

        Args:
            axes: where to draw; None for a new figure.
        """
        from nas.reports.plot import draw_front

        complete = [record for record in self.records if record.state == State.COMPLETE]
        winner = None if self.winner is None else self.winner.record.trial
        return draw_front(complete, self.front, self.costs[0], winner, axes)


def outcome(result: Result, ledger: Ledger) -> Outcome:
    """Return a result with the trials of its study."""
    values = {field.name: getattr(result, field.name) for field in fields(result)}
    return Outcome(**values, records=tuple(sorted(ledger.records(), key=lambda record: record.trial)))


@explains_keywords
def load_result(name: str, root: Path | str = STUDIES) -> Outcome:
    """Return what a study has found so far, given its name or its folder.

    Raises:
        InputError: there is no such study, it has no trials, or they cannot be read.
    """
    study, folder = open_study(name, Path(root))
    ledger = open_ledger(study, folder, begin=False)
    return outcome(exported_result(folder, ledger), ledger)


@explains_keywords
def trials(study: str, root: Path | str = STUDIES) -> "Frame":
    """Return the trials of a study, given its name or its folder, as a pandas DataFrame; see `Outcome.frame`.

    Raises:
        InputError: there is no such study, it has no trials, or they cannot be read.
    """
    return load_result(study, root).frame()


def _words(winner: Trained) -> str:
    """Return a winner's scores and costs in two lines."""
    record, tested = winner.record, winner.tested
    scores = [f"{in_validation(record.metric)} {score_text(record.metric, record.val_score)}"]
    if tested is not None:
        main = tested.task.main_metric
        scores.append(f"{on_test_set(main)} {score_text(main, tested.metrics[main].value)}")
    costs = ", ".join(f"{cost.titled([record])} {cost.text(record)}" for cost in known_costs([record]))
    return f"winner: trial {record.trial}, {', '.join(scores)}\n  {costs}"


def _row(record: Record) -> dict[str, object]:
    facts = record.profiled or record.estimated or {}
    return {
        "number": record.trial,
        "state": record.state.value,
        "reason": record.reason,
        "accuracy": record.val_accuracy,
        **({} if "accuracy" in record.val_metrics else record.val_metrics),
        **{column: facts.get(key) for column, key in _FOOTPRINT.items()},
        **{f"params_{name}": value for name, value in record.params.items()},
    }
