"""An evaluation of a regression as a page: errors, answers over targets, and groups."""

from collections.abc import Iterator

import numpy as np

from nas.evaluation.anomalies import AnomalyEvaluation
from nas.evaluation.labels import LabelEvaluation
from nas.evaluation.regression import RegressionEvaluation
from nas.reports.anomalies import SCORES_ARE, score_charts
from nas.reports.errors import chart
from nas.reports.labels import LABELS_ARE, label_table, precision_chart
from nas.reports.markup import Markup, element, note, page, section, table
from nas.reports.words import interval_of, scored, whole

MOST_POINTS = 1000


def render_regression(evaluation: RegressionEvaluation) -> str:
    """Return the page of an evaluation; equal evaluations give equal text."""
    about = evaluation.about
    told = f"{about.model} on {whole(evaluation.rows)} {evaluation.inputs_are} ({about.part}) of {about.data}"
    head = element("header", element("h1", about.model), element("p", told))
    return page(f"{about.model}: evaluation", head, element("main", *_sections(evaluation)))


def pictures(evaluation: RegressionEvaluation) -> Iterator[tuple[str, Markup]]:
    """Yield the chart of each target with the name of its file."""
    about = evaluation.about
    if isinstance(evaluation, AnomalyEvaluation):
        yield from score_charts(evaluation.points[0].tolist(), evaluation.threshold)
        return
    if isinstance(evaluation, LabelEvaluation):
        yield "precision.svg", precision_chart(about.class_names, evaluation.labels, evaluation.points.tolist())
        return
    count = evaluation.points.shape[1]
    few = np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS)).round().astype(int))
    for number, (name, points) in enumerate(zip(about.class_names, evaluation.points, strict=True)):
        yield f"answers_{number}.svg", chart(name, points[few].tolist(), number)


def _labels(evaluation: RegressionEvaluation) -> Iterator[Markup]:
    if isinstance(evaluation, LabelEvaluation):
        yield label_table(evaluation.about.class_names, evaluation.labels)


def _sections(evaluation: RegressionEvaluation) -> Iterator[Markup]:
    models = evaluation.models
    rows: list[list[object]] = [
        [
            metric.title,
            *(
                cell
                for found in models.values()
                for cell in (scored(name, found[name].value), interval_of(name, found[name]))
            ),
            scored(name, evaluation.baseline[name]),
        ]
        for name, metric in evaluation.kind.metrics.items()
    ]
    head: list[object] = ["", *(title for name in models for title in (name, "95 % interval")), "baseline"]
    about = "RMSE and MAE are in the units of the target; R2 is the share of its variance that the answers explain."
    titles, words = ("Errors", "Answers over targets"), "On the line, the answer is right."
    if isinstance(evaluation, AnomalyEvaluation):
        about, titles, words = "", ("Alarms", "Scores"), SCORES_ARE
    if isinstance(evaluation, LabelEvaluation):
        about, titles, words = "", ("Metrics", "Labels"), LABELS_ARE
    yield section(titles[0], note(f"{about} Intervals over {evaluation.drawn_from}."), table(head, rows))
    charts = (drawing for _, drawing in pictures(evaluation))
    yield section(titles[1], note(words), *_labels(evaluation), element("div", *charts, class_="pair"))
    if len(evaluation.groups) > 1:
        names = tuple(evaluation.kind.metrics)
        lines: list[list[object]] = [
            [one.name, *(scored(name, (one.int8 or one.before or {}).get(name)) for name in names), whole(one.rows)]
            for one in evaluation.groups
        ]
        columns = (metric.title for metric in evaluation.kind.metrics.values())
        yield section("By group", note("The worst first."), table(["group", *columns, evaluation.inputs_are], lines))
