"""The tables of an evaluation's page."""

from nas.evaluation.detection import Detection, Point
from nas.evaluation.evaluation import Evaluation
from nas.reports.answers import bars
from nas.reports.markup import Markup, element, join, table
from nas.reports.words import decimal, interval, percent, whole
from nas.task.metrics import METRICS
from nas.text import UNKNOWN

MOST_GROUPS = 40
SHOWN_THRESHOLDS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
FEW_FALSE_ALARMS = (0.01, 0.001)
"""Rates of false alarms for which the threshold is told that detects the most."""


def metrics(evaluation: Evaluation) -> Markup:
    """List every metric of each model, with its interval, beside those of a constant answer."""
    models, baseline = evaluation.models, evaluation.baseline
    rows: list[list[object]] = [
        [
            metric.title,
            *(_with_small(percent(s.metrics[name].value), interval(s.metrics[name])) for s in models.values()),
            percent(baseline[name]),
        ]
        for name, metric in METRICS.items()
    ]
    rows += [
        ["ROC area, mean", *(decimal(s.roc_auc, 4) for s in models.values()), "0.5000"],
        ["average precision, mean", *(decimal(s.average_precision, 4) for s in models.values()), UNKNOWN],
        ["calibration error", *(percent(s.calibration.expected_error) for s in models.values()), UNKNOWN],
        ["Brier score", *(decimal(s.calibration.brier, 4) for s in models.values()), UNKNOWN],
    ]
    return table(["", *models, f"always {evaluation.about.class_names[evaluation.about.majority]}"], rows)


def classes(evaluation: Evaluation) -> Markup:
    """List precision, recall, F1 and areas of each class; those of the float model, if it is the second, below."""
    rows: list[list[object]] = []
    both = list(evaluation.models.values())
    for i, one in enumerate(evaluation.main.classes):
        twins = [scores.classes[i] for scores in both]
        shares = [[percent(getattr(each, key)) for each in twins] for key in ("precision", "recall", "f1")]
        areas = [
            [decimal(getattr(each.detection, key), 4) for each in twins] for key in ("roc_auc", "average_precision")
        ]
        rows.append([one.name, whole(one.rows), *(_with_small(*values) for values in shares + areas)])
    head = ["class", evaluation.inputs_are, "precision", "recall", "F1", "ROC area", "average precision"]
    return table(list(head), rows)


def groups(evaluation: Evaluation) -> Markup:
    """Show the accuracy of each group as bars, the worst first."""
    shown = evaluation.groups[:MOST_GROUPS]
    rows = [(one.name, (one.int8 or one.before or {})["accuracy"], whole(one.rows)) for one in shown]
    before = [percent(one.before["accuracy"]) for one in shown if one.int8 and one.before]
    return bars(("group", f"{next(iter(evaluation.models))} model", evaluation.inputs_are), rows, before)


def thresholds(evaluation: Evaluation) -> Markup:
    """List, for each class, how many rows are detected at some thresholds, and the false alarms below it."""
    rows: list[list[object]] = []
    for one in evaluation.main.classes:
        points = {point.threshold: point for point in one.detection.thresholds}
        cells = (_at(evaluation, one.detection, points[threshold]) for threshold in SHOWN_THRESHOLDS)
        rows.append([one.name, *cells])
    return table(["class", *(f"at {threshold:g}" for threshold in SHOWN_THRESHOLDS)], rows)


def quiet_thresholds(evaluation: Evaluation) -> Markup:
    """List, for each class, the threshold that detects the most with few false alarms."""
    rows: list[list[object]] = [
        [one.name, *(_chosen(one.detection, one.detection.least_threshold(rate)) for rate in FEW_FALSE_ALARMS)]
        for one in evaluation.main.classes
    ]
    return table(["class", *(f"at most {100 * rate:g} % false" for rate in FEW_FALSE_ALARMS)], rows)


def _chosen(detection: Detection, point: Point | None) -> object:
    if point is None or not detection.rows or not detection.others:
        return UNKNOWN
    return _with_small(f"{point.threshold:.3f}", f"{percent(detection.detection_rate(point))} detected")


def _at(evaluation: Evaluation, detection: Detection, point: Point) -> Markup:
    hourly = detection.false_alarms_per_hour(point, evaluation.about.seconds_per_row)
    beside = f"{percent(detection.false_alarm_rate(point))} false" if hourly is None else f"{hourly:,.3g} false / h"
    return _with_small(percent(detection.detection_rate(point)), beside)


def pairs(evaluation: Evaluation) -> Markup:
    """List which classes the float model and the quantized one give to the rows on which they disagree."""
    names, found = evaluation.about.class_names, evaluation.disagreement
    assert found is not None
    rows: list[list[object]] = [[names[one.before], names[one.after], whole(one.rows)] for one in found.pairs]
    return table(["float model", f"{evaluation.about.tflite_is} model", evaluation.inputs_are], rows, text_columns=2)


def differences(evaluation: Evaluation) -> Markup:
    """List the rows whose probabilities differ the most."""
    names, found = evaluation.about.class_names, evaluation.disagreement
    assert found is not None
    rows: list[list[object]] = [
        [
            whole(one.row),
            one.group or "",
            names[one.true],
            f"{names[one.before]}, {percent(one.confidence_before)}",
            f"{names[one.after]}, {percent(one.confidence_after)}",
            percent(one.largest),
        ]
        for one in found.largest
    ]
    head = ["row", "group", "true class", "float model", f"{evaluation.about.tflite_is} model", "largest difference"]
    return table(list(head), rows, text_columns=5)


def bins(evaluation: Evaluation) -> Markup:
    """List the bins of the deployed model's calibration."""
    rows: list[list[object]] = [
        [f"{one.low:g} to {one.high:g}", whole(one.rows), percent(one.confidence), percent(one.accuracy)]
        for one in evaluation.main.calibration.bins
    ]
    return table(["probability", evaluation.inputs_are, "mean probability", "right"], rows)


def _with_small(value: str, *beside: str) -> Markup:
    return join(value, *(element("small", words) for words in beside if words != UNKNOWN))
