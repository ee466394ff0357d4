"""A large network whose answers small ones learn from (distillation, arXiv:1503.02531)."""

import math
import time
from collections.abc import Sequence

import numpy as np

from nas.arrays import Floats
from nas.data.axes import Axes
from nas.data.dataset import Part
from nas.graph.builder import GraphBuilder
from nas.graph.graph import Graph
from nas.model.deploy.int8_model import float_logits
from nas.model.network.network import Network
from nas.model.training.training import Trained, train
from nas.study.recipe import Recipe

# Filters and kernel of each convolution: 25,000 parameters on windows of six channels.
CONVOLUTIONS = ((32, 7), (48, 5), (64, 5))
UNITS = (128, 64)


def teacher_graph(shape: Sequence[int], classes: int) -> Graph:
    """Return the teacher for rows of `shape`: (1, time, channels), (height, width, channels) or (features,)."""
    g = GraphBuilder(tuple(shape))
    if len(shape) == 3:
        for filters, kernel in CONVOLUTIONS:
            g.conv2d(filters, kernel, batch_norm=True)
            g.pool2d("max")
        g.mean()
    else:
        for units in UNITS:
            g.fully_connected(units, batch_norm=True)
    g.fully_connected(classes, activation="NONE")
    g.softmax()
    return g.graph()


def train_teacher(
    network: Network,
    rows: Part,
    val: Part,
    recipe: Recipe,
    *,
    epochs: int,
    seed: int = 0,
    axes: Axes | None = None,
    deadline: float | None = None,
) -> Trained:
    """Train a teacher, by as many of `epochs` as end by the deadline: a schedule cut short teaches little.

    Arguments are those of `train`.
    """
    start = time.monotonic()
    if deadline is not None:
        train(Network(network.graph), rows, val, recipe, epochs=1, seed=seed, axes=axes)
        epoch = time.monotonic() - start
        epochs = max(1, min(epochs, math.floor((deadline - start) / epoch) - 1))
    return train(network, rows, val, recipe, epochs=epochs, seed=seed, axes=axes, deadline=deadline)


def answers(network: Network, x: Floats, temperature: float) -> Floats:
    """Return the probabilities [n, classes] that a network gives to scaled rows `x`.

    The higher the temperature, by which logits are divided, the more alike they are.
    """
    scaled = float_logits(network, x) / temperature
    raised = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)
