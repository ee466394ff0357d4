"""How the winner answered the test rows: group by group, and by confidence."""

from collections.abc import Iterator, Sequence

from nas.reports.markup import Markup, element, join, table
from nas.reports.svg import ACCENT, HALF_WIDTH, MUTED, drawing, to_svg
from nas.reports.words import percent, whole
from nas.study.answers import GroupScore, Threshold

MOST_GROUPS = 40
_SHOWN_THRESHOLDS = 8


def bars(head: Sequence[str], rows: Sequence[tuple[str, float, str]], below: Sequence[str] = ()) -> Markup:
    """Return shares as bars beside their numbers, which fit any width of the page.

    Args:
        head: titles of the columns: of names, of shares, and of what stands beside, which may be empty.
        rows: a name, a share from 0 to 1, and what stands beside.
        below: what stands below each share, smaller, or nothing.
    """
    name, share, beside = head
    titles = element("th", name), element("th", share, colspan=2), element("th", beside, class_="number")
    body = element("tbody", *(element("tr", *_cells(*row, *words)) for row, words in _zipped(rows, below)))
    return element("table", element("thead", element("tr", *titles)), body, class_="bars")


def _zipped(
    rows: Sequence[tuple[str, float, str]], below: Sequence[str]
) -> Iterator[tuple[tuple[str, float, str], tuple[str, ...]]]:
    for i, row in enumerate(rows):
        yield row, (below[i],) if below else ()


def _cells(name: str, share: float, beside: str, below: str = "") -> tuple[Markup, ...]:
    bar = element("div", element("div", style=f"width: {100 * share:.1f}%"), class_="bar", aria_hidden="true")
    shown = join(percent(share), element("small", below) if below else "")
    texts = (element("td", words, class_="number") for words in (shown, beside))
    return (element("td", name), element("td", bar, class_="track"), *texts)


def groups(scores: Sequence[GroupScore], metric: str, inputs_are: str) -> Markup:
    """Show the metric of each group as bars, the worst first."""
    ordered = sorted(scores, key=lambda one: one.metrics[metric])[:MOST_GROUPS]
    rows = [(one.group, one.metrics[metric], whole(one.rows)) for one in ordered]
    return bars(("group", "int8 model", inputs_are), rows)


def threshold_curve(thresholds: Sequence[Threshold]) -> Markup:
    """Draw the accuracy of the answers that are kept against their share, as the threshold rises."""
    shares = [one.decided / thresholds[0].decided for one in thresholds]
    accuracies = [one.right / one.decided for one in thresholds]
    with drawing(HALF_WIDTH, 270) as (figure, axes):
        axes.axhline(100 * accuracies[0], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        axes.plot(
            [100 * share for share in shares],
            [100 * each for each in accuracies],
            color=ACCENT,
            marker="o",
            markersize=4,
        )
        axes.set_xlim(102, max(0.0, 100 * min(shares) - 2))
        axes.set_xlabel("answers that are kept, %")
        axes.set_ylabel("their accuracy, %")
        says = (
            f"Accuracy of the answers that are kept: {percent(accuracies[0])} of all, "
            f"{percent(accuracies[-1])} of the surest {percent(shares[-1])}"
        )
        return to_svg(figure, "threshold", says)


def threshold_table(thresholds: Sequence[Threshold]) -> Markup:
    """List a few of the thresholds, with the share of answers that each keeps, and their accuracy."""
    total = thresholds[0].decided
    rows: list[list[object]] = [
        [f"{one.confidence:.3f}", percent(one.decided / total), percent(one.right / one.decided)]
        for one in _some(thresholds)
    ]
    return table(["probability at least", "kept", "accuracy of these"], rows)


def _some(thresholds: Sequence[Threshold]) -> list[Threshold]:
    """Return a few thresholds, spread over the shares of answers as evenly as they can be."""
    most, least = thresholds[0].decided, thresholds[-1].decided
    steps = [most - (most - least) * i / (_SHOWN_THRESHOLDS - 1) for i in range(_SHOWN_THRESHOLDS)]
    return list(dict.fromkeys(min(thresholds, key=lambda one: abs(one.decided - step)) for step in steps))
