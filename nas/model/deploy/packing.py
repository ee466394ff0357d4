"""The last step of slimming: a model's object tree as the bytes of a `.tflite`.

A `.tflite` is a FlatBuffer: tables and vectors that refer to each other by offsets. Several offsets may refer to the
same part; readers see no difference. TensorFlow's own writer stores each part anew, and a model with per-channel
quantization contains the same zero points, shapes and options many times.

The generated classes of the schema write themselves by calling a FlatBuffers builder. `_Parts` takes the builder's
place: it writes nothing, but notes which tables and vectors there are. The native core stores equal ones once and puts
all of them where alignment leaves the fewest bytes empty (native/src/file_layout.h). It computes the size of a file
that does not exist yet in the same way.
"""

import struct
from collections.abc import Collection
from functools import partial
from typing import Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

from nas.arrays import Array
from nas.target.flatbuffer import write

# Kernels may load the data of buffers in vectors; the schema asks for this alignment.
_ALIGNMENT = 16
_IDENTIFIER = "TFL3"


def plainly_packed(model: Any) -> bytes:
    """Return the file of a model, a `schema.ModelT`, as FlatBuffers' own builder writes it, each part anew."""
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), _IDENTIFIER.encode())
    return bytes(builder.Output())


def pack(model: Any, own: Collection[int] = ()) -> bytes:
    """Return the file of a model, a `schema.ModelT`; `model` must not be used afterwards.

    Args:
        model: the model.
        own: identities (`id`) of tables of quantization that share nothing with equal ones, see `slim`.
    """
    tables: dict[int, _Own] = {}
    for tensor in (tensor for graph in model.subgraphs for tensor in graph.tensors):
        if id(tensor.quantization) in own:
            tensor.quantization = tables.setdefault(id(tensor.quantization), _Own(tensor.quantization))
    model.buffers = [_Buffer(data=buffer.data) for buffer in model.buffers]
    parts = _Parts()
    model.Pack(parts)
    return write(parts.parts, _IDENTIFIER)


class _Buffer(schema.BufferT):
    """A buffer whose data are aligned, and shared with no other part."""

    def Pack(self, parts: Any) -> int:  # noqa: N802 - the schema's name
        return int(parts.table([] if self.data is None else [(0, 0, parts.data(bytes(bytearray(self.data))))]))


class _Own:
    """A table whose vectors are written for it alone, at its first mention; later mentions refer to that one."""

    def __init__(self, table: Any) -> None:
        self._table, self._part = table, -1

    def Pack(self, parts: Any) -> int:  # noqa: N802 - the schema's name
        if self._part < 0:
            parts.sharing = False
            self._part = self._table.Pack(parts)
            parts.sharing = True
        return self._part


# The builder's names of types, as `struct` writes them.
_FORMS = {
    "Bool": "<?", "Int8": "<b", "Uint8": "<B", "Int16": "<h", "Uint16": "<H", "Int32": "<i", "Uint32": "<I",
    "Int64": "<q", "Uint64": "<Q", "Float32": "<f", "Float64": "<d",
}  # fmt: skip


class _Parts:
    """Notes what the schema's classes would have a builder write; has the methods of a builder that they call.

    Parts are named by their numbers. Each comes after those that it refers to, so the root is the last.

    Attributes:
        parts: what `nas.target.flatbuffer.write` takes.
        sharing: whether vectors of numbers are shared with equal ones.
    """

    def __init__(self) -> None:
        self.parts: list[tuple[Any, ...]] = []
        self.sharing = True
        self._fields: list[tuple[int, int, int]] = []
        self._items: list[bytes] = []
        self._references: list[int] = []
        self._width, self._whole = 0, True

    def table(self, fields: list[tuple[int, int, int]]) -> int:
        """Add a table: of each field its number, its width (0 for a reference), and its bits or the part."""
        return self._add("table", sorted(fields))

    def data(self, content: bytes) -> int:
        """Add the data of a buffer."""
        return self._add("alone", content, len(content), _ALIGNMENT)

    def _add(self, *part: Any) -> int:
        self.parts.append(part)
        return len(self.parts) - 1

    def _vector(self, content: bytes, count: int, width: int, whole: bool) -> int:
        kind = "vector"
        if not self.sharing:
            kind = "alone"
        elif whole and width == 4:
            kind = "words"  # may lie within a longer vector; floats may not, since only data decide them
        return self._add(kind, content, count, max(4, width))

    # From here on, methods of the builder.

    def CreateString(self, text: str | bytes) -> int:  # noqa: N802
        content = text.encode() if isinstance(text, str) else bytes(text)
        return self._add("text", content, len(content), 4)

    def CreateNumpyVector(self, items: Array) -> int:  # noqa: N802
        content = items.astype(items.dtype.newbyteorder("<"), copy=False).tobytes()
        return self._vector(content, len(items), items.itemsize, items.dtype.kind in "iu")

    def StartVector(self, width: int, count: int, alignment: int) -> None:  # noqa: N802
        self._width, self._items, self._references, self._whole = width, [], [], True

    def EndVector(self, *count: int) -> int:  # noqa: N802
        self._items.reverse()  # a builder is given the last element first
        if self._references:
            return self._add("references", self._references[::-1])
        return self._vector(b"".join(self._items), len(self._items), self._width, self._whole)

    def PrependUOffsetTRelative(self, part: int) -> None:  # noqa: N802
        self._references.append(part)

    def StartObject(self, count: int) -> None:  # noqa: N802
        self._fields = []

    def EndObject(self) -> int:  # noqa: N802
        return self.table(self._fields)

    def PrependUOffsetTRelativeSlot(self, slot: int, part: int, absent: int) -> None:  # noqa: N802
        self._fields.append((slot, 0, int(part)))

    def __getattr__(self, name: str) -> Any:
        """Return `PrependInt32`, which adds an element, `PrependInt32Slot`, which adds a field, and so on."""
        form = _FORMS[name.removeprefix("Prepend").removesuffix("Slot")]
        return partial(self._slot if name.endswith("Slot") else self._element, form)

    def _element(self, form: str, number: float) -> None:
        self._items.append(struct.pack(form, number))
        self._whole = form != _FORMS["Float32"]

    def _slot(self, form: str, slot: int, number: float, absent: float) -> None:
        if number != absent:
            content = struct.pack(form, number)
            self._fields.append((slot, len(content), int.from_bytes(content, "little")))
