"""Long tables as text: a line a row, fast enough for a thousand operators, where `rich.table` takes over a second."""

from collections.abc import Sequence

from rich.text import Text

from nas.cli.views.output import width

GAP = 2
"""Blanks between two columns."""
_LEAST = 8


def columns(titles: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[str], styles: Sequence[str]) -> Text:
    """Return a table as wide as the terminal at most.

    Args:
        titles: a title a column.
        rows: the cells, each on one line.
        right: the titles of columns that are aligned to the right.
        styles: the style of each row, empty for none.
    """
    widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    left = [i for i, title in enumerate(titles) if title not in right]
    while sum(widths) + GAP * (len(widths) - 1) > width():  # the widest column of words gives way
        widest = max(left, key=lambda i: widths[i])
        if widths[widest] <= _LEAST:
            break
        widths[widest] -= 1
    text = Text(no_wrap=True, overflow="crop")
    text.append(_line(titles, titles, widths, right), style="bold")
    for row, style in zip(rows, styles, strict=True):
        text.append("\n" + _line(row, titles, widths, right), style=style)
    return text


def _line(cells: Sequence[str], titles: Sequence[str], widths: Sequence[int], right: frozenset[str]) -> str:
    parts = []
    for cell, title, most in zip(cells, titles, widths, strict=True):
        cut = cell if len(cell) <= most else f"{cell[: most - 1]}…"
        parts.append(cut.rjust(most) if title in right else cut.ljust(most))
    return (" " * GAP).join(parts).rstrip()
