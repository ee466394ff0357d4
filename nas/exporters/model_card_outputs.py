"""The sections of a model card on what the model answers: classes, or values of targets."""

from collections.abc import Sequence

from nas.exporters.markdown import escape, table
from nas.study.archive import Archive
from nas.text import percent


def outputs(archive: Archive) -> str:
    """Return the classes with their confusion matrix, or the targets."""
    tested = archive.found.tested
    if archive.output_scaling is not None:
        return _targets(archive)
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
    if scaling is None:
        return f"{archive.output_is} of a class = {real}"
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
    return """\
- It knows only the classes above and assigns one of them to every input, also to input unlike the training data
  (another sensor, placement, sampling rate or unit), for which the answer is meaningless.
- The accuracies hold for people, places and devices like those of the data; the recall of a class with few test
  examples is uncertain."""
