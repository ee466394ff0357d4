import numpy as np
from keras_twin import twin

from nas.data.dataset import Part
from nas.graph.builder import GraphBuilder
from nas.model.deploy.convert import quantize
from nas.model.deploy.fake_quantized import FakeQuantizedNetwork, fake_quantize
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.network.network import Network
from nas.model.network.operators import LINEAR, WEIGHTED
from nas.model.training.training import TrainingRun, train
from nas.study.recipe import Recipe


def test_outputs_equal_those_of_the_int8_model(network):
    deployed = fake_quantize(network.model, network.x)
    expected = TfliteModel(quantize(deployed)).predict(network.x)
    # A step of the logits, and rounding at a tie, are worth a few steps of the probabilities.
    np.testing.assert_allclose(deployed(network.x, probabilities=True), expected, atol=0.03)
    assert np.mean(np.abs(np.asarray(deployed(network.x, probabilities=True)) - expected)) < 0.004


def test_without_ranges_only_the_kernels_are_rounded(network):
    plain = FakeQuantizedNetwork(network.model, ())
    expected = np.asarray(twin(network.model)(network.x))
    np.testing.assert_allclose(plain(network.x), expected, atol=0.03 * np.abs(expected).max())


def test_kernels_have_at_most_255_steps_per_channel_and_rounding_them_twice_changes_nothing(network):
    once = FakeQuantizedNetwork(network.model, ())
    again = FakeQuantizedNetwork(network.model, ())
    again.set_weights([np.asarray(array) for pair in once.fold() for array in pair])
    kinds = [op.kind for op in network.graph.ops if op.kind in WEIGHTED]
    for kind, (kernel, _), (repeated, _) in zip(kinds, once.fold(), again.fold(), strict=True):
        np.testing.assert_allclose(kernel, repeated, rtol=1e-5, atol=1e-7)
        array = np.asarray(kernel)
        if kind not in LINEAR:  # the matrices of an LSTM have one scale each, the first ones read inputs
            units = array.shape[1] // 4
            array = np.stack([part.ravel() for part in np.split(array[-units:], 4, axis=1)], axis=-1)
        channels = array.reshape(-1, array.shape[-2] if array.shape[-1] == 1 and array.ndim == 4 else array.shape[-1])
        steps = channels / (np.abs(channels).max(axis=0) / 127)
        np.testing.assert_allclose(steps, np.round(steps), atol=1e-2)


def test_a_rare_peak_of_the_input_does_not_make_the_steps_of_all_numbers_coarse():
    g = GraphBuilder((8,))
    g.fully_connected(6)
    g.fully_connected(3, activation="NONE")
    g.softmax()
    network, rng = Network(g.graph(), 3), np.random.default_rng(0)
    rows = rng.normal(size=(500, 8)).astype(np.float32)
    rows[7, 2] = 400.0
    plain = rng.normal(size=(300, 8)).astype(np.float32)
    expected = np.asarray(network(plain, probabilities=True))
    error = np.abs(TfliteModel(quantize(fake_quantize(network, rows))).predict(plain) - expected).mean()
    wide = FakeQuantizedNetwork(
        network, [(float(min(0, rows.min())), float(rows.max())), (0.0, 400.0), (-400.0, 400.0)]
    )
    assert error < 0.2 * np.abs(TfliteModel(quantize(wide)).predict(plain) - expected).mean()


def test_quantization_aware_training_starts_from_the_network_and_leaves_it_unchanged(network):
    kept = network.model.get_weights()
    deployed = fake_quantize(network.model, network.x)
    y = np.arange(len(network.x)) % network.model.outputs
    part = Part(network.x.reshape(len(y), -1), y)
    recipe = Recipe.of(batch_size=16, rotation=0.0, learning_rate=1e-2)
    result = train(deployed, part, None, recipe, TrainingRun(epochs=12))
    assert result.history["loss"][-1] < result.history["loss"][0]
    assert all(map(np.array_equal, network.model.get_weights(), kept))
    predicted = TfliteModel(quantize(deployed)).predict(network.x)
    assert np.mean(np.abs(predicted - np.asarray(deployed(network.x, probabilities=True)))) < 0.006


def test_the_kernel_of_a_convolution_with_one_filter_has_one_scale():
    g = GraphBuilder((4, 4, 5))
    g.conv2d(1, 1)
    g.flatten()
    g.fully_connected(3, activation="NONE")
    g.softmax()
    kernel = np.asarray(FakeQuantizedNetwork(Network(g.graph(), 3), ()).fold()[0][0])
    steps = kernel.ravel() / (np.abs(kernel).max() / 127)
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-2)
    assert len(set(np.abs(np.round(steps)))) > 1
