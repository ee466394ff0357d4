"""The report's figures: Pareto front, progress, learning curves, hyperparameter importance."""

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nas.reports.markup import Markup
from nas.reports.svg import ACCENT, FULL_WIDTH, HALF_WIDTH, INK, LINE, MUTED, SECOND, SURFACE, drawing, to_svg
from nas.reports.view import ReportView, score, weights
from nas.reports.words import percent
from nas.study.record import Record
from nas.study.scores import in_validation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# More curves than this cannot be distinguished.
TOP_CURVES = 8
MOST_IMPORTANCES = 12
LEAST_IMPORTANCE = 0.005


def front(view: ReportView) -> Markup:
    """Draw the study's metric against weights: every complete candidate, the front, the winner, the budget."""
    best = view.result.front
    with drawing(FULL_WIDTH, 380) as (figure, axes):
        complete = view.complete()
        axes.scatter(
            [weights(r) for r in complete],
            [_percent(r.val_score) for r in complete],
            s=26,
            color=MUTED,
            alpha=0.45,
            linewidths=0,
            label="candidate",
        )
        points = [(weights(r), _percent(r.val_score)) for r in best]
        sizes, scores = [x for x, _ in points], [y for _, y in points]
        axes.plot(sizes, scores, drawstyle="steps-post", color=ACCENT, zorder=3)
        axes.scatter(sizes, scores, s=52, color=ACCENT, edgecolors=SURFACE, zorder=4, label="Pareto front")
        _mark_winner(axes, view)
        limit = view.limits.get("weights")
        if limit is not None:
            axes.axvline(limit, color=SECOND, linestyle=(0, (4, 3)), linewidth=1.5, label=f"budget, {limit:,} bytes")
        axes.set_xlabel("weights, bytes")
        axes.set_ylabel(f"{in_validation(best[0].metric)}, %")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.set_xlim(left=0)
        figure.legend(loc="outside upper right", ncols=4)
        return to_svg(figure, "front", f"Pareto front of {len(best)} among {len(complete)} candidates; table below")


def _mark_winner(axes: "Axes", view: ReportView) -> None:
    if view.result.winner is None:
        return
    record = view.result.winner.record
    axes.scatter(
        [weights(record)],
        [_percent(record.val_score)],
        s=190,
        facecolors="none",
        edgecolors=INK,
        linewidths=1.8,
        zorder=5,
        label="winner",
    )


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
        return to_svg(figure, name, f"Best score so far against {what}: {best[0]:.4f} at first, {best[-1]:.4f} at last")


def winner_loss(record: Record) -> Markup:
    """Draw the losses of the winner's final training."""
    with drawing(HALF_WIDTH, 270) as (figure, axes):
        for name, colour in (("loss", MUTED), ("val_loss", ACCENT)):
            curve = record.history.get(name, ())
            label = "validation" if name == "val_loss" else "training"
            axes.plot(range(1, len(curve) + 1), curve, color=colour, label=label)
        axes.set_title("Loss, the winner's final training")
        axes.set_xlabel("epoch")
        axes.legend(loc="upper right")
        return to_svg(figure, "winner-loss", "Training and validation loss of the winner's final training, by epoch")


def accuracy_curves(view: ReportView) -> Markup:
    """Draw validation accuracy by epoch: the winner's final training, and the best candidates of the search."""
    top = view.complete()[:TOP_CURVES]
    with drawing(HALF_WIDTH, 270) as (figure, axes):
        for label, record in zip(itertools.chain(["best of the search"], itertools.repeat(None)), top, strict=False):
            axes.plot(*_curve(record), color=MUTED, alpha=0.5, linewidth=1.2, label=label)
        if view.result.winner is not None:
            axes.plot(*_curve(view.result.winner.record), color=ACCENT, label="winner, final training")
        axes.set_title("Validation accuracy before quantization, %")
        axes.set_xlabel("epoch")
        axes.legend(loc="lower right")
        return to_svg(figure, "accuracy-curves", f"Validation accuracy by epoch of the winner and the {len(top)} best")


def _curve(record: Record) -> tuple[list[int], list[float]]:
    curve = record.history.get("val_accuracy", ())
    return list(range(1, len(curve) + 1)), [100 * value for value in curve]


def importances(view: ReportView) -> Markup:
    """Draw how much of the score's variance each hyperparameter explains."""
    ranked = sorted(view.importances.items(), key=lambda item: -item[1])[:MOST_IMPORTANCES]
    ranked = [(name, share) for name, share in ranked if share >= LEAST_IMPORTANCE] or ranked[:1]
    with drawing(FULL_WIDTH, 60 + 27 * len(ranked)) as (figure, axes):
        names = [name for name, _ in ranked][::-1]
        shares = [share for _, share in ranked][::-1]
        axes.barh(range(len(names)), shares, height=0.6, color=ACCENT)
        axes.set_yticks(range(len(names)), names, color=INK)
        for i, share in enumerate(shares):
            axes.annotate(percent(share), (share, i), (6, 0), textcoords="offset points", va="center", color=MUTED)
        axes.set_xlim(0, 1.12 * max(shares, default=1))
        axes.grid(False)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        axes.axvline(0, color=LINE)
        listing = ", ".join(f"{name} {percent(share)}" for name, share in ranked)
        return to_svg(figure, "importances", f"Hyperparameter importance: {listing}")


def _percent(share: float | None) -> float:
    return 100 * (share or 0.0)
