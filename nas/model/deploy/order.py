"""The order of a converted file's operators: that of the graph that it was made from.

TensorFlow's converter keeps the order within a branch, but not between branches, and the arena depends on it.
"""

from typing import Any

from ai_edge_litert import schema_py_generated as schema

from nas.graph.graph import Graph
from nas.model.deploy.operator_code import kind_of


def put_in_order(model: Any, graph: Graph) -> None:
    """Put the operators of the only subgraph of `model`, a `schema.ModelT`, in the order of `graph`.

    Both are walked from the output to the input. Where they differ, the file's order stays.
    """
    (written,) = model.subgraphs
    writers = {int(op.outputs[0]): op for op in written.operators}
    makers = {op.outputs[0]: op for op in graph.ops}
    found: dict[int, Any] = {}
    pairs = list(zip(graph.outputs, map(int, written.outputs), strict=True))
    while pairs:
        tensor, twin = pairs.pop()
        if tensor in found or tensor not in makers:
            continue
        op, same = makers[tensor], writers.get(twin)
        if same is None or kind_of(model.operatorCodes[same.opcodeIndex]) != getattr(schema.BuiltinOperator, op.kind):
            return
        found[tensor] = same
        pairs += zip(graph.data_inputs(op), map(int, same.inputs), strict=False)
    if len(found) == len(graph.ops) == len(written.operators):
        written.operators = [found[op.outputs[0]] for op in graph.ops]
