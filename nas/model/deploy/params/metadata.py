"""Metadata of a `.tflite`: named bytes beside the graph, read and replaced while everything else stays as it is.

A `.tflite` is a FlatBuffer. Its parts refer to each other by offsets that count from their own place and lead forward;
only a table's reference to its vtable may lead backward. So a file can be given another beginning: new bytes, the head,
hold the root table and the lists of buffers and of metadata, which alone change. The old bytes from the first part that
is still in use, the body, follow as they are: graph, weights, and fields of later schemas too, which would be lost if
the file were unpacked into today's objects and packed again.

The body moves by a multiple of 16 bytes, to which buffers are aligned. The few absolute offsets of the format, those of
data behind the FlatBuffer, are moved with it.
"""

import struct
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from nas.model.deploy.params.head import Head
from nas.target.flatbuffer import Table, root

ENTRY = "NAS_PARAMS"
"""The name of our entry in a model's metadata."""

SILABS_ENTRY = "SL_PARAMSv1"
"""The name under which the tools of Silicon Labs write and read the same bytes."""

ENTRIES = (ENTRY, SILABS_ENTRY)

IDENTIFIER = b"TFL3"
# Field numbers of TFLite's schema, version 3 (tensorflow/compiler/mlir/lite/schema/schema.fbs).
_BUFFERS, _METADATA, _FIELDS = 4, 6, 10
_NAME, _INDEX = 0, 1
_DATA, _OFFSET, _SIZE = 0, 1, 2
_TENSOR_BUFFER, _LARGE_OPTIONS = 2, 9
# The tables that hang from a table: fields that hold one, and fields that hold a list.
_ONE: Mapping[str, Mapping[int, str]] = {
    "tensor": {4: "quantization", 6: "sparsity"},
    "operator": {4: "options", 12: "options"},
    "quantization": {5: "details"},
    "dimension": {3: "details", 5: "details"},
}
_MANY: Mapping[str, Mapping[int, str]] = {
    "model": {1: "code", 2: "subgraph", 7: "signature", 8: "external", 9: "external"},
    "subgraph": {0: "tensor", 3: "operator"},
    "tensor": {9: "variant"},
    "sparsity": {2: "dimension"},
    "signature": {0: "map", 1: "map"},
}


class Entry(NamedTuple):
    """An entry of a model's metadata: its table, its name, and the place of its bytes in the list of buffers."""

    table: Table
    name: bytes
    buffer: int


class Model:
    """What is read of a `.tflite`; ValueError if it is none, or of a later format.

    Attributes:
        data: the file.
        root: the table of the model.
        buffers: tables of the buffers; `metadata` the entries of the metadata.
    """

    def __init__(self, data: bytes) -> None:
        if data[4:8] != IDENTIFIER:
            raise ValueError("it lacks the identifier TFL3")
        self.data = data
        try:
            self.root = root(data)
            self.buffers = list(self.root.tables(_BUFFERS))
            self.metadata = [
                Entry(table, table.content(_NAME) or b"", table.number(_INDEX, "<I", 0))
                for table in self.root.tables(_METADATA)
            ]
        except IndexError as error:
            raise ValueError(str(error)) from error

    def content(self, name: str) -> bytes | None:
        """Return the bytes of the first entry with this name; None if there is none."""
        for entry in self.metadata:
            if entry.name == name.encode():
                return self._bytes(entry.buffer)
        return None

    def _bytes(self, index: int) -> bytes:
        if index >= len(self.buffers):
            raise ValueError(f"its metadata name buffer {index} of {len(self.buffers)}")
        buffer = self.buffers[index]
        offset, size = buffer.number(_OFFSET, "<Q", 0), buffer.number(_SIZE, "<Q", 0)
        if offset > 1:  # behind the FlatBuffer
            return self.data[offset : offset + size]
        try:
            return buffer.content(_DATA) or b""
        except IndexError as error:
            raise ValueError(str(error)) from error


def with_metadata(data: bytes, entries: Mapping[str, bytes | None]) -> bytes:
    """Return a `.tflite` whose metadata have these entries; all else is as it was.

    Equal models with equal entries have equal bytes, however often the entries were replaced together before.

    Args:
        data: the file.
        entries: the bytes of each by its name; with None there will be no entry of this name.

    Raises:
        ValueError: the bytes are no `.tflite`, or of a later format, whose root table has fields that are not known.
    """
    model = Model(data)
    if any(field >= _FIELDS for field in model.root.present()):
        raise ValueError("it has parts of a later format, which cannot be written")
    try:
        return _Rewriting(model, {name.encode(): content for name, content in entries.items()}).result()
    except IndexError as error:
        raise ValueError(str(error)) from error


