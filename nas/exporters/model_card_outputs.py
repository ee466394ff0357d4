"""The sections of a model card on what the model answers: classes, labels, values of targets, or anomalies."""

from collections.abc import Sequence

from nas.exporters.markdown import escape, table
from nas.study.archive import Archive
from nas.task.task import metric_title, score_text
from nas.text import percent


def outputs(archive: Archive) -> str:
    """Return the classes with their confusion matrix, or the targets."""
    tested = archive.found.tested
    if archive.output_scaling is not None:
        return _targets(archive)
    if archive.detector is not None:
        return _detection(archive)
    if archive.labelling is not None:
        return _labels(archive)
    if tested is None:
        names = ", ".join(map(escape, archive.class_names))
        return f"## Classes\n\n{names}. Not the winner of its study, and therefore not evaluated on the test set."
    head = ("true \\ predicted", *map(escape, archive.class_names), "recall")
    rows = [
        (name, *counts, percent(recall))
        for name, counts, recall in zip(archive.class_names, tested.confusion, recalls(tested.confusion), strict=True)
    ]
    return f"""## Classes

Confusion matrix of the test set: numbers of {archive.inputs_are}, and the recall of each class.

{table(head, rows)}"""


def _detection(archive: Archive) -> str:
    detector, tested = archive.detector, archive.found.tested
    assert detector is not None
    share = f"{100 * detector.false_alarm_rate:g} %"
    text = f"""## Anomalies

The network gives its input again as a normal one would be. The score is the mean squared error of that, in scaled
units; above {detector.threshold:.6g} the input is an anomaly. The threshold is from normal validation rows, of which
{share} may be above it. Nothing was learned from anomalies."""
    if tested is None:
        return f"{text} Not the winner of its study, and therefore not evaluated on the test set."
    head = ("test set: true \\ answered", *archive.class_names)
    rows = [(name, *counts) for name, counts in zip(archive.class_names, tested.confusion, strict=True)]
    return f"{text}\n\n{table(head, rows)}{_simple(archive)}"


def _labels(archive: Archive) -> str:
    labelling, tested = archive.labelling, archive.found.tested
    assert labelling is not None
    text = """## Labels

Each label has a probability of its own, and any number of them may hold at once. A label holds from its threshold on:
the one with the greatest F1 on validation rows."""
    thresholds = [f"{threshold:.4g}" for threshold in labelling.thresholds]
    kept = () if tested is None or tested.answers is None else tested.answers.labels
    if not kept:
        return f"{text}\n\n{table(('label', 'threshold'), zip(archive.class_names, thresholds, strict=True))}"
    rows = [
        (name, threshold, one.rows, *map(percent, (one.precision, one.recall, one.f1)), percent(one.average_precision))
        for name, threshold, one in zip(archive.class_names, thresholds, kept, strict=True)
    ]
    head = ("test set: label", "threshold", archive.inputs_are, "precision", "recall", "F1", "average precision")
    return f"{text}\n\n{table(head, rows)}"


def _simple(archive: Archive) -> str:
    """Return the metrics of simple detectors, if any are known."""
    tested = archive.found.tested
    if tested is None or not tested.simple_metrics:
        return ""
    names = tuple(next(iter(tested.simple_metrics.values())))
    own = ("this model", *(score_text(name, tested.metrics[name].value) for name in names))
    others = [(title, *(score_text(n, found[n]) for n in names)) for title, found in tested.simple_metrics.items()]
    return f"""

On the same test rows, simple detectors with as many bytes as the weights:

{table(("", *map(metric_title, names)), [own, *others])}"""


def recalls(confusion: Sequence[Sequence[int]]) -> list[float | None]:
    """Return the recall of each class; None for a class that the test set does not have."""
    return [row[i] / sum(row) if sum(row) else None for i, row in enumerate(confusion)]


def _targets(archive: Archive) -> str:
    mean, std = archive.spread_of_targets()
    rows = [
        (name, f"{middle:.6g}", f"{spread:.6g}")
        for name, middle, spread in zip(archive.class_names, mean, std, strict=True)
    ]
    return f"""## Targets

What the model answers, in the units of the data; mean and deviation are those of the training {archive.inputs_are}.

{table(("target", "mean", "deviation"), rows)}"""


def output_words(archive: Archive) -> str:
    """Return what an int8 output means, as a formula."""
    real, scaling = f"(int8 - ({archive.output.zero_point})) * {archive.output.scale:.9g}", archive.output_scaling
    if archive.detector is not None:
        return f"value of the scaled input in a normal row = {real}"
    if scaling is None:
        return f"{archive.output_is} of a {'class' if archive.labelling is None else 'label'} = {real}"
    if all(std == 1 for std in scaling.std) and not any(scaling.mean):
        return f"value of the target, in its units = {real}"
    numbers = zip(archive.class_names, scaling.std, scaling.mean, strict=True)
    each = (f"{escape(name)}: {std:.9g}, {mean:.9g}" for name, std, mean in numbers)
    return f"value of a target, in its units = {real} * deviation + mean, with deviation and mean of {'; '.join(each)}"


def knows(archive: Archive) -> str:
    """Return the limits of use that follow from what the model answers."""
    if archive.output_scaling is not None:
        return """\
- It answers for every input, also for input unlike the training data (another sensor, placement, sampling rate or
  unit), for which the answer is meaningless; it hardly answers beyond the range of the training targets.
- The errors hold for people, places and devices like those of the data."""
    if archive.detector is not None:
        return """\
- It tells what is unlike the normal training data, whatever the reason: also another sensor, placement or sampling
  rate, and normal states that were not recorded.
- False and missed alarms are those of machines, people and faults like those of the data."""
    if archive.labelling is not None:
        return """\
- It knows only the labels above, and answers for every input, also for input unlike the training data (another sensor,
  placement, sampling rate or unit), for which the answer is meaningless.
- It is sure of combinations of labels only as far as the data have them; the figures of a rare label are uncertain."""
    return """\
- It knows only the classes above and assigns one of them to every input, also to input unlike the training data
  (another sensor, placement, sampling rate or unit), for which the answer is meaningless.
- The accuracies hold for people, places and devices like those of the data; the recall of a class with few test
  examples is uncertain."""
