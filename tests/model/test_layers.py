import numpy as np

from nas.model.layers import BatchNormalization
from nas.model.runtime import keras


def _pair(shape):
    pair = keras.layers.BatchNormalization(momentum=0.9), BatchNormalization(momentum=0.9)
    for layer in pair:
        layer.build(shape)
    return pair


def test_fused_normalization_is_keras_normalization():
    x = np.random.default_rng(0).normal(2, 3, size=(8, 1, 10, 4)).astype(np.float32)
    keras_layer, fused = _pair(x.shape)
    np.testing.assert_allclose(fused(x, training=True), keras_layer(x, training=True), atol=1e-4)
    np.testing.assert_allclose(fused.moving_mean, keras_layer.moving_mean, rtol=1e-4)
    # The fused kernel keeps the unbiased variance: n / (n - 1) of Keras's, n = 80 here.
    batch = [(np.asarray(layer.moving_variance) - 0.9) / 0.1 for layer in (fused, keras_layer)]
    np.testing.assert_allclose(batch[0], batch[1] * 80 / 79, rtol=1e-3)


def test_inference_is_keras_inference():
    x = np.random.default_rng(0).normal(size=(8, 1, 10, 4)).astype(np.float32)
    keras_layer, fused = _pair(x.shape)
    fused(x, training=True)
    keras_layer.set_weights(fused.get_weights())
    np.testing.assert_array_equal(fused(x, training=False), keras_layer(x, training=False))
