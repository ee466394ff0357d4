"""Anomaly detection: whether a row is like the normal ones, which a network has learned to reconstruct."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from nas.arrays import Array, Doubles, Flags, Floats, Rows
from nas.errors import InputError, unknown
from nas.graph.builder import GraphBuilder
from nas.task.alarms import ALARM_METRICS, ANOMALY, NORMAL, alarm_estimates, alarm_tallies, confusion_of
from nas.task.metrics import Estimate, Metric
from nas.task.parameters import finite_number
from nas.task.reconstruction import RECONSTRUCTIONS, WHOLE, Reconstruction
from nas.task.task import ANOMALIES, TASKS, Task

FALSE_ALARM_RATE = 0.05
"""The wanted share of normal rows with an alarm, if the user gives none."""

SCORES = ("score", "threshold", "is_anomaly")
"""The columns of tables of answers."""

_ABOVE = 1 + 1e-9
"""A threshold lies this much above a score that is no alarm, so that rounding decides nothing."""

KINDS_OF: Mapping[str, tuple[int, ...]] = {
    "roc_auc": (NORMAL, ANOMALY),
    "partial_auc": (NORMAL, ANOMALY),
    "f1": (ANOMALY,),
    "false_alarm_rate": (NORMAL,),
    "missed_alarm_rate": (ANOMALY,),
    "explained": (NORMAL,),
}
"""The kinds of rows without which a metric says nothing."""


@TASKS.register(ANOMALIES)
@dataclass(frozen=True, slots=True)
class Anomaly(Task):
    """Reconstruct normal rows; a row with a large error is an anomaly (`nas.task.alarms` holds the tally).

    The network is an auto-encoder: its targets are its inputs, rows or features of them, scaled, and it learns from
    normal rows only. The score of a row is the mean squared error of its reconstruction. The answer to a row is its
    score, and the score that it has if all rows are answered by their mean, which is 0 after scaling.

    Attributes:
        false_alarm_rate: the wanted share of normal rows whose score is above the threshold.
        threshold: the score above which a row is an anomaly, from normal validation rows; None before `calibrated`.
        constant_threshold: that of the constant answer.
        reconstruction: what networks give again of a row, one of `RECONSTRUCTIONS`.
    """

    metrics: ClassVar[Mapping[str, Metric]] = ALARM_METRICS
    main_metric: ClassVar[str] = "roc_auc"
    curve: ClassVar[str] = "explained"
    headline: ClassVar[tuple[str, ...]] = ("roc_auc", "false_alarm_rate", "missed_alarm_rate")
    constant: ClassVar[str] = "the mean of the training rows"
    calibration_rows: ClassVar[int | None] = 4096
    range_margin: ClassVar[float] = 1 / 16
    follows_float: ClassVar[bool] = True
    reconstructs: ClassVar[bool] = True
    spare_bits: ClassVar[int] = 2
    calibrates: ClassVar[bool] = True
    needs: ClassVar[str] = "must say which rows are anomalies: the model detects them"
    facts_key: ClassVar[str] = "detector"
    output_is: ClassVar[str] = "reconstruction"
    false_alarm_rate: float = FALSE_ALARM_RATE
    threshold: float | None = None
    constant_threshold: float | None = None
    reconstruction: str = WHOLE

    def __post_init__(self) -> None:
        if self.reconstruction not in RECONSTRUCTIONS:
            raise unknown("anomaly", "reconstruction", self.reconstruction, RECONSTRUCTIONS)

    @property
    def _part(self) -> Reconstruction:
        return RECONSTRUCTIONS[self.reconstruction]

    def read_shape(self, row_shape: Sequence[int]) -> tuple[int, ...]:
        return self._part.read_shape(row_shape)

    def row_shape(self, read_shape: Sequence[int]) -> tuple[int, ...]:
        return self._part.row_shape(read_shape)

    def read(self, x: Array) -> Array:
        return self._part.read(x)

    @property
    def loss(self) -> str:
        return "mse"

    def outputs(self, y: Array, class_names: Sequence[str], row_shape: Sequence[int]) -> int:
        return self._part.outputs(row_shape)

    def outputs_for(self, row_shape: Sequence[int], outputs: int) -> int:
        return self._part.outputs(row_shape)

    def head(self, g: GraphBuilder, outputs: int) -> None:
        g.flatten()
        g.fully_connected(outputs, activation="NONE")

    def targets(self, x: Array, y: Array, outputs: int, smoothing: float = 0.0) -> Floats:
        """Return the rows themselves, or the part of them that is given again."""
        return np.asarray(self._part.target(x), np.float32)

    def learnable(self, y: Array) -> Rows:
        return np.flatnonzero(y == NORMAL)

    def answers(self, outputs: Array, x: Array | None = None) -> Doubles:
        """Return the score of each row and that of the constant answer [n, 2], for a network's outputs and the rows."""
        assert x is not None, "outputs are compared with rows"
        targets = np.asarray(self._part.target(x), np.float64)
        errors = (np.asarray(outputs, np.float64) - targets, targets)
        return np.stack([(error**2).mean(axis=1) for error in errors], axis=1)

    def calibrated(self, answers: Array, y: Array) -> "Anomaly":
        """Return the task with thresholds above which the wanted share of these normal rows lies, or fewer."""
        normal = answers[y == NORMAL]
        if not len(normal):
            return self
        place = self.place_of_threshold(len(normal))
        own, constant = (float(np.sort(column)[place]) * _ABOVE for column in normal.T)
        return replace(self, threshold=own, constant_threshold=constant)

    def place_of_threshold(self, normal: int) -> int:
        """Return the place of the threshold among the scores of so many normal rows, the least first."""
        return normal - 1 - int(self.false_alarm_rate * normal)

    def alarms(self, answers: Array) -> Flags:
        """Return whether each row is an anomaly; none is before `calibrated`."""
        return np.asarray(answers[:, 0] > (np.inf if self.threshold is None else self.threshold), np.bool_)

    def found(self, predicted: Array, names: Sequence[str]) -> list[list[str]]:
        return [[names[int(alarm)]] for alarm in self.alarms(predicted)]

    def class_shares(self, predicted: Array) -> Array:
        """Return 1 for what each row is decided to be, normal or an anomaly, and 0 for the other [n, 2]."""
        alarms = self.alarms(predicted)
        return np.stack([~alarms, alarms], axis=1).astype(np.float32)

    def figures(self, predicted: Array, names: Sequence[str]) -> tuple[tuple[str, ...], list[list[Any]]]:
        """Return the score of each row, the threshold, and whether the row is an anomaly."""
        known = zip(predicted[:, 0].tolist(), self.alarms(predicted).tolist(), strict=True)
        return SCORES, [[score, self.threshold, alarm] for score, alarm in known]

    def soften(self, outputs: Floats, temperature: float) -> Floats:
        """Return a teacher's outputs as they are."""
        return outputs

    def tally(self, answers: Array, y: Array, outputs: int) -> Doubles:
        return np.asarray(self.tallies(answers, y, None, outputs)[0])

    def tallies(self, answers: Array, y: Array, groups: Array | None, outputs: int) -> Doubles:
        return alarm_tallies(np.asarray(answers, np.float64), self.alarms(answers), y, groups)

    def estimates(self, tallies: npt.NDArray[np.generic], *, grouped: bool) -> dict[str, Estimate]:
        return alarm_estimates(np.asarray(tallies, np.float64), grouped=grouped)

    def drawn_from(self, tallies: npt.NDArray[np.generic], *, grouped: bool) -> str:
        counts = confusion_of(tallies)
        return super(Anomaly, self).drawn_from(np.asarray(counts, np.int64), grouped=grouped)

    def confusion(self, tally: npt.NDArray[np.generic]) -> tuple[tuple[int, ...], ...]:
        return tuple(map(tuple, confusion_of(tally).astype(np.int64).tolist()))

    def baseline(self, y: Array, of: Array, outputs: int, answers: Array | None = None) -> Doubles:
        """Return the tally of answering every row with the mean of the training rows."""
        assert answers is not None, "the score of the constant answer is one of its columns"
        constant = replace(self, threshold=self.constant_threshold)
        return constant.tally(answers[:, [1, 1]], of, outputs)

    def default_metric(self, y: Array, val: Array) -> str:
        """Return the area under the ROC if anomalies are among the validation rows, else the explained share."""
        return "roc_auc" if self.tells("roc_auc", val) else "explained"

    def find_metric(self, name: str, y: Array, val: Array) -> str:
        if not (val == NORMAL).any():
            rule = "must have normal ones, from which the threshold is taken"
            hint = "put normal recordings or groups into that part"
            raise InputError("validation rows", rule, got="anomalies only", hint=hint)
        return Task.find_metric(self, name, y, val)

    def tells(self, metric: str, y: Array) -> bool:
        """Return whether the kinds of rows that a metric compares are among them."""
        return all(bool((y == kind).any()) for kind in KINDS_OF[metric])

    def numbers(self, answers: Array, y: Array) -> tuple[Doubles, Doubles]:
        """Return labels and scores."""
        return np.asarray(y[:, None], np.float64), np.asarray(answers[:, :1], np.float64)

    def parameters(self) -> Mapping[str, Any]:
        if self.threshold is None or self.constant_threshold is None:
            return {}
        return {
            "anomaly_threshold:float64": self.threshold,
            "constant_threshold:float64": self.constant_threshold,
            "false_alarm_rate:float32": self.false_alarm_rate,
            **({} if self.reconstruction == WHOLE else {"reconstruction": self.reconstruction}),
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any], outputs: int, inputs: int) -> Self | None:
        own = finite_number(parameters, "anomaly_threshold")
        constant, rate = (finite_number(parameters, key) for key in ("constant_threshold", "false_alarm_rate"))
        part = str(parameters.get("reconstruction", WHOLE))
        if own is None or part not in RECONSTRUCTIONS or not RECONSTRUCTIONS[part].fits(outputs, inputs):
            return None
        return cls(FALSE_ALARM_RATE if rate is None else rate, own, constant, part)

    def name_count(self, outputs: int) -> int:
        """Return 2: rows are normal or not."""
        return 2

    def worst(self, answers: Array, y: Array) -> Rows:
        """Return missed and false alarms, the greatest factor between score and threshold first."""
        wrong = np.flatnonzero(self.alarms(answers) != (y == ANOMALY))
        ratio = np.maximum(answers[wrong, 0], 1e-30) / (self.threshold or 1.0)
        factors = np.where(y[wrong] == ANOMALY, 1 / ratio, ratio)
        return wrong[np.argsort(-factors, kind="stable")]