class _Rewriting:
    """A replacement of entries: what of the old file stays, where it goes, and the head before it."""

    def __init__(self, model: Model, entries: Mapping[bytes, bytes | None]) -> None:
        self.model, self.names = model, set(entries)
        self.new = {name: content for name, content in entries.items() if content is not None}
        self.metadata = [entry for entry in model.metadata if entry.name not in entries]
        self.tables = list(self._below("model", model.root, set()))
        self.buffers = self._buffers()
        kept = [*(entry.table for entry in self.metadata), *self.buffers, *(table for _, table in self.tables)]
        targets = [model.root.target(field) for field in self._fields() if field]
        self.start = min([*(part for table in kept for part in (table.at, table.vtable)), *filter(None, targets)])
        self.start -= self.start % 4
        if self.start < 8:
            raise ValueError("its parts overlap")

    def _fields(self) -> list[int]:
        """Return the root's fields that stay as they are: all but the two lists that are written anew."""
        return [field for field in self.model.root.present() if field not in (_BUFFERS, _METADATA)]

    def _below(self, kind: str, table: Table, seen: set[int]) -> Iterator[tuple[str, Table]]:
        """Yield every table that hangs from one, each once, with its kind; without buffers and metadata."""
        found = [(inner, part) for field, inner in _MANY.get(kind, {}).items() for part in table.tables(field)]
        for field, inner in _ONE.get(kind, {}).items():
            part = table.table(field)
            found += [] if part is None else [(inner, part)]
        for inner, part in found:
            if part.at not in seen:
                seen.add(part.at)
                yield inner, part
                yield from self._below(inner, part, seen)

    def _buffers(self) -> list[Table]:
        """Return the tables of the buffers that stay.

        Buffers are named by their places, so those behind an entry's cannot move up; its place then refers to buffer 0,
        which is empty by the format.
        """
        used = {entry.buffer for entry in self.metadata}
        used |= {table.number(_TENSOR_BUFFER, "<I", 0) for kind, table in self.tables if kind == "tensor"}
        free = {entry.buffer for entry in self.model.metadata if entry.name in self.names} - used - {0}
        buffers = list(self.model.buffers)
        while len(buffers) - 1 in free:
            buffers.pop()
        return [buffers[0] if i in free else table for i, table in enumerate(buffers)]

    def result(self) -> bytes:
        head = self._head()
        body = bytearray(self.model.data[self.start :])
        for at in self._absolute():
            (offset,) = struct.unpack_from("<Q", body, at - self.start)
            struct.pack_into("<Q", body, at - self.start, offset + len(head) - self.start)
        return head + bytes(body)

    def _head(self) -> bytes:
        head = Head(self.start)
        metadata = [head.body(entry.table.at) for entry in self.metadata]
        buffers = [head.body(table.at) for table in self.buffers]
        for index, name in enumerate(self.new, start=len(buffers)):
            metadata.append(head.table({_NAME: head.text(name)}, {_INDEX: index}))
        fields = {_METADATA: head.references(metadata)} if metadata else {}
        buffers += [head.table({_DATA: head.data(content)}) for content in self.new.values()]
        fields[_BUFFERS] = head.references(buffers)
        fields |= {field: head.body(self.model.root.target(field) or 0) for field in self._fields() if field}
        return head.finish(head.table(fields, {0: self.model.root.number(0, "<I", 0)}), IDENTIFIER)

    def _absolute(self) -> set[int]:
        """Return where the file holds places in itself, of data behind the FlatBuffer; 0 and 1 there mean none."""
        fields = [(table, _OFFSET) for table in self.buffers]
        fields += [(table, _LARGE_OPTIONS) for kind, table in self.tables if kind == "operator"]
        return {table.place(field) or 0 for table, field in fields if table.number(field, "<Q", 0) > 1}


def entry_of(tflite: bytes) -> str | None:
    """Return the name of the entry that holds the parameters, ours if there are both; None if there are none.

    Raises:
        ValueError: the bytes are no `.tflite`.
    """
    model = Model(tflite)
    return next((name for name in ENTRIES if model.content(name) is not None), None)
