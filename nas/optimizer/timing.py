"""How the time of a run is divided: how long final trainings will take, and how many of them there is time for.

Everything here is computed from numbers alone: what trainings so far have taken, and how many seconds are left.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from nas.study.recipe import Recipe
from nas.study.record import Record

# Part of the time kept back, since a machine is never as quick as its average.
MARGIN = 1.2
# A quantization-aware epoch takes up to this many times as long as an ordinary one.
QAT_COST = 2.0
# The finals reserve at most this share of a run's time.
MAX_SHARE = 0.4
# If time is short, the winner's last training gets this share of the time that is left for the finals.
WINNER_SHARE = 1 / 2
# One teacher may take this share of a run's time.
TEACHER_SHARE = 0.1
# Seconds that the finals take besides trainings: to hand over tasks, and for the evaluation on the test set.
OVERHEAD_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How quick trainings of some networks are.

    Attributes:
        epoch_seconds: of an epoch of `rows` rows.
        overhead_seconds: of a training besides its epochs: building, tracing, quantizing, evaluating.
    """

    epoch_seconds: float
    rows: int
    overhead_seconds: float

    @classmethod
    def of(cls, records: Sequence[Record], rows: int, searched: Sequence[Record] = ()) -> "Pace":
        """Return the mean pace of some trainings.

        Args:
            records: of the trainings, one or more.
            rows: number of rows in an epoch of theirs.
            searched: records of trainings of the search, to take the overhead from, as the overhead of a final
                training would include its quantization-aware epochs.
        """
        return cls(fmean(map(_epoch_seconds, records)), rows, fmean(map(_overhead_seconds, searched or records)))

    def seconds(self, recipe: Recipe, epochs: int, rows: int) -> float:
        """Return what a final training of `epochs` epochs of `rows` rows may take, quantization-aware ones included."""
        cost = epochs + QAT_COST * recipe.finals.qat_epochs_after(epochs)
        return MARGIN * (self.overhead_seconds + cost * self.epoch_seconds * rows / self.rows)

    def epochs(self, recipe: Recipe, seconds: float, rows: int, wanted: int) -> int:
        """Return how many epochs, from 1 to `wanted`, a final training of `rows` rows has time for in `seconds`.

        It is planned with fewer epochs, and not cut short, so that its learning rate still comes down to 0.
        """
        fits = (n for n in range(wanted, 1, -1) if self.seconds(recipe, n, rows) <= seconds)
        return next(fits, 1)


