import dataclasses

import keras
import numpy as np
import pytest
from keras_twin import in_training, penalty, twin, variables

from nas.graph.builder import GraphBuilder
from nas.model.network.network import Network
from nas.model.network.operators import LINEAR, WEIGHTED
from nas.model.runtime import tf
from nas.model.training.epoch import Trainer


def _table(**training):
    g = GraphBuilder((6,))
    g.fully_connected(5, **training)
    return g.graph()


def _rows(rows=32):
    return np.random.default_rng(0).normal(size=(rows, 6)).astype(np.float32)


def test_input_and_output_have_the_shapes_of_the_graph(network):
    inputs, outputs = (network.graph.tensors[i].shape[1:] for i in (network.graph.inputs[0], network.graph.outputs[0]))
    assert network.model.input_shape == inputs
    assert network.model(network.x).shape == (len(network.x), *outputs)


def test_without_batch_normalization_there_are_no_other_weights_than_the_graph_s(network):
    plain = tuple(dataclasses.replace(op, training={}) for op in network.graph.ops)
    graph = dataclasses.replace(network.graph, ops=plain)
    names = ("weights", "bias")
    expected = sum(graph.tensors[i].elements for op in graph.ops for i in op.inputs if graph.tensors[i].name in names)
    assert sum(weights.size for weights in Network(graph).get_weights()) == expected


def test_logits_equal_those_of_keras(network):
    np.testing.assert_allclose(network.model(network.x), twin(network.model)(network.x), rtol=1e-4, atol=1e-4)


def test_probabilities_equal_the_softmax_of_the_logits(network):
    logits = np.asarray(network.model(network.x), np.float64)
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(network.model(network.x, probabilities=True), expected, atol=1e-6)


def test_outputs_and_statistics_in_training_equal_those_of_keras(network, operators):
    graph = dataclasses.replace(
        network.graph,
        ops=tuple(dataclasses.replace(op, training=op.training | {"dropout": 0.0}) for op in network.graph.ops),
    )
    ours = Network(graph)
    ours.set_weights(network.model.get_weights())
    theirs = twin(ours)
    np.testing.assert_allclose(in_training(ours, network.x), theirs(network.x, training=True), rtol=1e-3, atol=1e-3)
    trainer, count = Trainer(ours, batch_size=len(network.x)), len(network.x)
    rows = trainer.examples(network.x, np.zeros((count, ours.outputs), np.float32))
    trainer.train(rows, np.arange(count, dtype=np.int32)[None], np.float32([0.0]), 0)
    for array, expected in zip(ours.get_weights(), variables(theirs), strict=True):
        # The fused kernel averages the unbiased variance, n / (n - 1) of Keras's.
        np.testing.assert_allclose(array, np.reshape(expected, array.shape), rtol=1e-2, atol=1e-4)


def test_gradients_in_training_equal_those_of_keras(network, operators):
    graph = dataclasses.replace(
        network.graph,
        ops=tuple(dataclasses.replace(op, training=op.training | {"dropout": 0.0}) for op in network.graph.ops),
    )
    ours = Network(graph)
    ours.set_weights(network.model.get_weights())
    theirs = twin(ours)
    wanted = np.random.default_rng(1).normal(size=(len(network.x), ours.outputs)).astype(np.float32)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(wanted * in_training(ours, network.x))
    found = tape.gradient(loss, ours.weights)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(wanted * theirs(network.x, training=True))
    expected = tape.gradient(loss, [v.value for v in variables(theirs)[: len(found)]])
    for gradient, other in zip(found, expected, strict=True):
        most = np.abs(np.asarray(other)).max()
        np.testing.assert_allclose(gradient, np.reshape(other, gradient.shape), rtol=1e-3, atol=2e-3 * most + 1e-7)


def test_the_l2_penalty_equals_that_of_keras(network):
    assert float(penalty(network.model)) == pytest.approx(float(sum(twin(network.model).losses)), rel=1e-5)


def test_same_seed_gives_the_same_weights_and_another_seed_others(network):
    first, again, other = (Network(network.graph, seed).get_weights() for seed in (5, 5, 6))
    assert all(map(np.array_equal, first, again))
    assert not all(map(np.array_equal, first, other))


def test_layers_of_one_shape_start_from_different_weights():
    g = GraphBuilder((6,))
    g.fully_connected(6)
    g.fully_connected(6)
    first, _, second, _ = Network(g.graph()).get_weights()
    assert not np.array_equal(first, second)


def test_initial_kernels_fill_the_range_of_glorot_s_distribution(network):
    weighted = [op.kind for op in network.graph.ops if op.kind in WEIGHTED]
    kernels = [weights.kernel.numpy() for weights in Network(network.graph).layers]
    for kernel in (kernel for kernel, kind in zip(kernels, weighted, strict=True) if kind in LINEAR):
        *window, inputs, outputs = kernel.shape
        limit = np.sqrt(6 / (np.prod(window) * (inputs + outputs)))
        assert 0.8 * limit < np.abs(kernel).max() <= limit


def test_dropout_keeps_the_mean_and_depends_on_step_and_seed_alone():
    graph = _table(dropout=0.5)
    network, x = Network(graph, seed=1), _rows(4096)
    plain, dropped = np.asarray(network(x)), np.asarray(in_training(network, x, 3))
    assert np.mean(dropped[plain > 0] == 0) == pytest.approx(0.5, abs=0.03)
    np.testing.assert_allclose(dropped[dropped > 0], 2 * plain[dropped > 0], rtol=1e-5)
    np.testing.assert_array_equal(in_training(network, x, 3), dropped)
    assert not np.array_equal(in_training(network, x, 4), dropped)
    other = Network(graph, seed=2)
    other.set_weights(network.get_weights())
    assert not np.array_equal(in_training(other, x, 3), dropped)


@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (1, 4), (2, 1)])
def test_a_causal_convolution_is_that_of_keras(stride, dilation, operators):
    g = GraphBuilder((1, 23, 3))
    g.conv2d(4, 3, stride=stride, dilation=dilation, padding="CAUSAL")
    network = Network(g.graph())
    layer = keras.layers.Conv1D(4, 3, strides=stride, dilation_rate=dilation, padding="causal", activation="relu")
    x = np.random.default_rng(0).normal(size=(5, 1, 23, 3)).astype(np.float32)
    layer.build((None, 23, 3))
    layer.set_weights([network.layers[0].kernel.numpy()[0], network.layers[0].bias.numpy()])
    np.testing.assert_allclose(np.asarray(network(x))[:, 0], layer(x[:, 0]), rtol=1e-4, atol=1e-5)
    maps = np.transpose(in_training(network, x), (0, 2, 3, 1))
    np.testing.assert_allclose(maps[:, 0], layer(x[:, 0]), rtol=1e-4, atol=1e-5)


def test_a_graph_with_an_operator_that_cannot_be_trained_is_refused():
    graph = _table()
    strange = dataclasses.replace(graph.ops[0], kind="SQUARE")
    with pytest.raises(KeyError, match="SQUARE"):
        Network(dataclasses.replace(graph, ops=(strange,)))
