"""Changes a graph: operators are bypassed, removed or replaced, and what is no longer read is removed."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from nas.graph.graph import Graph, Op, Tensor

RESHAPES = frozenset({"RESHAPE", "EXPAND_DIMS", "SQUEEZE"})


class Draft:
    """A graph that is being changed.

    Life cycle: made from a graph; changed in place, by the indices of that graph; `graph()` returns the result.

    Indices stay valid until then: a removed operator leaves a gap, and new tensors come after the old ones. Tensors
    and operators keep their order, since TFLM's planner breaks ties by it.
    """

    def __init__(self, graph: Graph) -> None:
        self.tensors = list(graph.tensors)
        self.ops: list[Op | None] = [None] * len(graph.ops)
        self._producers: dict[int, set[int]] = {}
        self._readers: dict[int, set[int]] = {}
        for i, op in enumerate(graph.ops):
            self.put(i, op)
        self.inputs = list(graph.inputs)
        self.outputs = list(graph.outputs)
        mentioned = {i for op in graph.ops for i in (*op.inputs, *op.outputs)}
        self._idle = set(range(len(graph.tensors))) - mentioned - {*graph.inputs, *graph.outputs}

    def alive(self) -> Iterator[tuple[int, Op]]:
        """Yield the remaining operators with their indices, in their current state."""
        for i in range(len(self.ops)):
            op = self.ops[i]
            if op is not None:
                yield i, op

    def put(self, index: int, op: Op | None) -> None:
        """Set an operator, or remove it."""
        old = self.ops[index]
        if old is not None:
            for places, tensors in ((self._producers, old.outputs), (self._readers, old.inputs)):
                for t in tensors:
                    places[t].discard(index)
        self.ops[index] = op
        if op is not None:
            for places, tensors in ((self._producers, op.outputs), (self._readers, op.inputs)):
                for t in tensors:
                    places.setdefault(t, set()).add(index)

    def producer(self, tensor: int) -> int | None:
        return min(self._producers.get(tensor, ()), default=None)

    def readers(self, tensor: int) -> list[int]:
        return sorted(self._readers.get(tensor, ()))

    def constant(self, tensor: int) -> bool:
        """Return whether a tensor is constant, or a constant behind a DEQUANTIZE."""
        if tensor < 0 or self.tensors[tensor].constant:
            return tensor >= 0
        op = self.op(self.producer(tensor))
        return op is not None and op.kind == "DEQUANTIZE" and self.tensors[op.inputs[0]].constant

    def op(self, index: int | None) -> Op | None:
        return None if index is None else self.ops[index]

    def add(self, tensor: Tensor) -> int:
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def redirect(self, old: int, new: int) -> None:
        """Make all readers of the tensor `old`, and the graph's outputs, refer to `new`."""
        for i in self.readers(old):
            op = self.ops[i]
            assert op is not None
            self.put(i, replace(op, inputs=tuple(new if t == old else t for t in op.inputs)))
        self.outputs = [new if t == old else t for t in self.outputs]

    def bypass(self, index: int, kept: int = 0) -> None:
        """Remove an operator; its readers read its input number `kept` instead."""
        op = self.ops[index]
        assert op is not None
        self.put(index, None)
        self.redirect(op.outputs[0], op.inputs[kept])

    def set_options(self, index: int, **options: Any) -> None:
        op = self.ops[index]
        assert op is not None
        self.put(index, replace(op, options={**op.options, **options}))

    def merge_reshapes(self) -> None:
        """Join chains of reshapes: each reads the input of the first one; those that change no shape are removed."""
        for i, op in self.alive():
            if op.kind not in RESHAPES:
                continue
            root = self._root(op.inputs[0])
            if self.tensors[root].shape == self.tensors[op.outputs[0]].shape:
                self.put(i, replace(op, inputs=(root,)))
                self.bypass(i)
            else:
                self.put(i, replace(op, inputs=(root, *op.inputs[1:])))

    def graph(self) -> Graph:
        """Return the graph without operators and tensors that nothing reads any longer."""
        self._drop_dead()
        mentioned = {i for _, op in self.alive() for i in (*op.inputs, *op.outputs)}
        needed = mentioned | {*self.inputs, *self.outputs} | self._idle
        kept = [i for i in range(len(self.tensors)) if i in needed]
        place = {old: new for new, old in enumerate(kept)} | {-1: -1}

        def moved(tensors: Iterable[int]) -> tuple[int, ...]:
            return tuple(place[t] for t in tensors)

        return Graph(
            tensors=tuple(self.tensors[i] for i in kept),
            ops=tuple(replace(op, inputs=moved(op.inputs), outputs=moved(op.outputs)) for _, op in self.alive()),
            inputs=moved(self.inputs),
            outputs=moved(self.outputs),
        )

    def _root(self, tensor: int) -> int:
        op = self.op(self.producer(tensor))
        while op is not None and op.kind in RESHAPES:
            tensor = op.inputs[0]
            op = self.op(self.producer(tensor))
        return tensor

    def _drop_dead(self) -> None:
        needed = set(self.outputs)
        for i, op in reversed(list(self.alive())):
            if op.outputs and not needed & set(op.outputs):
                self.put(i, None)
            else:
                needed |= set(op.inputs)
