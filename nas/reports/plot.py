"""The study's metric over a cost, drawn into axes of a Python user's own."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from nas.study.costs import Cost
from nas.study.record import Record
from nas.task.task import find_metric

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Drawing: TypeAlias = "Axes"
"""Axes of Matplotlib."""


def draw_front(
    complete: Sequence[Record], front: Sequence[Record], cost: Cost, winner: int | None, axes: "Drawing | None" = None
) -> "Drawing":
    """Draw complete trials, the Pareto front and the winner; return the axes.

    Args:
        complete: the trials.
        front: those of the front, the cheapest first.
        cost: what the metric is drawn over.
        winner: the winner's trial; None if there is none.
        axes: where to draw; None for a new figure.
    """
    if axes is None:
        from matplotlib import pyplot

        axes = pyplot.figure(layout="constrained").add_subplot()
    axes.plot(*places(complete, cost), "o", color="0.65", label="candidate")
    axes.plot(*places(front, cost), "o-", drawstyle="steps-post", label="Pareto front")
    if chosen := [record for record in complete if record.trial == winner]:
        (ring,) = axes.plot(*places(chosen, cost), "o", color="black", fillstyle="none", markersize=13, label="winner")
        ring.set_clip_on(False)
    title = cost.titled(complete)
    axes.set_xlabel(f"{title}, {cost.unit}" if cost.unit else title)
    axes.set_ylabel(f"validation {find_metric(complete[0].metric if complete else 'accuracy').axis}")
    axes.legend()
    return axes


def places(records: Sequence[Record], cost: Cost) -> tuple[list[float], list[float]]:
    """Return the costs and the scores of the records that have both, as axes show them."""
    known = [(cost.of(record), record.val_score, find_metric(record.metric)) for record in records]
    pairs = [(x, metric.plotted(y)) for x, y, metric in known if x is not None and y is not None]
    return [x for x, _ in pairs], [y for _, y in pairs]
