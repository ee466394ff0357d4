"""The page of a sweep: its winners in one picture, the means over seeds, and a table of all studies."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, TypeAlias

from nas.reports.markup import Markup, element, note, page, section, table
from nas.reports.svg import FULL_WIDTH, LINES, SURFACE, drawing, to_svg
from nas.reports.words import interval_of, scored
from nas.study.result import Result
from nas.target.ram import ram_needed, ram_title
from nas.task.task import find_metric
from nas.text import UNKNOWN, kilobytes

Row: TypeAlias = tuple[str, Mapping[str, Any], Result | None, str | None]
"""A study's name, the settings that are its own, what it has found, and why it has failed if it has."""

SEED = "seed"


def render(name: str, rows: Sequence[Row]) -> str:
    """Return the page of a sweep.

    Args:
        name: of the sweep.
        rows: one for each study that has ended, in the order of the grid.
    """
    failed = sum(result is None for _, _, result, _ in rows)
    told = ("1 study" if len(rows) == 1 else f"{len(rows)} studies") + (f", {failed} of them failed" if failed else "")
    head = element("header", element("h1", name), element("p", told))
    won = [row for row in rows if _score(row) is not None]
    parts = [_picture(won)] if won else []
    if any(len({row[1].get(SEED) for row in group}) > 1 for group in _groups(won).values()):
        parts.append(_means(won))
    return page(f"{name}: a sweep of studies", head, element("main", *parts, _all(rows)))


def _score(row: Row) -> float | None:
    """Return the winner's score on the test set, in its study's metric."""
    winner = row[2].winner if row[2] is not None else None
    return winner.tested.metrics[winner.metric].value if winner is not None and winner.tested else None


def _metric(rows: Sequence[Row]) -> str:
    """Return the metric of the first winner."""
    return next((row[2].winner.metric for row in rows if row[2] is not None and row[2].winner), "accuracy")


def _weights(row: Row) -> int:
    winner = row[2].winner if row[2] is not None else None
    return int((winner.record.profiled or {}).get("weights_bytes", 0)) if winner is not None else 0


def _groups(rows: Sequence[Row]) -> dict[tuple[tuple[str, Any], ...], list[Row]]:
    """Return the studies that differ in their seed alone."""
    groups: dict[tuple[tuple[str, Any], ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple((k, v) for k, v in row[1].items() if k != SEED), []).append(row)
    return groups


def _picture(rows: Sequence[Row]) -> Markup:
    """Draw the test score of each winner over its weights, in one colour for each series."""
    series: dict[str, list[Row]] = {}
    for row in rows:
        own = [str(value) for key, value in row[1].items() if key not in (SEED, "budget_kb")]
        series.setdefault(", ".join(own) or "winners", []).append(row)
    metric = find_metric(_metric(rows))
    with drawing(FULL_WIDTH, 380) as (figure, axes):
        for number, (label, members) in enumerate(series.items()):
            scores = [metric.plotted(score) for row in members if (score := _score(row)) is not None]
            colour, sizes = LINES[number % len(LINES)], [_weights(row) / 1024 for row in members]
            axes.scatter(sizes, scores, s=70, color=colour, label=label, edgecolors=SURFACE, gid=f"series-{number}")
        axes.set_xlabel("weights, KB")
        axes.set_ylabel(f"score on the test set{', %' * (metric.unit == '%')}")
        axes.set_xlim(left=0)
        axes.legend(loc="best")
        titles = {f"series-{i}": [row[0] for row in members] for i, members in enumerate(series.values())}
        svg = to_svg(figure, "winners", "Test score of each study's winner over its weights", titles)
    return section("Winners", note("Each dot is the winner of one study, on the test set of its data."), svg)


def _means(rows: Sequence[Row]) -> Markup:
    lines = []
    for settings, members in _groups(rows).items():
        scores = [score for row in members if (score := _score(row)) is not None]
        text = find_metric(_metric(members)).text
        spread = f"{text(min(scores))} to {text(max(scores))}"
        values = [str(value) for _, value in settings]
        mean = kilobytes(round(fmean(map(_weights, members))))
        lines.append([*values, str(len(scores)), text(fmean(scores)), spread, mean])
    keys = [key for key in rows[0][1] if key != SEED]
    head: list[object] = [*keys, "seeds", "mean test score", "lowest to highest", "mean weights"]
    return section("Means over seeds", table(head, [list(line) for line in lines], text_columns=len(keys)))


def _all(rows: Sequence[Row]) -> Markup:
    keys = list(rows[0][1]) if rows else []
    head: list[object] = ["study", *keys, "trials", "validated", "tested", "95 % interval", "weights", _ram(rows)]
    reasons = [note(f"{name}: {error}") for name, _, _, error in rows if error]
    lines = table(head, [_line(row) for row in rows], text_columns=1 + len(keys))
    return section("All studies", lines, *reasons)


def _ram(rows: Sequence[Row]) -> str:
    winners = [result.winner for _, _, result, _ in rows if result is not None]
    return ram_title(*(winner.record.profiled or {} for winner in winners if winner is not None))


def _line(row: Row) -> list[object]:
    name, settings, result, _ = row
    values: list[object] = [str(value) for value in settings.values()]
    winner = None if result is None else result.winner
    if result is None or winner is None:
        return [name, *values, "failed", *[UNKNOWN] * 5]
    facts, tested = winner.record.profiled or {}, winner.tested
    return [
        element("a", name, href=f"{name}/report.html"),
        *values,
        str(result.trials),
        scored(winner.metric, winner.record.val_score),
        scored(winner.metric, _score(row)),
        interval_of(winner.metric, tested.metrics[winner.metric]) if tested else UNKNOWN,
        kilobytes(facts.get("weights_bytes")),
        kilobytes(ram_needed(facts)),
    ]
