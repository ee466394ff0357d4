"""A last operator that does not change which class has the highest score."""

from nas.graph.edit import Draft
from nas.graph.graph import Graph
from nas.target.advice.change import Change, message_of


def without_softmax(graph: Graph) -> Change | None:
    """Drop a SOFTMAX or LOGISTIC whose result is only an output of the graph.

    Message:
        operator {last} ({kinds}): {reason}; leave it out if the firmware needs no probabilities
    """
    draft = Draft(graph)
    last = [i for i, op in draft.alive() if op.kind in ("SOFTMAX", "LOGISTIC") and _is_end(draft, op.outputs[0])]
    for i in last:
        draft.bypass(i)
    if not last:
        return None
    kinds = " and ".join(sorted({graph.ops[i].kind for i in last}))
    reason = "the largest score wins with or without it"
    if kinds == "LOGISTIC":
        reason = "a probability above one half is a score above zero"
    message = message_of(without_softmax, last=last[-1], kinds=kinds, reason=reason)
    return Change(tuple(last), message, draft.graph())


def _is_end(draft: Draft, tensor: int) -> bool:
    """Say whether a tensor is only an output of the graph, directly or through a DEQUANTIZE."""
    readers = [draft.op(i) for i in draft.readers(tensor)]
    if tensor in draft.outputs:
        return not readers
    return len(readers) == 1 and readers[0] is not None and readers[0].kind == "DEQUANTIZE"
