"""Graphs that networks share: each network trains as it would alone, and leaves nothing behind but the graph."""

import subprocess
import sys

import numpy as np
import pytest

from nas.data.dataset import Part
from nas.graph.builder import GraphBuilder
from nas.model.network import layers
from nas.model.network.network import Network
from nas.model.training import graphs
from nas.model.training.training import TrainingRun, train
from nas.study.recipe import Recipe

RECIPE = Recipe.of(epochs=2, batch_size=16, learning_rate=0.02, rotation=0.0)


def _windows(filters, kernel, stride, kind, pools, rate, depthwise=False):
    g = GraphBuilder((1, 24, 3))
    if depthwise:
        g.depthwise_conv2d(kernel, stride=stride, batch_norm=True)
    else:
        g.conv2d(filters, kernel, stride=stride, batch_norm=True)
    g.pool2d(kind, pools)
    g.mean()
    g.fully_connected(5, dropout=rate)
    g.fully_connected(3, activation="NONE", l2=rate / 10)
    return g.graph()


def _image(filters, kernel, stride, kind, pools, rate):
    g = GraphBuilder((12, 10, 1))
    g.conv2d(filters, kernel, stride=stride)
    g.conv2d(filters + 1, 3, batch_norm=True)
    g.pool2d(kind, pools)
    g.flatten()
    g.fully_connected(3, activation="NONE", l2=rate)
    return g.graph()


def _branches(filters, kernel, stride, kind, pools, rate):
    g = GraphBuilder((1, 24, 3))
    g.conv2d(filters, kernel, batch_norm=True)
    start = g.tensor
    g.conv2d(filters + 1, 3, stride=stride, activation="NONE", batch_norm=True)
    main = g.tensor
    g.continue_from(start)
    g.conv2d(filters + 1, 1, stride=stride, activation="NONE", batch_norm=True)
    g.add(main, activation="RELU")
    g.pool2d(kind, pools)
    g.flatten()
    g.fully_connected(3, activation="NONE", l2=rate)
    return g.graph()


FORMS = {
    "branches": [_branches(3, 3, 1, "max", 1, 0.1), _branches(5, 5, 2, "max", 1, 0.0)],
    "windows": [
        _windows(4, 3, 1, "max", 0, 0.2),
        _windows(7, 5, 2, "average", 1, 0.4),
        _windows(3, 3, 1, "max", 2, 0.1, depthwise=True),
    ],
    "image": [_image(3, 3, 1, "max", 1, 0.1), _image(5, 5, 2, "average", 1, 0.0), _image(4, 3, 1, "average", 2, 0.01)],
}


def _learn(graph):
    network = Network(graph, seed=len(graph.tensors))
    rng = np.random.default_rng(0)
    part = Part(rng.normal(size=(70, *network.input_shape)).astype(np.float32), rng.integers(0, 3, 70))
    result = train(network, part, part, RECIPE, TrainingRun(seed=3))
    return [*network.get_weights(), *result.history.values()]


@pytest.mark.parametrize("form", FORMS)
def test_networks_of_one_topology_share_a_graph_and_train_as_each_would_alone(form, operators, monkeypatch):
    traced = []
    step = graphs._train_rows
    monkeypatch.setattr(graphs, "_train_rows", lambda *args: traced.append(0) or step(*args))
    alone = []
    for graph in FORMS[form]:
        graphs.forget()
        alone.append(_learn(graph))
    assert len(traced) == len(FORMS[form])
    graphs.forget()
    together = [_learn(graph) for graph in FORMS[form]]
    assert len(traced) == len(FORMS[form]) + (1 if layers.OPEN else len(FORMS[form]))
    for one, other in zip(alone, together, strict=True):
        for array, expected in zip(one, other, strict=True):
            np.testing.assert_array_equal(array, expected)


def test_networks_are_freed_after_training_while_their_graph_is_kept():
    code = """
import gc, weakref
import numpy as np
from nas.data.dataset import Part
from nas.graph.builder import GraphBuilder
from nas.model import runtime
from nas.model.training import graphs
from nas.model.network.network import Network
from nas.model.training.training import train
from nas.study.recipe import Recipe

def learn(filters):
    g = GraphBuilder((1, 12, 2))
    g.conv2d(filters, 3, batch_norm=True)
    g.mean()
    g.fully_connected(3, activation="NONE")
    network, part = Network(g.graph()), Part(np.zeros((64, 1, 12, 2), np.float32), np.zeros(64, np.int64))
    train(network, part, part, Recipe.of(epochs=2))
    return weakref.ref(network.layers[0].kernel)

runtime.settle()
assert not gc.isenabled()
left = []
for filters in (4, 5, 6):
    left.append(learn(filters))
    runtime.clear()
print([kernel() is None for kernel in left], graphs.shared_training.cache_info().hits)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[True, True, True] 2\n"
