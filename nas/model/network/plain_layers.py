"""What `layers.py` computes, in TensorFlow's own operators: where the library cannot be loaded, and as a check.

Slower, as maps are turned to (n, height, width, channels) and back at every layer.
"""

from collections.abc import Sequence
from typing import Any

from nas.model.runtime import tf


def layer(
    x: Any,
    kernel: Any,
    scale: Any,
    offset: Any,
    geometry: Sequence[int],
    *,
    channels_last: bool,
    normalize: bool,
    relu: bool,
    epsilon: float,
) -> tuple[Any, Any, Any]:
    """See `nas.model.network.layers.layer`."""
    stride, pool, depthwise, average = geometry[:2], geometry[2:4], geometry[4], geometry[5]
    x = x if channels_last else tf.transpose(x, (0, 2, 3, 1))
    if depthwise:
        y = tf.nn.depthwise_conv2d(x, kernel, (1, *stride, 1), "SAME")
    else:
        y = tf.nn.conv2d(x, kernel, stride, "SAME")
    mean = variance = tf.zeros_like(offset)
    if normalize:
        y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=y, scale=scale, offset=offset, mean=[], variance=[], epsilon=epsilon, is_training=True
        )
    else:
        y += offset
    y = tf.nn.relu(y) if relu else y
    if tuple(pool) != (1, 1):
        y = (tf.nn.avg_pool2d if average else tf.nn.max_pool2d)(y, pool, pool, "VALID")
    return tf.transpose(y, (0, 3, 1, 2)), mean, variance
