"""The pictures of an evaluation: curves by class, calibration, thresholds, and the confusion matrix."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from nas.evaluation.detection import Detection, Point
from nas.evaluation.evaluation import Evaluation
from nas.evaluation.scores import ClassScores
from nas.reports.markup import Markup
from nas.reports.svg import ACCENT, HALF_WIDTH, INK, LINES, MUTED, SECOND, drawing, to_svg
from nas.reports.words import decimal, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 330
MOST_NAMED = 24
"""With more classes, the cells of the confusion matrix are too small for numbers and names."""


def drawn(evaluation: Evaluation) -> list[ClassScores]:
    """Return the classes whose curves are drawn, as many as there are colours: those that are told apart worst."""
    known = [one for one in evaluation.main.classes if one.detection.roc_auc is not None]
    return sorted(known, key=lambda one: one.detection.roc_auc or 0.0)[: len(LINES)]


def roc(evaluation: Evaluation) -> Markup:
    """Draw the ROC curve of each class against the others."""
    with drawing(HALF_WIDTH, HEIGHT) as (figure, axes):
        for colour, one in zip(LINES, drawn(evaluation), strict=False):
            own = one.detection
            x = [0.0, *(100 * (own.false_alarm_rate(point) or 0.0) for point in own.curve)]
            y = [0.0, *(100 * (own.detection_rate(point) or 0.0) for point in own.curve)]
            axes.plot(x, y, color=colour, linewidth=1.6, label=f"{one.name}, {decimal(own.roc_auc, 3)}")
        axes.plot([0, 100], [0, 100], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        _percent_axes(axes, "false alarms, % of other classes", "detected, % of the class")
        axes.legend(loc="lower right", title="class, area")
        return to_svg(figure, "roc", f"ROC curves: {_areas(evaluation, 'roc_auc')}")


def precision_recall(evaluation: Evaluation) -> Markup:
    """Draw precision over recall of each class."""
    with drawing(HALF_WIDTH, HEIGHT) as (figure, axes):
        for colour, one in zip(LINES, drawn(evaluation), strict=False):
            own = one.detection
            found = [(own.detection_rate(point), own.precision(point)) for point in own.curve]
            known = [(100 * x, 100 * y) for x, y in found if x is not None and y is not None]
            label = f"{one.name}, {decimal(own.average_precision, 3)}"
            axes.plot(*zip(*known, strict=True), color=colour, linewidth=1.6, label=label)
        _percent_axes(axes, "recall, % of the class", "precision, %")
        axes.legend(loc="lower left", title="class, average precision")
        return to_svg(figure, "precision-recall", f"Precision over recall: {_areas(evaluation, 'average_precision')}")


def calibration(evaluation: Evaluation) -> Markup:
    """Draw how often answers of about one probability are right."""
    with drawing(HALF_WIDTH, HEIGHT) as (figure, axes):
        axes.plot([0, 100], [0, 100], color=MUTED, linewidth=1, linestyle=(0, (4, 3)), label="perfectly calibrated")
        for colour, (name, scores) in zip((ACCENT, SECOND), evaluation.models.items(), strict=False):
            bins = scores.calibration.bins
            x, y = [100 * one.confidence for one in bins], [100 * one.accuracy for one in bins]
            axes.plot(x, y, color=colour, marker="o", markersize=5, label=name)
        _percent_axes(axes, "probability of the answer, %", "answers that are right, %")
        axes.legend(loc="upper left")
        errors = ", ".join(
            f"{name} {percent(scores.calibration.expected_error)}" for name, scores in evaluation.models.items()
        )
        return to_svg(figure, "calibration", f"Calibration; expected calibration error: {errors}")


def detection(evaluation: Evaluation) -> Markup:
    """Draw the detection rate of each class over the threshold."""
    with drawing(HALF_WIDTH, HEIGHT) as (figure, axes):
        _by_threshold(evaluation, axes, lambda own, point: 100 * (own.detection_rate(point) or 0.0))
        axes.set_title("Detected, % of the class")
        axes.legend(loc="lower left")
        return to_svg(figure, "detection", "Detection rate of each class over the threshold of its probability")


def false_alarms(evaluation: Evaluation) -> Markup:
    """Draw the false alarms of each class over the threshold: by the hour if the time of a row is known."""
    seconds = evaluation.about.seconds_per_row

    def alarms(own: Detection, point: Point) -> float:
        by_hour = own.false_alarms_per_hour(point, seconds)
        return 100 * (own.false_alarm_rate(point) or 0.0) if by_hour is None else by_hour

    with drawing(HALF_WIDTH, HEIGHT) as (figure, axes):
        _by_threshold(evaluation, axes, alarms)
        _logarithmic(axes, min((alarms(one.detection, Point(0, 0, 1)) for one in drawn(evaluation)), default=1.0))
        unit = "% of other classes" if seconds is None else "an hour without the class"
        axes.set_title(f"False alarms, {unit}")
        return to_svg(figure, "false-alarms", "False alarms of each class over the threshold of its probability")


def confusion(evaluation: Evaluation) -> Markup:
    """Draw the confusion matrix, each cell filled by its share of the true class."""
    counts, names = evaluation.main.confusion, evaluation.about.class_names
    size = min(900, 220 + 46 * len(names))
    with drawing(size, size - 60) as (figure, axes):
        for true, row in enumerate(counts):
            for answered, count in enumerate(row):
                if count:
                    _cell(axes, (answered, true), count, sum(row), len(names) <= MOST_NAMED)
        axes.set_xlim(-0.5, len(names) - 0.5)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.grid(False)
        if len(names) <= MOST_NAMED:
            axes.set_xticks(range(len(names)), names, rotation=60, ha="right", rotation_mode="anchor", color=INK)
            axes.set_yticks(range(len(names)), names, color=INK)
        axes.set_xlabel("predicted")
        axes.set_ylabel("true")
        return to_svg(figure, "confusion", f"Confusion matrix of {len(names)} classes")


FIGURES: Mapping[str, Callable[[Evaluation], Markup]] = {
    "confusion.svg": confusion,
    "roc.svg": roc,
    "precision_recall.svg": precision_recall,
    "calibration.svg": calibration,
    "detection.svg": detection,
    "false_alarms.svg": false_alarms,
}
"""The pictures by the name of their file."""


def _cell(axes: "Axes", place: tuple[int, int], count: int, total: int, named: bool) -> None:
    from matplotlib.patches import Rectangle

    (x, y), right = place, place[0] == place[1]
    # The square root keeps a few mistakes visible next to many right answers.
    share = (count / total) ** 0.5
    colour = ACCENT if right else SECOND
    axes.add_patch(
        Rectangle((x - 0.47, y - 0.47), 0.94, 0.94, facecolor=colour, alpha=(0.45 if right else 0.9) * share)
    )
    if named:
        axes.text(x, y, f"{count:,}", ha="center", va="center", fontsize=11, color=INK)


def _by_threshold(evaluation: Evaluation, axes: "Axes", value: Callable[[Detection, Point], float]) -> None:
    for colour, one in zip(LINES, drawn(evaluation), strict=False):
        points = one.detection.thresholds
        y = [value(one.detection, point) for point in points]
        axes.plot([point.threshold for point in points], y, color=colour, linewidth=1.6, label=one.name)
    axes.set_xlim(0, 1)
    axes.set_xlabel("threshold")


def _logarithmic(axes: "Axes", one_alarm: float) -> None:
    """Scale the upright axis by powers of ten, with a straight part below a single alarm, since 0 has no logarithm."""
    from matplotlib.ticker import FuncFormatter

    axes.set_yscale("symlog", linthresh=max(one_alarm, 1e-6), linscale=0.5)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.4g}"))
    axes.minorticks_off()


def _percent_axes(axes: "Axes", x: str, y: str) -> None:
    axes.set_xlim(-1, 101)
    axes.set_ylim(-1, 102)
    axes.set_xlabel(x)
    axes.set_ylabel(y)


def _areas(evaluation: Evaluation, area: str) -> str:
    return ", ".join(_named(drawn(evaluation), area))


def _named(classes: Sequence[ClassScores], area: str) -> Iterator[str]:
    for one in classes:
        yield f"{one.name} {decimal(getattr(one.detection, area), 3)}"
