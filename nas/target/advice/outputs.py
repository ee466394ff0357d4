"""A last operator that does not change which class wins."""

from nas.graph.edit import Draft
from nas.graph.graph import Graph
from nas.target.advice.change import Change


def without_softmax(graph: Graph) -> Change | None:
    """Drop a SOFTMAX or LOGISTIC whose result only leaves the graph."""
    draft = Draft(graph)
    last = [i for i, op in draft.alive() if op.kind in ("SOFTMAX", "LOGISTIC") and _is_end(draft, op.outputs[0])]
    for i in last:
        draft.bypass(i)
    if not last:
        return None
    kinds = " and ".join(sorted({graph.ops[i].kind for i in last}))
    words = "the largest score wins with or without it"
    if kinds == "LOGISTIC":
        words = "a probability above one half is a score above zero"
    message = f"operator {last[-1]} ({kinds}): {words}; leave it out if the firmware needs no probabilities"
    return Change(tuple(last), message, draft.graph())


def _is_end(draft: Draft, tensor: int) -> bool:
    """Say whether a tensor only leaves the graph, maybe through a DEQUANTIZE."""
    readers = [draft.op(i) for i in draft.readers(tensor)]
    if tensor in draft.outputs:
        return not readers
    return len(readers) == 1 and readers[0] is not None and readers[0].kind == "DEQUANTIZE"
