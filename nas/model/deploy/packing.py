"""A model's object tree as the bytes of a `.tflite`, with everything equal written once.

An offset in a flatbuffer may point to what another one points to already. TensorFlow's own writer makes no use of
it, though a per-channel model holds the same zero points, shapes and options many times over. Readers see no
difference.
"""

from typing import Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

# TFLM reads weights where they lie; the converter aligns them so, for kernels that load vectors.
_ALIGNMENT = 16


def pack(model: Any) -> bytes:
    """Return the file of a model with one subgraph, a `schema.ModelT`, whose tables become shared on the way."""
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
    """A buffer whose data stays aligned when it is packed; the schema's `force_align` is lost in Python."""

    def Pack(self, builder: Any) -> Any:  # noqa: N802 - the schema's name
        if self.data is not None:
            builder.Prep(_ALIGNMENT, len(self.data))
        return super().Pack(builder)


class _Table:
    """A table that is packed where it is first mentioned, and pointed to from then on."""

    def __init__(self, table: Any) -> None:
        self._table, self._offset = table, None

    def Pack(self, builder: Any) -> Any:  # noqa: N802 - the schema's name
        if self._offset is None:
            self._offset = self._table.Pack(builder)
        return self._offset


def _once(table: Any, tables: dict[bytes, _Table]) -> _Table | None:
    """Return the one among `tables` that packs to the same bytes."""
    if table is None:
        return None
    alone = flatbuffers.Builder(0)
    alone.Finish(table.Pack(alone))
    return tables.setdefault(bytes(alone.Output()), _Table(table))


class _Builder(flatbuffers.Builder):
    """A builder that takes a vector back when an equal one was written before."""

    def __init__(self) -> None:
        super().__init__()
        self._vectors: dict[tuple[int, bytes], Any] = {}
        self._width, self._before, self._points = 0, 0, False

    def StartVector(self, width: int, count: int, alignment: int) -> Any:  # noqa: N802 - the builder's name
        self._width, self._before, self._points = width, len(self.Bytes) - self.Head(), False
        return super().StartVector(width, count, alignment)

    def PrependUOffsetTRelative(self, offset: int) -> None:  # noqa: N802 - the builder's name
        # Such a vector's numbers mean something at its own place only.
        self._points = True
        super().PrependUOffsetTRelative(offset)

    def EndVector(self, *count: int) -> Any:  # noqa: N802 - the builder's name
        elements = self.vectorNumElems
        offset = super().EndVector(*count)
        if self._points:
            return offset
        head = self.Head()
        key = self._width, bytes(self.Bytes[head : head + 4 + self._width * elements])
        known = self._vectors.setdefault(key, offset)
        if known != offset:
            self.head = len(self.Bytes) - self._before
        return known
