import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nas.model.network import layers, plain_layers
from nas.model.network.operators import ACTIVATIONS
from nas.model.network.plain_layers import PADDINGS, LayerAttributes
from nas.model.runtime import tf

PLAIN = LayerAttributes(normalize=False)


@st.composite
def _layers(draw):
    """Draw inputs and settings of a layer, of sizes that fill neither vectors nor poolings."""
    height, width = draw(st.sampled_from([1, 1, 1, 7])), draw(st.integers(1, 40))
    channels, filters = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    stride = (draw(st.integers(1, min(2, height))), draw(st.integers(1, 2)))
    depthwise, channels_last = draw(st.booleans()), draw(st.booleans())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))

    def normal(*shape):
        return rng.normal(size=shape).astype(np.float32)

    n, maps = draw(st.integers(1, 6)), (height, width, channels) if channels_last else (channels, height, width)
    kernel = (draw(st.integers(1, min(3, height))), draw(st.integers(1, min(9, width))), channels)
    dilation = (draw(st.integers(1, 2)), draw(st.integers(1, 3)))
    axes = list(zip((height, width), kernel, dilation, stride, strict=False))
    lengths = [size - (taps - 1) * gap for size, taps, gap, _ in axes]  # positions of the kernel within the map
    padding = draw(st.sampled_from(PADDINGS if min(lengths) > 0 else ("SAME", "CAUSAL")))
    ends = lengths if padding == "VALID" else (height, width)
    sizes = [-(-end // step) for end, step in zip(ends, stride, strict=True)]
    pool = tuple(draw(st.one_of(st.just(size), st.integers(1, min(size, 9)))) for size in sizes)
    scales = channels if depthwise else filters
    inputs = [normal(n, *maps), normal(*kernel, 1 if depthwise else filters), normal(scales), normal(scales)]
    options = {"depthwise": depthwise, "average": draw(st.booleans()), "dilation": dilation, "padding": padding}
    geometry = layers.geometry(stride=stride, pool=pool, **options)
    flags = {"normalize": draw(st.booleans()), "activation": draw(st.sampled_from(list(ACTIVATIONS)))}
    return inputs, geometry, LayerAttributes(channels_last=channels_last, **flags)


def _run(layer, inputs, geometry, attributes):
    """Return the outputs, and the gradients of a weighted sum of them."""
    variables = [tf.constant(values) for values in inputs]
    with tf.GradientTape() as tape:
        tape.watch(variables)
        outputs = layer(*variables, geometry, attributes)
        weights = np.random.default_rng(0).normal(size=outputs[0].shape).astype(np.float32)
        total = tf.reduce_sum(outputs[0] * weights)
    gradients = tape.gradient(total, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return [np.asarray(values) for values in (*outputs, *gradients)]


@pytest.mark.skipif(sys.platform != "linux", reason="only there the library is known to load")
def test_the_library_is_loaded():
    assert layers._OPERATORS is not None


@given(_layers())
@settings(max_examples=150)
def test_outputs_and_statistics_equal_those_of_tensorflow_s_own_operators(drawn):
    for ours, theirs in zip(_run(layers.layer, *drawn)[:3], _run(plain_layers.layer, *drawn)[:3], strict=True):
        # A single number has no unbiased variance; TensorFlow and we leave it 0.
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3)


@given(_layers())
@settings(max_examples=150)
def test_gradients_equal_those_of_tensorflow_s_own_operators(drawn):
    first = 4 if drawn[-1].channels_last else 3  # the network's input has none
    ours, theirs = _run(layers.layer, *drawn), _run(plain_layers.layer, *drawn)
    for array, expected in zip(ours[first:], theirs[first:], strict=True):
        np.testing.assert_allclose(array, expected, rtol=5e-3, atol=5e-3 * max(1.0, float(np.abs(expected).max())))


def test_of_equal_maxima_the_first_gets_the_gradient():
    x = tf.constant([[[[2.0, 2.0, 1.0, 3.0, 3.0, 0.0]]]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y, *_ = layers.layer(x, tf.ones((1, 1, 1, 1)), tf.ones(1), tf.zeros(1), layers.geometry(pool=(1, 3)), PLAIN)
    np.testing.assert_array_equal(tape.gradient(y, x), [[[[1, 0, 0, 1, 0, 0]]]])


@pytest.mark.skipif(not layers.OPEN, reason="TensorFlow's own operators must know them")
def test_one_graph_computes_layers_of_any_shape_and_geometry():
    calls = []

    @tf.function(
        input_signature=[tf.TensorSpec([None] * rank) for rank in (4, 4, 1, 1)]
        + [tf.TensorSpec([layers.GEOMETRY], tf.int32)]
    )
    def graph(*tensors):
        calls.append(tensors)
        y, mean, variance = layers.layer(*tensors, LayerAttributes())
        return y, mean, variance, *tf.gradients(y, tensors[:4])

    rng = np.random.default_rng(0)
    for channels, filters, width, numbers in (
        (2, 5, 33, layers.geometry(stride=(1, 2), pool=(1, 4))),
        (6, 6, 20, layers.geometry(depthwise=True, pool=(1, 3), average=True, padding="VALID")),
    ):
        shapes = [(7, channels, 1, width), (1, 3, channels, 1 if numbers[4] else filters), (filters,), (filters,)]
        tensors = [tf.constant(rng.normal(size=shape).astype(np.float32)) for shape in shapes]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            outputs = plain_layers.layer(*tensors, numbers, LayerAttributes())
        expected = [*outputs, *tape.gradient(outputs[0], tensors)]
        for array, other in zip(graph(*tensors, tf.constant(numbers)), expected, strict=True):
            np.testing.assert_allclose(array, other, rtol=5e-3, atol=5e-3)
    assert len(calls) == 1


def test_inputs_whose_shapes_do_not_match_are_refused():
    x, kernel, one = tf.ones((2, 3, 1, 8)), tf.ones((1, 3, 4, 5)), tf.ones(5)
    with pytest.raises(tf.errors.InvalidArgumentError, match="as many channels"):
        layers.layer(x, kernel, one, one, layers.geometry(), LayerAttributes())
    with pytest.raises(tf.errors.InvalidArgumentError, match="pooling that fits"):
        layers.layer(x, tf.ones((1, 3, 3, 5)), one, one, layers.geometry(pool=(1, 9)), LayerAttributes())
    with pytest.raises(tf.errors.InvalidArgumentError, match="a scale and an offset a filter"):
        layers.layer(x, tf.ones((1, 3, 3, 5)), tf.ones(4), one, layers.geometry(), LayerAttributes())
    with pytest.raises(tf.errors.InvalidArgumentError, match="nine numbers"):
        layers.layer(x, tf.ones((1, 3, 3, 5)), one, one, [1, 1], LayerAttributes())
