import dataclasses

import numpy as np
import pytest

from nas.graph_builder import GraphBuilder
from nas.model.build import build


def _weights(graph):
    return sum(graph.tensors[i].elements for op in graph.ops for i in op.inputs if graph.tensors[i].scales > 1)


def test_model_has_the_shapes_of_the_graph(network):
    assert network.model.input_shape[1:] == network.graph.tensors[network.graph.inputs[0]].shape[1:]
    assert network.model.output_shape[1:] == network.graph.tensors[network.graph.outputs[0]].shape[1:]


def test_without_batch_normalization_model_has_exactly_the_weights_of_the_graph(network):
    plain = tuple(dataclasses.replace(op, training={}) for op in network.graph.ops)
    graph = dataclasses.replace(network.graph, ops=plain)
    assert build(graph).count_params() == _weights(graph)


def test_softmax_is_left_to_the_deployed_model(network):
    deployed = build(network.graph, batch=1, softmax=True)
    deployed.set_weights(network.model.get_weights())
    logits = np.asarray(network.model(network.x[:1]), np.float64)
    expected = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(deployed(network.x[:1]), expected, atol=1e-6)


def test_same_seed_gives_the_same_weights_and_another_seed_others(network):
    first, again, other = (build(network.graph, seed=seed).get_weights() for seed in (5, 5, 6))
    assert all(map(np.array_equal, first, again))
    assert not all(map(np.array_equal, first, other))


def test_layers_of_one_shape_start_from_different_weights():
    g = GraphBuilder((6,))
    g.fully_connected(6)
    g.fully_connected(6)
    first, _, second, _ = build(g.graph()).get_weights()
    assert not np.array_equal(first, second)


@pytest.mark.parametrize(("training", "layer"), [({"dropout": 0.5}, "Dropout"), ({"batch_norm": True}, "BatchNorm")])
def test_training_only_parts_change_training_alone(training, layer):
    g = GraphBuilder((6,))
    g.fully_connected(5, **training)
    model = build(g.graph())
    x = np.random.default_rng(0).normal(size=(32, 6)).astype(np.float32)
    assert any(type(part).__name__.startswith(layer) for part in model.layers)
    assert not np.allclose(model(x, training=True), model(x, training=False), atol=1e-2)


def test_l2_is_the_squared_norm_of_the_kernel():
    g = GraphBuilder((6,))
    g.fully_connected(5, l2=0.01)
    model = build(g.graph())
    kernel = model.get_weights()[0]
    assert float(sum(model.losses)) == pytest.approx(0.01 * np.sum(kernel.astype(np.float64) ** 2), rel=1e-5)
