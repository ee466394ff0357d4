"""Metrics of answers that are numbers, and their 95 % intervals.

The tally of some rows holds, for each output, sums over the rows: their number, the target and its square, the error
(answer - target), its square and its absolute value. Each metric is the mean over the outputs of scikit-learn's of the
same name.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from nas.arrays import Array, Doubles
from nas.task.metrics import FEWEST_GROUPS, Estimate, Metric, interval_tail, resampled, scores

ROWS, TARGET, TARGET_SQUARE, ERROR, ERROR_SQUARE, ERROR_SIZE = range(6)
"""Places in a tally's last axis."""


def error_tallies(answers: Array, y: Array) -> Doubles:
    """Return the tally of each row [n, outputs, 6], for answers and targets [n, outputs]."""
    answered, target = np.asarray(answers, np.float64), np.asarray(y, np.float64)
    error = answered - target
    return np.stack([np.ones_like(target), target, target**2, error, error**2, np.abs(error)], axis=-1)


def rmse(tally: npt.NDArray[Any]) -> Doubles:
    """Return the root of the mean squared error."""
    return np.asarray(np.sqrt(tally[..., ERROR_SQUARE] / tally[..., ROWS]).mean(-1))


def mae(tally: npt.NDArray[Any]) -> Doubles:
    """Return the mean absolute error."""
    return np.asarray((tally[..., ERROR_SIZE] / tally[..., ROWS]).mean(-1))


def r2(tally: npt.NDArray[Any]) -> Doubles:
    """Return the share of the targets' variance that the answers explain: 1 - squared errors / squared deviations.

    It is 0 for always answering the mean of these rows. If all their targets are equal, it is 1 without an error and 0
    with one, as in scikit-learn.
    """
    rows, errors = tally[..., ROWS], tally[..., ERROR_SQUARE]
    spread = tally[..., TARGET_SQUARE] - tally[..., TARGET] ** 2 / rows
    # The difference of large sums has a rounding error of about 1e-16 of them.
    varies = spread > 1e-12 * tally[..., TARGET_SQUARE]
    share = np.divide(errors, spread, out=np.asarray(errors > 0, np.float64), where=varies)
    return np.asarray(1 - share.mean(-1))


ERROR_METRICS: Mapping[str, Metric] = {
    "rmse": Metric("RMSE", rmse, greater_is_better=False, best=0.0, unit="target"),
    "mae": Metric("MAE", mae, greater_is_better=False, best=0.0, unit="target"),
    "r2": Metric("R2", r2, unit=""),
}
"""The metrics of regression."""


def quantization_cost(int8: Mapping[str, Estimate], before: Mapping[str, Estimate]) -> float | None:
    """Return by which share the RMSE of an int8 model is above that of its float model; None without both."""
    if "rmse" not in int8 or "rmse" not in before or not before["rmse"].value:
        return None
    return int8["rmse"].value / before["rmse"].value - 1


def interval_estimates(tallies: Doubles, *, grouped: bool, seed: int = 0) -> dict[str, Estimate]:
    """Return every metric with its 95 % interval, or without one if there are fewer groups than `FEWEST_GROUPS`.

    Groups are resampled as wholes; without groups, rows are. The levels are widened for few groups, as for classes.

    Args:
        tallies: of each group, or of each row [units, outputs, 6].
        grouped: whether the rows have groups.
        seed: of the resampling.
    """
    values = scores(tallies.sum(0), ERROR_METRICS)
    units = len(tallies)
    if units < 2 or (grouped and units < FEWEST_GROUPS):
        return {name: Estimate(value) for name, value in values.items()}
    draws, tail = np.concatenate(list(resampled(tallies, seed))), interval_tail(units)
    return {
        name: _estimate(values[name], np.asarray(metric.function(draws)), tail)
        for name, metric in ERROR_METRICS.items()
    }


def _estimate(value: float, drawn: Doubles, tail: float) -> Estimate:
    low, high = np.quantile(drawn, [tail, 1 - tail]).tolist()
    return Estimate(value, min(low, value), max(high, value))
