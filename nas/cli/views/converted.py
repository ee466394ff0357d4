"""A model in several formats as a person reads it: sizes, how each answers, and the verdict with its rule."""

from collections.abc import Iterator
from typing import Any

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from nas.api.converted import Agreement, Conversion, ConvertedFile
from nas.cli.views.columns import columns
from nas.reports.memory_map.lifetimes import printable
from nas.task.task import metric_title, score_text
from nas.text import UNKNOWN, kilobytes, percent

_STYLES = {"passes": "green", "differs": "red", "not made": "red", "not judged": "yellow"}


def view(result: Conversion) -> Group:
    """Return a table of formats, then rules and reasons, a line each."""
    title = Text(f"{printable(result.name)}\n", style="bold")
    words = f"compared on {result.rows_are}" if any(file.checked for file in result.files) else "not compared"
    if result.keras_bytes is not None:
        words += f"; the .keras file has {kilobytes(result.keras_bytes)}"
    parts: list[Any] = [title.append(words, style="not bold dim"), "", _table(result)]
    parts += [line for file in result.files for line in _lines(file)]
    if result.notes:
        parts += ["", *(Text(f"note: {printable(note)}", style="yellow") for note in result.notes)]
    return Group(*parts)


def _table(result: Conversion) -> Text:
    titles = ["format", "file", "largest", "equal", "same class", _judged_by(result), "verdict"]
    rows = [_cells(file) for file in result.files]
    right = frozenset(titles) - {"format", "verdict"}
    return columns(titles, rows, right, [_STYLES[file.verdict] for file in result.files])


def _cells(file: ConvertedFile) -> list[str]:
    found = file.checked
    if found is None:
        return [file.format, kilobytes(file.file_bytes), *[UNKNOWN] * 4, file.verdict]
    cells = [_difference(found), _share(found.equal), _share(found.agreement)]
    return [file.format, kilobytes(file.file_bytes), *cells, _scores(found), file.verdict]


def _difference(found: Agreement) -> str:
    if found.steps is None:
        return f"{found.difference:.1e}"
    return f"{found.steps} step{'' if found.steps == 1 else 's'}"


def _share(share: float | None) -> str:
    """Return a share in percent with two decimals, since a few of thousands matter; 100 % only for all."""
    return "all" if share == 1 else percent(None if share is None else min(share, 0.9999), decimals=2)


def _judged_by(result: Conversion) -> str:
    return metric_title(next((file.checked.metric for file in result.files if file.checked), "accuracy"))


def _scores(found: Agreement) -> str:
    if found.score is None:
        return UNKNOWN
    own, other = (score_text(found.metric, score) for score in (found.score, found.reference_score))
    return f"{own} ({other})"


def _lines(file: ConvertedFile) -> Iterator[Any]:
    if file.reason:
        yield Padding(Text(f"! {file.format}: {printable(file.reason)}"), (0, 0, 0, 2))
    elif file.checked and file.checked.rule:
        word = "holds" if file.checked.passed else "does not hold"
        against = f"against {file.checked.reference}: {file.checked.rule}"
        yield Padding(Text(f"{file.format} {against}: {word}", style="dim"), (0, 0, 0, 2))
    if file.file:
        yield Padding(Text(f"{file.format}: {printable(file.file)}", style="dim"), (0, 0, 0, 2))
