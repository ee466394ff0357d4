"""A batch size that was left open: the device then computes shapes at each inference."""

from dataclasses import replace

from nas.graph.edit import Draft
from nas.graph.graph import Graph, Op, Tensor
from nas.target.advice.change import Change, message_of, operators


def fixed_batch(graph: Graph) -> Change | None:
    """Fold what is computed from shapes alone, as the converter does when the batch is fixed.

    Message:
        shapes are computed on the device ({operators}), since the batch size was open at conversion; give the Keras
        model batch_shape=(1, ...), or convert a concrete function with batch 1
    """
    draft = Draft(graph)
    folded = tuple(_fold_shapes(draft))
    if not folded:
        return None
    _name_reshapes(draft)
    draft.merge_reshapes()
    _share_shapes(draft)
    return Change(folded, message_of(fixed_batch, operators=operators(folded)), draft.graph())


def _fold_shapes(draft: Draft) -> list[int]:
    """Turn the results of SHAPE into constants, and all integers that are computed from constants alone."""
    folded = []
    for i, op in draft.alive():
        integers = all(draft.tensors[t].dtype in ("int32", "int64") for t in op.outputs)
        known = all(t < 0 or draft.tensors[t].constant for t in op.inputs)
        if op.outputs and (op.kind == "SHAPE" or (integers and known)):
            draft.put(i, None)
            folded.append(i)
            for t in op.outputs:
                draft.tensors[t] = replace(draft.tensors[t], constant=True)
    return folded


def _name_reshapes(draft: Draft) -> None:
    """Replace each EXPAND_DIMS and SQUEEZE by the RESHAPE to a known shape, as the converter does."""
    for i, op in draft.alive():
        if op.kind in ("EXPAND_DIMS", "SQUEEZE"):
            rank = len(draft.tensors[op.outputs[0]].shape)
            shape = draft.add(Tensor("shape", (rank,), "int32", constant=True, scales=0))
            draft.put(i, Op("RESHAPE", (op.inputs[0], shape), op.outputs))


def _share_shapes(draft: Draft) -> None:
    """Keep one constant for all reshapes to one shape, as the converter does."""
    known: dict[tuple[int, ...], int] = {}
    for i, op in draft.alive():
        if op.kind == "RESHAPE" and len(op.inputs) == 2:
            shape = known.setdefault(draft.tensors[op.outputs[0]].shape, op.inputs[1])
            draft.put(i, replace(op, inputs=(op.inputs[0], shape)))
