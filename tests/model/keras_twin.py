"""The oracle of `Network`: the same network made of Keras layers."""

from typing import Any

import keras

from nas.graph.graph import Graph, Op
from nas.model.network.network import Network

MOMENTUM = 0.95


def in_training(network: Network, x: Any, step: int = 0) -> Any:
    """Return a network's logits as a training step computes them."""
    return network.topology.train(x, network.layers, network.numbers, step, network.seed)[0]


def penalty(network: Network) -> Any:
    """Return the L2 penalty of a network."""
    return network.topology.penalty(network.layers, network.numbers)


def twin(network: Network) -> Any:
    """Return a Keras model of the network's graph, with the same weights; its outputs are logits."""
    inputs = keras.Input(network.input_shape)
    values = {network.graph.inputs[0]: inputs}
    for op in network.graph.ops:
        x = [values[i] for i in network.graph.data_inputs(op)]
        values[op.outputs[0]] = x[0] if op.kind == "SOFTMAX" else _apply(x, op, network.graph)
    model = keras.Model(inputs, values[network.graph.outputs[0]])
    for variable, array in zip(variables(model), network.get_weights(), strict=True):
        variable.assign(array.reshape(variable.shape))  # a depthwise kernel has an axis of the depth multiplier there
    return model


def variables(model: Any) -> list[Any]:
    """Return a twin's variables in the order of `Network.get_weights`."""
    layers = [layer for layer in model.layers if layer.weights]
    # Keras has the scale of a normalization first, the network its offset, the bias.
    trained = [v for layer in layers for v in sorted(layer.trainable_variables, key=lambda v: v.name == "gamma")]
    return [*trained, *(v for layer in layers for v in layer.non_trainable_variables)]


def _apply(inputs: list[Any], op: Op, graph: Graph) -> Any:
    if op.kind in _JOINS:
        return _activated(_JOINS[op.kind](inputs), op)
    (x,) = inputs
    if op.kind == "RESHAPE":
        return keras.layers.Reshape(op.options["shape"])(x)
    if op.kind == "SLICE":
        return _Last()(x)
    if op.kind == "UNIDIRECTIONAL_SEQUENCE_LSTM":
        return _Lstm(graph.tensors[op.outputs[0]].shape[-1])(x)
    if op.kind == "PAD":
        return keras.layers.ZeroPadding2D(tuple((before, 0) for before in op.options["before"]))(x)
    if op.kind in _ACTIVATIONS:
        return keras.layers.Activation(_ACTIVATIONS[op.kind])(x)
    if op.kind not in _LAYERS:
        return _plain(x, op)
    norm, l2, rate = (op.training.get(name, 0) for name in ("batch_norm", "l2", "dropout"))
    if op.kind == "FULLY_CONNECTED":
        x = keras.layers.Flatten()(x)
    x = _LAYERS[op.kind](op, graph, not norm, keras.regularizers.L2(l2) if l2 else None)(x)
    if norm:
        x = keras.layers.BatchNormalization(momentum=MOMENTUM)(x)
    x = _activated(x, op)
    return keras.layers.Dropout(rate)(x) if rate else x


class _Last(keras.layers.Layer):
    """The last position of a sequence, or of a map."""

    def call(self, x: Any) -> Any:
        return x[:, -1:] if len(x.shape) == 3 else x[:, -1:, -1:]


class _Lstm(keras.layers.Layer):
    """Keras's LSTM, with both of its kernels as one variable."""

    def __init__(self, units: int) -> None:
        super().__init__()
        layer = keras.layers.LSTM(units, return_sequences=True)
        self._units, self._layer = units, lambda: layer  # its own variables are none of the model's

    def build(self, shape: tuple[int, ...]) -> None:
        self._layer().build(shape)
        self.kernel = self.add_weight(shape=(shape[-1] + self._units, 4 * self._units), name="kernel")
        self.bias = self.add_weight(shape=(4 * self._units,), name="bias")

    def call(self, x: Any) -> Any:
        layer, kernels = self._layer(), (self.kernel[: -self._units], self.kernel[-self._units :])
        return layer.stateless_call([*kernels, self.bias], layer.non_trainable_variables, x)[0]


def _activated(x: Any, op: Op) -> Any:
    most = {"RELU": None, "RELU6": 6.0}
    activation = op.options.get("activation", "NONE")
    return keras.layers.ReLU(most[activation])(x) if activation in most else x


def _conv(op: Op, graph: Graph, bias: bool, regularizer: Any) -> Any:
    filters, height, width, _ = graph.tensors[op.inputs[1]].shape
    size = (filters, (height, width), op.options["stride"], op.options["padding"].lower())
    options = {"use_bias": bias, "kernel_regularizer": regularizer}
    if op.options["dilation"] == (1, 1):
        return keras.layers.Conv2D(*size, **options)
    return keras.layers.Conv2D(*size, dilation_rate=op.options["dilation"], **options)


def _depthwise(op: Op, graph: Graph, bias: bool, regularizer: Any) -> Any:
    _, height, width, _ = graph.tensors[op.inputs[1]].shape
    size = ((height, width), op.options["stride"], op.options["padding"].lower(), graph.multiplier(op))
    return keras.layers.DepthwiseConv2D(*size, use_bias=bias, depthwise_regularizer=regularizer)


def _dense(op: Op, graph: Graph, bias: bool, regularizer: Any) -> Any:
    units, _ = graph.tensors[op.inputs[1]].shape
    return keras.layers.Dense(units, use_bias=bias, kernel_regularizer=regularizer)


_JOINS = {
    "ADD": lambda inputs: keras.layers.Add()(inputs),
    "MUL": lambda inputs: keras.layers.Multiply()(inputs),
    "CONCATENATION": lambda inputs: keras.layers.Concatenate()(inputs),
}
_ACTIVATIONS = {"LOGISTIC": "sigmoid", "HARD_SWISH": "hard_swish"}
_LAYERS = {"CONV_2D": _conv, "DEPTHWISE_CONV_2D": _depthwise, "FULLY_CONNECTED": _dense}


def _plain(x: Any, op: Op) -> Any:
    o = op.options
    layer = {"MAX_POOL_2D": keras.layers.MaxPooling2D, "AVERAGE_POOL_2D": keras.layers.AveragePooling2D}[op.kind]
    return layer(o["filter"], o["stride"], o["padding"].lower())(x)
