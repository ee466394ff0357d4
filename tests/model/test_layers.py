import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nas.model import layers, plain_layers
from nas.model.runtime import tf


@st.composite
def _layers(draw):
    """Draw inputs and settings of a layer, of sizes that fill neither vectors nor poolings."""
    height, width = draw(st.sampled_from([1, 1, 1, 7])), draw(st.integers(1, 40))
    channels, filters = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    stride = (draw(st.integers(1, min(2, height))), draw(st.integers(1, 2)))
    sizes = [-(-size // step) for size, step in zip((height, width), stride, strict=True)]
    pool = tuple(draw(st.one_of(st.just(size), st.integers(1, min(size, 9)))) for size in sizes)
    depthwise, channels_last = draw(st.booleans()), draw(st.booleans())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))

    def normal(*shape):
        return rng.normal(size=shape).astype(np.float32)

    n, maps = draw(st.integers(1, 6)), (height, width, channels) if channels_last else (channels, height, width)
    kernel = (draw(st.integers(1, min(3, height))), draw(st.integers(1, min(9, width))), channels)
    scales = channels if depthwise else filters
    inputs = [normal(n, *maps), normal(*kernel, 1 if depthwise else filters), normal(scales), normal(scales)]
    flags = {name: draw(st.booleans()) for name in ("normalize", "relu", "average")}
    chosen = {"stride": stride, "pool": pool, "depthwise": depthwise, "channels_last": channels_last, **flags}
    return inputs, {**chosen, "epsilon": 1e-3}


def _run(layer, inputs, chosen):
    """Return the outputs, and the gradients of a weighted sum of them."""
    variables = [tf.constant(values) for values in inputs]
    with tf.GradientTape() as tape:
        tape.watch(variables)
        outputs = layer(*variables, **chosen)
        weights = np.random.default_rng(0).normal(size=outputs[0].shape).astype(np.float32)
        total = tf.reduce_sum(outputs[0] * weights)
    gradients = tape.gradient(total, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return [np.asarray(values) for values in (*outputs, *gradients)]


@pytest.mark.skipif(sys.platform != "linux", reason="only there the library is known to load")
def test_the_library_is_loaded():
    assert layers._OPERATORS is not None


@given(_layers())
@settings(max_examples=150)
def test_outputs_and_statistics_are_those_of_tensorflow_s_own_operators(drawn):
    for ours, theirs in zip(_run(layers.layer, *drawn)[:3], _run(plain_layers.layer, *drawn)[:3], strict=True):
        # A single number has no unbiased variance; TensorFlow and we leave it 0.
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3)


@given(_layers())
@settings(max_examples=150)
def test_gradients_are_those_of_tensorflow_s_own_operators(drawn):
    inputs, chosen = drawn
    first = 4 if chosen["channels_last"] else 3  # the network's input has none
    ours, theirs = _run(layers.layer, inputs, chosen), _run(plain_layers.layer, inputs, chosen)
    for array, expected in zip(ours[first:], theirs[first:], strict=True):
        np.testing.assert_allclose(array, expected, rtol=5e-3, atol=5e-3 * max(1.0, float(np.abs(expected).max())))


def test_of_equal_maxima_the_first_gets_the_gradient():
    x = tf.constant([[[[2.0, 2.0, 1.0, 3.0, 3.0, 0.0]]]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y, *_ = layers.layer(x, tf.ones((1, 1, 1, 1)), tf.ones(1), tf.zeros(1), pool=(1, 3), normalize=False)
    np.testing.assert_array_equal(tape.gradient(y, x), [[[[1, 0, 0, 1, 0, 0]]]])


def test_shapes_are_known_when_a_graph_is_made():
    @tf.function
    def shapes(x):
        y, mean, variance = layers.layer(
            x, tf.ones((1, 3, 2, 5)), tf.ones(5), tf.ones(5), stride=(1, 2), pool=(1, 4), channels_last=True
        )
        seen.extend([tuple(y.shape), tuple(mean.shape), tuple(variance.shape)])
        return y

    seen = []
    assert shapes(tf.ones((7, 1, 33, 2))).shape == (7, 5, 1, 4)
    assert seen == [(7, 5, 1, 4), (5,), (5,)]


def test_what_does_not_fit_is_refused_and_not_computed():
    x, kernel, one = tf.ones((2, 3, 1, 8)), tf.ones((1, 3, 4, 5)), tf.ones(5)
    with pytest.raises(tf.errors.InvalidArgumentError, match="as many channels"):
        layers.layer(x, kernel, one, one)
    with pytest.raises(tf.errors.InvalidArgumentError, match="pooling that fits"):
        layers.layer(x, tf.ones((1, 3, 3, 5)), one, one, pool=(1, 9))
    with pytest.raises(tf.errors.InvalidArgumentError, match="a scale and an offset a filter"):
        layers.layer(x, tf.ones((1, 3, 3, 5)), tf.ones(4), one)
