"""The report's figures of the search: progress and learning curves."""

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from nas.reports.markup import Markup
from nas.reports.svg import ACCENT, FULL_WIDTH, HALF_WIDTH, INK, LINE, MUTED, drawing, to_svg
from nas.reports.view import ReportView, score
from nas.reports.words import percent
from nas.study.record import Record
from nas.task.metrics import Metric
from nas.task.task import curve_metric, find_metric, task_of, validation_curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# More curves than this cannot be distinguished.
TOP_CURVES = 8
MOST_IMPORTANCES = 12
LEAST_IMPORTANCE = 0.005


def best_by_trial(view: ReportView) -> Markup:
    """Draw the best score so far against the number of trials."""
    points = [(record.trial + 1, score(record)) for record in sorted(view.complete(), key=lambda r: r.trial)]
    return _progress(points, max(view.result.trials, 1), "trials", "best-by-trial")


def best_by_seconds(view: ReportView) -> Markup:
    """Draw the best score so far against computing time, summed over the workers."""
    ends = list(itertools.accumulate(sum(record.seconds.values()) for record in view.records))
    unit, word = (60, "minutes") if ends[-1] > 180 else (1, "seconds")
    points = [(end / unit, score(r)) for end, r in zip(ends, view.records, strict=True) if r.values]
    return _progress(points, ends[-1] / unit, f"{word} of computing, all workers together", "best-by-seconds")


def _progress(points: Sequence[tuple[float, float]], end: float, what: str, name: str) -> Markup:
    best = list(itertools.accumulate((value for _, value in points), max))
    with drawing(HALF_WIDTH, 270) as (figure, axes):
        steps, values = [x for x, _ in points], [y for _, y in points]
        axes.scatter(steps, values, s=18, color=MUTED, alpha=0.45, linewidths=0)
        axes.plot([*steps, end], [*best, best[-1]], drawstyle="steps-post", color=ACCENT)
        # The worst tenth may lie below the axis, so that the others are spread out.
        low = min(best[0], sorted(values)[len(values) // 10])
        margin = 0.08 * (best[-1] - low) + 1e-3
        axes.set_ylim(low - margin, best[-1] + margin)
        axes.set_xlabel(what)
        axes.set_ylabel("score")
        axes.set_xlim(0, end * 1.02)
        axes.locator_params(axis="x", integer=what == "trials")
        return to_svg(figure, name, f"Best score so far against {what}: {best[0]:.4f} at first, {best[-1]:.4f} at last")


def winner_loss(record: Record) -> Markup:
    """Draw the losses of the winner's final training."""
    with drawing(HALF_WIDTH, 270) as (figure, axes):
        for name, colour in (("loss", MUTED), ("val_loss", ACCENT)):
            curve = record.history.get(name, ())
            label = "validation" if name == "val_loss" else "training"
            axes.plot(range(1, len(curve) + 1), curve, color=colour, label=label, marker=_marker(curve))
        axes.set_title("Loss, the winner's final training")
        axes.set_xlabel("epoch")
        _whole_epochs(axes)
        axes.legend(loc="upper right")
        return to_svg(figure, "winner-loss", "Training and validation loss of the winner's final training, by epoch")


def accuracy_curves(view: ReportView) -> Markup:
    """Draw what learning curves show by epoch: the winner's final training, and the best candidates of the search."""
    top = view.complete()[:TOP_CURVES]
    metric = _curve_metric(top[0])
    with drawing(HALF_WIDTH, 270) as (figure, axes):
        for label, record in zip(itertools.chain(["best of the search"], itertools.repeat(None)), top, strict=False):
            epochs, curve = _curve(record)
            axes.plot(epochs, curve, color=MUTED, alpha=0.5, linewidth=1.2, label=label, marker=_marker(curve))
        if view.result.winner is not None:
            epochs, curve = _curve(view.result.winner.record)
            axes.plot(epochs, curve, color=ACCENT, label="winner, final training", marker=_marker(curve))
        axes.set_title(f"Validation {metric.axis}, before quantization")
        axes.set_xlabel("epoch")
        _whole_epochs(axes)
        axes.legend(loc="lower right")
        return to_svg(
            figure, "accuracy-curves", f"Validation {metric.title} by epoch of the winner and the {len(top)} best"
        )


def _curve(record: Record) -> tuple[list[int], list[float]]:
    curve = validation_curve(record.history)
    return list(range(1, len(curve) + 1)), [_curve_metric(record).plotted(value) for value in curve]


def _curve_metric(record: Record) -> Metric:
    """Return the metric that the learning curves of a record show."""
    return find_metric(curve_metric(record.history) or task_of(record.metric).curve)


def _whole_epochs(axes: "Axes") -> None:
    """Let the axis of epochs begin at 0 and count in whole ones, also for a curve of one epoch."""
    axes.set_xlim(left=0)
    axes.locator_params(axis="x", integer=True)


def _marker(curve: Sequence[float]) -> str | None:
    """Return a dot for a curve of one epoch, which has no line."""
    return "o" if len(curve) == 1 else None


def important(importances: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return the hyperparameters that explain the most of the score's variance, with their shares."""
    ranked = sorted(importances.items(), key=lambda item: -item[1])[:MOST_IMPORTANCES]
    return [(name, share) for name, share in ranked if share >= LEAST_IMPORTANCE] or ranked[:1]


def importances(view: ReportView) -> Markup:
    """Draw how much of the score's variance each hyperparameter explains."""
    ranked = important(view.importances)
    with drawing(FULL_WIDTH, 60 + 27 * len(ranked)) as (figure, axes):
        names, shares = zip(*reversed(ranked), strict=True)
        axes.barh(range(len(names)), shares, height=0.6, color=ACCENT)
        axes.set_yticks(range(len(names)), names, color=INK)
        for i, share in enumerate(shares):
            axes.annotate(percent(share), (share, i), (6, 0), textcoords="offset points", va="center", color=MUTED)
        axes.set_xlim(0, 1.12 * max(shares))
        axes.grid(False)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        axes.axvline(0, color=LINE)
        listing = ", ".join(f"{name} {percent(share)}" for name, share in ranked)
        return to_svg(figure, "importances", f"Hyperparameter importance: {listing}")
