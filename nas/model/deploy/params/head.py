"""The new beginning of a FlatBuffer whose rest, the body, stays as it is."""

import struct
from collections.abc import Iterable, Mapping

_ALIGNMENT = 16  # of the data of buffers, by TFLite's schema


class Head:
    """Writes from the head's end, where the body begins, to its beginning, so that references lead forward.

    A part is named by its distance from the end of the head; parts of the body have distances of 0 and below. The
    head's length is known only in the end; since the body then has moved by a multiple of 16 bytes, a distance tells
    how a part is aligned.
    """

    def __init__(self, start: int) -> None:
        self._start, self._bytes = start, b""

    def body(self, at: int) -> int:
        """Return the distance of the part of the body that lies at `at` in the old file."""
        return self._start - at

    def text(self, text: bytes) -> int:
        return self._put(struct.pack("<I", len(text)) + text + b"\0", 4)

    def data(self, content: bytes) -> int:
        """Write the bytes of a buffer, which are aligned themselves; their length stands before them."""
        self._put(content, _ALIGNMENT)
        return self._put(struct.pack("<I", len(content)), 4)

    def references(self, distances: Iterable[int]) -> int:
        """Write a list of references to parts."""
        targets = list(distances)
        self._pad(4 + 4 * len(targets), 4)
        first = len(self._bytes) + 4 * len(targets)
        offsets = [first - 4 * i - target for i, target in enumerate(targets)]
        return self._put(struct.pack(f"<{1 + len(targets)}I", len(targets), *offsets), 4)

    def table(self, references: Mapping[int, int], numbers: Mapping[int, int] = {}) -> int:
        """Write a table and its vtable before it: by field, references to parts, and numbers that are not 0."""
        fields = {**references, **{field: number for field, number in numbers.items() if number}}
        size = 4 + 4 * len(fields)
        self._pad(size, 4)
        # Fields of higher numbers come first, as FlatBuffers' own builders write them.
        offsets = {field: 4 + 4 * i for i, field in enumerate(sorted(fields, reverse=True))}
        vtable = [offsets.get(field, 0) for field in range(max(fields) + 1)]
        before = 4 + 2 * len(vtable)
        here = len(self._bytes) + size
        values = [
            fields[field] if field in numbers else here - offset - fields[field] for field, offset in offsets.items()
        ]
        distance = self._put(struct.pack(f"<i{len(values)}I", before, *values), 4)
        self._put(struct.pack(f"<{2 + len(vtable)}H", before, size, *vtable), 2)
        return distance

    def finish(self, root: int, identifier: bytes) -> bytes:
        """Return the head, whose first bytes refer to the root table and identify the format."""
        self._pad(8, _ALIGNMENT)
        return struct.pack("<I", 8 + len(self._bytes) - root) + identifier + self._bytes

    def _pad(self, size: int, alignment: int) -> None:
        """Fill up with zeros, so that a part of this size, written next, is aligned."""
        self._bytes = bytes((self._start - len(self._bytes) - size) % alignment) + self._bytes

    def _put(self, part: bytes, alignment: int) -> int:
        self._pad(len(part), alignment)
        self._bytes = part + self._bytes
        return len(self._bytes)
