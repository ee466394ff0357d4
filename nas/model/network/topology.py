"""The topology of a network: the part of it that is fixed in a TensorFlow graph, so that similar networks share one.

Tracing a graph takes longer than training such a network for an epoch, and most candidates of a search differ only in
widths, kernels, strides, poolings and rates of regularization. The shapes of variables are therefore left open, and
those numbers are arguments of the graph (`LayerNumbers`). What remains, the layers and what each of them reads, is the
topology.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Protocol, TypeAlias

from nas.graph.graph import LSTM
from nas.graph.scales import POOLINGS
from nas.model.network import layers
from nas.model.network.operators import ACTIVATIONS, WEIGHTED, hard_swish
from nas.model.network.plain_layers import LayerAttributes
from nas.model.network.recurrent import lstm
from nas.model.network.variables import EPSILON, Weights
from nas.model.runtime import tf

# Kernel and bias of each operator that has weights, as they are on the device: normalization is folded in.
Deployed: TypeAlias = Sequence[tuple[Any, Any]]
# Outputs, and the mean and the variance of what each normalization was given.
Trained: TypeAlias = tuple[Any, Sequence[Any]]


class LayerNumbers(NamedTuple):
    """The numbers in which networks of one topology differ, as sequences or, within a TensorFlow graph, as tensors.

    Attributes:
        geometries: one for each convolution, see `nas.model.network.layers.geometry`.
        dropout: for each convolution and dense layer, the share of outputs that is dropped in training.
        l2: for each convolution and dense layer, the factor of the kernel's squared norm in the loss.
    """

    geometries: Any
    dropout: Any
    l2: Any


class Trainable(Protocol):
    """What training graphs need of a network; equal topologies share a graph if `shared` is set."""

    shared: ClassVar[bool]

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of a row."""

    @property
    def outputs(self) -> int:
        """Number of outputs; of a classifier, its logits."""

    def __hash__(self) -> int:
        """Return equal hashes for equal topologies."""

    def train(self, x: Any, weights: Sequence[Weights], numbers: LayerNumbers, step: Any, seed: Any) -> Trained:
        """Return the outputs [n, outputs] for rows [n, ...] in training, and the statistics of these rows.

        `step` and `seed`, int32, decide dropout.
        """

    def fold(self, weights: Sequence[Weights]) -> Deployed:
        """Return the weights as they are on the device."""

    def evaluate(self, x: Any, deployed: Deployed, numbers: LayerNumbers) -> Any:
        """Return the outputs [n, outputs] for rows [n, ...] outside training."""

    def penalty(self, weights: Sequence[Weights], numbers: LayerNumbers) -> Any:
        """Return the regularization term of the loss."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a topology: a convolution with the pooling that follows it, a dense layer, or an operator.

    Attributes:
        kind: the operator's name in the graph, except that a depthwise convolution is a CONV_2D, too: its geometry
            says that it is depthwise.
        sources: what it reads: 0 for the network's input, n for the output of the n-th layer, counted from 1.
        activation: what follows, as in the options of an operator; of a convolution also a HARD_SWISH.
        normalize: whether its outputs are normalized by the batch in training.
        dropout: whether some of its outputs are dropped in training.
        l2: whether its kernel's norm may be part of the loss.
        window: height and width of a pooling; None if the whole map becomes its average.
        multiplier: of a depthwise convolution: outputs for each input.
        fixed: the geometry of a convolution, if it has to be known to the graph (`layers.OPEN` is False).
    """

    kind: str
    sources: tuple[int, ...]
    activation: str = "NONE"
    normalize: bool = False
    dropout: bool = False
    l2: bool = False
    window: tuple[int, int] | None = None
    multiplier: int = 1
    fixed: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Topology:
    """The topology of networks that have the same layers in the same order, with any widths.

    Attributes:
        input_shape: of a row.
        outputs: number of outputs.
        layers: in an order in which they can be computed.
        last: the source of the outputs, as in `Layer.sources`.
    """

    shared: ClassVar[bool] = True
    input_shape: tuple[int, ...]
    outputs: int
    layers: tuple[Layer, ...]
    last: int

    def train(self, x: Any, weights: Sequence[Weights], numbers: LayerNumbers, step: Any, seed: Any) -> Trained:
        """Return the outputs [n, outputs] in training: normalized by the statistics of the batch, with dropout.

        The statistics are the second result, in the order of `nas.model.network.variables.moving`.

        Args:
            x: rows [n, ...].
            weights: of each convolution and dense layer.
            numbers: of this network.
            step: int32, number of the step; dropout depends on nothing but it and `seed`.
            seed: int32, below 2**30.
        """
        variables, geometries, statistics = iter(enumerate(weights)), itertools.count(), list[Any]()

        def apply(x: Any, layer: Layer, channels_last: bool) -> Any:
            number, own = next(variables)
            found: list[Any] = []
            if layer.kind == "FULLY_CONNECTED":
                x, *found = _train_dense(x, own, layer)
            elif layer.kind == LSTM:
                x = _recurrent(x, own.kernel, own.bias, channels_last)
            else:
                scale, geometry = own.norm.scale if own.norm else None, numbers.geometries[next(geometries)]
                x, *found = _convolution(x, (own.kernel, scale, own.bias), layer, geometry, channels_last)
            statistics.extend(found if own.norm else ())
            return _drop(x, numbers.dropout[number], tf.stack([seed + number, step])) if layer.dropout else x

        return self._walk(x, apply), statistics

    def fold(self, weights: Sequence[Weights]) -> Deployed:
        """Return kernels and biases with the normalization folded in."""
        return [layer.fold() for layer in weights]

    def evaluate(self, x: Any, deployed: Deployed, numbers: LayerNumbers) -> Any:
        """Return the outputs [n, outputs] for rows [n, ...], with weights from `fold`."""
        weights, geometries = iter(deployed), itertools.count()

        def apply(x: Any, layer: Layer, channels_last: bool) -> Any:
            kernel, bias = next(weights)
            if layer.kind == "FULLY_CONNECTED":
                return _activate(tf.nn.bias_add(tf.matmul(x, kernel), bias), layer)
            if layer.kind == LSTM:
                return _recurrent(x, kernel, bias, channels_last)
            return _convolution(x, (kernel, None, bias), layer, numbers.geometries[next(geometries)], channels_last)[0]

        return self._walk(x, apply)

    def penalty(self, weights: Sequence[Weights], numbers: LayerNumbers) -> Any:
        """Return the sum of the kernels' squared norms, each times its L2 factor."""
        linear = [layer for layer in self.layers if layer.kind in WEIGHTED]
        terms = [
            2 * numbers.l2[number] * tf.nn.l2_loss(weights[number].kernel)
            for number, layer in enumerate(linear)
            if layer.l2
        ]
        return tf.add_n(terms) if terms else tf.constant(0.0)

    def _walk(self, x: Any, apply: Callable[[Any, Layer, bool], Any]) -> Any:
        # Rows have their channels last, feature maps after a convolution have them first (`nas.model.network.layers`).
        values = [(x, True)]
        for layer in self.layers:
            inputs = [values[source] for source in layer.sources]
            x, channels_last = inputs[0]
            if layer.kind == "FULLY_CONNECTED":
                values.append((apply(_flatten(x, channels_last), layer, channels_last), channels_last))
            elif layer.kind in ("CONV_2D", LSTM):
                values.append((apply(x, layer, channels_last), False))
            elif layer.kind in POOLINGS:
                values.append((_pool(x, layer, channels_last), channels_last))
            else:
                first = [_channels_first(*value) for value in inputs]
                values.append((WITHOUT_WEIGHTS[layer.kind](first, layer), False))
        return values[self.last][0]


