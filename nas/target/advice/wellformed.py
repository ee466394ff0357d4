"""Whether a graph is well-formed, which the rules of advice rely on and a file does not guarantee."""

from nas.graph.graph import Graph, Op

MOST_OPS = 1000
# By operator: how many of the first inputs must be present.
_INPUTS = {
    **dict.fromkeys(("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"), 2),
    **dict.fromkeys(("MEAN", "SUM", "REDUCE_MAX", "PAD", "PADV2", "MIRROR_PAD", "ADD", "SUB", "MUL"), 2),
    "TRANSPOSE_CONV": 3,
}
_WITH_WINDOWS = ("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "MAX_POOL_2D", "AVERAGE_POOL_2D")


def is_wellformed(graph: Graph) -> bool:
    """Say whether every operator reads only what was written before, and every tensor is written once."""
    if len(graph.ops) > MOST_OPS or not graph.ops:
        return False
    written = {i for i, tensor in enumerate(graph.tensors) if tensor.constant} | set(graph.inputs)
    for op in graph.ops:
        known = all(t < 0 or t in written for t in op.inputs)
        if not known or not op.outputs or set(op.outputs) & written or not _has_shapes(graph, op):
            return False
        written |= set(op.outputs)
    return set(graph.outputs) <= written


def _has_shapes(graph: Graph, op: Op) -> bool:
    needed = op.inputs[: _INPUTS.get(op.kind, 1)]
    if len(needed) < _INPUTS.get(op.kind, 1) or any(t < 0 for t in needed):
        return False
    shapes = [graph.tensors[t].shape for t in (*needed, op.outputs[0])]
    if op.kind == "FULLY_CONNECTED":
        return all(shapes)
    if op.kind in _WITH_WINDOWS:
        return all(len(shape) == 4 for shape in shapes if op.kind != "TRANSPOSE_CONV" or len(shape) > 1)
    return True
