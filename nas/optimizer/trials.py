"""The trials of a study that have ended; each is reported to the storage, the tracker and the observer."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from nas.optimizer.clock import Clock
from nas.optimizer.ledger import Ledger
from nas.optimizer.models import ModelFolder
from nas.optimizer.observer import Observer
from nas.optimizer.trial import Trial
from nas.study.costs import front
from nas.study.objectives import OBJECTIVES
from nas.study.record import Record, State
from nas.study.repeat import ends
from nas.study.result import Result, Trained
from nas.study.rungs import correlations
from nas.tracking import Tracker

# The wall time of a study is stored with the first trial that ends so many seconds after the last time.
TIME_SECONDS = 2.0


class Trials:
    """The trials of a study that have ended.

    Life cycle: `resume` takes up those of earlier runs; `end` adds one more and reports it.

    Attributes:
        ledger: the storage of all trials, which also proposes new ones.
        records: of all trials that have ended, in the order in which they did.
        complete: those of the candidates that were trained to the end of the search's epochs.
        start_seconds: of this run before its first training began: reading the data, starting workers; None as long
            as no training has ended.
    """

    def __init__(self, ledger: Ledger, tracker: Tracker, observer: Observer, clock: Clock) -> None:
        self.ledger = ledger
        self.records: list[Record] = []
        self.complete: list[Record] = []
        self.start_seconds: float | None = None
        self._tracker = tracker
        self._observer = observer
        self._clock = clock
        self._trained: dict[str, int] = {}  # by the network's digest
        self._kept_at = -math.inf

    def twin(self, digest: str) -> int | None:
        """Return the first trial that trained a network with this digest to its end or to a rung; None if none did."""
        return self._trained.get(digest)

    def resume(self, models: ModelFolder) -> None:
        """Take up the trials of earlier runs, and log those that the tracker has missed."""
        for record in self.ledger.records():
            self._add(record)
        self.ledger.put("begins", [*(self.ledger.get("begins") or []), len(self.records)])
        if not self.records:
            return  # a new study need not wait for the tracking store to open
        logged = self._tracker.logged_trials()
        for record in self.records:
            self._observer.recorded(record)
            if record.trial not in logged and record.state not in (State.OVER_BUDGET, State.DUPLICATE):
                self._tracker.log(record, models.file(f"{record.trial}.tflite"))

    def end(self, trial: Trial, record: Record, violations: Mapping[str, float], model: Path | None = None) -> bool:
        """Store how a trial ended, and tell the sampler, the observer and the tracker.

        Returns:
            Whether it counts; it does not if another process has taken it.
        """
        if not self.ledger.finish(trial, record, violations):
            return False
        self._add(record)
        if record.seconds and self.start_seconds is None:
            self.start_seconds = max(0.0, self._clock.seconds - sum(record.seconds.values()))
        self._observer.recorded(record)
        self._tracker.log(record, model)
        if self._clock.seconds - self._kept_at > TIME_SECONDS:
            self.keep_time()
        return True

    def hear(self, record: Record) -> None:
        """Take up a trial that another process has ended, which also tracks it."""
        self._add(record)
        self._observer.recorded(record)

    def keep_time(self) -> None:
        """Store the wall time of all runs, for reports and for the next run."""
        self._kept_at = self._clock.seconds
        self.ledger.put("seconds", round(self._clock.total_seconds, 1))

    def _add(self, record: Record) -> None:
        self.records.append(record)
        if record.state == State.COMPLETE:
            self.complete.append(record)
        if (record.state == State.COMPLETE and not record.is_cut_short) or record.at_rung:
            self._trained.setdefault(record.digest, record.trial)

    def result(self, folder: Path) -> Result:
        """Return the outcome of the study so far; `folder` is the study's."""
        found = summarize(folder, self.ledger, self.records, self._clock.total_seconds)
        added = len(self.records) - (self.ledger.get("begins") or [0])[-1]
        return replace(found, run_seconds=self._clock.seconds, run_trials=added)


def summarize(folder: Path, ledger: Ledger, records: Sequence[Record], seconds: float) -> Result:
    """Return the outcome of a study from its records and from what its ledger keeps."""
    winner = ledger.get("winner")
    # Kept since the first run; a study that has not begun has no record either.
    objective = (ledger.get("identity") or {}).get("objective", "weighted")
    complete = [record for record in records if record.state == State.COMPLETE]
    return Result(
        study=ledger.name,
        folder=str(folder),
        seconds=round(seconds, 1),
        states={state.value: sum(r.state == state for r in records) for state in State},
        winner=None if winner is None else Trained.from_json(winner),
        front=front(complete, OBJECTIVES[objective].costs),
        rungs=correlations(records, ledger.get("rungs") or ()),
        stopped=ledger.get("stopped"),
        objective=objective,
        lacked=ledger.get("lacked"),
        ends=ends(ledger.get("begins") or (), records),
        search_epochs=max((len(record.history.get("loss", ())) for record in complete), default=0),
    )
