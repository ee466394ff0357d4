"""The last step of slimming: a model's object tree as the bytes of a `.tflite`, in which equal parts are stored once.

A `.tflite` is a FlatBuffer: tables and vectors that refer to each other by offsets. Several offsets may refer to the
same part, but TensorFlow's own writer stores each part anew, and a model with per-channel quantization contains the
same zero points, shapes and options many times. Readers see no difference.

The Python builder has sharing for strings only, and writes the file from its end to its beginning: each new part is
put in front of those written before. So equal parts are shared in two ways:

- Tables, which are small: equal ones become one object (`_once`) that is written once (`_Table`).
- Vectors: each is written, compared with the earlier ones, and if one of those is equal, taken back (`_Builder`).
"""

from typing import Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

# TFLM reads weights in place. The converter aligns them to 16 bytes, for kernels that load vectors.
_ALIGNMENT = 16


def pack(model: Any) -> bytes:
    """Return the file of a model with one subgraph, a `schema.ModelT`; `model` must not be used afterwards."""
    (graph,) = model.subgraphs
    tables: dict[bytes, _Table] = {}
    for tensor in graph.tensors:
        tensor.quantization = _once(tensor.quantization, tables)
    for op in graph.operators:
        op.builtinOptions = _once(op.builtinOptions, tables)
    model.buffers = [_Buffer(data=buffer.data) for buffer in model.buffers]
    builder = _Builder()
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


class _Buffer(schema.BufferT):
    """A buffer whose data are aligned; Python's packing ignores the schema's `force_align`."""

    def Pack(self, builder: Any) -> Any:  # noqa: N802 - the schema's name
        if self.data is not None:
            builder.Prep(_ALIGNMENT, len(self.data))
        return super().Pack(builder)


class _Table:
    """A table that is written at its first mention; later mentions get the offset of that one."""

    def __init__(self, table: Any) -> None:
        self._table, self._offset = table, None

    def Pack(self, builder: Any) -> Any:  # noqa: N802 - the schema's name
        if self._offset is None:
            self._offset = self._table.Pack(builder)
        return self._offset


def _once(table: Any, tables: dict[bytes, _Table]) -> _Table | None:
    """Return the entry of `tables` that has the same bytes as `table`, which is added if there is none."""
    if table is None:
        return None
    alone = flatbuffers.Builder(0)
    alone.Finish(table.Pack(alone))
    return tables.setdefault(bytes(alone.Output()), _Table(table))


class _Builder(flatbuffers.Builder):
    """A builder that takes a vector back if an equal one was written before.

    Life cycle of a vector: `StartVector`, a call of `Prepend...` for each element, `EndVector`, which returns its
    offset. What has been written begins at `head`, an index into the buffer `Bytes`, and reaches to its end. To take
    a vector back, `head` is moved to where it was before `StartVector`; the buffer may have grown meanwhile, so the
    position is remembered as the number of bytes written.
    """

    def __init__(self) -> None:
        super().__init__()
        self._offsets: dict[tuple[int, bytes], Any] = {}
        self._element_bytes, self._written_before, self._has_offsets = 0, 0, False

    def StartVector(self, width: int, count: int, alignment: int) -> Any:  # noqa: N802 - the builder's name
        self._element_bytes, self._written_before, self._has_offsets = width, len(self.Bytes) - self.Head(), False
        return super().StartVector(width, count, alignment)

    def PrependUOffsetTRelative(self, offset: int) -> None:  # noqa: N802 - the builder's name
        # Offsets count from their own place, so equal bytes elsewhere would refer to other parts: never shared.
        self._has_offsets = True
        super().PrependUOffsetTRelative(offset)

    def EndVector(self, *count: int) -> Any:  # noqa: N802 - the builder's name
        elements = self.vectorNumElems
        offset = super().EndVector(*count)
        if self._has_offsets:
            return offset
        head = self.Head()
        # A vector is its length, 4 bytes, and its elements.
        key = self._element_bytes, bytes(self.Bytes[head : head + 4 + self._element_bytes * elements])
        first = self._offsets.setdefault(key, offset)
        if first != offset:
            self.head = len(self.Bytes) - self._written_before
        return first
