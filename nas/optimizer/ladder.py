"""The rungs of a running study: the cut-offs of each candidate, and which candidates are paused or promoted."""

from collections.abc import Sequence

from nas.optimizer.models import ModelFolder
from nas.study.recipe import Recipe
from nas.study.record import Record, State
from nas.study.retraining import search_rungs
from nas.study.rungs import GainsAt, Rung, is_control
from nas.study.standings import Standings
from nas.task.task import Task


class Ladder:
    """The rungs of a study and the candidates that are paused at them.

    Life cycle: made when a search begins, with the checkpoints that an earlier run left. `add` takes each trial that
    ends, `pause` before it keeps the checkpoint of a candidate that can resume, `promote` picks the one to resume,
    `drop` deletes its checkpoint when its training has ended; `close` deletes all of them.

    Args:
        recipe: of the study.
        rows: number of training rows.
        records: of the trials that have ended so far.
        models: where checkpoints are kept.
        gains_at: returns the values by which candidates are compared at a rung.
        learns: what the networks learn.
    """

    def __init__(
        self,
        recipe: Recipe,
        rows: int,
        records: Sequence[Record],
        models: ModelFolder,
        gains_at: GainsAt,
        learns: Task,
    ) -> None:
        self._models = models
        self.epochs = search_rungs(recipe, rows, learns)
        promoted = {record.continues for record in records}
        pruned = {record.trial for record in records if record.state == State.PRUNED}
        paused = {trial for trial in pruned - promoted if models.file(_name(trial)).is_file()}
        self._standings = Standings(self.epochs, recipe.fidelity.rung_factor, gains_at, records, paused)

    def add(self, record: Record) -> None:
        """Take the result of one more trial."""
        self._standings.add(record)

    def rungs(self, candidate: Record) -> tuple[Rung, ...]:
        """Return the rungs at which a candidate that is about to be trained may stop; none for a control."""
        if is_control(candidate.seed):
            return ()
        return self._standings.thresholds(candidate)

    def promote(self) -> Record | None:
        """Return the paused candidate whose training is to resume now, or None."""
        return self._standings.promotable()

    def checkpoint(self, trial: int | None) -> bytes | None:
        """Return the checkpoint of a paused trial, and count it as resumed; None if it has none."""
        if trial is None or not self._standings.is_paused(trial):
            return None
        self._standings.resume(trial)
        return self._models.file(_name(trial)).read_bytes()

    def pause(self, trial: int, checkpoint: bytes) -> None:
        """Keep the checkpoint of a trial that ends at a rung, before its result is added."""
        self._models.write(_name(trial), checkpoint)
        self._standings.pause(trial)

    def drop(self, trial: int) -> None:
        """Delete the checkpoint of a trial whose training another trial has resumed."""
        self._models.file(_name(trial)).unlink(missing_ok=True)

    def close(self) -> None:
        """Delete all checkpoints, when no training will resume."""
        for file in self._models.path.glob(_name("*")):
            file.unlink()


def _name(trial: int | str) -> str:
    return f"{trial}.checkpoint.npz"
