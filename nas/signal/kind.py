"""The kinds of rows (table, window, image), recognized by their number of axes, and the network input of each."""

from collections.abc import Sequence
from enum import StrEnum


class Kind(StrEnum):
    """What one row of data is. The values are the words for it in space files."""

    TABLE = "table"
    """Features of one table row: (features,)."""
    WINDOW = "window"
    """Window of a signal: (time, channels)."""
    IMAGE = "image"
    """Image: (height, width, channels)."""

    @property
    def axes(self) -> int:
        """Number of axes of a row."""
        return list(Kind).index(self) + 1

    @property
    def plural(self) -> str:
        """What texts call several rows: `windows`, `images`, or `rows` of a table."""
        return "rows" if self == Kind.TABLE else f"{self.value}s"

    @classmethod
    def of(cls, row_shape: Sequence[int]) -> "Kind":
        """Return the kind of a row of the given shape; ValueError if no kind has this number of axes."""
        kind = next((kind for kind in cls if kind.axes == len(row_shape)), None)
        if kind is None:
            raise ValueError(f"a row has 1 to 3 axes, not the shape {tuple(row_shape)}")
        return kind


def row_of(input_shape: Sequence[int]) -> tuple[int, ...]:
    """Return the shape of a row by that of a network's input, batch first: an image of height 1 is a window."""
    row = tuple(input_shape[1:])
    return row[1:] if len(row) == Kind.IMAGE.axes and row[0] == 1 else row


def as_input(row_shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape in which a network reads a row: a window as an image of height 1, other rows unchanged."""
    return (1, *row_shape) if len(row_shape) == Kind.WINDOW.axes else row_shape
