"""The operators of a graph in TensorFlow: computed as on the device, but in float; channels last."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nas.graph.graph import LSTM, Op
from nas.model.network.recurrent import lstm
from nas.model.runtime import tf


def hard_swish(x: Any) -> Any:
    """Return x * min(max(x + 3, 0), 6) / 6 (MobileNetV3, arXiv:1905.02244); the converter makes one operator of it."""
    return x * tf.nn.relu6(x + 3) / 6


# By name, in the order in which our kernels count them (native/training/layers.h).
ACTIVATIONS: Mapping[str, Callable[[Any], Any]] = {
    "NONE": lambda x: x,
    "RELU": tf.nn.relu,
    "RELU6": tf.nn.relu6,
    "HARD_SWISH": hard_swish,
}


def activate(x: Any, op: Op) -> Any:
    """Apply the activation that is fused into an operator."""
    return ACTIVATIONS[op.options["activation"]](x)


def _conv(x: Any, kernel: Any, op: Op) -> Any:
    o = op.options
    return tf.nn.conv2d(x, kernel, o["stride"], o["padding"], dilations=o["dilation"])


def _depthwise(x: Any, kernel: Any, op: Op) -> Any:
    o = op.options
    kernel = tf.reshape(kernel, (*kernel.shape[:2], x.shape[-1], -1))
    return tf.nn.depthwise_conv2d(x, kernel, (1, *o["stride"], 1), o["padding"], dilations=o["dilation"])


def _dense(x: Any, kernel: Any, op: Op) -> Any:
    # FULLY_CONNECTED flattens its input itself; `slim` removes the RESHAPE that the converter may leave.
    return tf.matmul(tf.reshape(x, (-1, kernel.shape[0])) if len(x.shape) > 2 else x, kernel)


def _max_pool(x: Any, op: Op) -> Any:
    return tf.nn.max_pool2d(x, op.options["filter"], op.options["stride"], op.options["padding"])


def _average_pool(x: Any, op: Op) -> Any:
    return tf.nn.avg_pool2d(x, op.options["filter"], op.options["stride"], op.options["padding"])


def _pad(x: Any, op: Op) -> Any:
    top, left = op.options["before"]
    return tf.pad(x, ((0, 0), (top, 0), (left, 0), (0, 0)))


def _reshape(x: Any, op: Op) -> Any:
    return tf.reshape(x, (-1, *op.options["shape"]))


def _slice(x: Any, op: Op) -> Any:
    """Return the last position along each axis between batch and channels."""
    return x[(slice(None), *(slice(-1, None) for _ in op.options["begin"][1:-1]))]


def _softmax(x: Any, op: Op) -> Any:
    return tf.nn.softmax(x)


def _logistic(x: Any, op: Op) -> Any:
    return tf.nn.sigmoid(x)


def _hard_swish(x: Any, op: Op) -> Any:
    return hard_swish(x)


def _add(inputs: Sequence[Any], op: Op) -> Any:
    return activate(inputs[0] + inputs[1], op)


def _multiply(inputs: Sequence[Any], op: Op) -> Any:
    return activate(inputs[0] * inputs[1], op)


def _concatenate(inputs: Sequence[Any], op: Op) -> Any:
    return tf.concat(inputs, -1)


LINEAR: Mapping[str, Callable[[Any, Any, Op], Any]] = {
    "CONV_2D": _conv,
    "DEPTHWISE_CONV_2D": _depthwise,
    "FULLY_CONNECTED": _dense,
}
SLIDING = frozenset(LINEAR) - {"FULLY_CONNECTED"}
WEIGHTED = frozenset((*LINEAR, LSTM))
# Operators without weights, of one input and of several.
FIXED: Mapping[str, Callable[[Any, Op], Any]] = {
    "MAX_POOL_2D": _max_pool,
    "AVERAGE_POOL_2D": _average_pool,
    "PAD": _pad,
    "RESHAPE": _reshape,
    "SLICE": _slice,
    "SOFTMAX": _softmax,
    "LOGISTIC": _logistic,
    "HARD_SWISH": _hard_swish,
}
JOINS: Mapping[str, Callable[[Sequence[Any], Op], Any]] = {
    "ADD": _add,
    "MUL": _multiply,
    "CONCATENATION": _concatenate,
}


def apply_weighted(op: Op, x: Any, kernel: Any, bias: Any) -> Any:
    """Compute an operator of `WEIGHTED`, with the activation that is fused into it."""
    if op.kind == LSTM:
        return lstm(x, kernel, bias)
    return activate(tf.nn.bias_add(LINEAR[op.kind](x, kernel, op), bias), op)


def apply(op: Op, inputs: Sequence[Any]) -> Any:
    """Compute an operator without weights."""
    return JOINS[op.kind](inputs, op) if op.kind in JOINS else FIXED[op.kind](inputs[0], op)
