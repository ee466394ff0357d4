"""Reading one CSV recording: a line a sample, a column a channel, optionally a column of time."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nas.arrays import Doubles
from nas.data.windows import Recording
from nas.errors import InputError

UNITS = {"s": 1.0, "sec": 1.0, "seconds": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
"""Length in seconds of the units with which the name of a time column may end."""

TIME_NAME = re.compile(
    r"(?:(?:t|time|timestamp|elapsed|seconds)(?:[ _(\[]+(?P<unit>s|sec|seconds|ms|us|ns)[)\]]?)?)|ms|us"
)
FIRST_COLUMN_TIME_NAME = re.compile(r".*_(?:ms|us|ns)|seconds_elapsed")
"""Names that mean time in the first column only: elsewhere, `acc_ms` may be anything."""


def read_recording(path: Path, place: str) -> Recording:
    """Read `path`, with or without a header line, separated by commas, semicolons or tabs.

    A column called t, time, timestamp, seconds, ms or similar holds time and is not a channel. Its unit comes from
    the name (`time_ms`). If the name has none, the unit is the one in which the sample rate lies between 1 Hz and
    1 kHz.

    Args:
        path: the file.
        place: the file as messages name it.

    Raises:
        InputError: a cell is not a finite number, lines differ in length, or time does not increase; the message
            gives file and line.
    """
    lines = _lines(path, place)
    first = lines[0][1]
    delimiter = max(",;\t", key=first.count)
    header = _cells(first, delimiter)
    if all(_is_number(cell) for cell in header):
        header = []
    else:
        lines = lines[1:]
    table = _table(lines, delimiter, header, place)
    return _separate_time(table, tuple(header), lines, place)


def _lines(path: Path, place: str) -> list[tuple[int, str]]:
    """Return the lines that are not blank, each with its number in the file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(place, "cannot be read as text", got=error) from error
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise InputError(place, "must hold samples, but is empty", hint="remove the file")
    return lines


def _cells(line: str, delimiter: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _table(lines: Sequence[tuple[int, str]], delimiter: str, header: Sequence[str], place: str) -> Doubles:
    if not lines:
        raise InputError(place, "must hold samples, but has only a header", hint="remove the file")
    try:
        rows = [line for _, line in lines]
        table = np.loadtxt(rows, delimiter=delimiter, comments=None, quotechar='"', ndmin=2)
    except ValueError as error:
        raise _bad_line(lines, delimiter, header, place) or InputError(place, "cannot be read", got=error) from error
    if not np.isfinite(table).all() or (header and table.shape[1] != len(header)):
        raise _bad_line(lines, delimiter, header, place) or InputError(place, "must hold finite numbers")
    return table


def _bad_line(lines: Sequence[tuple[int, str]], delimiter: str, header: Sequence[str], place: str) -> InputError | None:
    """Return the error of the first faulty line. This is slow, so it runs only if some line is known to be faulty."""
    width = len(header) or len(_cells(lines[0][1], delimiter))
    for number, line in lines:
        cells = _cells(line, delimiter)
        if len(cells) != width:
            return InputError(f"{place}:{number}", f"must have {width} cells like the first line", got=len(cells))
        for index, cell in enumerate(cells):
            if not _is_number(cell) or not np.isfinite(float(cell)):
                column = header[index] if header else index + 1
                return InputError(f"{place}:{number}", f"column {column} must be a finite number", got=repr(cell))
    return None


def _separate_time(table: Doubles, header: tuple[str, ...], lines: Sequence[tuple[int, str]], place: str) -> Recording:
    column = next((i for i, name in enumerate(header) if _is_time(name, i)), None)
    if column is None:
        return Recording(table, header, None)
    channels = [i for i, name in enumerate(header) if not _is_time(name, i)]
    if not channels:
        raise InputError(place, "must have a column other than time", got=", ".join(header))
    times = table[:, column]
    if (np.diff(times) <= 0).any():
        number, _ = lines[int((np.diff(times) <= 0).argmax()) + 1]
        raise InputError(
            f"{place}:{number}", f"{header[column]} must increase from line to line", hint="repair the line"
        )
    # Times count from 0: in a large number, such as the time of day, later arithmetic would lose the fractions.
    seconds = (times - times[0]) * _unit(header[column], times)
    return Recording(table[:, channels], tuple(header[i] for i in channels), seconds)


def _is_time(name: str, index: int) -> bool:
    name = name.lower()
    return bool(TIME_NAME.fullmatch(name) or (index == 0 and FIRST_COLUMN_TIME_NAME.fullmatch(name)))


def _unit(name: str, times: Doubles) -> float:
    """Return the length in seconds of the time column's unit."""
    ending = re.search(r"([a-z]+)[)\]]?$", name.lower())
    if ending and ending[1] in UNITS:
        return UNITS[ending[1]]
    if name.lower() == "seconds_elapsed" or len(times) < 2:
        return 1.0
    step = float(np.median(np.diff(times)))
    return next(unit for unit, above in ((1e-9, 1e6), (1e-6, 1e3), (1e-3, 1.0), (1.0, 0.0)) if step >= above)
