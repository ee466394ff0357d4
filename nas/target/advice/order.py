"""Branches computed in an order that keeps more tensors in memory at once than another order would."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from nas.graph.graph import ITEM_BYTES, Graph
from nas.target.advice.change import Change, message_of
from nas.target.footprint import Totals

# Limits of the search, in all and for one part of the graph: about a tenth of a second.
MOST_STEPS, MOST_STEPS_A_PART = 4000, 1000
_ALIGNMENT = 16  # the planner rounds every buffer up to it


def lower_peak(graph: Graph, cost: Callable[[Graph], Totals]) -> Change | None:
    """Search an order of operators with a smaller arena; `cost` profiles a graph.

    Between two operators that all paths go through, operators are ordered by branch and bound: what is alive at once
    bounds the arena from below, so an order is given up as soon as that bound is no better than the best arena found.

    Message:
        run operators {first} to {last} in the order {order}, whose peak is lower (the best of {tried} tried); the
        converter writes operators as the Keras model calls its layers
    """
    search = _Search(graph, cost)
    for first, last in _parts(graph):
        search.improve(first, last)
    if search.best == tuple(range(len(graph.ops))):
        return None
    moved = tuple(i for place, i in enumerate(search.best) if place != i)
    return Change(moved, _message(search), search.reordered(search.best))


def _message(search: "_Search") -> str:
    places = [place for place, i in enumerate(search.best) if place != i]
    changed = ", ".join(map(str, search.best[places[0] : places[-1] + 1]))
    return message_of(lower_peak, first=places[0], last=places[-1], order=changed, tried=search.tried)


def _parts(graph: Graph) -> list[tuple[int, int]]:
    """Return the ranges of operators that can have more than one order.

    They lie between the operators that all paths go through.
    """
    maker = {t: i for i, op in enumerate(graph.ops) for t in op.outputs}
    above: list[set[int]] = []
    for op in graph.ops:
        makers = {maker[t] for t in op.inputs if t in maker}
        above.append(makers.union(*(above[i] for i in makers)))
    waists = [i for i in range(len(above)) if len(above[i]) == i and all(i in later for later in above[i + 1 :])]
    ends = [-1, *waists, len(above)]
    return [(a + 1, b) for a, b in pairwise(ends) if b - a > 2]


@dataclass(frozen=True, slots=True)
class _Prefix:
    """The first operators of an order, the tensors that are still needed after them, and the peak so far."""

    order: tuple[int, ...]
    alive: frozenset[int]
    peak_bytes: int


class _Search:
    """Branch and bound over the orders of a graph's operators; keeps the best order so far and its arena."""

    def __init__(self, graph: Graph, cost: Callable[[Graph], Totals]) -> None:
        own = cost(graph).detail
        self.graph, self.cost = graph, cost
        self.best, self.smallest_bytes = tuple(range(len(graph.ops))), own.min
        self.tried = self.steps = 0
        self._beside_bytes = own.min - own.head  # needed in any order
        self._bytes = [0 if t.constant else _rounded(t.elements * ITEM_BYTES.get(t.dtype, 1)) for t in graph.tensors]
        maker = {t: i for i, op in enumerate(graph.ops) for t in op.outputs}
        self._needs = [{maker[t] for t in op.inputs if t in maker} for op in graph.ops]
        self._readers: dict[int, set[int]] = {}
        for i, op in enumerate(graph.ops):
            for t in op.inputs:
                self._readers.setdefault(t, set()).add(i)

    def improve(self, first: int, last: int) -> None:
        """Try the orders of the operators from `first` up to `last`; all others keep their places."""
        stack = [self.start(first)]
        until = min(self.steps + MOST_STEPS_A_PART, MOST_STEPS)
        while stack and self.steps < until:
            prefix = stack.pop()
            self.steps += 1
            if prefix.peak_bytes + self._beside_bytes >= self.smallest_bytes:
                continue
            if len(prefix.order) < last:
                stack += reversed(list(self.extensions(prefix)))
            else:
                self.judge((*prefix.order, *range(last, len(self.graph.ops))))

    def judge(self, order: tuple[int, ...]) -> None:
        arena = self.cost(self.reordered(order)).ram_bytes
        self.tried += 1
        if arena < self.smallest_bytes:
            self.best, self.smallest_bytes = order, arena

    def start(self, first: int) -> _Prefix:
        """Return the best order so far, up to the operator at `first`."""
        alive = frozenset(self.graph.inputs)
        prefix = _Prefix((), alive, self._sum(alive))
        for i in self.best[:first]:
            prefix = self.after(prefix, i)
        return prefix

    def extensions(self, prefix: _Prefix) -> Iterator[_Prefix]:
        """Yield the prefix with each operator that could run next."""
        done = set(prefix.order)
        for i in range(len(self.graph.ops)):
            if i not in done and self._needs[i] <= done:
                yield self.after(prefix, i)

    def after(self, prefix: _Prefix, op: int) -> _Prefix:
        during = prefix.alive.union(self.graph.ops[op].outputs)
        done = {*prefix.order, op}
        alive = frozenset(t for t in during if self._is_needed(t, done))
        return _Prefix((*prefix.order, op), alive, max(prefix.peak_bytes, self._sum(during)))

    def reordered(self, order: tuple[int, ...]) -> Graph:
        return replace(self.graph, ops=tuple(self.graph.ops[i] for i in order))

    def _is_needed(self, tensor: int, done: set[int]) -> bool:
        return tensor in self.graph.outputs or not self._readers.get(tensor, set()) <= done

    def _sum(self, tensors: frozenset[int]) -> int:
        return sum(self._bytes[t] for t in tensors)


def _rounded(count: int) -> int:
    return -(-count // _ALIGNMENT) * _ALIGNMENT
