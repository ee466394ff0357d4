"""From a graph to the Keras model that is trained, or, with a batch size of 1, converted.

The walk restores what the graph keeps for training only: batch normalization before the activation, dropout,
L2. Both models have the same weights in the same order.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nas.graph import Graph, Op
from nas.model.layers import BatchNormalization
from nas.model.runtime import keras

# Keras's 0.99 forgets in a hundred steps; an epoch of a small data set has hardly more.
_MOMENTUM = 0.95


def build(graph: Graph, batch: int | None = None, *, softmax: bool = False, seed: int = 0) -> Any:
    """Return a `keras.Model` of float32 that computes the graph's logits, or its probabilities with `softmax`.

    Args:
        graph: what to build; its input without the batch is the model's.
        batch: rows of every input; None for any number. The converter needs 1 for a clean graph.
        softmax: build the graph's SOFTMAX as well; training reads logits.
        seed: of the first weights and of dropout.
    """
    seeds = itertools.count(seed * 1000)
    inputs = keras.Input(batch_shape=(batch, *graph.tensors[graph.inputs[0]].shape[1:]))
    x = inputs
    for op in graph.ops:
        if op.kind != "SOFTMAX" or softmax:
            x = _WALK[op.kind](x, op, graph, seeds)
    return keras.Model(inputs, x)


def _trained(
    layer: type, x: Any, op: Op, seeds: Iterator[int], size: Mapping[str, Any], scale_name: str = "kernel"
) -> Any:
    """Apply a layer with weights, and what stands behind it: normalization, activation, dropout."""
    norm, l2 = op.training.get("batch_norm", False), op.training.get("l2", 0.0)
    settings = {
        f"{scale_name}_initializer": keras.initializers.GlorotUniform(next(seeds)),
        f"{scale_name}_regularizer": keras.regularizers.L2(l2) if l2 else None,
    }
    x = layer(**size, **settings, use_bias=not norm)(x)
    if norm:
        x = BatchNormalization(momentum=_MOMENTUM)(x)
    if op.options["activation"] == "RELU":
        x = keras.layers.ReLU()(x)
    if rate := op.training.get("dropout", 0.0):
        x = keras.layers.Dropout(rate, seed=next(seeds))(x)
    return x


def _conv(x: Any, op: Op, graph: Graph, seeds: Iterator[int]) -> Any:
    filters, height, width, _ = graph.tensors[op.inputs[1]].shape
    size = {"filters": filters, "kernel_size": (height, width), **_window(op)}
    return _trained(keras.layers.Conv2D, x, op, seeds, size)


def _depthwise(x: Any, op: Op, graph: Graph, seeds: Iterator[int]) -> Any:
    _, height, width, _ = graph.tensors[op.inputs[1]].shape
    size = {"kernel_size": (height, width), **_window(op)}
    return _trained(keras.layers.DepthwiseConv2D, x, op, seeds, size, "depthwise")


def _dense(x: Any, op: Op, graph: Graph, seeds: Iterator[int]) -> Any:
    units, features = graph.tensors[op.inputs[1]].shape
    if len(x.shape) > 2:
        # The operator flattens by itself, and the converter drops the reshape.
        x = keras.layers.Reshape((features,))(x)
    return _trained(keras.layers.Dense, x, op, seeds, {"units": units})


def _window(op: Op) -> dict[str, Any]:
    return {
        "padding": op.options["padding"].lower(),
        "strides": op.options["stride"],
        "dilation_rate": op.options["dilation"],
    }


def _pool(layer: type) -> Callable[..., Any]:
    def walk(x: Any, op: Op, graph: Graph, seeds: Iterator[int]) -> Any:
        o = op.options
        return layer(pool_size=o["filter"], strides=o["stride"], padding=o["padding"].lower())(x)

    return walk


def _mean(x: Any, op: Op, graph: Graph, seeds: Iterator[int]) -> Any:
    return keras.layers.GlobalAveragePooling2D(keepdims=op.options["keep_dims"])(x)


def _reshape(x: Any, op: Op, graph: Graph, seeds: Iterator[int]) -> Any:
    return keras.layers.Reshape(op.options["shape"][1:])(x)


def _softmax(x: Any, op: Op, graph: Graph, seeds: Iterator[int]) -> Any:
    return keras.layers.Softmax()(x)


_WALK: Mapping[str, Callable[..., Any]] = {
    "CONV_2D": _conv,
    "DEPTHWISE_CONV_2D": _depthwise,
    "FULLY_CONNECTED": _dense,
    "MAX_POOL_2D": _pool(keras.layers.MaxPooling2D),
    "AVERAGE_POOL_2D": _pool(keras.layers.AveragePooling2D),
    "MEAN": _mean,
    "RESHAPE": _reshape,
    "SOFTMAX": _softmax,
}
