"""A table as it was read: columns of cells, their names, and what was assumed about its form."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from nas.arrays import Array, Doubles
from nas.errors import InputError

BLANK = ("", "nan", "na", "n/a", "<na>", "null", "none", "-", "--", "?")
"""What stands, in small letters, for a missing number."""

MAX_COLUMNS = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table.

    Attributes:
        place: the file as messages name it.
        frame: the cells; columns are numbered from 0.
        names: one name a column, or empty.
        lines: number of each row in the file; None if the rows have none.
        notes: what was assumed, one line each.
    """

    place: str
    frame: pd.DataFrame
    names: tuple[str, ...] = ()
    lines: Array | None = None
    notes: tuple[str, ...] = ()
    _matrix: Doubles | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.frame.shape[1] > MAX_COLUMNS:
            raise InputError(
                self.place, f"must have at most {MAX_COLUMNS} columns", got=self.frame.shape[1], hint="check its form"
            )
        if all(isinstance(dtype, np.dtype) and dtype.kind in "iuf" for dtype in self.frame.dtypes):
            # Most tables hold numbers alone; looking a column up in a frame takes longer than all else about it.
            object.__setattr__(self, "_matrix", self.frame.to_numpy(np.float64))

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def width(self) -> int:
        """Number of columns."""
        return int(self.frame.shape[1])

    def at(self, row: int) -> str:
        """Return the place of a row."""
        return self.place if self.lines is None else f"{self.place}:{self.lines[row]}"

    def name(self, column: int) -> str:
        """Return the name of a column, or its number from 1 on."""
        return self.names[column] if self.names and self.names[column] else str(column + 1)

    def numbers(self, column: int) -> Doubles:
        """Return a column as numbers, NaN where it is blank; InputError at the first cell that is no finite number."""
        values, blank = self._values(column)
        bad = ~np.isfinite(values) & ~blank
        if bad.any():
            row = int(bad.argmax())
            got = repr(str(self.frame.iat[row, column]))
            raise InputError(self.at(row), f"column {self.name(column)} must be a finite number", got=got)
        return values

    def known_numbers(self, column: int) -> Doubles:
        """Return the finite numbers of a column, without its other cells."""
        values, _ = self._values(column)
        return values[np.isfinite(values)]

    def is_blank(self, column: int) -> bool:
        """Return whether no cell of a column holds anything."""
        return bool(self._values(column)[1].all())

    def is_text(self, column: int) -> bool:
        """Return whether a column holds something, but no number at all."""
        values, blank = self._values(column)
        return bool((np.isnan(values) & ~blank).any()) and bool(np.isnan(values).all())

    def texts(self, column: int) -> Array:
        """Return a column as text [rows], without blanks around it; empty where a cell is. 3.0 is `3`."""
        series = self.frame[column]
        if pd.api.types.is_float_dtype(series.dtype):
            return np.array(["" if np.isnan(cell) else f"{cell:.15g}" for cell in series.tolist()], dtype=str)
        return np.array(
            ["" if cell is None or cell is pd.NaT or cell != cell else str(cell).strip() for cell in series]
        )

    def _values(self, column: int) -> tuple[Doubles, Array]:
        """Return a column as numbers, NaN where a cell is none, and which cells are blank."""
        if self._matrix is not None:
            return self._matrix[:, column], np.isnan(self._matrix[:, column])
        series = self.frame[column]
        if pd.api.types.is_numeric_dtype(series.dtype):
            values = series.to_numpy(np.float64, na_value=np.nan)
            return values, np.isnan(values)
        if pd.api.types.is_datetime64_any_dtype(series.dtype):
            return np.full(len(series), np.nan), series.isna().to_numpy()
        texts = series.astype(str).str.strip()
        blank = series.isna() | texts.str.lower().isin(BLANK)
        numbers = pd.to_numeric(texts.where(~blank, None), errors="coerce")
        return numbers.to_numpy(np.float64, na_value=np.nan), blank.to_numpy(bool)
