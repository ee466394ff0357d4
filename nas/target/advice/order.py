"""Branches computed in an order that keeps more alive than need be."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from nas.graph.graph import ITEM_BYTES, Graph
from nas.target.advice.change import Change
from nas.target.footprint import Totals

# What the search may take, in all and in one part of the graph: about a tenth of a second.
MOST_STEPS, MOST_STEPS_A_PART = 4000, 1000
_ALIGNMENT = 16  # the planner rounds every buffer up to it


def lower_peak(graph: Graph, cost: Callable[[Graph], Totals]) -> Change | None:
    """Search an order of operators with a smaller arena; `cost` profiles a graph.

    Between two operators that all paths go through, operators are ordered by branch and bound: what is alive at once
    bounds the arena from below, so an order is given up as soon as that is no better than the best arena found.
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
    return (
        f"run operators {places[0]} to {places[-1]} in the order {changed}, whose peak is lower (the best of"
        f" {search.tried} tried); the converter writes operators as the Keras model calls its layers"
    )


def _parts(graph: Graph) -> list[tuple[int, int]]:
    """Return the ranges of operators that have more than one order, without the operators that all paths go through."""
    maker = {t: i for i, op in enumerate(graph.ops) for t in op.outputs}
    above: list[set[int]] = []
    for op in graph.ops:
        makers = {maker[t] for t in op.inputs if t in maker}
        above.append(makers.union(*(above[i] for i in makers)))
    waists = [i for i in range(len(above)) if len(above[i]) == i and all(i in later for later in above[i + 1 :])]
    ends = [-1, *waists, len(above)]
    return [(a + 1, b) for a, b in pairwise(ends) if b - a > 2]


@dataclass(frozen=True, slots=True)
class _State:
    """The operators that have run, the tensors that something still needs, and the most bytes alive so far."""

    order: tuple[int, ...]
    alive: frozenset[int]
    peak_bytes: int


class _Search:
    """Knows who writes and reads what, and the best order so far."""

    def __init__(self, graph: Graph, cost: Callable[[Graph], Totals]) -> None:
        own = cost(graph).detail
        self.graph, self.cost = graph, cost
        self.best, self.least = tuple(range(len(graph.ops))), own.min
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
        """Try the orders of the operators from `first` up to `last`, all others where they are."""
        stack = [self.start(first)]
        until = min(self.steps + MOST_STEPS_A_PART, MOST_STEPS)
        while stack and self.steps < until:
            state = stack.pop()
            self.steps += 1
            if state.peak_bytes + self._beside_bytes >= self.least:
                continue
            if len(state.order) < last:
                stack += reversed(list(self.next(state)))
            else:
                self.judge((*state.order, *range(last, len(self.graph.ops))))

    def judge(self, order: tuple[int, ...]) -> None:
        arena = self.cost(self.reordered(order)).ram_bytes
        self.tried += 1
        if arena < self.least:
            self.best, self.least = order, arena

    def start(self, first: int) -> _State:
        """Return where the best order stands before the operator at `first`."""
        alive = frozenset(self.graph.inputs)
        state = _State((), alive, self._sum(alive))
        for i in self.best[:first]:
            state = self.after(state, i)
        return state

    def next(self, state: _State) -> Iterator[_State]:
        """Yield what each operator that could run next leads to."""
        done = set(state.order)
        for i in range(len(self.graph.ops)):
            if i not in done and self._needs[i] <= done:
                yield self.after(state, i)

    def after(self, state: _State, op: int) -> _State:
        during = state.alive.union(self.graph.ops[op].outputs)
        done = {*state.order, op}
        alive = frozenset(t for t in during if self._is_needed(t, done))
        return _State((*state.order, op), alive, max(state.peak_bytes, self._sum(during)))

    def reordered(self, order: tuple[int, ...]) -> Graph:
        return replace(self.graph, ops=tuple(self.graph.ops[i] for i in order))

    def _is_needed(self, tensor: int, done: set[int]) -> bool:
        return tensor in self.graph.outputs or not self._readers.get(tensor, set()) <= done

    def _sum(self, tensors: frozenset[int]) -> int:
        return sum(self._bytes[t] for t in tensors)


def _rounded(count: int) -> int:
    return -(-count // _ALIGNMENT) * _ALIGNMENT
