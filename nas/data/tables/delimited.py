"""Tables as text: lines of cells with commas, semicolons, tabs, bars or blanks between them."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nas.data.tables.header import PREAMBLE, Header, find_header
from nas.data.tables.table import MAX_COLUMNS, Table
from nas.errors import InputError

DELIMITERS = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma", " ": "blanks"}
"""What may stand between cells; the earlier one wins where two fit alike."""

NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?|nan|inf", re.IGNORECASE)
POINT_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|nan|inf", re.IGNORECASE)
SPLIT_NUMBER = re.compile(r"-0|0\d+")
"""A half of `-0,5` or `1,05`: no program writes whole numbers like this."""

SAMPLE = 12
"""Lines that show the form of a file."""

EXACT: Any = {} if pd.__version__ >= "3.1" else {"float_precision": "round_trip"}
"""Before pandas 3.1, the default parser is off by a last digit."""

COMMENT = re.compile(r"\s+#.*$")


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a file that hold cells, each with its number in the file.

    Attributes:
        numbers: of the lines, from 1 on.
        texts: the lines.
        comment: the last comment before the first line, without its mark; empty if there is none.
    """

    numbers: Sequence[int]
    texts: Sequence[str]
    comment: str = ""

    def after(self, count: int) -> "Lines":
        """Return all but the first lines."""
        return Lines(self.numbers[count:], self.texts[count:])

    def sample(self) -> Sequence[str]:
        """Return lines from the end, where no header is; the last one may be cut off, so it is left out."""
        return self.texts[1:][-SAMPLE - 1 : -1] or self.texts[-1:]


def parse(text: str, place: str, notes: tuple[str, ...] = ()) -> Table:
    """Read text as a table; `notes` say what was assumed before.

    Raises:
        InputError: there are no cells, lines differ in their number of cells, or the form is ambiguous.
    """
    lines, delimiter = _told(_lines(text), place)
    sample = lines.sample()
    present = [each for each in DELIMITERS if each in sample[0]] or [","]
    delimiter = delimiter or max(present, key=lambda each: _fit(sample, each))
    width = Counter(len(cells(line, delimiter)) for line in sample).most_common(1)[0][0]
    if width > MAX_COLUMNS:
        raise InputError(place, f"must have at most {MAX_COLUMNS} columns", got=width, hint="check its form")
    full = len(cells(lines.texts[0], delimiter)) >= width
    first = (lines.comment, *lines.texts[: 4 if full else PREAMBLE])
    header = find_header([cells(line, delimiter) for line in first], width)
    body = lines.after(header.lines)
    if not body.texts:
        raise InputError(place, "must hold samples, but has only a header", hint="remove the file")
    decimal = _decimal(body, delimiter)
    if delimiter == "," and header.names and width == 2 and len(header.names) == 1:
        delimiter, decimal, width = "\t", ",", 1
    if delimiter == "," and any('"' in line for line in body.sample()):
        # Between quotes, a comma is within a number; with tabs between cells this is so without quotes too.
        body, delimiter = Lines(body.numbers, ["\t".join(cells(line, ",")) for line in body.texts]), "\t"
        decimal = _decimal(body, delimiter)
    _check_commas(body, delimiter, header, width, place)
    _check_points(body, delimiter, decimal, place)
    width = len(header.names) or width
    assumed = notes + _form_notes(delimiter, decimal, width) + header.notes
    frame = _frame(body, delimiter, decimal)
    if isinstance(frame, Exception) or frame.shape[1] != width or frame[width - 1].isna().any():
        # Only then may a line have more or fewer cells than others: pandas fills short lines with blank cells.
        body, evened = _even(body, delimiter, width, place)
        frame, assumed = _frame(body, delimiter, decimal), assumed + evened
    if isinstance(frame, Exception):
        raise InputError(place, "cannot be read as a table", got=frame) from frame
    return Table(place, frame, header.names, np.array(body.numbers), assumed)


