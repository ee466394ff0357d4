"""The steps of a walk over a graph in training, with what the graph keeps for it: normalization by the batch.

Maps have their channels first behind a convolution (`nas.model.layers`), and last before one, as rows do.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from nas.graph import Op
from nas.model import layers
from nas.model.operators import FIXED, POOLINGS, SLIDING, activate
from nas.model.runtime import tf
from nas.model.variables import EPSILON, Norm, Weights

# A usual 0.99 forgets in a hundred steps; an epoch of a small data set has hardly more.
_MOMENTUM = 0.95


def with_poolings(ops: Sequence[Op]) -> Iterator[tuple[Op, Op | None]]:
    """Yield the operators in order, a convolution with the pooling right behind it if nothing is dropped between."""
    waiting: Op | None = None
    for op in ops:
        if waiting is not None:
            yield waiting, (op if op.kind in POOLINGS else None)
        if waiting is None or op.kind not in POOLINGS:
            opens = op.kind in SLIDING and not op.training.get("dropout")
            if not opens:
                yield op, None
            waiting = op if opens else None
        else:
            waiting = None
    if waiting is not None:
        yield waiting, None


def train_maps(x: Any, weights: Weights, op: Op, pooling: Op | None, channels_last: bool) -> Any:
    """Return maps [n, channels, h, w] of a convolution, and of the pooling behind it."""
    norm = weights.norm
    y, mean, variance = layers.layer(
        x,
        weights.kernel,
        tf.ones_like(weights.bias) if norm is None else norm.scale,
        weights.bias,
        stride=op.options["stride"],
        pool=pooling.options["filter"] if pooling else (1, 1),
        depthwise=op.kind == "DEPTHWISE_CONV_2D",
        channels_last=channels_last,
        normalize=norm is not None,
        relu=op.options["activation"] == "RELU",
        average=pooling is not None and pooling.kind == "AVERAGE_POOL_2D",
        epsilon=EPSILON,
    )
    _follow(norm, mean, variance)
    return y


def train_pooling(x: Any, op: Op, channels_last: bool) -> Any:
    """Return pooled maps in the layout that they came in."""
    if channels_last:
        return FIXED[op.kind](x, op)
    if op.kind == "AVERAGE_POOL_2D" and op.options["filter"] == tuple(x.shape[2:]):
        return tf.reduce_mean(x, (2, 3), keepdims=True)
    return tf.transpose(FIXED[op.kind](tf.transpose(x, (0, 2, 3, 1)), op), (0, 3, 1, 2))


def flatten(x: Any, channels_last: bool) -> Any:
    """Return rows [n, values] of maps, in the order of height, width and channels."""
    if len(x.shape) == 2:
        return x
    if not channels_last and tuple(x.shape[2:]) != (1, 1):
        x = tf.transpose(x, (0, 2, 3, 1))
    return tf.reshape(x, (-1, math.prod(x.shape[1:])))


def train_dense(x: Any, weights: Weights, op: Op) -> Any:
    """Return the outputs [n, units] of a dense layer."""
    x, norm = tf.matmul(x, weights.kernel), weights.norm
    if norm is None:
        return activate(tf.nn.bias_add(x, weights.bias), op)
    y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=x[:, None, None, :],  # the kernel wants a map; this is one of a single position
        scale=norm.scale,
        offset=weights.bias,
        mean=[],
        variance=[],
        epsilon=EPSILON,
        is_training=True,
    )
    _follow(norm, mean, variance)
    return activate(y[:, 0, 0, :], op)


def _follow(norm: Norm | None, mean: Any, variance: Any) -> None:
    """Let the moving statistics follow a batch's own."""
    for moving, value in ((norm.mean, mean), (norm.variance, variance)) if norm else ():
        moving.assign_add((value - moving) * (1 - _MOMENTUM))
