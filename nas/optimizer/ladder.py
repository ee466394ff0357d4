"""The rungs of a study as it runs: what they ask of a candidate, who pauses on them, and who goes on."""

import math
from dataclasses import replace

from nas.optimizer.session import Session
from nas.study.record import Record, State
from nas.study.rungs import Gains, Rung, is_control, promotable, rung_epochs, thresholds


class Ladder:
    """The candidates of a study on its rungs.

    Life cycle: made when a search begins, with the checkpoints that an earlier run left; `pause` keeps one more,
    `promote` picks the one to go on, `leave` drops it when its training has gone on; `close` drops all of them.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        recipe = session.study.recipe
        epochs = recipe.training.at_least_min_steps(recipe.training.epochs, len(session.splits.train))
        # A small data set takes more passes to learn as much, so its rungs are as much further apart.
        first = math.ceil(recipe.fidelity.first_rung * epochs / recipe.training.epochs)
        self.epochs = rung_epochs(first, recipe.fidelity.rung_factor, epochs)
        gone_on = {record.continues for record in session.records}
        trials = {record.trial for record in session.records if record.state == State.PRUNED} - gone_on
        self._paused = {trial for trial in trials if session.file(_name(trial)).is_file()}
        self._known: dict[tuple[int, float], Gains] = {}  # by trial and accuracy, of those that have ended

    def rungs(self, candidate: Record) -> tuple[Rung, ...]:
        """Return what the rungs ask of a candidate that is about to be trained."""
        if is_control(candidate.seed):
            return ()
        factor = self._session.study.recipe.fidelity.rung_factor
        return thresholds(candidate, self._session.records, self.epochs, factor, self._vector)

    def promote(self) -> Record | None:
        """Return the paused candidate that is to go on now; None if there is none."""
        factor = self._session.study.recipe.fidelity.rung_factor
        return promotable(self._session.records, self._paused, self.epochs, factor, self._vector)

    def checkpoint(self, trial: int | None) -> bytes | None:
        """Return the checkpoint at which a trial has paused, which goes on now; None if there is none."""
        if trial not in self._paused:
            return None
        self._paused.remove(trial)
        return self._session.file(_name(trial)).read_bytes()

    def pause(self, trial: int, checkpoint: bytes) -> None:
        """Keep the checkpoint of a trial that is about to end on a rung."""
        self._session.keep(_name(trial), checkpoint)
        self._paused.add(trial)

    def leave(self, trial: int) -> None:
        """Drop the checkpoint of a trial whose training another one has taken further."""
        self._session.file(_name(trial)).unlink(missing_ok=True)

    def close(self) -> None:
        """Drop all checkpoints: nothing will go on."""
        for file in self._session.file("").glob(_name("*")):
            file.unlink()
        self._paused.clear()

    def _vector(self, record: Record, accuracy: float) -> Gains:
        key = (record.trial, accuracy)
        if key in self._known:
            return self._known[key]
        vector = self._measure(record, accuracy)
        if record.history:
            self._known[key] = vector
        return vector

    def _measure(self, record: Record, accuracy: float) -> Gains:
        # Learning curves know accuracy alone, so on a rung it stands for whatever metric the study judges by.
        costs = record.profiled or record.estimated
        as_if = replace(record, metric="accuracy", val_metrics={"accuracy": accuracy}, profiled=costs)
        return self._session.gains(as_if)


def _name(trial: int | str) -> str:
    return f"{trial}.checkpoint.npz"
