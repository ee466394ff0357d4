"""What is known of one candidate, and of a whole study: plain data that goes to JSON and back unchanged."""

import dataclasses
import json
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from nas.metrics import Estimate


class State(StrEnum):
    """How a candidate ended."""

    COMPLETE = "complete"
    OVER_BUDGET = "over_budget"
    PRUNED = "pruned"
    DUPLICATE = "duplicate"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of one candidate.

    Life cycle: made once, when the candidate has ended; stored with its Optuna trial, mirrored to MLflow.

    Attributes:
        trial: number of the Optuna trial, from 0.
        state: how it ended; `reason` says why, if it is not complete.
        digest: names the architecture everywhere.
        params: the sampled dimensions, by name.
        architecture: `Architecture.to_json()`.
        seed: seed of weights, batches and dropout.
        estimated: scalars of the footprint known before training (`Footprint.summary()`).
        profiled: the same scalars, read from the `.tflite`; None if none was made.
        val_accuracy: accuracy of the int8 model on the validation groups, 0 to 1; `float_val_accuracy` before
            quantization, on the same rows.
        metric: name of the metric that the study judges by.
        val_metrics: every metric of the int8 model on the validation rows, by name; empty without them.
        values: the objective's values, in the order of the study's directions.
        history: learning curves, one number an epoch: `loss`, `accuracy`, `val_loss`, `val_accuracy`.
        seconds: wall time by stage: `build`, `train`, `quantize`, `evaluate`.
        versions: of nas and of the libraries that made the numbers.
        peak_rss_bytes: the most memory that the worker's process had held by then.
        continues: trial from whose checkpoint this one's training went on; None if it began at zero.
        resumed_at: epochs that were trained in that trial; `history` holds them too, `seconds` does not.
        at_rung: epochs of the rung on which it was pruned; None if it was not, or by something else.
    """

    trial: int
    state: State
    digest: str
    params: Mapping[str, Any]
    architecture: Mapping[str, Any]
    seed: int
    reason: str | None = None
    estimated: Mapping[str, Any] | None = None
    profiled: Mapping[str, Any] | None = None
    val_accuracy: float | None = None
    float_val_accuracy: float | None = None
    metric: str = "accuracy"
    val_metrics: Mapping[str, float] = field(default_factory=dict)
    values: tuple[float, ...] | None = None
    history: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    peak_rss_bytes: int | None = None
    continues: int | None = None
    resumed_at: int = 0
    at_rung: int | None = None

    @property
    def val_score(self) -> float | None:
        """The study's metric of the int8 model on the validation rows."""
        return self.val_accuracy if self.metric == "accuracy" else self.val_metrics.get(self.metric)

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Record":
        """Rebuild a record from `to_json()`, also after a round through JSON text."""
        values = data["values"]
        return cls(
            **{
                **data,
                "state": State(data["state"]),
                "values": None if values is None else tuple(values),
                "history": {name: tuple(curve) for name, curve in data["history"].items()},
            }
        )

    def dumps(self) -> str:
        return json.dumps(self.to_json(), sort_keys=True)

    @classmethod
    def loads(cls, text: str) -> "Record":
        return cls.from_json(json.loads(text))


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
        test_metrics: every metric of the int8 model on the test rows, with its 95 % interval (`nas.metrics.estimates`);
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
