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
    y = _depthwise(x, kernel, stride) if depthwise else tf.nn.conv2d(x, kernel, stride, "SAME")
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


def _depthwise(x: Any, kernel: Any, stride: Sequence[int]) -> Any:
    """Convolve each channel of `x` [n, height, width, channels] on its own, padded as SAME.

    TensorFlow's operator takes unequal strides on some processors only, so they are taken as steps of 1 and a choice.
    """
    if stride[0] == stride[1]:
        return tf.nn.depthwise_conv2d(x, kernel, (1, *stride, 1), "SAME")
    padding = [
        _same(size, width, step) for size, width, step in zip(x.shape[1:3], kernel.shape[:2], stride, strict=True)
    ]
    y = tf.nn.depthwise_conv2d(tf.pad(x, [(0, 0), *padding, (0, 0)]), kernel, (1, 1, 1, 1), "VALID")
    return y[:, :: stride[0], :: stride[1]]


def _same(size: int, width: int, step: int) -> tuple[int, int]:
    """Return the padding before and behind an axis of `size` for a kernel of `width` at strides of `step`."""
    total = max((-(-size // step) - 1) * step + width - size, 0)
    return total // 2, total - total // 2
