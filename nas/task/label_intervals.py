"""95 % intervals of the metrics of several labels at once."""

import numpy as np

from nas.arrays import Doubles
from nas.task.label_metrics import LABEL_METRICS, LEVELS, RANKS, ROWS
from nas.task.metrics import FEWEST_GROUPS, Estimate, exact_ends, interval_tail, resampled, scores


def label_estimates(tallies: Doubles, *, grouped: bool, seed: int = 0) -> dict[str, Estimate]:
    """Return every metric with its 95 % interval, or without one if there are fewer groups than `FEWEST_GROUPS`.

    Groups are resampled as wholes; without groups, sets of rows that were dealt to them in turn. No interval of a share
    is narrower than the exact one of as many rows, see `nas.task.metrics.estimates`.
    """
    total, units = tallies.sum(0), len(tallies)
    values = scores(total, LABEL_METRICS)
    if units < 2 or (grouped and units < FEWEST_GROUPS):
        return {name: Estimate(value) for name, value in values.items()}
    drawn: dict[str, list[Doubles]] = {name: [] for name in values}
    for draws in resampled(_coarser(tallies), seed):
        for name, metric in LABEL_METRICS.items():
            drawn[name].append(np.asarray(metric.function(draws)))
    rows, tail = int(total[0, ROWS]), interval_tail(units)
    found = {}
    for name, metric in LABEL_METRICS.items():
        low, high = np.quantile(np.concatenate(drawn[name]), [tail, 1 - tail]).tolist()
        ends = exact_ends(metric, values[name], total, rows, units if grouped else rows)
        found[name] = Estimate(values[name], min(low, ends[0]), max(high, ends[1]))
    return found


def _coarser(tallies: Doubles) -> Doubles:
    """Return tallies with at most `LEVELS` ranks."""
    half = (tallies.shape[-1] - RANKS) // 2
    if half <= LEVELS:
        return tallies
    starts = np.unique(np.arange(LEVELS) * half // LEVELS)
    parts = tallies[..., RANKS : RANKS + half], tallies[..., RANKS + half :]
    return np.concatenate([tallies[..., :RANKS], *(np.add.reduceat(part, starts, axis=-1) for part in parts)], axis=-1)
