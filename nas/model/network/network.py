"""A graph as a network that TensorFlow trains: its form, and its weights.

Plain TensorFlow in place of Keras layers, since building and tracing them took almost as long as three epochs of such a
network (benchmarks/training.md). In training `form.py` restores what the graph keeps for that only:
batch normalization before the activation, dropout, L2. Outside training, normalization is folded into the weights, as
it is on the device.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nas.arrays import Array
from nas.graph.graph import Graph
from nas.model.network.form import Folded, Settings, Trainable, form
from nas.model.network.operators import FIXED, LINEAR, activate
from nas.model.network.variables import assign, followed, make_weights, trained
from nas.model.runtime import tf


class Network:
    """The logits of a graph, and the variables that they depend on.

    Life cycle: made with random weights; trained by `Loop`; `fold` gives the weights that are deployed.

    Args:
        graph: what to compute; its input without the batch is the network's.
        seed: of the first weights and of dropout.

    Attributes:
        form: what a TensorFlow graph knows of it.
        settings: the numbers that such a graph is given.
        seed: of dropout.
        layers: variables of each operator that has any, in the graph's order.
    """

    form: Trainable
    settings: Settings

    def __init__(self, graph: Graph, seed: int = 0) -> None:
        self.graph, self.seed = graph, seed % 2**30
        self.form, self.settings = form(graph)
        rng = np.random.default_rng(seed)
        self.layers = [make_weights(graph, op, rng) for op in graph.ops if op.kind in LINEAR]

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Of a row."""
        return self.form.input_shape

    @property
    def classes(self) -> int:
        """Number of logits."""
        return self.form.classes

    @property
    def weights(self) -> list[Any]:
        """Trainable variables."""
        return trained(self.layers)

    @property
    def moving(self) -> list[Any]:
        """Variables that batch normalization averages."""
        return followed(self.layers)

    def __call__(self, x: Any, folded: Folded | None = None, *, softmax: bool = False) -> Any:
        """Return logits [n, classes] of rows [n, ...], or probabilities, with layers as they are on the device.

        Args:
            x: rows in the input's shape.
            folded: the weights, if `fold` has been called for them already.
            softmax: compute the graph's SOFTMAX as well.
        """
        layers = iter(folded or self.fold())
        for op in self.graph.ops:
            if op.kind in LINEAR:
                kernel, bias = next(layers)
                x = activate(tf.nn.bias_add(LINEAR[op.kind](x, kernel, op), bias), op)
            elif op.kind != "SOFTMAX" or softmax:
                x = FIXED[op.kind](x, op)
        return x

    def fold(self) -> Folded:
        """Return kernel and bias of each operator that has weights, as they are deployed."""
        return self.form.fold(self.layers)

    def get_weights(self) -> list[Array]:
        """Return copies of all variables, the trainable ones first."""
        return [variable.numpy() for variable in self._variables()]

    def set_weights(self, arrays: Sequence[Array]) -> None:
        """Set all variables to what `get_weights` of a network of the same graph returned."""
        for variable, array in zip(self._variables(), arrays, strict=True):
            assign(variable, array)

    def _variables(self) -> Iterator[Any]:
        yield from self.weights
        yield from self.moving
