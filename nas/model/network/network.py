"""A graph as a network that TensorFlow trains: its topology and its weights.

Plain TensorFlow, not Keras layers: building and tracing those took almost as long as three epochs of such a network
(benchmarks/training.md). `topology.py` adds what exists in training only: batch normalization before the activation,
dropout, L2. Outside training, normalization is folded into the weights, as on the device.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nas.arrays import Array
from nas.graph.graph import Graph
from nas.model.network.operators import WEIGHTED, apply, apply_weighted
from nas.model.network.reading import read_graph
from nas.model.network.topology import Deployed, LayerNumbers, Trainable
from nas.model.network.variables import assign, make_weights, moving, trainable


class Network:
    """The outputs of a graph before its softmax or last sigmoid, and the variables that they depend on.

    Life cycle: made with random weights; trained by `Trainer`; `fold` returns the weights to deploy.

    Args:
        graph: what to compute.
        seed: of the initial weights and of dropout.

    Attributes:
        topology: what is fixed in a TensorFlow graph that trains the network.
        numbers: the arguments of such a graph.
        seed: of dropout.
        layers: the variables of each operator that has any, in the graph's order.
    """

    topology: Trainable
    numbers: LayerNumbers

    def __init__(self, graph: Graph, seed: int = 0) -> None:
        self.graph, self.seed = graph, seed % 2**30
        self.topology, self.numbers = read_graph(graph)
        rng = np.random.default_rng(seed)
        self.layers = [make_weights(graph, op, rng) for op in graph.ops if op.kind in WEIGHTED]

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of a row."""
        return self.topology.input_shape

    @property
    def outputs(self) -> int:
        """Number of outputs; of a classifier, its logits."""
        return self.topology.outputs

    @property
    def weights(self) -> list[Any]:
        """Trainable variables."""
        return trainable(self.layers)

    @property
    def moving(self) -> list[Any]:
        """Moving averages of the batches' statistics."""
        return moving(self.layers)

    def __call__(self, x: Any, deployed: Deployed | None = None, *, probabilities: bool = False) -> Any:
        """Return the outputs [n, outputs] for rows [n, ...], computed as on the device, but in float.

        Args:
            x: rows in the shape of the input.
            deployed: the weights, if `fold` has been called already.
            probabilities: whether to compute the graph's SOFTMAX or last LOGISTIC too, if it has one.
        """
        layers = iter(deployed or self.fold())
        values = {self.graph.inputs[0]: x}
        for op in self.graph.ops:
            inputs = [values[i] for i in self.graph.data_inputs(op)]
            if op.kind in WEIGHTED:
                x = apply_weighted(op, inputs[0], *next(layers))
            else:
                is_left_out = self.graph.gives_probabilities(op) and not probabilities
                x = inputs[0] if is_left_out else apply(op, inputs)
            values[op.outputs[0]] = x
        return values[self.graph.outputs[0]]

    def fold(self) -> Deployed:
        """Return kernel and bias of each operator that has weights, as they are on the device."""
        return self.topology.fold(self.layers)

    def get_weights(self) -> list[Array]:
        """Return copies of all variables, the trainable ones first."""
        return [variable.numpy() for variable in self._variables()]

    def set_weights(self, arrays: Sequence[Array]) -> None:
        """Set all variables to arrays from `get_weights` of a network of the same graph."""
        for variable, array in zip(self._variables(), arrays, strict=True):
            assign(variable, array)

    def _variables(self) -> Iterator[Any]:
        yield from self.weights
        yield from self.moving
