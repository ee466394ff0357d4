"""The outcome of a study: its winner and what is told of the search."""

import dataclasses
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nas.study.record import Record
from nas.task.metrics import Estimate


@dataclass(frozen=True, slots=True)
class Winner:
    """The candidate that a study gives back, after its final training; the only one that met the test set.

    Another candidate that a user exports takes this form too, with None for what only the test set tells.

    Attributes:
        record: of the training that made the exported model, on training and validation rows together. Its
            validation accuracies and metrics are the means over the folds of its architecture's final trainings,
            its curves those of the first fold.
        test_accuracy: int8 model, on the test groups; `float_test_accuracy` before quantization.
        baseline_accuracy: of always answering the class most frequent in training, on the same rows.
        confusion: `confusion[true][predicted]` counts of the int8 model on the test rows.
        finals: one entry a final training that competed: `trial`, `fold`, `seed`, `epochs`, `val_accuracy`, and
            `val_score`, the study's metric.
        epochs: of the training that made the exported model; None if it is a trial's own.
        test_metrics: every metric of the int8 model on the test rows, with its 95 % interval (`metrics.estimates`);
            `float_test_metrics` before quantization; `baseline_metrics` of always answering the class most frequent
            in training, which is 1 / classes for balanced accuracy. All by the metric's name.
        teachers: one entry a teacher that the finals learned from: `fold`, `val_accuracy` of its float network on the
            rows held out, which is the ceiling of what it can teach, `epochs` and `seconds`.
        drawn_from: what the intervals are drawn from: `9 groups`, or rows where there are not two groups.
    """

    record: Record
    test_accuracy: float | None
    float_test_accuracy: float | None
    baseline_accuracy: float | None
    confusion: tuple[tuple[int, ...], ...]
    finals: tuple[Mapping[str, Any], ...]
    epochs: int | None = None
    test_metrics: Mapping[str, Estimate] = field(default_factory=dict)
    float_test_metrics: Mapping[str, Estimate] = field(default_factory=dict)
    baseline_metrics: Mapping[str, float] = field(default_factory=dict)
    drawn_from: str = ""
    teachers: tuple[Mapping[str, Any], ...] = ()

    @property
    def metric(self) -> str:
        """Name of the metric that the study judges by."""
        return self.record.metric

    @property
    def told(self) -> tuple[str, ...]:
        """The metrics that a summary tells of the test rows: the study's, and accuracy; none without a test."""
        return tuple(dict.fromkeys((self.metric, "accuracy"))) if self.test_metrics else ()

    @property
    def fold_scores(self) -> tuple[float, ...]:
        """The study's metric in each of the winner's own final trainings, on the fold held out; a seed a fold."""
        return tuple(entry["val_score"] for entry in self.finals if entry["trial"] == self.record.trial)

    @property
    def fold_std(self) -> float | None:
        """Standard deviation of `fold_scores`; None with fewer than two."""
        return statistics.stdev(self.fold_scores) if len(self.fold_scores) > 1 else None

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Winner":
        metrics = {
            key: {name: Estimate(**estimate) for name, estimate in data[key].items()}
            for key in ("test_metrics", "float_test_metrics")
        }
        return cls(
            **{
                **data,
                **metrics,
                "record": Record.from_json(data["record"]),
                "confusion": tuple(tuple(row) for row in data["confusion"]),
                "finals": tuple(data["finals"]),
                "teachers": tuple(data.get("teachers", ())),
            }
        )


