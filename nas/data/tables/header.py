"""The lines above the cells of a table: names of columns, units, and what a logger wrote before them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nas.data.tables.table import BLANK

NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)*|[.,]\d+)(?:[eE][-+]?\d+)?|[-+]?inf(?:inity)?", re.IGNORECASE)
DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]+\d{1,2}:\d\d.*)?|\d{1,2}:\d\d(?::\d\d(?:[.,:]\d+)?)?(?: ?[AaPp][Mm])?"
)
UNIT = re.compile(r"[\[(]?[A-Za-z%°µμ][\w%°²³µμ^*·/. \-]{0,11}[\])]?|[\[(][\w%°²³µμ^*·/. \-]{0,12}[\])]|-|")
PREAMBLE = 25
"""Lines that a logger may write above the header."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above the cells.

    Attributes:
        names: one name a column; empty if the file gives none.
        lines: number of lines before the cells.
        notes: what was assumed.
    """

    names: tuple[str, ...]
    lines: int
    notes: tuple[str, ...] = ()


def is_word(cell: str) -> bool:
    """Return whether a cell holds neither a number nor a date and is not blank."""
    return cell.lower() not in BLANK and not NUMBER.fullmatch(cell) and not DATE.fullmatch(cell)


def find_header(rows: Sequence[list[str]], width: int) -> Header:
    """Find the header in the first lines of a file.

    Args:
        rows: the cells of the last comment before the first line, and of the first lines.
        width: number of cells in most lines.
    """
    comment, *rows = rows
    skipped = _preamble(rows, width)
    notes = [f"lines above the header left out: {skipped}"] if skipped else []
    rows = rows[skipped:]
    if not _is_header(rows, width):
        if len(comment) == width and all(map(is_word, comment)):
            return Header(tuple(comment), 0, ("the header is the comment above the cells",))
        return Header((), 0)
    names = rows[0]
    while len(names) > width and not names[-1]:
        names = names[:-1]
    if len(rows) > 2 and len(rows[1]) == len(rows[0]) and _is_unit_line(rows[1], rows[2]):
        names = [f"{name} [{unit.strip('[]()')}]" if unit else name for name, unit in zip(names, rows[1], strict=True)]
        return Header(tuple(names), skipped + 2, (*notes, "the line below the header holds units"))
    return Header(tuple(names), skipped + 1, tuple(notes))


def _preamble(rows: Sequence[list[str]], width: int) -> int:
    """Return how many lines stand above the header: those before the first one of full width, if that one has names."""
    if width < 2 or len(rows[0]) >= width:
        return 0
    full = next((n for n, row in enumerate(rows[:PREAMBLE]) if len(row) >= width), 0)
    return full if full and all(is_word(cell) for cell in rows[full] if cell) else 0


def _is_header(rows: Sequence[list[str]], width: int) -> bool:
    first, rest = rows[0], [row for row in rows[1:] if len(row) == width]
    words = {place for place, cell in enumerate(first) if is_word(cell)}
    if words == {place for place, cell in enumerate(first) if cell}:
        return bool(words)
    if _counts(first, words) and any(re.search(r"\d[.,]\d", cell) for row in rest for cell in row):
        return True
    # Where the same columns hold text in the next line, the first one is a row too: `0.1,0.2,walk`.
    return bool(words) and not (rest and words <= {place for place, cell in enumerate(rest[0]) if is_word(cell)})


def _counts(first: Sequence[str], words: set[int]) -> bool:
    """Return whether the names are positions, as pandas writes them where columns have no names: 0, 1, 2, label."""
    numbers = [cell for place, cell in enumerate(first) if place not in words and cell]
    return len(numbers) > 2 and numbers in ([str(n + start) for n in range(len(numbers))] for start in (0, 1))


def _is_unit_line(units: Sequence[str], below: Sequence[str]) -> bool:
    """Return whether a line holds units: short words or brackets only, where the next line has numbers."""
    return (
        all(UNIT.fullmatch(cell) for cell in units)
        and any(units)
        and not any(NUMBER.fullmatch(cell) for cell in units)
        and not any(map(is_word, below))
    )
