"""How the winner of a regression answered the test rows: answers over targets, by group, and the largest errors."""

from collections.abc import Iterator, Sequence

from nas.reports.markup import Markup, details, element, note, section, table
from nas.reports.svg import ACCENT, HALF_WIDTH, MUTED, drawing, to_svg
from nas.reports.tables import scores
from nas.reports.view import ReportView
from nas.reports.words import scored, whole
from nas.study.answers import Answers, GroupScore
from nas.study.result import Trained
from nas.study.scores import uses_of_test_set
from nas.study.tested import Tested
from nas.task.task import find_metric, metric_title, task_of

MOST_GROUPS = 40


def on_targets(view: ReportView, winner: Trained, tested: Tested) -> Iterator[Markup]:
    """Yield the sections on the test set of a regression."""
    kept = tested.answers or Answers()
    yield section(
        "Answers over targets",
        note(
            f"Test {view.inputs_are}: what the winner's int8 model answers over the target that was measured, in the "
            f"targets' units. On the line, the answer is right. {uses_of_test_set(winner)}"
        ),
        element("div", *_charts(view.class_names, kept), class_="pair"),
        *scores(winner, tested),
    )
    if len(kept.groups) > 1:
        yield groups_of(view, kept.groups, winner.metric)
    if kept.misses:
        yield _misses(view, kept)


def _charts(names: Sequence[str], kept: Answers) -> Iterator[Markup]:
    for number, (name, points) in enumerate(zip(names, kept.points, strict=False)):
        yield chart(name, points, number)


def chart(name: str, points: Sequence[Sequence[float]], number: int = 0) -> Markup:
    """Draw answers over targets: `points` holds a target and an answer each; `number` is that of the output."""
    with drawing(HALF_WIDTH, 380) as (figure, axes):
        ends = [float(end(x for point in points for x in point)) for end in (min, max)]
        axes.plot(ends, ends, color=MUTED, linewidth=1)
        axes.plot(*zip(*points, strict=True), "o", color=ACCENT, alpha=0.4, markersize=4, markeredgewidth=0)
        axes.set_xlabel(f"{name}, measured")
        axes.set_ylabel(f"{name}, answered")
        return to_svg(figure, f"answers-{number}", f"{name}: the answers for {len(points)} rows over their targets")


def groups_of(view: ReportView, found: Sequence[GroupScore], metric: str) -> Markup:
    """List the metrics of each group, the worst first."""
    ordered = sorted(found, key=lambda one: find_metric(metric).ranked_last(one.metrics.get(metric)))
    names = list(task_of(metric).metrics)
    rows: list[list[object]] = [
        [one.group, *(scored(name, one.metrics.get(name)) for name in names), whole(one.rows)] for one in ordered
    ]
    head: list[object] = ["group", *map(metric_title, names), view.inputs_are]
    more = [details(f"The other {len(rows) - MOST_GROUPS}", table(head, rows[MOST_GROUPS:]))]
    return section(
        f"{metric_title(metric)} by group",
        note(
            "The int8 model's metrics for each group of the test set (such as a subject or a recording), the worst "
            "first. No group of the test set took part in training."
            + " R2 compares the errors with the spread of the group's own targets, so it is low where these hardly "
            "differ." * ("r2" in names)
        ),
        table(head, rows[:MOST_GROUPS]),
        *(more if len(rows) > MOST_GROUPS else []),
    )


def _misses(view: ReportView, kept: Answers) -> Markup:
    rows: list[list[object]] = [
        [f"test row {one.row}", one.group or "", *(f"{number:.6g}" for number in (*one.target, *one.answer))]
        for one in kept.misses
    ]
    names = view.class_names
    head: list[object] = ["row", "group", *(f"{name}, measured" for name in names), *(f"{n}, answered" for n in names)]
    about = "Look at them for wrong targets, and for conditions that the training rows hardly have."
    return section("Largest errors", note(about), table(head, rows, text_columns=2))
