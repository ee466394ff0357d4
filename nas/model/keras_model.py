"""A trained network as a Keras model of plain layers, for everything that reads Keras."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from nas.graph.graph import LSTM, Op
from nas.model.keras_runtime import keras
from nas.model.network.network import Network
from nas.model.network.variables import EPSILON, MOMENTUM, Weights
from nas.model.weights import load_weights
from nas.space.architecture import Architecture

# Keras takes both from the user's configuration where they are not given.
_FLOAT = {"dtype": "float32"}
_LAST = {"data_format": "channels_last", **_FLOAT}


def architecture_to_keras(architecture: Architecture, weights: bytes, name: str = "model") -> Any:
    """Return an architecture with float weights, from `nas.model.weights.dump_weights`, as a Keras model.

    TensorFlow takes only letters, digits and underscores in a name; other characters of `name` become underscores.
    """
    network = Network(architecture.lower())
    load_weights(network, weights)
    return to_keras(network, re.sub(r"\W+", "_", name, flags=re.ASCII))


def to_keras(network: Network, name: str = "model") -> Any:
    """Return a float network as a functional Keras model with the same weights.

    Batch normalization, dropout and L2 are layers and regularizers, so that Keras can train the model further. Its
    input is the network's, [n, 1, time, channels] for windows of a signal. Its outputs are those of the graph:
    probabilities if it ends with a softmax, else logits; they equal the network's within float32's rounding.

    Args:
        network: a float network; what QAT trains has its normalization folded into the weights already.
        name: of the model.
    """
    layers, weights = _Layers(network), iter(network.layers)
    inputs, graph = keras.Input(network.input_shape, name="input", dtype="float32"), network.graph
    values = {graph.inputs[0]: inputs}
    for op in graph.ops:
        x = [values[i] for i in graph.data_inputs(op)]
        if op.kind == LSTM:
            values[op.outputs[0]] = layers.recurrent(x[0], op, next(weights))
        elif op.kind in _SLIDING_OR_DENSE:
            values[op.outputs[0]] = layers.linear(x[0], op, next(weights))
        else:
            values[op.outputs[0]] = layers.joined(x, op) if op.kind in _JOINS else layers.fixed(x[0], op)
    return keras.Model(inputs, values[graph.outputs[0]], name=name)


_SLIDING_OR_DENSE = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
# Layers of several inputs, and the start of their names.
_JOINS = {
    "ADD": (keras.layers.Add, "sum"),
    "MUL": (keras.layers.Multiply, "product"),
    "CONCATENATION": (keras.layers.Concatenate, "joined"),
}
_ACTIVATIONS = {"LOGISTIC": "sigmoid", "HARD_SWISH": "hard_swish"}
_POOLINGS = {"MAX_POOL_2D": "max_pool", "AVERAGE_POOL_2D": "average_pool"}


class _Layers:
    """Makes the layers of one model, and names them by their kind and number: conv_1, conv_1_norm, conv_1_relu."""

    def __init__(self, network: Network) -> None:
        self._graph = network.graph
        self._counts: Counter[str] = Counter()

    def linear(self, x: Any, op: Op, weights: Weights) -> Any:
        """Apply a convolution or a dense layer, with what belongs to it in training."""
        if op.kind == "FULLY_CONNECTED" and len(x.shape) > 2:
            x = keras.layers.Flatten(name=self._name("flatten"), **_LAST)(x)
        layer = self._layer(op)
        x, name = layer(x), layer.name
        kernel, bias = weights.kernel.numpy().reshape(layer.kernel.shape), weights.bias.numpy()
        layer.set_weights([kernel] if weights.norm else [kernel, bias])
        if weights.norm:
            norm = keras.layers.BatchNormalization(momentum=MOMENTUM, epsilon=EPSILON, name=f"{name}_norm", **_FLOAT)
            x = norm(x)
            scale, mean, variance = (variable.numpy() for variable in weights.norm)
            norm.set_weights([scale, bias, mean, variance])
        x = _activated(x, op, name)
        if rate := op.training.get("dropout"):
            x = keras.layers.Dropout(rate, name=f"{name}_dropout", **_FLOAT)(x)
        return x

    def recurrent(self, x: Any, op: Op, weights: Weights) -> Any:
        """Apply an LSTM that gives its state after each step."""
        kernel, bias = weights.kernel.numpy(), weights.bias.numpy()
        units = len(bias) // 4
        layer = keras.layers.LSTM(units, return_sequences=True, name=self._name("lstm"), **_FLOAT)
        x = layer(x)
        layer.set_weights([kernel[:-units], kernel[-units:], bias])
        return x

    def joined(self, inputs: Sequence[Any], op: Op) -> Any:
        """Apply an operator of several inputs."""
        kind, stem = _JOINS[op.kind]
        name = self._name(stem)
        return _activated(kind(name=name, **_FLOAT)(inputs), op, name)

    def fixed(self, x: Any, op: Op) -> Any:
        """Apply a pooling, a padding, an activation of its own or the softmax."""
        if op.kind == "SOFTMAX":
            return keras.layers.Softmax(name="probabilities", **_FLOAT)(x)
        if op.kind in _ACTIVATIONS:
            name = _ACTIVATIONS[op.kind]
            return keras.layers.Activation(name, name=self._name(name), **_FLOAT)(x)
        if op.kind == "RESHAPE":
            return keras.layers.Reshape(op.options["shape"], name=self._name("reshape"), **_FLOAT)(x)
        if op.kind == "SLICE":
            return _cropped(tuple((step, 0) for step in op.options["begin"][1:-1]), self._name("last"))(x)
        if op.kind == "PAD":
            top, left = op.options["before"]
            return keras.layers.ZeroPadding2D(((top, 0), (left, 0)), name=self._name("before"), **_LAST)(x)
        # The average over a whole map stays a pooling: converters write the operator that the device runs, and no MEAN.
        pool, stride, padding = (op.options[key] for key in ("filter", "stride", "padding"))
        kind = keras.layers.MaxPooling2D if op.kind == "MAX_POOL_2D" else keras.layers.AveragePooling2D
        return kind(pool, stride, padding.lower(), name=self._name(_POOLINGS[op.kind]), **_LAST)(x)

    def _layer(self, op: Op) -> Any:
        shape = self._graph.tensors[op.inputs[1]].shape
        l2 = op.training.get("l2")
        regularizer = keras.regularizers.L2(l2) if l2 else None
        biased = not op.training.get("batch_norm")
        if op.kind == "FULLY_CONNECTED":
            name = "logits" if op.options["activation"] == "NONE" else self._name("dense")
            return keras.layers.Dense(shape[0], use_bias=biased, kernel_regularizer=regularizer, name=name, **_FLOAT)
        filters, height, width, _ = shape
        size = {"kernel_size": (height, width), "strides": op.options["stride"]}
        common = {"padding": op.options["padding"].lower(), "use_bias": biased, **size, **_LAST}
        if op.kind == "DEPTHWISE_CONV_2D":
            return keras.layers.DepthwiseConv2D(
                depth_multiplier=self._graph.multiplier(op),
                depthwise_regularizer=regularizer,
                name=self._name("depthwise"),
                **common,
            )
        name, dilation = self._name("conv"), op.options["dilation"]
        return keras.layers.Conv2D(filters, kernel_regularizer=regularizer, dilation_rate=dilation, name=name, **common)

    def _name(self, kind: str) -> str:
        self._counts[kind] += 1
        return f"{kind}_{self._counts[kind]}"


def _cropped(pairs: tuple[tuple[int, int], ...], name: str) -> Any:
    """Return a layer that leaves out so many positions of sequences or maps, before and behind what stays."""
    if len(pairs) == 1:
        return keras.layers.Cropping1D(pairs[0], name=name, **_FLOAT)
    return keras.layers.Cropping2D(pairs, name=name, **_LAST)


def _activated(x: Any, op: Op, name: str) -> Any:
    """Apply the activation of an operator as a layer of its own."""
    activation = op.options.get("activation", "NONE")
    if activation == "NONE":
        return x
    return keras.layers.ReLU(6.0 if activation == "RELU6" else None, name=f"{name}_{activation.lower()}", **_FLOAT)(x)
