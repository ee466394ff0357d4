"""Branches computed in an order that keeps more tensors in memory at once than another order would."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from nas.graph.graph import ITEM_BYTES, Graph
from nas.target.advice.change import Change, message_of
from nas.target.footprint import Totals

# Limits of the search: prefixes of orders in all and for one part of the graph, and operators of the orders that are
# planned whole. About a tenth of a second.
MOST_STEPS, MOST_STEPS_A_PART, MOST_PLANNED = 16_000, 4000, 20_000
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

    They lie between the operators that all paths go through. Sets of operators are the bits of a number.
    """
    above: list[int] = []
    for makers in _makers(graph):
        found = sum(1 << i for i in makers)
        for i in makers:
            found |= above[i]
        above.append(found)
    waists, common = [], -1  # operators that all later ones need
    for i in reversed(range(len(above))):
        if above[i] == (1 << i) - 1 and common >> i & 1:
            waists.append(i)
        common &= above[i]
    ends = [-1, *reversed(waists), len(above)]
    return [(a + 1, b) for a, b in pairwise(ends) if b - a > 2]


def _makers(graph: Graph) -> list[set[int]]:
    """Return the operators whose outputs each operator reads."""
    maker = {t: i for i, op in enumerate(graph.ops) for t in op.outputs}
    return [{maker[t] for t in op.inputs if t in maker} for op in graph.ops]


@dataclass(frozen=True, slots=True)
class _Prefix:
    """The first operators of an order, the tensors that are still needed after them, and the peak so far.

    `order` holds those of the part that is being ordered; `done` has the bit of each operator before and in it, and
    `alive` the bit of each tensor that is needed after it.
    """

    order: tuple[int, ...]
    done: int
    alive: int
    alive_bytes: int
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
        self._needs = [sum(1 << i for i in makers) for makers in _makers(graph)]
        self._readers = dict.fromkeys(graph.outputs, 1 << len(graph.ops))  # the graph's outputs are needed to the end
        for i, op in enumerate(graph.ops):
            for t in op.inputs:
                self._readers[t] = self._readers.get(t, 0) | 1 << i

    def improve(self, first: int, last: int) -> None:
        """Try the orders of the operators from `first` up to `last`; all others keep their places."""
        stack = [self.start(first)]
        until = min(self.steps + MOST_STEPS_A_PART, MOST_STEPS)
        while stack and self.steps < until and self.tried * len(self.graph.ops) < MOST_PLANNED:
            prefix = stack.pop()
            self.steps += 1
            if prefix.peak_bytes + self._beside_bytes >= self.smallest_bytes:
                continue
            if len(prefix.order) < last - first:
                longer = list(self.extensions(prefix, first, last))
                self.steps += len(longer) - 1
                stack += reversed(longer)
            else:
                self.judge((*self.best[:first], *prefix.order, *self.best[last:]))

    def judge(self, order: tuple[int, ...]) -> None:
        arena = self.cost(self.reordered(order)).ram_bytes
        self.tried += 1
        if arena < self.smallest_bytes:
            self.best, self.smallest_bytes = order, arena

    def start(self, first: int) -> _Prefix:
        """Return the best order so far, up to the operator at `first`."""
        inputs = set(self.graph.inputs)
        filled = sum(self._bytes[t] for t in inputs)
        prefix = _Prefix((), 0, sum(1 << t for t in inputs), filled, filled)
        for i in self.best[:first]:
            prefix = self.after(prefix, i)
        return replace(prefix, order=())

    def extensions(self, prefix: _Prefix, first: int, last: int) -> Iterator[_Prefix]:
        """Yield the prefix with each operator of the part that could run next."""
        for i in range(first, last):
            if not prefix.done >> i & 1 and not self._needs[i] & ~prefix.done:
                yield self.after(prefix, i)

    def after(self, prefix: _Prefix, op: int) -> _Prefix:
        done, alive, filled = prefix.done | 1 << op, prefix.alive, prefix.alive_bytes
        for t in self.graph.ops[op].outputs:
            if not alive >> t & 1:
                alive |= 1 << t
                filled += self._bytes[t]
        peak = max(prefix.peak_bytes, filled)
        for t in {*self.graph.ops[op].inputs, *self.graph.ops[op].outputs}:
            if t >= 0 and alive >> t & 1 and not self._readers.get(t, 0) & ~done:
                alive ^= 1 << t
                filled -= self._bytes[t]
        return _Prefix((*prefix.order, op), done, alive, filled, peak)

    def reordered(self, order: tuple[int, ...]) -> Graph:
        return replace(self.graph, ops=tuple(self.graph.ops[i] for i in order))


def _rounded(count: int) -> int:
    return -(-count // _ALIGNMENT) * _ALIGNMENT
