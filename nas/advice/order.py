"""Branches computed in an order that keeps more alive than need be."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from nas.advice.change import Change
from nas.graph import Graph

MOST_ORDERS = 1000


def lower_peak(graph: Graph, costs: Callable[[Sequence[Graph]], list[int]]) -> Change | None:
    """Try the orders that operators can run in; `costs` gives the arena of each graph.

    All of them up to `MOST_ORDERS`; of a graph with more, the first so many, which the message then says.
    """
    orders = _first_orders(graph)
    if len(orders) < 2:
        return None
    graphs = [replace(graph, ops=tuple(graph.ops[i] for i in order)) for order in orders]
    arenas = costs(graphs)
    own = arenas[0] if orders[0] == tuple(range(len(graph.ops))) else costs([graph])[0]
    best = min(range(len(graphs)), key=lambda i: arenas[i])
    if arenas[best] >= own:
        return None
    tried = f"all {len(orders)} orders" if len(orders) < MOST_ORDERS else f"the first {MOST_ORDERS} orders"
    moved = tuple(i for place, i in enumerate(orders[best]) if place != i)
    message = (
        f"another order of the operators has a lower peak: {' '.join(map(str, orders[best]))} (the best of {tried});"
        " the converter writes them as the Keras model calls its layers"
    )
    return Change(moved, message, graphs[best])


def _first_orders(graph: Graph) -> list[tuple[int, ...]]:
    orders = []
    for order in _orders(graph):
        orders.append(order)
        if len(orders) == MOST_ORDERS:
            break
    return orders


def _orders(graph: Graph) -> Iterator[tuple[int, ...]]:
    """Yield every order in which each operator runs after those that it reads from; the graph's own first."""
    maker = {t: i for i, op in enumerate(graph.ops) for t in op.outputs}
    needs = [{maker[t] for t in op.inputs if t in maker} for op in graph.ops]
    done: list[int] = []
    choices = [iter(_ready(needs, done))]
    while choices:
        chosen = next(choices[-1], None)
        if chosen is None:
            choices.pop()
            if done:
                done.pop()
            continue
        done.append(chosen)
        if len(done) == len(needs):
            yield tuple(done)
            done.pop()
        else:
            choices.append(iter(_ready(needs, done)))


def _ready(needs: list[set[int]], done: list[int]) -> list[int]:
    finished = set(done)
    return [i for i, need in enumerate(needs) if i not in finished and need <= finished]
