"""What a reader measured of the files of a data set, as a table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileTable:
    """A table of a few lines, such as the lengths and the loudness of each class.

    Attributes:
        columns: their names; the first column says what a line is of.
        rows: a cell for each column; None where nothing was measured.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float | None, ...], ...]
