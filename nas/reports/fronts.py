"""The study's metric against each cost: a chart and the Pareto front a cost, with a picker."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nas.reports.markup import Markup, element, table, tabs
from nas.reports.plot import places
from nas.reports.svg import ACCENT, HALF_WIDTH, INK, MUTED, SECOND, SURFACE, drawing, to_svg
from nas.reports.view import ReportView
from nas.reports.words import capitalized
from nas.study.costs import COSTS, Cost, front, known_costs
from nas.study.record import Record
from nas.study.result import Trained
from nas.study.scores import in_validation
from nas.task.task import find_metric, score_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# More dots than this cannot be told apart; the best are drawn.
MOST_DOTS = 600
# As many of a front are listed beside its chart.
MOST_LISTED = 10
# Candidates that are worse than nine in ten others may lie below the axis, so that the others are spread out.
_LEAST_SHARE = 0.1
# A budget is drawn if it is not much larger than the candidates.
_FURTHEST_LIMIT = 1.4
# The names that `Budget.limits()` has for costs.
_LIMITS = {"weights": "weights", "arena": "ram", "macs": "macs", "latency": "latency"}
_BETTER = {"weights": "is smaller", "arena": "needs less RAM", "macs": "needs fewer MACs", "latency": "is faster"}


def picker(view: ReportView) -> Markup:
    """Show the front by each cost that is known, the objective's own first."""
    complete = view.complete()
    costs = sorted(known_costs(complete), key=lambda cost: cost not in view.result.costs)
    return tabs("cost", "against", [(cost.titled(complete), _panel(view, complete, cost)) for cost in costs])


def own(view: ReportView) -> Markup:
    """Draw the front by the first of the objective's costs."""
    cost, complete = view.result.costs[0], view.complete()
    return _chart(view, complete, front(complete, [cost]), _name(cost))


def against_weights(view: ReportView) -> Markup:
    """Draw the front by the size of the weights, which every study can be read by."""
    complete = view.complete()
    return _chart(view, complete, front(complete, [COSTS["weights"]]), "weights")


def _name(cost: Cost) -> str:
    return next(name for name, other in COSTS.items() if other is cost)


def _panel(view: ReportView, complete: Sequence[Record], cost: Cost) -> Markup:
    best = front(complete, [cost])
    name = _name(cost)
    good = "has as low an error" if not find_metric(complete[0].metric).greater_is_better else "is at least as accurate"
    words = f"Pareto front: no other candidate {_BETTER[name]} and {good}."
    shown = [r for i, r in enumerate(best) if i >= len(best) - MOST_LISTED or r.trial == _winner(view)]
    if len(shown) < len(best):
        words += f" The {len(shown)} most accurate of {len(best)}:"
    rows: list[list[object]] = [[f"trial {r.trial}", score_text(r.metric, r.val_score), cost.text(r)] for r in shown]
    marked = [i for i, record in enumerate(shown) if record.trial == _winner(view)]
    listed = table(["candidate", in_validation(best[0].metric), cost.titled(best)], rows, marked=marked)
    chart = _chart(view, complete, best, name)
    return element("div", chart, element("div", element("p", words, class_="note"), listed), class_="pair")


def _chart(view: ReportView, complete: Sequence[Record], best: Sequence[Record], name: str) -> Markup:
    """Draw every complete candidate, the front, the winner, and the budget."""
    cost, low, metric = COSTS[name], _lowest(complete, best), find_metric(best[0].metric)
    called = cost.titled(complete)
    dots = [record for record in complete[:MOST_DOTS] if record not in best and record.rank >= low]
    with drawing(HALF_WIDTH, 380) as (figure, axes):
        _plot(axes, dots, cost, "candidate", gid="dots", color=MUTED, alpha=0.45, markersize=5, markeredgewidth=0)
        axes.plot(*places(best, cost), drawstyle="steps-post", color=ACCENT)
        _plot(axes, best, cost, "Pareto front", gid="best", color=ACCENT, markeredgecolor=SURFACE, markersize=7)
        if winner := [record for record in complete if record.trial == _winner(view)]:
            ring = {"fillstyle": "none", "markeredgewidth": 1.8, "markersize": 14, "clip_on": False}
            _plot(axes, winner, cost, "winner", color=INK, **ring)
        tests = _draw_tests(axes, view.result.winner, cost)
        low, high = min([low, *tests]), max([best[-1].rank, *tests])
        _draw_limit(axes, view.limits.get(_LIMITS.get(name, "")), max(cost.of(r) or 0 for r in complete))
        axes.set_xlabel(f"{called}, {cost.unit}" if cost.unit else called)
        axes.set_ylabel(f"validation {metric.axis}")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.4g}" if cost.unit == "ms" else f"{value:,.0f}")
        axes.locator_params(axis="x", nbins=6)
        axes.set_xlim(left=0)
        axes.set_ylim(*metric.limits(metric.ranked(low), metric.ranked(high)))
        figure.legend(loc="outside upper right", ncols=3, columnspacing=1.2, handletextpad=0.4)
        says = f"{capitalized(metric.title)} against {called}: front of {len(best)} among {len(complete)} candidates"
        titles = {"dots": [_title(r, cost) for r in dots], "best": [_title(r, cost) for r in best]}
        return to_svg(figure, f"front-{name}", says, titles)


def _winner(view: ReportView) -> int | None:
    """Return the winner's trial."""
    return None if view.result.winner is None else view.result.winner.record.trial


def _plot(axes: "Axes", records: Sequence[Record], cost: Cost, label: str, **style: Any) -> None:
    """Draw a dot for each record."""
    axes.plot(*places(records, cost), marker="o", linestyle="none", label=label, **style)


def _title(record: Record, cost: Cost) -> str:
    score = score_text(record.metric, record.val_score)
    return f"trial {record.trial}: {score}, {cost.titled([record])} {cost.text(record)}"


def _draw_tests(axes: "Axes", winner: Trained | None, cost: Cost) -> list[float]:
    """Draw winner and hand-made network at their scores on the test set, and return how these rank."""
    drawn = []
    pair = [] if winner is None or winner.hand_made is None else [(winner, INK), (winner.hand_made, SECOND)]
    for (one, color), label in zip(pair, ("winner, test set", "hand-made, test set"), strict=False):
        x = cost.of(one.record)
        if one.tested is not None and x is not None:
            score, metric = one.tested.metrics[one.metric].value, find_metric(one.metric)
            drawn.append(metric.ranked(score))
            axes.plot([x], [metric.plotted(score)], "D", color=color, markersize=7, label=label, clip_on=False)
    return drawn


def _draw_limit(axes: "Axes", limit: float | None, most: float) -> None:
    if limit is not None and limit <= _FURTHEST_LIMIT * most:
        axes.axvline(limit, color=SECOND, linestyle=(0, (4, 3)), linewidth=1.5, label="budget")


def _lowest(complete: Sequence[Record], best: Sequence[Record]) -> float:
    """Return the rank of the worst score that is drawn: of the front, or of all but the worst tenth."""
    scores = sorted(record.rank for record in complete)
    return min(scores[int(_LEAST_SHARE * len(scores))], *(record.rank for record in best))
