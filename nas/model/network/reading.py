"""From a graph to the topology that it shares with others, and to the numbers that are its own."""

from collections import defaultdict
from collections.abc import Iterator

from nas.graph.graph import Graph, Op
from nas.graph.scales import POOLINGS
from nas.model.network import layers
from nas.model.network.operators import LINEAR, SLIDING
from nas.model.network.topology import WITHOUT_WEIGHTS, Layer, LayerNumbers, Topology


def read_graph(graph: Graph) -> tuple[Topology, LayerNumbers]:
    """Return the topology of a graph, and its numbers; KeyError for an operator that cannot be trained."""
    found: list[Layer] = []
    numbers = LayerNumbers([], [], [])
    places = {graph.inputs[0]: 0}
    for op, pooling in _with_poolings(graph):
        sources = tuple(places[i] for i in graph.data_inputs(op))
        if op.kind in LINEAR:
            numbers.dropout.append(op.training.get("dropout", 0.0))
            numbers.l2.append(op.training.get("l2", 0.0))
        if op.kind in SLIDING:
            numbers.geometries.append(_geometry(op, pooling))
        if not graph.gives_probabilities(op):
            found.append(_layer(op, pooling, sources, graph))
        if pooling is not None and _averages_all(pooling, graph):
            # Averaging a single number changes nothing; the topology stays that of networks with fewer poolings.
            found.append(Layer(pooling.kind, (len(found),)))
        places[(pooling or op).outputs[0]] = sources[0] if graph.gives_probabilities(op) else len(found)
    shape, last = graph.tensors[graph.inputs[0]].shape[1:], places[graph.outputs[0]]
    return Topology(shape, graph.tensors[graph.outputs[0]].shape[-1], tuple(found), last), numbers


def _layer(op: Op, pooling: Op | None, sources: tuple[int, ...], graph: Graph) -> Layer:
    activation, normalize = op.options.get("activation", "NONE"), bool(op.training.get("batch_norm"))
    dropout, l2 = (op.training.get(name, 0.0) > 0 for name in ("dropout", "l2"))
    if op.kind in SLIDING:
        fixed = None if layers.OPEN else _geometry(op, pooling)
        return Layer("CONV_2D", sources, activation, normalize, dropout, l2, fixed=fixed)
    if op.kind == "FULLY_CONNECTED":
        # A search tries many dense layers with L2 and without it; a penalty of 0 costs little.
        return Layer(op.kind, sources, activation, normalize, dropout, l2=True)
    if op.kind in POOLINGS:
        assert op.options["padding"] == "VALID"
        assert op.options["stride"] == op.options["filter"]
        return Layer(op.kind, sources, window=None if _averages_all(op, graph) else op.options["filter"])
    if op.kind in WITHOUT_WEIGHTS:
        return Layer(op.kind, sources, activation)
    raise KeyError(op.kind)


def _geometry(op: Op, pooling: Op | None) -> tuple[int, ...]:
    return layers.geometry(
        stride=op.options["stride"],
        pool=pooling.options["filter"] if pooling else (1, 1),
        depthwise=op.kind == "DEPTHWISE_CONV_2D",
        average=pooling is not None and pooling.kind == "AVERAGE_POOL_2D",
        dilation=op.options["dilation"],
        valid=op.options["padding"] == "VALID",
    )


def _averages_all(op: Op, graph: Graph) -> bool:
    """Return whether a pooling averages over the whole feature map."""
    return op.kind == "AVERAGE_POOL_2D" and op.options["filter"] == graph.tensors[op.inputs[0]].shape[1:3]


def _with_poolings(graph: Graph) -> Iterator[tuple[Op, Op | None]]:
    """Yield the operators in order; a convolution comes together with the pooling that alone reads its outputs.

    They stay apart if something happens between the two in training: outputs of the convolution are dropped, or bounded
    by another activation than a ReLU.
    """
    readers: dict[int, list[Op]] = defaultdict(list)
    for op in graph.ops:
        for i in graph.data_inputs(op):
            readers[i].append(op)
    joined: set[int] = set()
    for op in graph.ops:
        if op.outputs[0] in joined:
            continue
        following = readers[op.outputs[0]]
        joins = op.kind in SLIDING and not op.training.get("dropout") and op.options["activation"] != "RELU6"
        pooling = following[0] if joins and len(following) == 1 and following[0].kind in POOLINGS else None
        joined.update(pooling.outputs if pooling else ())
        yield op, pooling
