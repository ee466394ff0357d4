"""The finals of a study as plain data: a training on one fold, and a finalist with what it reached on all of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from nas.data.dataset import Part
from nas.data.folds import folds
from nas.study.record import Record, State
from nas.study.tasks import Fold
from nas.task.task import Task


@dataclass(frozen=True, slots=True)
class Final:
    """A finished training of the finals, on one fold; its record has the number of the finalist's trial.

    Attributes:
        record: of the training.
        fold: index of the fold that it has left out.
        planned_epochs: what it was asked for, quantization-aware ones not counted; None of one that was never planned.
    """

    record: Record
    fold: int
    planned_epochs: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the training has ended in a model, and no time limit has cut it short."""
        return self.record.state == State.COMPLETE and self.record.reason is None

    def to_json(self) -> dict[str, Any]:
        return {"record": self.record.to_json(), "fold": self.fold, "epochs": self.planned_epochs}

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> "Final":
        """Return the training of an entry. Earlier releases wrote no `epochs`: those that it had are taken."""
        record = Record.from_json(entry["record"])
        return cls(record, entry["fold"], entry.get("epochs") or len(record.history.get("loss", ())))

    def line(self) -> dict[str, Any]:
        """Return its entry among those of `Trained.finals`."""
        record = self.record
        return {
            "trial": record.trial,
            "fold": self.fold,
            "seed": record.seed,
            "epochs": len(record.history["loss"]),
            "val_accuracy": record.val_accuracy,
            "val_score": record.val_score,
        }


def telling_folds(part: Part, wanted: Fold, learns: Task, metric: str) -> list[Fold]:
    """Return the folds whose rows can tell a metric, see `Task.tells`.

    Args:
        part: the rows to divide.
        wanted: any fold of the division, for its number of folds and its seed.
        learns: what is asked of the rows.
        metric: of the study.
    """
    divided = folds(part, wanted.count, wanted.seed)
    return [
        replace(wanted, index=index, count=len(divided))
        for index, (_, held_out) in enumerate(divided)
        if learns.tells(metric, part.y[held_out])
    ]


def comparable(finals: Sequence[Final]) -> list[Final]:
    """Return those trainings by which finalists are compared, so that each is judged on the same folds.

    A fold counts if more than half of the finalists have ended a training on it. A finalist without one of the folds
    that count, for lack of time or as its training failed, is not compared.
    """
    trained: dict[int, set[int]] = defaultdict(set)
    for final in finals:
        trained[final.fold].add(final.record.trial)
    half = max(map(len, trained.values()), default=0) / 2
    counted = {fold: trials for fold, trials in trained.items() if len(trials) > half}
    everywhere = set[int].intersection(*counted.values()) if counted else set()
    return [final for final in finals if final.fold in counted and final.record.trial in everywhere]


@dataclass(frozen=True, slots=True)
class Finalist:
    """One of the best candidates of the search.

    Attributes:
        trial: its number.
        val_score: the study's metric in the search; None if an earlier release ran the finals.
        weights_bytes: of its model of the search; None likewise.
        fold_scores: the study's metric on each fold; empty if there was no time to cross-validate it.
        final_score: the mean over these folds of what the objective maximizes, by which the winner is chosen; None
            without folds.
    """

    trial: int
    val_score: float | None = None
    weights_bytes: int | None = None
    fold_scores: tuple[float, ...] = ()
    final_score: float | None = None

    @classmethod
    def of(cls, record: Record, folds: Sequence[Final]) -> "Finalist":
        """Return the finalist of a record of the search, with those trainings of the finals that are its own."""
        own = sorted((final for final in folds if final.record.trial == record.trial), key=lambda final: final.fold)
        judged = [final.record.values[0] for final in own if final.record.values]
        return cls(
            record.trial,
            record.val_score,
            (record.profiled or {}).get("weights_bytes"),
            tuple(final.record.val_score for final in own if final.record.val_score is not None),
            fmean(judged) if judged else None,
        )

    @classmethod
    def of_entries(cls, trial: int, entries: Sequence[Mapping[str, Any]]) -> "Finalist":
        """Return the finalist of an earlier release, of which only the entries of `Trained.finals` are known."""
        scores = tuple(entry["val_score"] for entry in entries if entry["trial"] == trial)
        # Releases that kept no finalists knew classification alone, where the higher score is the better one.
        return cls(trial, fold_scores=scores, final_score=fmean(scores))

    @property
    def mean(self) -> float | None:
        """The mean of `fold_scores`; None without any."""
        return fmean(self.fold_scores) if self.fold_scores else None
