"""The graph of a `.tflite`, from its footprint and the few fields of the file that a footprint leaves out.

It reads bytes that the native core has read before and whose offsets it has checked.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from nas.graph.graph import Graph, Op, Tensor
from nas.target.flatbuffer import Table, root
from nas.target.footprint import Footprint, OpFootprint, TensorFootprint

# Field numbers of TFLite's schema, version 3 (tflite/schema/schema.fbs).
_SUBGRAPHS, _BUFFERS, _DATA = 2, 4, 0
_TENSORS, _INPUTS, _OUTPUTS, _OPS = 0, 1, 2, 3
_BUFFER, _QUANTIZATION, _SCALES, _VARIABLE, _OPTIONS = 2, 4, 2, 5, 4
# Field numbers by operator: of pairs (height, width), and below of the fused activation.
_PAIRS: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "CONV_2D": {"stride": (2, 1), "dilation": (5, 4)},
    "DEPTHWISE_CONV_2D": {"stride": (2, 1), "dilation": (6, 5)},
    "MAX_POOL_2D": {"stride": (2, 1), "filter": (4, 3)},
    "AVERAGE_POOL_2D": {"stride": (2, 1), "filter": (4, 3)},
    "TRANSPOSE_CONV": {"stride": (2, 1)},
}
_ACTIVATIONS = {
    "CONV_2D": 3,
    "DEPTHWISE_CONV_2D": 4,
    "MAX_POOL_2D": 5,
    "AVERAGE_POOL_2D": 5,
    **dict.fromkeys(("FULLY_CONNECTED", "ADD", "MUL", "SUB"), 0),
}
_REDUCERS = ("MEAN", "SUM", "REDUCE_MAX")
_MOST_AXES = 8  # many operators may share one constant, so a long one would be read again and again
_ACTIVATION_NAMES = ("NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT")


def read_graph(model: bytes, footprint: Footprint) -> Graph | None:
    """Return the graph that a footprint was profiled from; None for one that a `Graph` cannot hold.

    A graph holds one subgraph without state, planned online. The native core does not check the offsets of options that
    cost nothing, so those may point outside the file.
    """
    try:
        return _read(model, footprint)
    except IndexError:
        return None


def _read(model: bytes, footprint: Footprint) -> Graph | None:
    top = root(model)
    subgraphs = list(top.tables(_SUBGRAPHS))
    if len(subgraphs) != 1:
        return None
    (subgraph,) = subgraphs
    tables = list(subgraph.tables(_TENSORS))
    if any(table.number(_VARIABLE, "B", 0) for table in tables):
        return None
    rows = zip(tables, footprint.tensors, strict=False)  # scratch buffers come behind the tensors
    operators = zip(subgraph.tables(_OPS), footprint.ops, strict=True)
    buffers = list(top.tables(_BUFFERS))
    return Graph(
        tensors=tuple(_tensor(table, row) for table, row in rows),
        ops=tuple(
            Op(row.op, row.inputs, row.outputs, {**_options(table, row), **_axes(row, tables, buffers)})
            for table, row in operators
        ),
        inputs=subgraph.numbers(_INPUTS),
        outputs=subgraph.numbers(_OUTPUTS),
    )


def _tensor(table: Table, row: TensorFootprint) -> Tensor:
    quantization = table.table(_QUANTIZATION)
    scales = 0 if quantization is None else quantization.length(_SCALES)
    return Tensor(row.name, row.shape, row.dtype, row.kind == "constant", scales)


def _options(op: Table, row: OpFootprint) -> dict[str, Any]:
    table = op.table(_OPTIONS)
    options: dict[str, Any] = {}
    if table is None:  # as all runtimes read it
        return {"activation": "NONE"} if row.op == "FULLY_CONNECTED" else options
    for key, (height, width) in _PAIRS.get(row.op, {}).items():
        absent = 1 if key == "dilation" else 0
        options[key] = (table.number(height, "<i", absent), table.number(width, "<i", absent))
    if row.op in _PAIRS:
        options["padding"] = "VALID" if table.number(0, "b", 0) else "SAME"
    if row.op in _ACTIVATIONS:
        options["activation"] = _ACTIVATION_NAMES[table.number(_ACTIVATIONS[row.op], "b", 0)]
    return options


def _axes(row: OpFootprint, tensors: Sequence[Table], buffers: Sequence[Table]) -> dict[str, Any]:
    """Return the axes of a reduction; TFLite keeps them as data, not as options."""
    if row.op not in _REDUCERS or len(row.inputs) < 2 or row.inputs[1] < 0:
        return {}
    return {"axes": buffers[tensors[row.inputs[1]].number(_BUFFER, "<I", 0)].integers(_DATA, _MOST_AXES)}
