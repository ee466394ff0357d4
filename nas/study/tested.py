"""What a model reached on the test rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nas.codec import to_data
from nas.study.answers import Answers
from nas.task.metrics import DRAWS, FEWEST_GROUPS, Estimate
from nas.task.task import Task, task_judging_by

# The key of each field in documents.
TEST_KEYS = {
    "metrics": "test_metrics",
    "float_metrics": "float_test_metrics",
    "baseline_metrics": "baseline_metrics",
    "simple_metrics": "simple_metrics",
    "confusion": "confusion",
    "resampled_unit": "drawn_from",
    "answers": "test_answers",
}


@dataclass(frozen=True, slots=True)
class Tested:
    """A model's metrics on the test rows, by name; of a classifier, `accuracy` is always among them.

    Attributes:
        metrics: of the int8 model, each with its 95 % interval (`nas.task.metrics.estimates`).
        float_metrics: of the model before quantization.
        baseline_metrics: of the best constant answer: the class that is most frequent in training, or the mean of the
            training targets.
        simple_metrics: of anomaly detection, the metrics of simple detectors (`nas.data.simple_detectors`) with as many
            bytes as the model's weights, by what they are called.
        confusion: `confusion[true][predicted]`, counts of the int8 model; empty without classes.
        answers: how the int8 model answered single rows and groups; None if it is not known.
        resampled_unit: what the intervals are over, and how many there are: `9 groups`, or `200 rows` if there are no
            groups.
    """

    metrics: Mapping[str, Estimate]
    float_metrics: Mapping[str, Estimate]
    baseline_metrics: Mapping[str, float]
    confusion: tuple[tuple[int, ...], ...]
    resampled_unit: str
    answers: Answers | None = None
    simple_metrics: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def has_intervals(self) -> bool:
        """Whether the test set has enough groups for intervals."""
        return self.metrics[self.task.main_metric].low is not None

    @property
    def task(self) -> type[Task]:
        """What the model learned, as its metrics tell."""
        return task_judging_by(self.metrics)

    def interval_words(self, estimate: Estimate) -> str:
        """Return the 95 % interval of one of the metrics in words, or why there is none."""
        if not self.has_intervals:
            return f"no interval: the test set has {self.resampled_unit}, {FEWEST_GROUPS} are needed"
        metric = next(m for name, m in self.task.metrics.items() if self.metrics[name] is estimate)
        return f"95 % interval {metric.interval_text(estimate.low, estimate.high)}, over {self.resampled_unit}"

    @property
    def method_words(self) -> str:
        """How the intervals were computed, in a sentence."""
        if not self.has_intervals:
            return f"No intervals: the test set has {self.resampled_unit}, {FEWEST_GROUPS} are needed."
        resampled = f"bootstrap, {self.resampled_unit} resampled {DRAWS:,} times"
        if not any(metric.is_share for metric in self.task.metrics.values()):
            return f"Intervals: {resampled}."
        if "row" in self.resampled_unit:
            return f"Intervals: of accuracy exact (Clopper-Pearson); of the others, {resampled}."
        return f"Intervals: {resampled}; widened where needed to contain the exact (Clopper-Pearson) interval."

    def to_json(self) -> dict[str, Any]:
        """Return the entries that documents have for it; they repeat the accuracies under names of their own."""
        data = to_data(self)
        accuracies = self.metrics.get("accuracy"), self.float_metrics.get("accuracy")
        return {
            "test_accuracy": accuracies[0] and accuracies[0].value,
            "float_test_accuracy": accuracies[1] and accuracies[1].value,
            "baseline_accuracy": self.baseline_metrics.get("accuracy"),
            **{key: data[field] for field, key in TEST_KEYS.items()},
        }
