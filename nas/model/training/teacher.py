"""Knowledge distillation (arXiv:1503.02531): a large network, the teacher, gives soft labels to train small ones."""

import math
import time
from collections.abc import Sequence
from dataclasses import replace

from nas.data.dataset import Part
from nas.graph.builder import GraphBuilder
from nas.graph.graph import Graph
from nas.model.network.network import Network
from nas.model.training.training import Trained, TrainingRun, train
from nas.study.recipe import Recipe
from nas.task.task import Task

# Filters and kernel of each convolution: 25,000 parameters on windows of six channels.
CONVOLUTIONS = ((32, 7), (48, 5), (64, 5))
UNITS = (128, 64)


def teacher_graph(shape: Sequence[int], outputs: int, task: Task) -> Graph:
    """Return a teacher for rows of `shape` (1, time, channels), (height, width, channels) or (features,)."""
    g = GraphBuilder(tuple(shape))
    if len(shape) == 3:
        for filters, kernel in CONVOLUTIONS:
            g.conv2d(filters, kernel, batch_norm=True)
            g.pool2d("max")
        g.mean()
    else:
        for units in UNITS:
            g.fully_connected(units, batch_norm=True)
    task.head(g, outputs)
    return g.graph()


def train_teacher(network: Network, train_part: Part, val: Part, recipe: Recipe, run: TrainingRun) -> Trained:
    """Train a teacher as `train` does, but with fewer epochs if the deadline requires it.

    A training that is cut short has not lowered its learning rate, and teaches little. One epoch is timed first.
    """
    start = time.monotonic()
    if run.deadline is not None:
        train(Network(network.graph), train_part, val, recipe, replace(run, epochs=1, deadline=None))
        epoch = time.monotonic() - start
        epochs = run.epochs or recipe.training.epochs
        run = replace(run, epochs=max(1, min(epochs, math.floor((run.deadline - start) / epoch) - 1)))
    return train(network, train_part, val, recipe, run)