def _convolution(
    x: Any, weights: tuple[Any, Any, Any], layer: Layer, geometry: Any, channels_last: bool
) -> tuple[Any, Any, Any]:
    """Compute a convolution with the pooling that follows it, see `layers.layer`.

    `weights` are kernel, scale and bias; without a scale, None, nothing is normalized.
    """
    kernel, scale, bias = weights
    if layer.multiplier > 1:
        x = tf.repeat(x, layer.multiplier, axis=-1 if channels_last else 1)
    attributes = LayerAttributes(
        channels_last=channels_last, normalize=scale is not None, activation=layer.activation, epsilon=EPSILON
    )
    scale = tf.ones_like(bias) if scale is None else scale
    return layers.layer(x, kernel, scale, bias, layer.fixed or geometry, attributes)


def _train_dense(x: Any, weights: Weights, layer: Layer) -> tuple[Any, ...]:
    """Return the outputs [n, units] of a dense layer; if it is normalized, mean and variance before that, too."""
    x, norm = tf.matmul(x, weights.kernel), weights.norm
    if norm is None:
        return (_activate(tf.nn.bias_add(x, weights.bias), layer),)
    y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=x[:, None, None, :],  # the operator takes feature maps; this one has a single position
        scale=norm.scale,
        offset=weights.bias,
        mean=[],
        variance=[],
        epsilon=EPSILON,
        is_training=True,
    )
    return _activate(y[:, 0, 0, :], layer), mean, variance


