"""Writing tables as files, by the ending of the name."""

import io
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from nas.data.tables.reading import Frame
from nas.errors import InputError
from nas.files import write_atomic


def write_tables(path: Path, tables: Mapping[str, Frame]) -> list[Path]:
    """Write tables into one workbook, a sheet each, or into a CSV file each, and return the files.

    Args:
        path: an `.xlsx` file, or a `.csv` file for the first table; the others go to `<stem>_<name>.csv` beside it.
        tables: by name.

    Raises:
        InputError: the ending is another one, or a workbook needs a package that is not installed.
    """
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return [write_atomic(path, _workbook(path, tables))]
    if suffix != ".csv":
        raise InputError(path, "must end with .csv or .xlsx", got=suffix or "no ending")
    first, *_ = tables
    places = {name: path if name == first else path.with_name(f"{path.stem}_{name}.csv") for name in tables}
    return [write_atomic(places[name], frame.to_csv(index=False)) for name, frame in tables.items()]


def _workbook(path: Path, tables: Mapping[str, Frame]) -> bytes:
    buffer = io.BytesIO()
    try:
        with pd.ExcelWriter(buffer, engine="openpyxl") as writer:
            for name, frame in tables.items():
                frame.to_excel(writer, sheet_name=name, index=False)
    except ImportError:
        raise InputError(path, "needs the package openpyxl", hint="pip install openpyxl, or write a .csv") from None
    return buffer.getvalue()