@dataclass(frozen=True, slots=True)
class FinalsPlan:
    """The trainings of a study's finals: how many, of how many rows and epochs, and how long they take.

    Attributes:
        recipe: of the study.
        train_rows: number of training rows; `val_rows` of validation rows.
        workers: number of trainings that run at a time.
        calibrates: whether the winner's threshold is taken from the validation rows, which it then does not learn from.
        enough: epochs after which a longer training makes the winner worse; None if none is known to do so.
    """

    recipe: Recipe
    train_rows: int
    val_rows: int
    workers: int
    calibrates: bool = False
    enough: int | None = None

    @property
    def search_epochs(self) -> int:
        """Epochs of a training of the search."""
        return self._at_least_min_steps(self.recipe.training.epochs)

    @property
    def fold_epochs(self) -> int:
        """Epochs of a training of the cross-validation, if time is not short."""
        return self._at_least_min_steps(self.recipe.finals.final_epochs)

    @property
    def winner_epochs(self) -> int:
        """Epochs of the winner's last training, if time is not short."""
        planned = self._at_least_min_steps(self.recipe.finals.winner_epochs)
        return self.enough if self.enough is not None and self.enough < planned else planned

    def ends_early(self, epochs: int) -> bool:
        """Return whether a last training of `epochs` epochs ends where a longer one would be worse."""
        return epochs == self.enough and replace(self, enough=None).winner_epochs != epochs

    @property
    def least_winner_epochs(self) -> int:
        """Epochs without which the winner lacks training: those of a training on a fold, if time is not short."""
        return min(self.fold_epochs, self.winner_epochs)

    @property
    def fold_rows(self) -> int:
        """Rows of a training that leaves out one fold."""
        folds = self.recipe.finals.final_folds
        return (self.train_rows + self.val_rows) * (folds - 1) // folds

    @property
    def winner_rows(self) -> int:
        """Rows of the winner's last training."""
        return self.train_rows if self.calibrates else self.train_rows + self.val_rows

    @property
    def winner_data(self) -> str:
        """The data of the winner's last training, in words."""
        return "training data" if self.calibrates else "all training and validation data"

    def teacher_seconds(self, limit: float | None) -> float:
        """Return the time that all teachers together may take in a run of `limit` seconds; 0 without a limit."""
        if limit is None or not self.recipe.finals.distillation:
            return 0.0
        return TEACHER_SHARE * limit * self._rounds(self.recipe.finals.final_folds)

    def reserved_seconds(self, pace: Pace | None, limit: float, *, first: bool = False) -> float:
        """Return the time that a run of `limit` seconds keeps for its finals.

        Args:
            pace: of the finalists so far; None if there are none, since then nothing is known.
            limit: seconds of the whole run.
            first: whether the finals come before the search, since an earlier run had too little time for them.
        """
        if pace is None:
            return MAX_SHARE * limit
        most = limit if first else MAX_SHARE * limit
        finals = self.recipe.finals
        folds = self._rounds(finals.finalists * finals.final_folds) * self._fold_seconds(pace, self.fold_epochs)
        winner = self._winner_seconds(pace, self.winner_epochs)
        return min(most, folds + winner + OVERHEAD_SECONDS + self.teacher_seconds(limit))

    def seconds(self, pace: Pace, trainings: int) -> float:
        """Return the time that finals with `trainings` trainings on folds may take, if time is not short."""
        folds = self._rounds(trainings) * self._fold_seconds(pace, self.fold_epochs)
        return folds + self._winner_seconds(pace, self.winner_epochs) + OVERHEAD_SECONDS

    def winner_seconds(self, pace: Pace, remaining: float) -> float:
        """Return the part of the remaining seconds that is kept for the winner's last training.

        It is the time of all its epochs, but not more than `WINNER_SHARE`.
        """
        return min(self._winner_seconds(pace, self.winner_epochs), WINNER_SHARE * remaining)

    def finalists_in_time(self, pace: Pace, remaining: float, limit: float, available: int) -> int:
        """Return how many of `available` finalists there is time to train on every fold; it may be 0.

        The winner comes first: on UCI HAR, 80 epochs in place of 40 bring 0.8 to 1.0 points (benchmarks/recipe.md). So
        nobody is cross-validated if the winner would then have fewer than `least_winner_epochs`, nor if there is time
        for one finalist only, which chooses nothing, and the winner could use that time.

        Each finalist must have time for half of its epochs. If fewer than two have it, two are compared with as many
        epochs as fit, at least those of the search. With fewer, they would only show which of them learns quickest.
        """
        seconds = remaining - OVERHEAD_SECONDS - self.teacher_seconds(limit)
        kept = self.winner_seconds(pace, seconds)
        if kept < self._winner_seconds(pace, self.least_winner_epochs):
            return 0
        least = min(2, available) if kept < self._winner_seconds(pace, self.winner_epochs) else 1
        for epochs, most in ((max(self.search_epochs, self.fold_epochs // 2), available), (self.search_epochs, least)):
            rounds = int((seconds - kept) / max(self._fold_seconds(pace, epochs), 1e-3))
            finalists = rounds * self.workers // self.recipe.finals.final_folds
            if finalists >= least:
                return min(finalists, most)
        return 0

    def has_time_for_winner(self, pace: Pace, seconds: float, epochs: int) -> bool:
        """Return whether the winner's last training has time for this number of epochs in `seconds`."""
        return self._winner_seconds(pace, epochs) <= seconds

    def has_time_for_folds(self, pace: Pace, seconds: float, trainings: int, epochs: int) -> bool:
        """Return whether `trainings` trainings on folds, each of `epochs` epochs, have time in `seconds`."""
        return self._rounds(trainings) * self._fold_seconds(pace, epochs) <= seconds

    def least_limit(self, pace: Pace, start: float, available: int) -> float:
        """Return the seconds of a run that has time for a winner that lacks nothing.

        That is a training of the search, those on folds of two finalists, each of as many epochs as in the search, and
        a last training of `least_winner_epochs`.

        Args:
            pace: of the finalists' trainings.
            start: seconds before the first of them begins.
            available: number of finalists that there are.
        """
        searched = start + MARGIN * (pace.overhead_seconds + pace.epoch_seconds * self.search_epochs)
        folds = self._rounds(min(2, available) * self.recipe.finals.final_folds)
        each = folds * self._fold_seconds(pace, self.search_epochs) / (1 - WINNER_SHARE)
        last = self._winner_seconds(pace, self.least_winner_epochs) / WINNER_SHARE
        return max(searched / (1 - MAX_SHARE), (max(each, last) + OVERHEAD_SECONDS) / MAX_SHARE)

    def enough_minutes(self, searched: Sequence[Record], start: float, limit: float) -> int:
        """Return the whole minutes of a run that has time for a winner that lacks nothing; see `least_limit`.

        Args:
            searched: of the finalists' trainings in the search, whose mean pace decides.
            start: seconds before the first epoch. A worker traces graphs once, so that is part of it.
            limit: seconds of a run that were too few.
        """
        beside = fmean(_overhead_seconds(record) - record.seconds.get("trace", 0.0) for record in searched)
        pace = replace(Pace.of(searched, self.train_rows), overhead_seconds=beside)
        return max(int(limit // 60) + 1, math.ceil(self.least_limit(pace, start, len(searched)) / 60))

    def fold_epochs_in_time(self, pace: Pace, seconds: float, trainings: int, most: int) -> int:
        """Return the number of epochs for each training on a fold, so that all `trainings` together take `seconds`.

        It is not above `most`, the epochs of the winner's last training. If it is fewer than planned, it is one with a
        whole number of quantization-aware epochs, as far as possible: a recipe can then ask for the same trainings
        without a time limit (`nas.study.repeat`).
        """
        rounds, finals = max(1, self._rounds(trainings)), self.recipe.finals
        epochs = pace.epochs(self.recipe, seconds / rounds, self.fold_rows, min(self.fold_epochs, most))
        whole = epochs - epochs % (finals.final_epochs // math.gcd(finals.final_epochs, finals.qat_epochs))
        return whole if self.search_epochs <= whole < self.fold_epochs else epochs

    def winner_epochs_in_time(self, pace: Pace, seconds: float) -> int:
        """Return the number of epochs that the winner's last training has time for in `seconds`."""
        return pace.epochs(self.recipe, seconds, self.winner_rows, self.winner_epochs)

    def _fold_seconds(self, pace: Pace, epochs: int) -> float:
        return pace.seconds(self.recipe, epochs, self.fold_rows)

    def _winner_seconds(self, pace: Pace, epochs: int) -> float:
        return pace.seconds(self.recipe, epochs, self.winner_rows)

    def _rounds(self, trainings: int) -> int:
        """Return how many rounds the workers need for some trainings."""
        return -(-trainings // self.workers)

    def _at_least_min_steps(self, epochs: int) -> int:
        return self.recipe.training.at_least_min_steps(epochs, self.train_rows)


def _epoch_seconds(record: Record) -> float:
    return record.seconds.get("train", 0.0) / max(1, len(record.history.get("loss", ())) - record.resumed_at)


def _overhead_seconds(record: Record) -> float:
    return math.fsum(seconds for stage, seconds in record.seconds.items() if stage != "train")
