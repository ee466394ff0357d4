"""Studies side by side: how far they compare, in which settings they differ, what they have found, and their fronts."""

from collections.abc import Iterator, Sequence
from string import ascii_uppercase

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from nas.cli.views.output import width
from nas.study.comparison import FrontsByCost, StudyComparison
from nas.study.costs import COSTS
from nas.study.record import Record
from nas.study.scores import in_validation
from nas.task.task import score_text
from nas.text import UNKNOWN

# The table of fronts has at most this many rows; the page and the JSON document have more.
MOST_ROWS = 16
# What stands before the columns of the studies, and between two of them.
_LEFT, _GAP = 24, 2


def comparison(found: StudyComparison, cost: str) -> Group:
    """Return all that is known of several studies together, with their fronts by one of `COSTS`."""
    return Group(*_parts(found, cost))


def _parts(found: StudyComparison, cost: str) -> Iterator[RenderableType]:
    names = _columns_for(found.names)
    if names != found.names:
        yield from (Text(f"{short}  {name}") for short, name in zip(names, found.names, strict=True))
        yield ""
    if found.cautions:
        yield from (Text(f"note: {text}", overflow="fold") for text in found.cautions)
        yield ""
    if found.differences:
        settings = _table("", names)
        for key, values in found.differences.items():
            settings.add_row(key, *(UNKNOWN if value is None else str(value) for value in values))
        yield from (Text("settings that differ", style="bold"), settings, "")
    else:
        yield from ("all settings are equal", "")
    results = _table("", names)
    facts = [dict(study.found()) for study in found.studies]
    for name in dict.fromkeys(name for each in facts for name in each):
        results.add_row(name, *(each.get(name, UNKNOWN) for each in facts))
    yield from (Text("results", style="bold"), results)
    for fronts in found.fronts:
        if fronts.cost is COSTS[cost]:
            title = f"fronts: best {in_validation(found.metric)} in the search"
            yield from ("", Text(title, style="bold"), _fronts(fronts, names))


def _columns_for(names: Sequence[str]) -> Sequence[str]:
    """Return the titles of columns: the names, or letters where the terminal is too narrow for them."""
    if _LEFT + sum(len(name) + _GAP for name in names) <= width() or len(names) > len(ascii_uppercase):
        return names
    return tuple(ascii_uppercase[: len(names)])


def _fronts(fronts: FrontsByCost, names: Sequence[str]) -> Table:
    """Return the best candidate of each study within a cost."""
    shown = _table(f"{fronts.cost.title} up to", names)
    for cost, records in fronts.steps(MOST_ROWS):
        best = fronts.best_of(records)
        shown.add_row(fronts.cost.words(cost), *(_cell(record, i in best) for i, record in enumerate(records)))
    return shown


def _cell(record: Record | None, best: bool) -> Text:
    score = UNKNOWN if record is None else score_text(record.metric, record.val_score)
    return Text(f"{score} {'*' if best else ' '}", style="bold" if best else "")


def _table(title: str, names: Sequence[str]) -> Table:
    table = Table(title, box=None, pad_edge=False)
    for name in names:
        table.add_column(name, justify="right", overflow="fold")
    return table
