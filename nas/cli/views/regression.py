"""An evaluation of a regression, or of a detector of anomalies, as a person reads it."""

from collections.abc import Iterator
from statistics import median

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from nas.cli.views.tables import table_of
from nas.evaluation.anomalies import AnomalyEvaluation
from nas.evaluation.labels import LabelEvaluation
from nas.evaluation.regression import RegressionEvaluation
from nas.target.ram import ram_needed, ram_to_reserve
from nas.task.metrics import FEWEST_GROUPS
from nas.text import kilobytes, percent

MOST_GROUPS = 10


def view(evaluation: RegressionEvaluation) -> Group:
    """Return the errors of each model, those of a constant answer, and the groups."""
    return Group(*_parts(evaluation))


def _parts(evaluation: RegressionEvaluation) -> Iterator[RenderableType]:
    about = evaluation.about
    rows = f"{evaluation.rows:,} {evaluation.inputs_are} ({about.part})"
    yield Text.assemble((about.model, "bold"), f" on {rows} of {about.data}: {', '.join(about.class_names)}")
    for words in about.notes:
        yield Text(words)
    yield from ("", _metrics(evaluation), _explained(evaluation))
    if evaluation.quantization_cost is not None:
        yield Text(f"quantization changes the RMSE by {percent(evaluation.quantization_cost)}")
    if isinstance(evaluation, AnomalyEvaluation) and evaluation.events:
        yield from ("", _events(evaluation))
    if isinstance(evaluation, LabelEvaluation):
        yield from ("", _labels(evaluation))
    if len(evaluation.groups) > 1:
        yield from ("", _groups(evaluation))
    if about.footprint:
        costs = about.footprint
        yield ""
        yield Text(
            f"on {costs['target']}: {ram_to_reserve(costs)} {kilobytes(ram_needed(costs))}, flash "
            f"{kilobytes(costs['flash_bytes'])}, {costs['macs']:,} MACs"
        )


def _metrics(evaluation: RegressionEvaluation) -> Table:
    """Return each metric of each model with its interval, beside that of a constant answer."""
    table = table_of("", *(title for name in evaluation.models for title in (name, "95 % interval")), "baseline")
    for name, metric in evaluation.kind.metrics.items():
        cells = []
        for found in evaluation.models.values():
            cells += [metric.text(found[name].value), metric.interval_text(found[name].low, found[name].high)]
        table.add_row(metric.title, *cells, metric.text(evaluation.baseline[name]))
    return table


def _explained(evaluation: RegressionEvaluation) -> Text:
    mean = "the training targets" if evaluation.about.trained_on else "these targets"
    constant = f"baseline: always the mean of {mean}; RMSE and MAE are in the units of the target"
    if isinstance(evaluation, AnomalyEvaluation):
        constant = (
            f"baseline: always {evaluation.kind.constant}; an anomaly has a score above {evaluation.threshold:.6g}"
        )
    if isinstance(evaluation, LabelEvaluation):
        constant = f"baseline: always {evaluation.kind.constant}"
    if next(iter(evaluation.models.values()))[evaluation.kind.main_metric].low is None:
        return Text(f"no intervals: there are {evaluation.drawn_from}, {FEWEST_GROUPS} are needed; {constant}", "dim")
    return Text(f"intervals over {evaluation.drawn_from}; {constant}", "dim")


def _events(evaluation: AnomalyEvaluation) -> Text:
    """Say how many anomalies of recordings were found, and how late."""
    found = evaluation.found
    text = f"{len(found)} of {len(evaluation.events)} anomalies found"
    if found:
        rows = median(event.delay or 0 for event in found)
        seconds = [event.seconds for event in found if event.seconds is not None]
        time = f", {median(seconds):.4g} s" if seconds else ""
        text += f", the first alarm after {rows:g} {evaluation.inputs_are}{time} (median)"
    return Text(text)


def _labels(evaluation: LabelEvaluation) -> Table:
    """Return the figures of each label by the first model."""
    head = ("with it", "precision", "recall", "F1", "AP", "ROC AUC", "threshold")
    table = table_of("label", *head)
    for name, one in zip(evaluation.about.class_names, evaluation.labels, strict=True):
        shares = map(percent, (one.precision, one.recall, one.f1, one.average_precision))
        table.add_row(name, f"{one.rows:,}", *shares, f"{one.roc_auc:.3f}", f"{one.threshold:.3f}")
    return table


def _groups(evaluation: RegressionEvaluation) -> Table:
    """Return the errors of each group, the worst first."""
    shown = evaluation.groups[:MOST_GROUPS]
    which = "group, the worst first" if len(shown) == len(evaluation.groups) else f"the worst {len(shown)} groups"
    table = table_of(which, evaluation.inputs_are, *(metric.title for metric in evaluation.kind.metrics.values()))
    for one in shown:
        found = one.int8 or one.before or {}
        told = (metric.text(found.get(name)) for name, metric in evaluation.kind.metrics.items())
        table.add_row(one.name, f"{one.rows:,}", *told)
    return table
