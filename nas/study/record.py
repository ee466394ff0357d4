"""What is known of one candidate, and of a whole study: plain data that goes to JSON and back unchanged."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


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
