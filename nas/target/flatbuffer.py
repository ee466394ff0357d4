"""FlatBuffers: tables read with every position checked, since the bytes may be a stranger's, and files written.

A FlatBuffer is a table that refers to others by relative offsets. A table begins with the distance back to its vtable,
which lists where each of its fields lies; a field that is missing there has its default.
"""

import struct
from collections.abc import Iterator, Sequence
from typing import Any

from nas import _native


class Table:
    """A table: fields by number, each absent or at an offset.

    Every method raises IndexError for an offset that leads outside the bytes.

    Attributes:
        at: where the table begins.
        vtable: where its vtable begins.
    """

    __slots__ = ("_data", "_fields", "at", "vtable")

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self.at = data, at
        self.vtable = at - int(self._unpack("<i", at))
        self._fields = max(0, (int(self._unpack("<H", self.vtable)) - 4) // 2)

    def present(self) -> list[int]:
        """Return the numbers of the fields that the table has."""
        return [field for field in range(self._fields) if self.place(field) is not None]

    def number(self, field: int, form: str, absent: int) -> int:
        return int(self.scalar(field, form, absent))

    def scalar(self, field: int, form: str, absent: float) -> float:
        """Return a number or a boolean that `struct` reads as `form`."""
        at = self.place(field)
        return absent if at is None else self._unpack(form, at)

    def table(self, field: int) -> "Table | None":
        at = self.target(field)
        return None if at is None else Table(self._data, at)

    def tables(self, field: int) -> Iterator["Table"]:
        for at in self._items(field):
            yield Table(self._data, self._follow(at))

    def numbers(self, field: int) -> tuple[int, ...]:
        return tuple(int(self._unpack("<i", at)) for at in self._items(field))

    def vector(self, field: int, form: str) -> tuple[float, ...]:
        """Return the numbers of a vector, each of which `struct` reads as `form`, such as `f`."""
        content = self.content(field, struct.calcsize(f"<{form}"))
        return () if content is None else tuple(number for (number,) in struct.iter_unpack(f"<{form}", content))

    def content(self, field: int, width: int = 1) -> bytes | None:
        """Return the bytes of a vector or a string whose elements have `width` bytes; None if it is absent."""
        at = self.target(field)
        return None if at is None else self._content(at, width)

    def contents(self, field: int) -> Iterator[bytes]:
        """Yield the bytes of each string of a vector of strings."""
        return (self._content(self._follow(at), 1) for at in self._items(field))

    def integers(self, field: int, most: int) -> tuple[int, ...]:
        """Return the numbers in a vector of bytes, four bytes each; IndexError if there are more than `most`."""
        content = self.content(field) or b""
        count = len(content) // 4
        if count > most:
            raise IndexError(f"more than {most} numbers")
        return struct.unpack_from(f"<{count}i", content)

    def length(self, field: int) -> int:
        """Return the number of elements of a vector whose elements have four bytes."""
        return len(self._items(field))

    def place(self, field: int) -> int | None:
        """Return where a field's value lies; None if it is absent."""
        offset = int(self._unpack("<H", self.vtable + 4 + 2 * field)) if 0 <= field < self._fields else 0
        return self.at + offset if offset else None

    def target(self, field: int) -> int | None:
        """Return where the table, vector or string lies that a field refers to; None if it is absent."""
        at = self.place(field)
        return None if at is None else self._follow(at)

    def _content(self, at: int, width: int) -> bytes:
        size = int(self._unpack("<I", at)) * width
        if size > len(self._data) - at - 4:
            raise IndexError(f"a vector of {size} bytes at {at} leads outside of {len(self._data)} bytes")
        return self._data[at + 4 : at + 4 + size]

    def _items(self, field: int) -> range:
        """Return where the elements of a vector of four bytes each lie."""
        at = self.target(field)
        if at is None:
            return range(0)
        end = at + 4 + 4 * int(self._unpack("<I", at))
        if end > len(self._data):
            raise IndexError(f"a vector at {at} leads outside of {len(self._data)} bytes")
        return range(at + 4, end, 4)

    def _follow(self, at: int) -> int:
        return at + int(self._unpack("<I", at))

    def _unpack(self, form: str, at: int) -> float:
        if not 0 <= at <= len(self._data) - struct.calcsize(form):
            raise IndexError(f"offset {at} leads outside of {len(self._data)} bytes")
        number: float = struct.unpack_from(form, self._data, at)[0]
        return number


def root(data: bytes) -> Table:
    """Return the table that the others hang from; IndexError if it lies outside the bytes."""
    if len(data) < 4:
        raise IndexError(f"{len(data)} bytes hold no offset")
    return Table(data, int(struct.unpack_from("<I", data)[0]))


def write(parts: Sequence[tuple[Any, ...]], identifier: str) -> bytes:
    """Return the smallest file of these parts, of which the last is the root; for their form see `nas/_native.pyi`.

    Raises:
        ValueError: a part comes after one that refers to it, or the file would have 2 GB or more.
    """
    return _native.write_file(parts, identifier)