def _recurrent(x: Any, kernel: Any, bias: Any, channels_last: bool) -> Any:
    """Return the states of an LSTM [n, units, h, w] over the positions of maps, row by row."""
    x = x if channels_last else tf.transpose(x, (0, 2, 3, 1))
    rows, height, width, channels = tf.unstack(tf.shape(x))
    states = lstm(tf.reshape(x, (rows, height * width, channels)), kernel, bias)
    return tf.transpose(tf.reshape(states, (rows, height, width, tf.shape(bias)[0] // 4)), (0, 3, 1, 2))


def _pool(x: Any, layer: Layer, channels_last: bool) -> Any:
    """Return pooled feature maps, in the layout of `x`."""
    if layer.window is None:
        return tf.reduce_mean(x, (1, 2) if channels_last else (2, 3), keepdims=True)
    pool = tf.nn.avg_pool2d if layer.kind == "AVERAGE_POOL_2D" else tf.nn.max_pool2d
    if channels_last:
        return pool(x, layer.window, layer.window, "VALID")
    return tf.transpose(pool(tf.transpose(x, (0, 2, 3, 1)), layer.window, layer.window, "VALID"), (0, 3, 1, 2))


def _flatten(x: Any, channels_last: bool) -> Any:
    """Return feature maps as rows [n, values], in the order height, width, channels."""
    if len(x.shape) == 2:
        return x
    x = x if channels_last else tf.transpose(x, (0, 2, 3, 1))
    return tf.reshape(x, (tf.shape(x)[0] if x.shape[0] is None else x.shape[0], -1))


def _drop(x: Any, rate: float, seed: Any) -> Any:
    return tf.nn.experimental.stateless_dropout(x, rate, seed)


def _activate(x: Any, layer: Layer) -> Any:
    return ACTIVATIONS[layer.activation](x)


def _channels_first(x: Any, channels_last: bool) -> Any:
    return tf.transpose(x, (0, 3, 1, 2)) if channels_last and len(x.shape) == 4 else x


# Of feature maps with their channels first, and of rows [n, values].
WITHOUT_WEIGHTS: Mapping[str, Callable[[Sequence[Any], Layer], Any]] = {
    "ADD": lambda inputs, layer: _activate(inputs[0] + inputs[1], layer),
    "MUL": lambda inputs, layer: _activate(inputs[0] * inputs[1], layer),
    "CONCATENATION": lambda inputs, layer: tf.concat(inputs, 1),
    "LOGISTIC": lambda inputs, layer: tf.nn.sigmoid(inputs[0]),
    "SLICE": lambda inputs, layer: inputs[0][:, :, -1:, -1:],
    "HARD_SWISH": lambda inputs, layer: hard_swish(inputs[0]),
}
