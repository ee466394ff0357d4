"""How a model answered several labels at once on the test rows: each label, their combinations, the most wrong rows."""

from collections.abc import Iterator, Sequence

import numpy as np

from nas.arrays import Doubles
from nas.reports.errors import groups_of
from nas.reports.markup import Markup, element, note, section, table
from nas.reports.svg import HALF_WIDTH, INK, LINES, drawing, to_svg
from nas.reports.tables import scores
from nas.reports.view import ReportView
from nas.reports.words import percent, whole
from nas.study.answers import Answers, LabelScore
from nas.study.result import Trained
from nas.study.scores import uses_of_test_set
from nas.study.tested import Tested

LABELS_ARE = (
    "A label is answered from its threshold on, the one with the greatest F1 on validation rows; a dot in the chart is "
    "at the threshold. Average precision and ROC AUC are over all thresholds."
)
MOST_CURVES = len(LINES)


def on_labels(view: ReportView, winner: Trained, tested: Tested) -> Iterator[Markup]:
    """Yield the sections on the test set of several labels at once."""
    kept = tested.answers or Answers()
    yield section(
        "Labels",
        note(f"Of the winner's int8 model on the test {view.inputs_are}. {LABELS_ARE} {uses_of_test_set(winner)}"),
        label_table(view.class_names, kept.labels),
        element("div", precision_chart(view.class_names, kept.labels, kept.points), class_="pair"),
        *scores(winner, tested),
    )
    if len(kept.groups) > 1:
        yield groups_of(view, kept.groups, winner.metric)
    if kept.misses:
        yield _misses(view, kept)


def label_table(names: Sequence[str], labels: Sequence[LabelScore]) -> Markup:
    """List the figures of each label."""
    rows: list[list[object]] = [
        [
            name,
            *map(whole, (one.rows, one.answered)),
            *map(percent, (one.precision, one.recall, one.f1, one.average_precision)),
            f"{one.roc_auc:.3f}",
            f"{one.threshold:.3f}",
        ]
        for name, one in zip(names, labels, strict=True)
    ]
    head: list[object] = ["label", "with it", "answered", "precision", "recall", "F1", "average precision"]
    return table([*head, "ROC AUC", "threshold"], rows)


def precision_chart(
    names: Sequence[str], labels: Sequence[LabelScore], points: Sequence[Sequence[Sequence[float]]]
) -> Markup:
    """Draw precision over recall for each label, with its threshold; a point is 0 or 1 and a probability."""
    with drawing(HALF_WIDTH, 380) as (figure, axes):
        known = [(name, one, np.asarray(own)) for name, one, own in zip(names, labels, points, strict=True)]
        for colour, (name, one, own) in zip(LINES, (each for each in known if each[2][:, 0].any()), strict=False):
            axes.plot(*_curve(own, np.unique(own[:, 1])[::-1]), color=colour, linewidth=1.6, label=name)
            at = _curve(own, np.array([one.threshold]))
            axes.plot(*at, "o", color=colour, markersize=6, markeredgecolor=INK)
        axes.set_xlabel("recall, % of rows with the label")
        axes.set_ylabel("precision, % of answers")
        axes.set_ylim(0, 104)
        axes.legend(loc="lower left")
        count = len(points[0]) if points else 0
        return to_svg(figure, "precision", f"Precision over recall of each label, of {count} rows")


def _curve(points: Doubles, thresholds: Doubles) -> tuple[Doubles, Doubles]:
    """Return recall and precision in percent at some thresholds [n]; 100 % of no answers."""
    answered = points[:, 1] >= thresholds[:, None]
    hits = (answered & (points[:, 0] == 1)).sum(axis=1)
    counts = answered.sum(axis=1)
    precision = np.where(counts > 0, hits / np.maximum(counts, 1), 1.0)
    return 100 * hits / max(1, int(points[:, 0].sum())), 100 * precision


def _misses(view: ReportView, kept: Answers) -> Markup:
    names = view.class_names
    rows: list[list[object]] = [
        [
            f"test row {one.row}",
            one.group or "",
            ", ".join(name for name, holds in zip(names, one.target, strict=True) if holds) or "none",
            ", ".join(f"{name} {percent(p)}" for name, p in zip(names, one.answer, strict=True)),
        ]
        for one in kept.misses
    ]
    about = "Test rows whose probabilities are furthest from the truth: look at them for wrong or missing labels."
    return section("Most wrong", note(about), table(["row", "group", "has", "probabilities"], rows, text_columns=4))
