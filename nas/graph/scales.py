"""Which tensors of a graph have the same scale: those between which numbers are copied or compared, not computed.

A pooling leaves the scale of its input as it is, and the kernels of CONCATENATION, PAD, RESHAPE and SLICE copy bytes.
The scales of SOFTMAX and LOGISTIC are fixed by TFLite.
"""

from collections.abc import Mapping

from nas.graph.graph import Graph

POOLINGS = frozenset(("MAX_POOL_2D", "AVERAGE_POOL_2D"))
# Operators whose output has the scale of its input, and of all inputs.
SAME_SCALE = POOLINGS | {"CONCATENATION", "PAD", "RESHAPE", "SLICE"}
# The range of values of an int8 output whose scale is fixed: 256 steps from 0.
FIXED_SCALE: Mapping[str, tuple[float, float]] = {"SOFTMAX": (0.0, 255 / 256), "LOGISTIC": (0.0, 255 / 256)}


def find_scales(graph: Graph) -> dict[int, int]:
    """Return the number of the scale of each tensor that is neither constant nor fixed, by the tensor's index.

    Scales are numbered from 0 in the order of their first tensors.
    """
    first = {graph.inputs[0]: graph.inputs[0]}
    for op in graph.ops:
        output = op.outputs[0]
        if op.kind in SAME_SCALE:
            joined = {first[i] for i in graph.data_inputs(op)}
            first[output] = min(joined)
            first = {tensor: first[output] if root in joined else root for tensor, root in first.items()}
        elif op.kind not in FIXED_SCALE:
            first[output] = output
    numbers = {root: number for number, root in enumerate(sorted(set(first.values())))}
    return {tensor: numbers[root] for tensor, root in first.items()}
