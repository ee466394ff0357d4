"""Parameters as the bytes of a FlatBuffer, after the schema in native/device/nas_params.fbs, and back."""

import struct
from collections.abc import Mapping

import flatbuffers

from nas.model.deploy.params.kinds import FORMS, KINDS, LISTS, Param, Value, rounded
from nas.target.flatbuffer import Table, root

SCHEMA_VERSION = 1
# Field numbers.
_VERSION, _ENTRIES = 0, 1
_KEY, _KIND, _VALUE = 0, 1, 2
_ONLY = 0  # the one field of every table of a value
# Equal texts may be stored once; a file in which all of its texts are one is a trap that would fill the memory.
_MOST_SHARED = 64


def encode(params: Mapping[str, Param]) -> bytes:
    """Return the bytes of parameters; equal parameters in the same order give equal bytes."""
    builder = flatbuffers.Builder(0)
    entries = [_entry(builder, key, param) for key, param in params.items()]
    listed = _references(builder, entries)
    builder.StartObject(2)
    builder.PrependUint8Slot(_VERSION, SCHEMA_VERSION, 0)
    builder.PrependUOffsetTRelativeSlot(_ENTRIES, listed, 0)
    builder.Finish(builder.EndObject())
    return bytes(builder.Output())


def _entry(builder: flatbuffers.Builder, key: str, param: Param) -> int:
    name, value = builder.CreateSharedString(key), _value(builder, param)
    builder.StartObject(3)
    builder.PrependUOffsetTRelativeSlot(_KEY, name, 0)
    builder.PrependUOffsetTRelativeSlot(_VALUE, value, 0)
    builder.PrependUint8Slot(_KIND, 1 + KINDS.index(param.kind), 0)
    return int(builder.EndObject())


def _value(builder: flatbuffers.Builder, param: Param) -> int:
    """Write a value as a table of one field, and return its offset."""
    value = param.value
    if isinstance(value, str | bytes | tuple):
        offset = _content(builder, param.kind, value)
        builder.StartObject(1)
        builder.PrependUOffsetTRelativeSlot(_ONLY, offset, 0)
    else:
        number = struct.pack(f"<{FORMS[param.kind]}", value)
        builder.StartObject(1)
        if any(number):  # a reader gives 0 for a field that is absent
            builder.Prep(len(number), 0)
            builder.head -= len(number)
            builder.Bytes[builder.head : builder.head + len(number)] = number
            builder.Slot(_ONLY)
    return int(builder.EndObject())


def _content(builder: flatbuffers.Builder, kind: str, value: str | bytes | tuple[Value, ...]) -> int:
    if isinstance(value, str):
        return int(builder.CreateSharedString(value))
    if isinstance(value, bytes):
        return int(builder.CreateByteVector(value))
    if kind == "strings":
        return _references(builder, [builder.CreateSharedString(text) for text in value])
    builder.StartVector(4, len(value), 4)
    for number in reversed(value):
        builder.PrependFloat32(number) if kind == "floats" else builder.PrependInt32(number)
    return int(builder.EndVector())


def _references(builder: flatbuffers.Builder, offsets: list[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


def decode(content: bytes) -> dict[str, Param]:
    """Return the parameters that were encoded; of several with one key, the first.

    Raises:
        ValueError: the bytes are no such parameters, or are those of a newer version.
    """
    try:
        return _decoded(content)
    except (IndexError, UnicodeDecodeError) as error:
        raise ValueError(f"the parameters are damaged: {error}") from error


def _decoded(content: bytes) -> dict[str, Param]:
    top = root(content)
    version = top.number(_VERSION, "<B", 0)
    if version != SCHEMA_VERSION:
        raise ValueError(f"the parameters have version {version}, version {SCHEMA_VERSION} is known")
    reader = _Reader(_MOST_SHARED * (len(content) + 64))
    found: dict[str, Param] = {}
    for entry in top.tables(_ENTRIES):
        key = reader.text(entry.content(_KEY))
        number, value = entry.number(_KIND, "<B", 0), entry.table(_VALUE)
        if not 1 <= number <= len(KINDS) or value is None:
            raise ValueError(f"parameter {key} has the kind {number}, which is not known")
        kind = KINDS[number - 1]
        found.setdefault(key, Param(kind, reader.value(value, kind)))
    return found


class _Reader:
    """Reads values, and counts their bytes."""

    def __init__(self, most_bytes: int) -> None:
        self._left = most_bytes

    def value(self, table: Table, kind: str) -> Value:
        """Return the value of a table of one field."""
        if kind == "strings":
            return tuple(self.text(text) for text in table.contents(_ONLY))
        if kind in LISTS:
            numbers = table.vector(_ONLY, FORMS[kind])
            self._spend(4 * len(numbers))
            return tuple(rounded(number) if kind == "floats" else int(number) for number in numbers)
        if kind == "string":
            return self.text(table.content(_ONLY))
        if kind == "bytes":
            content = table.content(_ONLY) or b""
            self._spend(len(content))
            return content
        return _number(table.scalar(_ONLY, f"<{FORMS[kind]}", 0), kind)

    def text(self, content: bytes | None) -> str:
        self._spend(len(content or b""))
        return (content or b"").decode()

    def _spend(self, size: int) -> None:
        self._left -= 16 + size
        if self._left < 0:
            raise IndexError("they refer to the same bytes again and again")


def _number(number: float, kind: str) -> Value:
    if kind == "bool":
        return bool(number)
    if kind == "float32":
        return rounded(number)
    return float(number) if kind == "float64" else int(number)
