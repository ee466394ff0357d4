"""The rungs of a running study: the cut-offs of each candidate, and which candidates are paused or promoted."""

from collections.abc import Callable, Sequence

from nas.optimizer.models import ModelFolder
from nas.study.recipe import Recipe
from nas.study.record import Record, State
from nas.study.retraining import search_rungs
from nas.study.rungs import Gains, GainsAt, Rung, is_control, promotable, thresholds


class Ladder:
    """The rungs of a study and the candidates that are paused at them.

    Life cycle: made when a search begins, with the checkpoints that an earlier run left. `pause` keeps the checkpoint
    of one more candidate, `promote` picks the one to resume, `drop` deletes its checkpoint when its training has
    ended; `close` deletes all of them.

    Args:
        recipe: of the study.
        rows: number of training rows.
        records: of the trials that have ended; the search adds to them.
        models: where checkpoints are kept.
        gains_at: returns the values by which candidates are compared at a rung.
    """

    def __init__(
        self, recipe: Recipe, rows: int, records: Sequence[Record], models: ModelFolder, gains_at: GainsAt
    ) -> None:
        self._factor = recipe.fidelity.rung_factor
        self._records = records
        self._models = models
        self._gains_at = _Remembered(gains_at)
        self.epochs = search_rungs(recipe, rows)
        promoted = {record.continues for record in records}
        pruned = {record.trial for record in records if record.state == State.PRUNED}
        self._paused = {trial for trial in pruned - promoted if models.file(_name(trial)).is_file()}

    def rungs(self, candidate: Record) -> tuple[Rung, ...]:
        """Return the rungs at which a candidate that is about to be trained may stop; none for a control."""
        if is_control(candidate.seed):
            return ()
        return thresholds(candidate, self._records, self.epochs, self._factor, self._gains_at)

    def promote(self) -> Record | None:
        """Return the paused candidate whose training is to resume now, or None."""
        return promotable(self._records, self._paused, self.epochs, self._factor, self._gains_at)

    def checkpoint(self, trial: int | None) -> bytes | None:
        """Return the checkpoint of a paused trial, and count it as resumed; None if it has none."""
        if trial not in self._paused:
            return None
        self._paused.remove(trial)
        return self._models.file(_name(trial)).read_bytes()

    def pause(self, trial: int, checkpoint: bytes) -> None:
        """Keep the checkpoint of a trial that ends at a rung."""
        self._models.write(_name(trial), checkpoint)
        self._paused.add(trial)

    def drop(self, trial: int) -> None:
        """Delete the checkpoint of a trial whose training another trial has resumed."""
        self._models.file(_name(trial)).unlink(missing_ok=True)

    def close(self) -> None:
        """Delete all checkpoints, when no training will resume."""
        for file in self._models.path.glob(_name("*")):
            file.unlink()
        self._paused.clear()


class _Remembered:
    """Remembers the gains of trials that have ended, since they are compared again for each new candidate."""

    def __init__(self, gains_at: Callable[[Record, float], Gains]) -> None:
        self._gains_at = gains_at
        self._known: dict[tuple[int, float], Gains] = {}  # by trial and accuracy

    def __call__(self, record: Record, accuracy: float) -> Gains:
        if not record.history:
            return self._gains_at(record, accuracy)
        key = (record.trial, accuracy)
        if key not in self._known:
            self._known[key] = self._gains_at(record, accuracy)
        return self._known[key]


def _name(trial: int | str) -> str:
    return f"{trial}.checkpoint.npz"
