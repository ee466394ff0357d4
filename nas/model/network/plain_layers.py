"""The computation of `layers.py` in TensorFlow's own operators: its fallback, and the reference in tests.

It is used where the library of our operators cannot be loaded. It is slower, since feature maps are transposed to
(n, height, width, channels) and back in each layer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nas.model.network.operators import ACTIVATIONS
from nas.model.runtime import tf

PADDINGS = ("SAME", "VALID", "CAUSAL")
"""Of convolutions, in the order of their numbers in a geometry; CAUSAL adds zeros before the map only."""


@dataclass(frozen=True, kw_only=True)
class LayerAttributes:
    """What a TensorFlow graph always has to know of a layer: the attributes of its operator.

    Attributes:
        channels_last: whether the layer reads the network's input, [n, h, w, channels], and not feature maps.
        normalize: whether the convolution's outputs are normalized by the statistics of the batch.
        activation: what follows, by its name in `nas.model.network.operators.ACTIVATIONS`.
        epsilon: constant that the normalization adds to the variance.
    """

    channels_last: bool = False
    normalize: bool = True
    activation: str = "RELU"
    epsilon: float = 1e-3


def layer(
    x: Any, kernel: Any, scale: Any, offset: Any, geometry: Sequence[int], attributes: LayerAttributes
) -> tuple[Any, Any, Any]:
    """See `nas.model.network.layers.layer`."""
    stride, pool, depthwise, average = geometry[:2], geometry[2:4], geometry[4], geometry[5]
    kernel, padding = spread(kernel, geometry[6:8]), PADDINGS[geometry[8]]
    x = x if attributes.channels_last else tf.transpose(x, (0, 2, 3, 1))
    if padding == "CAUSAL":
        height, width, *_ = tf.unstack(tf.shape(kernel))  # a variable's shape is left open
        x, padding = tf.pad(x, [(0, 0), (height - 1, 0), (width - 1, 0), (0, 0)]), "VALID"
    y = _depthwise(x, kernel, stride, padding) if depthwise else tf.nn.conv2d(x, kernel, stride, padding)
    mean = variance = tf.zeros_like(offset)
    if attributes.normalize:
        y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=y, scale=scale, offset=offset, mean=[], variance=[], epsilon=attributes.epsilon, is_training=True
        )
    else:
        y += offset
    y = ACTIVATIONS[attributes.activation](y)
    if tuple(pool) != (1, 1):
        y = (tf.nn.avg_pool2d if average else tf.nn.max_pool2d)(y, pool, pool, "VALID")
    return tf.transpose(y, (0, 3, 1, 2)), mean, variance


def spread(kernel: Any, dilation: Sequence[int]) -> Any:
    """Return a kernel [height, width, ...] with zeros between its taps, which does what it does with a dilation.

    TensorFlow has no gradient of a convolution with a dilation on the processor.
    """
    for axis, step in enumerate(dilation):
        if step == 1:
            continue
        shape = tf.shape(kernel)
        taps = tf.pad(tf.expand_dims(kernel, axis + 1), [(0, step - 1 if i == axis + 1 else 0) for i in range(5)])
        kernel = tf.reshape(taps, tf.tensor_scatter_nd_update(shape, [[axis]], [shape[axis] * step]))
        size = (shape[axis] - 1) * step + 1
        kernel = kernel[:size] if axis == 0 else kernel[:, :size]
    return kernel


def _depthwise(x: Any, kernel: Any, stride: Sequence[int], padding: str) -> Any:
    """Convolve each channel of `x` [n, height, width, channels] on its own.

    TensorFlow's operator supports unequal strides only on some processors. With them, the convolution is computed with
    stride 1, and the outputs between the strides are dropped.
    """
    if stride[0] == stride[1]:
        return tf.nn.depthwise_conv2d(x, kernel, (1, *stride, 1), padding)
    if padding == "SAME":
        axes = zip(x.shape[1:3], kernel.shape[:2], stride, strict=True)
        x = tf.pad(x, [(0, 0), *(_same(size, width, step) for size, width, step in axes), (0, 0)])
    y = tf.nn.depthwise_conv2d(x, kernel, (1, 1, 1, 1), "VALID")
    return y[:, :: stride[0], :: stride[1]]


def _same(size: int, width: int, stride: int) -> tuple[int, int]:
    """Return the SAME padding before and after an axis of `size`, for a kernel of `width`."""
    total = max((-(-size // stride) - 1) * stride + width - size, 0)
    return total // 2, total - total // 2
