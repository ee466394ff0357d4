"""Reading a table from a file, by the ending of its name."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from nas.data.acquisition import load_acquisition
from nas.data.tables.delimited import parse
from nas.data.tables.encoding import check_file, decode, read_bytes
from nas.data.tables.header import find_header
from nas.data.tables.table import Table
from nas.errors import InputError

Frame: TypeAlias = pd.DataFrame
"""A frame of pandas."""

TEXTS = (".csv", ".tsv", ".txt", ".dat", ".data")
TABLES = (*TEXTS, ".xlsx", ".parquet")
"""Endings of files that hold a table."""
ACQUISITIONS = (".json", ".cbor")
"""Endings of Edge Impulse's files, which are read where its folder lists them."""

MOST_UNPACKED_BYTES = 2 << 30
"""Most bytes that the sheets of a workbook may have; Excel's own limit of rows is far below."""


def read_table(path: Path, place: str) -> Table:
    """Read a table with its header.

    Args:
        path: the file.
        place: the file as messages name it.

    Raises:
        InputError: the file is no regular file, no table, or ambiguous; the message gives file and line.
    """
    check_file(path, place)
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return _workbook(path, place)
    if suffix == ".parquet":
        return _parquet(path, place)
    content = read_bytes(path, place)
    if suffix in ACQUISITIONS:
        return _acquisition(content, place)
    text, note = decode(content, place)
    return parse(text, place, (note,) if note else ())


def _workbook(path: Path, place: str) -> Table:
    """Read the one sheet of an Excel workbook that has cells."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > MOST_UNPACKED_BYTES:
            raise InputError(place, f"must unpack to at most {MOST_UNPACKED_BYTES >> 30} GB", got=f"{size:,} bytes")
        sheets = pd.read_excel(
            path, sheet_name=None, header=None, keep_default_na=False, na_values=[""], engine="openpyxl"
        )
    except ImportError:
        raise InputError(
            place, "needs the package openpyxl", hint="pip install openpyxl, or save the sheet as CSV"
        ) from None
    except InputError:
        raise
    except Exception as error:  # openpyxl raises errors of many types for damaged files
        raise InputError(place, "cannot be read as an Excel workbook", got=error, hint="save it again") from error
    filled = {name: sheet for name, sheet in sheets.items() if len(sheet)}
    if len(filled) != 1:
        got = ", ".join(map(str, filled)) or "none"
        raise InputError(place, "must have one sheet with cells", got=got, hint="save each sheet as a file of its own")
    return _sheet(next(iter(filled.values())), place)


def _sheet(cells: pd.DataFrame, place: str) -> Table:
    cells.columns = pd.RangeIndex(cells.shape[1])
    cells.index = pd.RangeIndex(1, len(cells) + 1)
    cells = cells.dropna(how="all").dropna(how="all", axis=1)
    cells.columns = pd.RangeIndex(cells.shape[1])
    first = [["" if cell != cell else str(cell).strip() for cell in row] for row in cells.head(40).to_numpy(object)]
    widths = [len(row) if row[-1] else len(row) - next((n for n, c in enumerate(row[::-1]) if c), 0) for row in first]
    header = find_header([[], *(row[:width] for row, width in zip(first, widths, strict=True))], cells.shape[1])
    body = cells.iloc[header.lines :]
    if not len(body):
        raise InputError(place, "must hold samples, but has only a header", hint="remove the file")
    names = (*header.names, *[""] * (cells.shape[1] - len(header.names))) if header.names else ()
    return Table(place, body.reset_index(drop=True).infer_objects(), names, np.asarray(body.index), header.notes)


def _parquet(path: Path, place: str) -> Table:
    try:
        frame = pd.read_parquet(path)
    except ImportError:
        raise InputError(place, "needs the package pyarrow", hint="pip install pyarrow, or save it as CSV") from None
    except Exception as error:  # pyarrow's errors are of many types
        raise InputError(place, "cannot be read as Parquet", got=error) from error
    return from_frame(frame, place)


def from_frame(frame: pd.DataFrame, place: str) -> Table:
    """Return a frame of pandas as a table; an index that has names or holds times is a column too."""
    timed = isinstance(frame.index, pd.DatetimeIndex | pd.TimedeltaIndex)
    if timed or any(name is not None for name in frame.index.names):
        frame = (
            frame.rename_axis(index="time").reset_index() if frame.index.name is None and timed else frame.reset_index()
        )
    names = tuple(" ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in frame.columns)
    if not len(frame):
        raise InputError(place, "must hold rows, but is empty", hint="leave it out, or record it again")
    frame = frame.copy(deep=False)
    frame.columns = pd.RangeIndex(len(names))
    return Table(place, frame, names)


def to_frame(rows: Sequence[Mapping[str, object]]) -> Frame:
    """Return rows as a frame of pandas; a column that a row does not have is missing in it."""
    return pd.DataFrame.from_records(list(rows))


def _acquisition(content: bytes, place: str) -> Table:
    """Read a recording in Edge Impulse's data acquisition format: samples, sensors, and milliseconds between."""
    found = load_acquisition(content, place)
    times = np.arange(len(found.values))[:, None] * found.interval_ms
    return Table(place, pd.DataFrame(np.hstack([times, found.values])), ("time_ms", *found.sensors))
