"""A graph as a network that TensorFlow trains: the walk over its operators, and their weights.

Plain TensorFlow in place of Keras layers, since building and tracing them took almost as long as three epochs of such a
network (benchmarks/training.md). In training the walk (nas/model/walk.py) restores what the graph keeps for that only:
batch normalization before the activation, dropout, L2. Outside training, normalization is folded into the weights, as
it is on the device.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from nas.data.dataset import Array
from nas.graph import Graph, Op
from nas.model.operators import FIXED, LINEAR, activate
from nas.model.runtime import tf
from nas.model.variables import make_weights
from nas.model.walk import flatten, train_dense, train_maps, train_pooling, with_poolings

Folded: TypeAlias = Sequence[tuple[Any, Any]]


class Network:
    """The logits of a graph, and the variables that they depend on.

    Life cycle: made with random weights; trained by `Loop`, through `train`; `fold` gives the
    weights that are deployed.

    Args:
        graph: what to compute; its input without the batch is the network's.
        seed: of the first weights and of dropout.

    Attributes:
        weights: trainable variables, in the graph's order; `moving` those that batch normalization averages.
    """

    def __init__(self, graph: Graph, seed: int = 0) -> None:
        self.graph = graph
        self.input_shape = graph.tensors[graph.inputs[0]].shape[1:]
        self.classes = graph.tensors[graph.outputs[0]].shape[-1]
        self._seed = seed
        rng = np.random.default_rng(seed)
        self._layers = [make_weights(graph, op, rng) for op in graph.ops if op.kind in LINEAR]
        self.weights = [
            variable
            for layer in self._layers
            for variable in (layer.kernel, layer.bias, *([layer.norm.scale] if layer.norm else []))
        ]
        self.moving = [v for layer in self._layers if layer.norm for v in (layer.norm.mean, layer.norm.variance)]

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

    def train(self, x: Any, step: Any) -> Any:
        """Return logits as in training: normalized by the batch's own statistics, with dropout.

        Args:
            x: rows in the input's shape.
            step: int32, number of the step; dropout depends on it and on the network's seed alone.
        """
        weights, numbers = iter(self._layers), itertools.count()
        channels_last = True  # as rows are; behind a convolution they come first, see nas.model.layers
        for op, pooling in with_poolings(self.graph.ops):
            if op.kind == "FULLY_CONNECTED":
                x = train_dense(flatten(x, channels_last), next(weights), op)
                x = self._drop(x, op, next(numbers), step)
            elif op.kind in LINEAR:
                x = train_maps(x, next(weights), op, pooling, channels_last)
                x, channels_last = self._drop(x, op, next(numbers), step), False
            elif op.kind != "SOFTMAX":
                x = train_pooling(x, op, channels_last)
        return x

    def fold(self) -> Folded:
        """Return kernel and bias of each operator that has weights, as they are deployed."""
        return [layer.fold() for layer in self._layers]

    def penalty(self) -> Any:
        """Return the sum of the kernels' squared norms, each times its L2 rate."""
        terms = [layer.l2 * tf.reduce_sum(tf.square(layer.kernel)) for layer in self._layers if layer.l2]
        return tf.add_n(terms) if terms else tf.constant(0.0)

    def get_weights(self) -> list[Array]:
        """Return copies of all variables, the trainable ones first."""
        return [variable.numpy() for variable in self._variables()]

    def set_weights(self, arrays: Sequence[Array]) -> None:
        """Set all variables to what `get_weights` of a network of the same graph returned."""
        for variable, array in zip(self._variables(), arrays, strict=True):
            variable.assign(array)

    def _variables(self) -> Iterator[Any]:
        yield from self.weights
        yield from self.moving

    def _drop(self, x: Any, op: Op, number: int, step: Any) -> Any:
        rate = op.training.get("dropout", 0.0)
        if not rate:
            return x
        seed = tf.stack([tf.constant(self._seed % 2**31 + number), step])
        return tf.nn.experimental.stateless_dropout(x, rate, seed)
