"""The page that compares studies: how far they compare, their fronts in one picture, and what each has found."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nas.files import write_atomic
from nas.keywords import explains_keywords
from nas.reports.markup import Markup, element, join, note, page, section, table, tabs
from nas.reports.plot import places
from nas.reports.svg import FULL_WIDTH, INK, LINES, SURFACE, drawing, to_svg
from nas.reports.words import capitalized
from nas.study.comparison import FrontsByCost, StudyComparison
from nas.study.overview import StudySummary
from nas.study.record import Record
from nas.study.scores import in_validation
from nas.task.task import find_metric, score_text
from nas.text import UNKNOWN, listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# More dots than this of one study cannot be told apart; the best are drawn.
MOST_DOTS = 300
# A table has at most this many rows; they are spread over the costs.
MOST_ROWS = 24
# Candidates that are worse than this share of all may lie below the axis, so that the others are spread out.
_LEAST_SHARE = 0.25
# A study's limit is drawn if it is not much larger than its candidates.
_FURTHEST_LIMIT = 1.4
# The setting that limits a cost, and how many of the cost's units it has.
_LIMITS = {
    "weights_bytes": ("budget_kb", 1024),
    "arena_min_bytes": ("ram_kb", 1024),
    "macs": ("macs_k", 1000),
    "latency_ms": ("latency_ms", 1),
}
_DASHES = ("solid", (0, (5, 2)), (0, (1, 1.5)))


@explains_keywords
def write_comparison(found: StudyComparison, path: Path | str) -> Path:
    """Write the comparison of studies as one HTML page that needs no other file, and return its path.

    Args:
        found: what `nas.compare_studies` returns.
        path: of the page.
    """
    return write_atomic(Path(path), render(found))


def render(found: StudyComparison) -> str:
    """Return the page; equal comparisons give equal text."""
    head = element("header", element("h1", "Studies compared"), element("p", listed(found.names), class_="lead"))
    return page(f"{listed(found.names)}: studies compared", head, element("main", *_sections(found)))


def _sections(found: StudyComparison) -> Iterator[Markup]:
    if found.cautions:
        told = (element("li", text) for text in found.cautions)
        yield section("How far they compare", element("ul", *told))
    if found.fronts:
        words = (
            f"Each line is the Pareto front of a study by the {in_validation(found.metric)} in the search. Pale dots "
            "are its other candidates, circles the winners, and dashed upright lines the studies' limits."
        )
        panels = [(fronts.cost.title, _panel(found, fronts)) for fronts in found.fronts]
        yield section("Fronts", note(words), tabs("cost", "against", panels))
    yield section("What each has found", _results(found))
    if found.differences:
        rows: list[list[object]] = [[key, *map(_shown, values)] for key, values in found.differences.items()]
        columns = 1 + len(found.studies)
        yield section("Settings that differ", table(["setting", *found.names], rows, text_columns=columns))


def _shown(value: object) -> str:
    return UNKNOWN if value is None else str(value)


def _results(found: StudyComparison) -> Markup:
    facts = [dict(study.found()) for study in found.studies]
    names = dict.fromkeys(name for each in facts for name in each)
    rows: list[list[object]] = [[name.strip(), *(each.get(name, UNKNOWN) for each in facts)] for name in names]
    return table(["", *found.names], rows)


def _panel(found: StudyComparison, fronts: FrontsByCost) -> Markup:
    return join(_chart(found, fronts), element("p", _words(found, fronts), class_="note"), _steps(found, fronts))


def _words(found: StudyComparison, fronts: FrontsByCost) -> str:
    best = f"The best candidate of each study within a cost, by its {in_validation(found.metric)}."
    if not fronts.comparable:
        return f"{best} The studies do not compare by this cost, so none is marked as the best."
    return f"{best} A star marks the best of the studies."


def _steps(found: StudyComparison, fronts: FrontsByCost) -> Markup:
    rows: list[list[object]] = [
        [fronts.cost.words(cost), *(_cell(record, i in fronts.best_of(best)) for i, record in enumerate(best))]
        for cost, best in fronts.steps(MOST_ROWS)
    ]
    return table([f"{fronts.cost.title} up to", *found.names], rows)


def _cell(record: Record | None, best: bool) -> Markup:
    if record is None:
        return Markup(UNKNOWN)
    return join(
        f"{score_text(record.metric, record.val_score)}{' *' if best else ''} ",
        element("small", f"trial {record.trial}"),
    )


def _chart(found: StudyComparison, fronts: FrontsByCost) -> Markup:
    """Draw the fronts of all studies, a colour for each, with their other candidates, winners and limits."""
    cost, low, titles = fronts.cost, _lowest(found, fronts), dict[str, list[str]]()
    with drawing(FULL_WIDTH, 430) as (figure, axes):
        for number, (name, study) in enumerate(zip(found.names, found.studies, strict=True)):
            members = fronts.fronts[number]
            others = [record for record in found.candidates[number][:MOST_DOTS] if record not in members]
            style: dict[str, Any] = {"color": LINES[number % len(LINES)]}
            dash = _DASHES[number // len(LINES) % len(_DASHES)]
            dots = [record for record in others if record.rank >= low]
            _plot(axes, fronts, dots, gid=f"dots-{number}", alpha=0.3, markersize=5, markeredgewidth=0, **style)
            axes.plot(*places(members, cost), drawstyle="steps-post", linestyle=dash, **style)
            marks = {"markeredgecolor": SURFACE, "markersize": 8, **style}
            _plot(axes, fronts, members, gid=f"front-{number}", label=name, **marks)
            _plot(axes, fronts, _winners(study, found.candidates[number]), **_RING)
            _draw_limit(axes, study, fronts, found.candidates[number], LINES[number % len(LINES)])
            titles |= {f"dots-{number}": [_title(name, fronts, r) for r in dots]}
            titles |= {f"front-{number}": [_title(name, fronts, r) for r in members]}
        axes.set_xlabel(f"{cost.title}, {cost.unit}" if cost.unit else cost.title)
        axes.set_ylabel(f"validation {find_metric(found.metric).axis}")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.4g}" if cost.unit == "ms" else f"{value:,.0f}")
        axes.set_xlim(left=0)
        figure.legend(loc="outside upper left", ncols=2, columnspacing=1.2, handletextpad=0.4)
        says = f"{in_validation(found.metric)} against {cost.title}: the Pareto fronts of {len(found.studies)} studies"
        return to_svg(figure, f"fronts-{cost.key}", capitalized(says), titles)


_RING: Any = {"color": INK, "fillstyle": "none", "markeredgewidth": 1.8, "markersize": 15, "clip_on": False}


def _plot(axes: "Axes", fronts: FrontsByCost, records: Sequence[Record], **style: Any) -> None:
    axes.plot(*places(records, fronts.cost), marker="o", linestyle="none", **style)


def _title(name: str, fronts: FrontsByCost, record: Record) -> str:
    score = score_text(record.metric, record.val_score)
    return f"{name}, trial {record.trial}: {score}, {fronts.cost.title} {fronts.cost.text(record)}"


def _winners(study: StudySummary, candidates: Sequence[Record]) -> list[Record]:
    """Return the winner's trial, if the study has a winner."""
    return [record for record in candidates if study.test_score is not None and record.trial == study.best]


def _draw_limit(
    axes: "Axes", study: StudySummary, fronts: FrontsByCost, candidates: Sequence[Record], colour: str
) -> None:
    key, unit = _LIMITS[fronts.cost.key]
    limit, most = study.definition.get(key), max((fronts.cost.of(r) or 0.0 for r in candidates), default=0.0)
    if limit is not None and limit * unit <= _FURTHEST_LIMIT * most:
        axes.axvline(limit * unit, color=colour, linestyle=(0, (4, 3)), linewidth=1.2)


def _lowest(found: StudyComparison, fronts: FrontsByCost) -> float:
    """Return the least score that is drawn: that of a front, or of the worst but a share of the candidates."""
    scores = sorted(record.rank for records in found.candidates for record in records)
    return min(scores[int(_LEAST_SHARE * len(scores))], *(r.rank for one in fronts.fronts for r in one))
