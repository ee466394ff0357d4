"""What is known of one candidate, as plain data that goes to JSON and back unchanged."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from nas.codec import Place, from_data, to_data
from nas.task.task import find_metric

PLACE = Place("record")


class State(StrEnum):
    """How a candidate ended."""

    COMPLETE = "complete"
    OVER_BUDGET = "over_budget"
    PRUNED = "pruned"
    DUPLICATE = "duplicate"
    FAILED = "failed"


def state_words(state: str) -> str:
    """Return the state of a trial as a person reads it: `stopped early` for `pruned`, which is Optuna's word."""
    return "stopped early" if state == "pruned" else state.replace("_", " ")


def state_reason(record: "Record") -> str:
    """Return the state of a trial and why, without a word twice: `stopped early at epoch 27: ...`."""
    words, reason = state_words(record.state), record.reason or ""
    if not reason:
        return words
    return reason if reason.startswith(words) else f"{words}: {reason}"


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of one candidate.

    Life cycle: made once, when the candidate's trial has ended; stored with its Optuna trial and logged to MLflow.

    Attributes:
        trial: number of the Optuna trial, from 0.
        state: how the trial ended; `reason` says why, unless it is complete. A complete candidate has a reason only
            if its training was cut short.
        digest: short hash of the network, by which all documents name it.
        params: values of the space's dimensions, by name.
        architecture: `Architecture.to_json()`.
        seed: seed of initial weights, order of batches and dropout.
        estimated: footprint as estimated before training (`Footprint.summary()`).
        profiled: the same figures measured on the `.tflite` file; None if there is no file.
        metric: name of the metric by which the study compares candidates.
        val_metrics: every metric of the int8 model on the validation rows, by name; empty if it was not validated.
        float_val_accuracy: accuracy of the model before quantization, on the same rows; None for other tasks.
        float_val_metrics: its metrics, for tasks other than classification.
        values: the objective's values, in the order of the study's directions.
        history: learning curves with one number for each epoch: `loss`, `accuracy`, `val_loss`, `val_accuracy`; of
            regression `r2` and `val_r2`, with the variance of the training targets, in place of the accuracies.
        seconds: wall time by stage: `build`, `trace` (graphs, before the first epoch), `train`, `quantize`, `evaluate`.
        versions: versions of nas and of the libraries that the numbers depend on.
        host: name of the machine that trained it; None for those of earlier releases.
        peak_rss_bytes: largest resident memory of the worker process so far.
        continues: number of the trial from whose checkpoint this training was resumed; None if it was not resumed.
        resumed_at: epochs that this earlier trial trained; `history` includes them, `seconds` does not.
        at_rung: epochs of the rung at which the candidate was paused; None if it was not paused at a rung.
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
    metric: str = "accuracy"
    val_metrics: Mapping[str, float] = field(default_factory=dict)
    float_val_accuracy: float | None = None
    float_val_metrics: Mapping[str, float] = field(default_factory=dict)
    values: tuple[float, ...] | None = None
    history: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    host: str | None = None
    peak_rss_bytes: int | None = None
    continues: int | None = None
    resumed_at: int = 0
    at_rung: int | None = None

    @property
    def val_score(self) -> float | None:
        """The int8 model's score in the study's metric on the validation rows."""
        return self.val_metrics.get(self.metric)

    @property
    def rank(self) -> float:
        """A number that is higher for better scores: `val_score`, the other way round for errors; -inf without one."""
        return -math.inf if self.val_score is None else find_metric(self.metric).ranked(self.val_score)

    def float_val_score_of(self, metric: str) -> float | None:
        """Return a metric of the model before quantization; None if it is not known."""
        return self.float_val_metrics.get(metric, self.float_val_accuracy if metric == "accuracy" else None)

    @property
    def is_cut_short(self) -> bool:
        """Whether it is a model although the time limit ended its training early, as the study had no other."""
        return self.state == State.COMPLETE and self.reason is not None

    @property
    def val_accuracy(self) -> float | None:
        """Accuracy of the int8 model on the validation rows, 0 to 1."""
        return self.val_metrics.get("accuracy")

    def with_scores_of(self, searched: "Record") -> "Record":
        """Return the record of a training without validation rows, with the scores that its trial had in the search."""
        return replace(
            self,
            estimated=searched.estimated,
            val_metrics=searched.val_metrics,
            float_val_accuracy=searched.float_val_accuracy,
            float_val_metrics=searched.float_val_metrics,
        )

    def measured(self) -> dict[str, Any]:
        """Return the entries of a candidate in `results.json`: its metrics and its footprint."""
        return {
            "trial": self.trial,
            "digest": self.digest,
            "val_accuracy": self.val_accuracy,
            "float_val_accuracy": self.float_val_accuracy,
            "val_metrics": dict(self.val_metrics),
            "float_val_metrics": dict(self.float_val_metrics),
            "val_score": self.val_score,
            **(self.profiled or {}),
        }

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name, and `val_accuracy`, which readers of the document expect."""
        return {**to_data(self), "val_accuracy": self.val_accuracy}

    @classmethod
    def from_json(cls, data: object, place: Place = PLACE) -> "Record":
        """Read `to_json()`; InputError at `place` for anything else."""
        fields = data
        if isinstance(data, Mapping):
            fields = {key: value for key, value in data.items() if key != "val_accuracy"}
            if data.get("val_accuracy") is not None and not data.get("val_metrics"):
                # Documents of releases without a choice of metrics hold only the accuracy.
                fields["val_metrics"] = {"accuracy": data["val_accuracy"]}
        return from_data(cls, fields, place)
