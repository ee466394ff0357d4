"""Regression: one or several numbers for each row, in the units of the targets."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from nas.arrays import Array, Doubles, Floats, Ints, Rows
from nas.codec import Place, from_data
from nas.graph.builder import GraphBuilder
from nas.task.errors import ERROR_METRICS, error_tallies, interval_estimates
from nas.task.metrics import Estimate, Metric
from nas.task.output_scale import OutputScale
from nas.task.parameters import finite_numbers
from nas.task.task import TARGETS, TASKS, Task

REGRESSION_LOSSES = ("mse", "mae", "huber")
"""What a training may minimize, of standardized targets; `nas.model.losses` defines them."""

COVERED = 0.9995
"""The range of an int8 output covers the targets up to this quantile, at either end."""

STRATA = 10
"""Samples of rows take the same number from each of so many ranges of the first target, with its extremes."""


@TASKS.register(TARGETS)
@dataclass(frozen=True, slots=True)
class Regression(Task):
    """Estimate numbers; the tally holds sums of errors and of targets (`nas.task.errors`).

    Networks learn standardized targets, (target - mean) / std. A deployed model gives units by itself if `in_units`:
    of one output that has zero within reach, scale and zero point of the int8 output are those of the units, so that
    scale * (q - zero) is the answer. Otherwise its outputs stay standardized: several outputs have one scale in a
    `.tflite`, and the zero point of a target that is far from 0, such as a pressure of 1013 +- 5 hPa, would not be an
    int8, which TensorFlow Lite requires.

    Attributes:
        loss: what training minimizes: `mse`, `mae` or `huber`.
        target_mean: of each target over the training rows; empty before `fitted`.
        target_std: their standard deviations.
        in_units: whether a deployed model's outputs are in units.
    """

    curve: ClassVar[str] = "r2"
    main_metric: ClassVar[str] = "rmse"
    headline: ClassVar[tuple[str, ...]] = ("rmse", "r2")
    metrics: ClassVar[Mapping[str, Metric]] = ERROR_METRICS
    constant: ClassVar[str] = "the mean of the training targets"
    measured: ClassVar[bool] = True
    truth: ClassVar[str] = "measured targets"
    needs: ClassVar[str] = "must hold measured targets: the model gives values"
    # A value beyond its range is clipped, which costs much where errors are squared: a few such rows of those that were
    # never seen cost more than steps that are an eighth wider.
    calibration_rows: ClassVar[int | None] = 4096
    range_margin: ClassVar[float] = 1 / 16
    follows_float: ClassVar[bool] = True
    facts_key: ClassVar[str] = "scaling"
    names_key: ClassVar[str] = "target_names"
    names_are: ClassVar[str] = "targets"
    output_is: ClassVar[str] = "value"
    loss: str = REGRESSION_LOSSES[0]
    target_mean: tuple[float, ...] = ()
    target_std: tuple[float, ...] = ()
    in_units: bool = False

    def fitted(self, y: Array) -> "Regression":
        """Return the task with what standardizes the training targets `y` [n, outputs]."""
        wide = np.asarray(y, np.float64)
        mean, std = wide.mean(axis=0), wide.std(axis=0)
        std = np.where(std > 0, std, 1.0)
        low, high = float(wide.min()), float(wide.max())
        # With zero within its range, the output has at most twice the step that its values need.
        near = wide.shape[1] == 1 and low - (high - low) <= 0 <= high + (high - low)
        return Regression(self.loss, tuple(mean.tolist()), tuple(std.tolist()), near)

    def outputs(self, y: Array, class_names: Sequence[str], row_shape: Sequence[int]) -> int:
        return int(y.shape[1])

    def head(self, g: GraphBuilder, outputs: int) -> None:
        g.flatten()
        g.fully_connected(outputs, activation="NONE")

    def targets(self, x: Array, y: Array, outputs: int, smoothing: float = 0.0) -> Floats:
        return self._standardized(y)

    def _standardized(self, y: Array) -> Floats:
        mean, std = self._scale()
        return np.asarray((y - mean) / std, np.float32)

    def answers(self, outputs: Floats, x: Array | None = None) -> Floats:
        """Return a deployed model's outputs in units."""
        mean, std = self._scale()
        return np.asarray(outputs if self.in_units else outputs * std + mean, np.float32)

    @property
    def output_scale(self) -> OutputScale:
        """What brings a deployed model's outputs to units."""
        return OutputScale((0.0,), (1.0,)) if self.in_units else OutputScale(self.target_mean, self.target_std)

    @classmethod
    def of_scale(cls, scale: OutputScale) -> Self:
        """Return the task of a deployed model whose outputs are brought to units so."""
        return cls(target_mean=scale.mean, target_std=scale.std)

    @classmethod
    def of_units(cls, outputs: int) -> Self:
        """Return the task of a deployed model whose outputs are in units by themselves."""
        return cls.of_scale(OutputScale((0.0,) * outputs, (1.0,) * outputs))

    def facts(self) -> Any:
        return asdict(self.output_scale)

    @classmethod
    def from_facts(cls, facts: object, place: Place) -> Self:
        return cls.of_scale(from_data(OutputScale, facts, place))

    def parameters(self) -> Mapping[str, Any]:
        scale = self.output_scale
        return {"target_mean:floats": scale.mean, "target_std:floats": scale.std}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any], outputs: int, inputs: int) -> Self | None:
        mean, std = (finite_numbers(parameters, f"target_{name}", outputs) for name in ("mean", "std"))
        return cls.of_scale(OutputScale(mean, std)) if mean and std else None

    def _scale(self) -> tuple[Doubles, Doubles]:
        """Return the mean and the deviation of each target; before `fitted`, those that change nothing."""
        return np.asarray(self.target_mean or 0.0), np.asarray(self.target_std or 1.0)

    def span(self, y: Array) -> tuple[float, float]:
        """Return the range of almost all standardized targets, with zero in units if the outputs are in units.

        The few rows that ranges are calibrated on seldom hold the extremes; a range without them would clip answers.
        """
        low, high = np.quantile(self._standardized(y), [1 - COVERED, COVERED]).tolist()
        zero = [-self.target_mean[0] / self.target_std[0]] if self.in_units else []
        return min([low, *zero]), max([high, *zero])

    def unit_scale(self) -> tuple[float, float] | None:
        return (self.target_mean[0], self.target_std[0]) if self.in_units else None

    def soften(self, outputs: Floats, temperature: float) -> Floats:
        """Return the outputs as they are: there is nothing that a temperature could even out."""
        return outputs

    def tally(self, answers: Array, y: Array, outputs: int) -> Doubles:
        return np.asarray(error_tallies(answers, y).sum(axis=0))

    def tallies(self, answers: Array, y: Array, groups: Array | None, outputs: int) -> Doubles:
        """Return the tally of each group; without groups, that of each row."""
        rows = error_tallies(answers, y)
        if groups is None:
            return rows
        which = np.unique(groups, return_inverse=True)[1]
        found = np.zeros((int(which.max()) + 1, *rows.shape[1:]))
        np.add.at(found, which, rows)
        return found

    def estimates(self, tallies: npt.NDArray[np.generic], *, grouped: bool) -> dict[str, Estimate]:
        return interval_estimates(np.asarray(tallies, np.float64), grouped=grouped)

    def drawn_from(self, tallies: npt.NDArray[np.generic], *, grouped: bool) -> str:
        what = "group" if grouped else "row"
        return f"{len(tallies)} {what}{'' if len(tallies) == 1 else 's'}"

    def baseline(self, y: Array, of: Array, outputs: int, answers: Array | None = None) -> Doubles:
        """Return the tally of always answering the mean of the training targets `y`, on rows with targets `of`."""
        mean = np.asarray(y, np.float64).mean(axis=0)
        return self.tally(np.broadcast_to(mean, of.shape), of, outputs)

    def default_metric(self, y: Array, val: Array) -> str:
        """Return RMSE; R2 for several targets, which may have different units."""
        return "rmse" if y.shape[1] == 1 else "r2"

    def numbers(self, answers: Array, y: Array) -> tuple[Doubles, Doubles]:
        return np.asarray(y, np.float64), np.asarray(answers, np.float64)

    def worst(self, answers: Array, y: Array) -> Rows:
        """Return all rows by their largest error, each compared with the deviation of its target."""
        errors = np.abs((answers - y) / np.maximum(y.std(axis=0), 1e-30)).max(axis=1)
        return np.argsort(-errors, kind="stable")

    def gain(self, metric: str, value: float) -> float:
        """Return 1 - error / deviation of the training targets for an error, and R2 as it is."""
        return value if self.metrics[metric].greater_is_better else 1 - value / float(self._scale()[1].mean())

    def strata(self, y: Array) -> Ints:
        """Return which tenth of the rows, by their first target, each row is in."""
        ranks = np.argsort(np.argsort(y[:, 0], kind="stable"), kind="stable")
        return np.asarray(ranks * min(STRATA, len(y)) // len(y), np.int64)