@dataclass(frozen=True, slots=True)
class RungCorrelation:
    """How well a rung foretells the end: rank correlation of accuracy after `epoch` epochs and the int8 score at last.

    Of candidates that are trained to the end whatever they look like. `spearman` is None where `pairs` are too few.
    """

    epoch: int
    pairs: int
    spearman: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """A study's outcome.

    Attributes:
        study: the study's name; `folder` is `studies/<name>`.
        seconds: wall time spent on it, over all sessions.
        states: number of trials by state, all five states present.
        winner: None if nothing fitted, or nothing has been finished yet.
        front: complete records that no other complete record beats in both the study's metric and weights,
            smallest first.
        rungs: rank correlation of each rung with the end; empty for a study without rungs.
        stopped: why the search ended before its limits; None if it did not.
    """

    study: str
    folder: str
    seconds: float
    states: Mapping[str, int]
    winner: Winner | None
    front: tuple[Record, ...]
    rungs: tuple[RungCorrelation, ...] = ()
    stopped: str | None = None

    @property
    def trials(self) -> int:
        return sum(self.states.values())

    def to_json(self) -> dict[str, Any]:
        """Return what is worth keeping in git and comparing between machines: no paths, no weights, no times."""
        return {
            "study": self.study,
            "trials": self.trials,
            "states": dict(self.states),
            "best": None if self.winner is None else self._best(self.winner),
            "front": [_entry(record) for record in self.front],
            "rungs": [dataclasses.asdict(rung) for rung in self.rungs],
            "stopped": self.stopped,
        }

    def to_contract(self, tflite: str) -> dict[str, Any]:
        """Return the JSON that `nas search --json` ends with; `tflite` is the winner's path."""
        data = self.to_json()
        best = data["best"] and {**data["best"], "tflite": tflite}
        return {**data, "best": best, "folder": self.folder, "seconds": self.seconds}

    def _best(self, winner: Winner) -> dict[str, Any]:
        return {
            **_entry(winner.record),
            "architecture": dict(winner.record.architecture),
            "test_accuracy": winner.test_accuracy,
            "test_accuracy_interval": _interval(winner.test_metrics),
            "float_test_accuracy": winner.float_test_accuracy,
            "float_test_accuracy_interval": _interval(winner.float_test_metrics),
            "baseline_accuracy": winner.baseline_accuracy,
            "metric": winner.metric,
            "fold_scores": list(winner.fold_scores),
            "fold_std": winner.fold_std,
            "test_metrics": {name: dataclasses.asdict(one) for name, one in winner.test_metrics.items()},
            "float_test_metrics": {name: dataclasses.asdict(one) for name, one in winner.float_test_metrics.items()},
            "baseline_metrics": dict(winner.baseline_metrics),
            "intervals_drawn_from": winner.drawn_from,
            "versions": dict(winner.record.versions),
        }


def _interval(metrics: Mapping[str, Estimate]) -> list[float] | None:
    return [metrics["accuracy"].low, metrics["accuracy"].high] if metrics else None


def _entry(record: Record) -> dict[str, Any]:
    return {
        "trial": record.trial,
        "digest": record.digest,
        "val_accuracy": record.val_accuracy,
        "float_val_accuracy": record.float_val_accuracy,
        "val_metrics": dict(record.val_metrics),
        **(record.profiled or {}),
    }


def front(records: Sequence[Record]) -> tuple[Record, ...]:
    """Return the records that no other beats in both the study's metric and weights, smallest first."""

    def weights(record: Record) -> int:
        assert record.profiled is not None
        return int(record.profiled["weights_bytes"])

    best: list[Record] = []
    for record in sorted(records, key=lambda r: (weights(r), -(r.val_score or 0), r.trial)):
        if not best or (record.val_score or 0) > (best[-1].val_score or 0):
            best.append(record)
    return tuple(best)


@dataclass(frozen=True, slots=True)
class Final:
    """A final training that has ended, on one fold; its record holds the finalist's own trial number."""

    record: Record
    fold: int

    def to_json(self) -> dict[str, Any]:
        return {"record": self.record.to_json(), "fold": self.fold}

    def line(self) -> dict[str, Any]:
        """Return what a card and a report tell of it."""
        epochs = len(self.record.history["loss"])
        record = self.record
        return {
            "trial": record.trial,
            "fold": self.fold,
            "seed": record.seed,
            "epochs": epochs,
            "val_accuracy": record.val_accuracy,
            "val_score": record.val_score,
        }
