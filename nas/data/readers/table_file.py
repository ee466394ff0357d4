"""Reading one table with a column of classes: rows of measurements that become windows, or a row an example."""

import shlex
from pathlib import Path

from nas.data.dataset import Dataset
from nas.data.layouts.entry import Entry
from nas.data.names import WHO, is_named
from nas.data.options import DataOptions
from nas.data.readers.examples import are_examples, to_examples
from nas.data.readers.recordings import takes_of, to_dataset
from nas.data.source import READERS, Reader
from nas.data.tables.reading import TABLES, read_table
from nas.data.tables.sheet import read_sheet
from nas.data.tables.table import Table
from nas.errors import InputError

MOST_CLASSES = 50
"""A column of text with more values than this is not proposed as that of the classes."""


def read_file(source: str, path: Path, options: DataOptions) -> Dataset:
    """Read a file that holds one table with a column of classes.

    Raises:
        InputError: no column holds the classes, or a cell is not a number (the message gives file and line).
    """
    return read_rows(source, read_table(path, source), options)


def read_rows(source: str, table: Table, options: DataOptions) -> Dataset:
    """Read a table with a class a row.

    Rows with times, or of which `window`, `stride` or `rate_hz` is given, are samples of recordings that are cut into
    windows. Others are examples, a row each.

    Raises:
        InputError: no column holds the classes, or a cell is not a number (the message gives file and line).
    """
    sheet = read_sheet(table, options, labelled=False)
    if sheet.labels is None:
        raise InputError(source, "must have a column of classes or targets", hint=_likely_labels(table))
    entry = Entry(Path(source), source, source)
    if are_examples([sheet], options):
        return to_examples(source, [sheet], [entry], sheet.notes, options)
    takes = takes_of(sheet, entry, resets=True)
    if not takes:
        hint = "fill the column of times, or name another one by --time-column"
        raise InputError(source, "must hold rows with times", hint=hint)
    return to_dataset(source, takes, options, sheet.notes)


def _likely_labels(table: Table) -> str:
    """Return in words which column may hold the classes: those of text with few values come first."""
    if not table.names:
        return "give --label-column NUMBER"
    few = {
        column: values
        for column in range(table.width)
        if table.names[column] and table.is_text(column)
        if 2 <= (values := len(set(table.texts(column).tolist()) - {""})) <= max(2, min(MOST_CLASSES, len(table) // 2))
    }
    # A column that names people is not proposed before any other one.
    likely = sorted(few, key=lambda column: (is_named(table.names[column], WHO), few[column]))
    names = [table.names[column] for column in likely]
    others = [name for name in table.names if name and name not in names]
    if not names:
        return f"give --label-column NAME, one of: {', '.join(others)}"
    return f"give --label-column {shlex.quote(names[0])} or another one of: {', '.join([*names[1:], *others])}"


READERS.register("table_file")(
    Reader(
        accepts=lambda path: path.suffix.lower() in TABLES and path.is_file(),
        read=read_file,
        what="a CSV or Excel file",
        pattern="FILE.csv",
        summary="Your rows in one CSV, TSV, TXT, Excel or Parquet file with a column of classes or targets: "
        "--label-column, --group-column, --time-column.",
        options=frozenset({"window", "stride", "rate_hz", "label_column", "group_column", "time_column"}),
    )
)