def cells(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line without the blanks around them."""
    if delimiter == " ":
        return line.split()
    if '"' not in line:
        return [cell.strip() for cell in line.split(delimiter)]
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))]
    except csv.Error:  # a cell of more than 131,072 characters
        return [cell.strip() for cell in line.split(delimiter)]


def _lines(text: str) -> Lines:
    """Return the lines that are neither blank nor comments."""
    every = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if "#" not in text:
        kept = [n for n, line in enumerate(every) if line and not line.isspace()]
        return Lines([n + 1 for n in kept], every if len(kept) == len(every) else [every[n] for n in kept])
    kept = [n for n, line in enumerate(every) if line.strip() and not line.lstrip().startswith("#")]
    before = [line.strip().lstrip("# ") for line in every[: kept[0] if kept else 0] if line.strip()]
    texts = [COMMENT.sub("", every[n]) if every[n].lstrip()[:1] in "+-.0123456789" else every[n] for n in kept]
    return Lines([n + 1 for n in kept], texts, before[-1] if before else "")


def _told(lines: Lines, place: str) -> tuple[Lines, str]:
    """Return the lines without Excel's line `sep=;`, and the delimiter that it names; else an empty text."""
    if lines.texts and (told := re.fullmatch(r"\"?sep=(.)\"?", lines.texts[0].strip(" "), re.IGNORECASE)):
        lines = lines.after(1)
        delimiter = told[1]
    else:
        delimiter = ""
    if not lines.texts:
        raise InputError(place, "must hold samples, but is empty", hint="remove the file")
    return lines, delimiter if delimiter in DELIMITERS else ""


def _fit(sample: Sequence[str], delimiter: str) -> tuple[bool, float, float]:
    """Return how well a delimiter fits: whether it divides most lines alike, and the shares of numbers and lines."""
    rows = [cells(line, delimiter) for line in sample]
    width, count = Counter(map(len, rows)).most_common(1)[0]
    if width < 2:
        return False, 0.0, 0.0
    number = POINT_NUMBER if delimiter == "," else NUMBER
    filled = [cell for row in rows for cell in row if cell]
    numbers = sum(bool(number.fullmatch(cell)) for cell in filled)
    return count >= 0.5 * len(rows), round(numbers / max(1, len(filled)), 2), count / len(rows)


def _decimal(body: Lines, delimiter: str) -> str:
    if delimiter == "," or not any("," in line for line in body.texts):
        return "."
    edge = r"\s" if delimiter == " " else re.escape(delimiter)
    comma = re.compile(rf'(?:^|[{edge}])[ "]*[-+]?\d*,\d+(?:[eE][-+]?\d+)?[ "]*(?:[{edge}]|$)')
    return "," if any(comma.search(line) for line in body.texts) else "."


def _check_commas(body: Lines, delimiter: str, header: Header, width: int, place: str) -> None:
    """Refuse files in which the comma stands both between cells and within numbers."""
    if delimiter != "," or any("." in line for line in body.sample()):
        return
    sample = [cells(line, delimiter) for line in body.sample()]
    halves = any(SPLIT_NUMBER.fullmatch(cell) for row in sample for cell in row)
    doubled = header.names and len(header.names) < width <= 2 * len(header.names)
    if doubled or (halves and not header.names):
        raise InputError(
            place,
            "must not have the comma both between cells and within numbers",
            got=repr(body.texts[0][:40]),
            hint="export with semicolons or decimal points",
        )


def _check_points(body: Lines, delimiter: str, decimal: str, place: str) -> None:
    """Refuse files with decimal points and decimal commas: one of them may separate thousands."""
    if decimal != ",":
        return
    for line in body.sample():
        if pointed := next((cell for cell in cells(line, delimiter) if re.fullmatch(r"[-+]?\d+\.\d+", cell)), None):
            hint = "export with one of them, and without separators of thousands"
            raise InputError(place, "must not have decimal points beside decimal commas", got=pointed, hint=hint)


def _even(body: Lines, delimiter: str, width: int, place: str) -> tuple[Lines, tuple[str, ...]]:
    """Return lines of `width` cells: without blank cells behind them, and without a last line that is cut off."""
    counts = np.array([_count(line, delimiter) for line in body.texts])
    wrong = np.flatnonzero(counts != width).tolist()
    if not wrong:
        return body, ()
    texts, notes = list(body.texts), []
    for row in wrong:
        found = cells(texts[row], delimiter)
        if len(found) > width and not any(found[width:]):
            texts[row] = _joined(found[:width], delimiter)
        elif len(found) < width and row == len(texts) - 1 and row > 0:
            texts.pop()
            notes.append("the last line is cut off and left out")
        else:
            at = f"{place}:{body.numbers[row]}"
            raise InputError(at, f"must have {width} cells like the first line", got=len(found))
    return Lines(body.numbers[: len(texts)], texts), tuple(notes)


def _count(line: str, delimiter: str) -> int:
    return len(cells(line, delimiter)) if '"' in line or delimiter == " " else line.count(delimiter) + 1


def _joined(row: Sequence[str], delimiter: str) -> str:
    return delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row)


def _frame(body: Lines, delimiter: str, decimal: str) -> pd.DataFrame | Exception:
    """Return the cells of lines, or the error for which pandas cannot read them."""
    try:
        frame: pd.DataFrame = pd.read_csv(
            io.StringIO("\n".join(body.texts) + "\n"),
            sep=r"\s+" if delimiter == " " else delimiter,
            decimal=decimal,
            header=None,
            skipinitialspace=True,
            skip_blank_lines=False,
            keep_default_na=False,
            na_values=[""],
            **EXACT,
            low_memory=False,
        )
        return frame
    except (ValueError, OverflowError, MemoryError) as error:  # pandas' own errors are ValueErrors
        return error


def _form_notes(delimiter: str, decimal: str, width: int) -> tuple[str, ...]:
    notes = [f"delimiter: {DELIMITERS[delimiter]}"] if delimiter != "," and width > 1 else []
    return (*notes, *(["decimal comma"] if decimal == "," else []))
