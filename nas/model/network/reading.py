"""From a graph to the topology that it shares with others, and to the numbers that are its own."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import NamedTuple

from nas.graph.graph import LSTM, Graph, Op
from nas.graph.scales import POOLINGS
from nas.model.network import layers
from nas.model.network.operators import SLIDING, WEIGHTED
from nas.model.network.topology import WITHOUT_WEIGHTS, Layer, LayerNumbers, Topology


def read_graph(graph: Graph) -> tuple[Topology, LayerNumbers]:
    """Return the topology of a graph, and its numbers; KeyError for an operator that cannot be trained."""
    found: list[Layer] = []
    numbers = LayerNumbers([], [], [])
    places = {graph.inputs[0]: 0}
    for part in _joined(graph):
        sources, op = tuple(places[i] for i in part.inputs), part.op
        if op.kind == "RESHAPE":
            places[part.output] = sources[0]  # layers read a sequence as a map
            continue
        if op.kind in WEIGHTED:
            numbers.dropout.append(op.training.get("dropout", 0.0))
            numbers.l2.append(op.training.get("l2", 0.0))
        if op.kind in SLIDING:
            numbers.geometries.append(_geometry(part))
        if not graph.gives_probabilities(op):
            found.append(_layer(part, sources, graph))
        if part.pooling is not None and _averages_all(part.pooling, graph):
            # Averaging a single number changes nothing; the topology stays that of networks with fewer poolings.
            found.append(Layer(part.pooling.kind, (len(found),)))
        places[part.output] = sources[0] if graph.gives_probabilities(op) else len(found)
    shape, last = graph.tensors[graph.inputs[0]].shape[1:], places[graph.outputs[0]]
    return Topology(shape, graph.tensors[graph.outputs[0]].shape[-1], tuple(found), last), numbers


class _Joined(NamedTuple):
    """An operator with those behind it that are computed together with it.

    Attributes:
        op: the first one; if it is a convolution, there may be a PAD before it.
        inputs: the tensors that it reads, or that a PAD before it reads.
        activation: its own, or that of a HARD_SWISH behind it.
        pooling: the last one, if it is a pooling.
        output: the tensor that the last one gives.
    """

    op: Op
    inputs: tuple[int, ...]
    activation: str
    pooling: Op | None
    output: int


def _layer(part: _Joined, sources: tuple[int, ...], graph: Graph) -> Layer:
    op, normalize = part.op, bool(part.op.training.get("batch_norm"))
    dropout, l2 = (op.training.get(name, 0.0) > 0 for name in ("dropout", "l2"))
    if op.kind in SLIDING:
        fixed = None if layers.OPEN else _geometry(part)
        multiplier = graph.multiplier(op)
        return Layer("CONV_2D", sources, part.activation, normalize, dropout, l2, multiplier=multiplier, fixed=fixed)
    if op.kind == "FULLY_CONNECTED":
        # A search tries many dense layers with L2 and without it; a penalty of 0 costs little.
        return Layer(op.kind, sources, part.activation, normalize, dropout, l2=True)
    if op.kind in (LSTM, "SLICE"):
        return Layer(op.kind, sources)
    if op.kind in POOLINGS:
        assert op.options["padding"] == "VALID"
        assert op.options["stride"] == op.options["filter"]
        return Layer(op.kind, sources, window=None if _averages_all(op, graph) else op.options["filter"])
    if op.kind in WITHOUT_WEIGHTS:
        return Layer(op.kind, sources, part.activation)
    raise KeyError(op.kind)


def _geometry(part: _Joined) -> tuple[int, ...]:
    op, pooling = part.op, part.pooling
    return layers.geometry(
        stride=op.options["stride"],
        pool=pooling.options["filter"] if pooling else (1, 1),
        depthwise=op.kind == "DEPTHWISE_CONV_2D",
        average=pooling is not None and pooling.kind == "AVERAGE_POOL_2D",
        dilation=op.options["dilation"],
        padding=op.options["padding"] if part.inputs[0] == op.inputs[0] else "CAUSAL",
    )


def _averages_all(op: Op, graph: Graph) -> bool:
    """Return whether a pooling averages over the whole feature map."""
    return op.kind == "AVERAGE_POOL_2D" and op.options["filter"] == graph.tensors[op.inputs[0]].shape[1:3]


def _joined(graph: Graph) -> Iterator[_Joined]:
    """Yield the operators in order; a convolution with the PAD before it, and what alone reads its outputs.

    That is a HARD_SWISH, and a pooling.

    They stay apart if outputs of the convolution are dropped in training.
    """
    readers: dict[int, list[Op]] = defaultdict(list)
    for op in graph.ops:
        for i in graph.data_inputs(op):
            readers[i].append(op)
    joined: set[int] = set()
    padded: dict[int, int] = {}

    def only_reader(tensor: int, kinds: Collection[str]) -> Op | None:
        found = readers[tensor]
        if len(found) != 1 or found[0].kind not in kinds:
            return None
        joined.update(found[0].outputs)
        return found[0]

    for op in graph.ops:
        output, activation, pooling = op.outputs[0], op.options.get("activation", "NONE"), None
        if output in joined:
            continue
        if op.kind == "PAD" and all(reader.kind in SLIDING for reader in readers[output]):
            padded[output] = op.inputs[0]
            continue
        inputs = tuple(padded.get(i, i) for i in graph.data_inputs(op))
        if op.kind in SLIDING and not op.training.get("dropout"):
            if activation == "NONE" and (swish := only_reader(output, ("HARD_SWISH",))):
                output, activation = swish.outputs[0], swish.kind
            if pooling := only_reader(output, POOLINGS):
                output = pooling.outputs[0]
        yield _Joined(op, inputs, activation, pooling, output)
