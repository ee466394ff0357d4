"""An evaluation as a person reads it."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from nas.cli.views import regression
from nas.cli.views.tables import table_of
from nas.evaluation.evaluation import Evaluation, GroupScores
from nas.evaluation.regression import RegressionEvaluation
from nas.evaluation.scores import Scores
from nas.target.ram import ram_needed, ram_to_reserve
from nas.task.metrics import FEWEST_GROUPS, METRICS
from nas.text import UNKNOWN, counted, interval, kilobytes, percent

MOST_GROUPS = 10
MOST_CLASSES = 12
"""With more classes, the confusion matrix is in the files and the JSON only."""
MOST_PAIRS = 5
THRESHOLDS = (0.5, 0.8, 0.9, 0.95)


def view(evaluation: Evaluation | RegressionEvaluation) -> Group:
    """Return metrics, classes, groups, thresholds and what quantization changed; of a regression its errors."""
    if isinstance(evaluation, RegressionEvaluation):
        return regression.view(evaluation)
    return Group(*_parts(evaluation))


def _parts(evaluation: Evaluation) -> Iterator[RenderableType]:
    about = evaluation.about
    rows = f"{evaluation.rows:,} {evaluation.inputs_are} ({about.part})"
    yield Text.assemble((about.model, "bold"), f" on {rows} of {about.data}")
    for words in about.notes:
        yield Text(words)
    yield from ("", metrics(evaluation), _explained(evaluation), "", classes(evaluation))
    if len(about.class_names) <= MOST_CLASSES:
        yield from ("", confusion(evaluation))
    if len(evaluation.groups) > 1:
        yield from ("", groups(evaluation))
    alarms = "% of other classes" if about.seconds_per_row is None else "an hour without the class"
    yield from ("", Text(f"detected, % of the class / false alarms, {alarms}:"), thresholds(evaluation))
    if evaluation.disagreement is not None:
        yield from ("", Text("\n".join(_changed(evaluation))))
    if about.footprint:
        costs = about.footprint
        yield ""
        yield Text(
            f"on {costs['target']}: {ram_to_reserve(costs)} {kilobytes(ram_needed(costs))}, flash "
            f"{kilobytes(costs['flash_bytes'])}, {costs['macs']:,} MACs"
        )


def metrics(evaluation: Evaluation) -> Table:
    """Return each metric of each model with its interval, beside that of a constant answer."""
    models = evaluation.models
    table = table_of("", *(title for name in models for title in (name, "95 % interval")), "baseline")
    for name, metric in METRICS.items():
        cells = []
        for scores in models.values():
            estimate = scores.metrics[name]
            cells += [percent(estimate.value), interval(estimate.low, estimate.high)]
        table.add_row(metric.title, *cells, percent(evaluation.baseline[name]))
    rest = [[_decimal(s.roc_auc), _decimal(s.average_precision), *_calibration(s)] for s in models.values()]
    titles = ("ROC area", "average precision", "calibration error", "Brier score")
    for title, figures in zip(titles, zip(*rest, strict=True), strict=True):
        table.add_row(title, *(cell for figure in figures for cell in (figure, "")), "")
    return table


def _calibration(scores: Scores) -> tuple[str, str]:
    return percent(scores.calibration.expected_error), _decimal(scores.calibration.brier)


def _explained(evaluation: Evaluation) -> Text:
    constant = f"baseline: always {evaluation.about.class_names[evaluation.about.majority]}"
    if evaluation.main.metrics["accuracy"].low is None:
        return Text(f"no intervals: there are {evaluation.drawn_from}, {FEWEST_GROUPS} are needed; {constant}", "dim")
    return Text(f"intervals over {evaluation.drawn_from}; areas are means over classes; {constant}", "dim")


def classes(evaluation: Evaluation) -> Table:
    """Return precision, recall, F1 and the area under the ROC curve of each class, and the float model's F1."""
    (name, main), *others = evaluation.models.items()
    beside = [f"{other} F1" for other, _ in others]
    table = table_of("class", evaluation.inputs_are, "precision", "recall", f"{name} F1", *beside, "ROC area")
    for i, one in enumerate(main.classes):
        shares = [percent(one.precision), percent(one.recall), percent(one.f1)]
        shares += [percent(scores.classes[i].f1) for _, scores in others]
        table.add_row(one.name, f"{one.rows:,}", *shares, _decimal(one.detection.roc_auc))
    return table


def confusion(evaluation: Evaluation) -> Table:
    """Return the confusion matrix of the first model: true classes from top to bottom."""
    names = evaluation.about.class_names
    table = table_of("true \\ predicted", *names)
    for name, row in zip(names, evaluation.main.confusion, strict=True):
        table.add_row(name, *(f"{count:,}" if count else "." for count in row))
    return table


def groups(evaluation: Evaluation) -> Table:
    """Return the accuracy of the worst groups."""
    shown = evaluation.groups[:MOST_GROUPS]
    more = len(evaluation.groups) - len(shown)
    title = f"group, worst first{f' ({more} better ones left out)' if more else ''}"
    table = table_of(title, evaluation.inputs_are, *(f"{name} accuracy" for name in evaluation.models))
    for one in shown:
        table.add_row(one.name, f"{one.rows:,}", *(percent(share) for share in _accuracies(one)))
    return table


def _accuracies(one: GroupScores) -> list[float]:
    return [metrics["accuracy"] for metrics in (one.int8, one.before) if metrics is not None]


def thresholds(evaluation: Evaluation) -> Table:
    """Return, for each class, how many rows are detected at some thresholds, and the false alarms that this brings."""
    seconds = evaluation.about.seconds_per_row
    table = table_of("threshold", *(f"{threshold:g}" for threshold in THRESHOLDS))
    for one in evaluation.main.classes:
        points = {point.threshold: point for point in one.detection.thresholds}
        cells = []
        for threshold in THRESHOLDS:
            point = points[threshold]
            hourly = one.detection.false_alarms_per_hour(point, seconds)
            rate = one.detection.false_alarm_rate(point)
            alarms = f"{hourly:,.3g}" if hourly is not None else UNKNOWN if rate is None else f"{100 * rate:.1f}"
            found = one.detection.detection_rate(point)
            cells.append(f"{UNKNOWN if found is None else f'{100 * found:.1f}'} / {alarms}")
        table.add_row(one.name, *cells)
    return table


def _changed(evaluation: Evaluation) -> Iterator[str]:
    found, about = evaluation.disagreement, evaluation.about
    assert found is not None
    share = percent(found.rows / evaluation.rows)
    yield (
        f"quantization changed {counted(found.rows, 'answer')} ({share}): {found.only_float_right:,} only the float "
        f"model has right, {found.only_int8_right:,} only the {about.tflite_is} model"
    )
    for one in found.pairs[:MOST_PAIRS]:
        yield f"  {about.class_names[one.before]} became {about.class_names[one.after]}: {one.rows:,}"
    if (more := len(found.pairs) - MOST_PAIRS) > 0:
        yield f"  and {counted(more, 'other pair')} of classes"


def _decimal(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.4f}"
