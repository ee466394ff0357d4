"""How the winner of a search for a detector answered the test rows: scores, alarms, simple detectors, worst rows."""

from collections.abc import Iterator, Sequence

import numpy as np

from nas.arrays import Doubles
from nas.reports.errors import groups_of
from nas.reports.markup import Markup, element, note, section, table
from nas.reports.svg import ACCENT, HALF_WIDTH, INK, MUTED, SECOND, drawing, to_svg
from nas.reports.tables import confusion, scores
from nas.reports.view import ReportView
from nas.reports.words import scored
from nas.study.answers import Answers
from nas.study.result import Trained
from nas.study.scores import uses_of_test_set
from nas.study.tested import Tested
from nas.task.task import metric_title

SCORES_ARE = (
    "The score of a row is the mean squared error, in scaled units, of what the network gives again of it: all of the "
    "row or of its features, or a forecast of its last step. The line is the threshold. At the right, the alarms of "
    "other thresholds."
)

_BINS = 40


def on_scores(view: ReportView, winner: Trained, tested: Tested) -> Iterator[Markup]:
    """Yield the sections on the test set of a detector."""
    kept, threshold = tested.answers or Answers(), winner.record.architecture.get("threshold")
    charts = (chart for _, chart in score_charts(kept.points[0], threshold)) if kept.points else ()
    yield section(
        "Scores of normal rows and anomalies",
        note(f"Of some test {view.inputs_are}. {SCORES_ARE} {uses_of_test_set(winner)}"),
        element("div", *charts, class_="pair"),
        *scores(winner, tested),
        *_simple(tested),
        note(f"Test {view.inputs_are} by what they are and by what the int8 model says."),
        confusion(tested.confusion, view.class_names),
    )
    if len(kept.groups) > 1:
        yield groups_of(view, kept.groups, winner.metric)
    if kept.misses:
        yield _misses(view, kept)


def _simple(tested: Tested) -> Iterator[Markup]:
    """Yield the metrics of simple detectors beside those of the winner."""
    if not tested.simple_metrics:
        return
    names = [name for name in tested.metrics if name in next(iter(tested.simple_metrics.values()))]
    own = {name: tested.metrics[name].value for name in names}
    rows: list[list[object]] = [
        [title, *(scored(name, found[name]) for name in names)]
        for title, found in (("winner, int8", own), *tested.simple_metrics.items())
    ]
    about = (
        "Simple detectors with as many bytes as the winner's weights, their numbers counted as int8 though computed "
        "with floats, and thresholds from the same rows:"
    )
    yield element("div", note(about), table(["", *map(metric_title, names)], rows))


def score_charts(points: Sequence[Sequence[float]], threshold: float | None) -> Iterator[tuple[str, Markup]]:
    """Yield the distribution of scores and the ROC, with the names of their files; a point is a label and a score."""
    found = np.asarray(points, np.float64).reshape(-1, 2)
    kinds = [found[found[:, 0] == label, 1] for label in (0, 1)]
    yield "scores.svg", _distribution(kinds, threshold)
    if all(map(len, kinds)):
        yield "roc.svg", _roc(kinds, threshold)


def _distribution(kinds: Sequence[Doubles], threshold: float | None) -> Markup:
    every = np.concatenate(kinds)
    positive = every[every > 0]
    low, high = (positive.min(), positive.max()) if len(positive) else (0.1, 1.0)
    edges = np.geomspace(low, max(high, 1.0001 * low), _BINS)
    with drawing(HALF_WIDTH, 330) as (figure, axes):
        for values, colour, name in zip(kinds, (SECOND, ACCENT), ("normal", "anomaly"), strict=True):
            shares = 100 * np.histogram(np.clip(values, low, high), edges)[0] / max(1, len(values))
            axes.stairs(shares, edges, color=colour, label=f"{name}, {len(values)}", linewidth=1.6)
        if threshold is not None:
            axes.axvline(threshold, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter("")
        axes.set_xlabel("score")
        axes.set_ylabel("% of its rows")
        axes.legend(loc="upper left")
        return to_svg(figure, "scores", "How often each score occurs among normal rows and among anomalies")


def _roc(kinds: Sequence[Doubles], threshold: float | None) -> Markup:
    levels = np.unique(np.concatenate(kinds))[::-1]
    rates = [[0.0, *(100 * (values >= level).mean() for level in levels)] for values in kinds]
    with drawing(HALF_WIDTH, 330) as (figure, axes):
        axes.plot([0, 100], [0, 100], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        axes.plot(*rates, color=ACCENT, linewidth=1.6)
        if threshold is not None:
            axes.plot(*(100 * (values > threshold).mean() for values in kinds), "o", color=INK, markersize=6)
        axes.set_xlabel("false alarms, % of normal rows")
        axes.set_ylabel("found, % of anomalies")
        return to_svg(figure, "roc", "Found anomalies over false alarms, at each threshold")


def _misses(view: ReportView, kept: Answers) -> Markup:
    rows: list[list[object]] = [
        [f"test row {one.row}", one.group or "", ("normal", "anomaly")[int(one.target[0])], f"{one.answer[0]:.4g}"]
        for one in kept.misses
    ]
    about = (
        "Test rows whose score is furthest on the wrong side: look at them for wrong labels and unknown normal states."
    )
    return section("Most wrong", note(about), table(["row", "group", "is", "score"], rows, text_columns=3))
