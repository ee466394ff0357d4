"""The form of a network: what a TensorFlow graph knows of it, so that networks alike share one.

Tracing a graph takes longer than an epoch of such a network, and most candidates of a search differ in widths, kernels,
strides, poolings and rates of regularization only. Shapes are therefore left open, and the numbers are arguments of the
graph (`Settings`); what is left, the order of layers, is the form.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Protocol, TypeAlias

from nas.graph.graph import Graph, Op
from nas.model.network import layers
from nas.model.network.operators import LINEAR, POOLINGS, SLIDING
from nas.model.network.variables import EPSILON, Norm, Weights
from nas.model.runtime import tf

# Kernel and bias of each operator that has weights, as they are deployed.
Folded: TypeAlias = Sequence[tuple[Any, Any]]

# A usual 0.99 forgets in a hundred steps; an epoch of a small data set has hardly more.
_MOMENTUM = 0.95


class Settings(NamedTuple):
    """The numbers of a network's layers, as sequences or, in a graph, as tensors.

    Attributes:
        geometries: of each convolution, see `nas.model.network.layers.geometry`.
        dropout: of each convolution and dense layer the share of outputs that training drops.
        l2: likewise the weight of the kernel's squared norm in the loss.
    """

    geometries: Any
    dropout: Any
    l2: Any


class Trainable(Protocol):
    """What `nas.model.training.graphs` asks of a form. Equal forms share a graph, if they are `shared`."""

    shared: ClassVar[bool]

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Of a row."""

    @property
    def classes(self) -> int:
        """Number of logits."""

    def __hash__(self) -> int:
        """Equal forms have equal hashes."""

    def train(self, x: Any, weights: Sequence[Weights], settings: Settings, step: Any, seed: Any) -> Any:
        """Return logits [n, classes] of rows [n, ...] as in training; `step` and `seed`, int32, decide dropout."""

    def fold(self, weights: Sequence[Weights]) -> Folded:
        """Return the weights as they are deployed."""

    def evaluate(self, x: Any, folded: Folded, settings: Settings) -> Any:
        """Return logits as outside training."""

    def penalty(self, weights: Sequence[Weights], settings: Settings) -> Any:
        """Return what weights add to the loss."""


@dataclass(frozen=True, slots=True)
class Step:
    """An operator of a form: a convolution with the pooling behind it, a dense layer, or another pooling.

    Attributes:
        kind: the graph's, but that a depthwise convolution is a CONV_2D of other settings.
        relu: whether negative numbers become 0.
        normalize: whether a batch normalizes, in training.
        dropout: whether training drops some of the outputs.
        l2: whether the kernel's norm may add to the loss.
        window: height and width of a pooling; None if the whole map becomes its average.
        fixed: geometry of a convolution where no graph can leave it open.
    """

    kind: str
    relu: bool = False
    normalize: bool = False
    dropout: bool = False
    l2: bool = False
    window: tuple[int, int] | None = None
    fixed: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """Networks of the same steps, whatever their shapes."""

    shared: ClassVar[bool] = True
    input_shape: tuple[int, ...]
    classes: int
    steps: tuple[Step, ...]

    def train(self, x: Any, weights: Sequence[Weights], settings: Settings, step: Any, seed: Any) -> Any:
        """Return logits [n, classes]: normalized by the batch's own statistics, with dropout.

        Args:
            x: rows [n, ...].
            weights: of each convolution and dense layer; the moving statistics follow.
            settings: of this network.
            step: int32, number of the step; dropout depends on it and on `seed` alone.
            seed: int32, below 2**30.
        """
        own, given = iter(enumerate(weights)), itertools.count()

        def layer(x: Any, of: Step, channels_last: bool) -> Any:
            number, variables = next(own)
            if of.kind == "FULLY_CONNECTED":
                x = _train_dense(x, variables, of)
            else:
                x = _train_maps(x, variables, of, settings.geometries[next(given)], channels_last)
            return _drop(x, settings.dropout[number], tf.stack([seed + number, step])) if of.dropout else x

        return self._walk(x, layer)

    def fold(self, weights: Sequence[Weights]) -> Folded:
        """Return kernels and biases that normalization is part of."""
        return [layer.fold() for layer in weights]

    def evaluate(self, x: Any, folded: Folded, settings: Settings) -> Any:
        """Return logits [n, classes] of rows [n, ...], by weights as `fold` returned them."""
        own, given = iter(folded), itertools.count()

        def layer(x: Any, of: Step, channels_last: bool) -> Any:
            kernel, bias = next(own)
            if of.kind == "FULLY_CONNECTED":
                return _activate(tf.nn.bias_add(tf.matmul(x, kernel), bias), of)
            return _maps(x, kernel, None, bias, of, settings.geometries[next(given)], channels_last)[0]

        return self._walk(x, layer)

    def penalty(self, weights: Sequence[Weights], settings: Settings) -> Any:
        """Return the sum of the kernels' squared norms, each times its L2 rate."""
        linear = [step for step in self.steps if step.kind not in POOLINGS]
        terms = [
            2 * settings.l2[number] * tf.nn.l2_loss(weights[number].kernel)
            for number, step in enumerate(linear)
            if step.l2
        ]
        return tf.add_n(terms) if terms else tf.constant(0.0)

    def _walk(self, x: Any, layer: Callable[[Any, Step, bool], Any]) -> Any:
        # Rows have their channels last, maps behind a convolution first (`nas.model.network.layers`).
        channels_last = True
        for step in self.steps:
            if step.kind == "FULLY_CONNECTED":
                x = layer(_flatten(x, channels_last), step, channels_last)
            elif step.kind in POOLINGS:
                x = _pool(x, step, channels_last)
            else:
                x, channels_last = layer(x, step, channels_last), False
        return x


def form(graph: Graph) -> tuple[Form, Settings]:
    """Return a graph's form and settings."""
    steps = []
    settings = Settings([], [], [])
    for op, pooling in _with_poolings(graph.ops):
        dropout, l2 = (op.training.get(name, 0.0) for name in ("dropout", "l2"))
        if op.kind in LINEAR:
            settings.dropout.append(dropout)
            settings.l2.append(l2)
        relu, normalize = op.options.get("activation") == "RELU", bool(op.training.get("batch_norm"))
        if op.kind in SLIDING:
            numbers = layers.geometry(
                stride=op.options["stride"],
                pool=pooling.options["filter"] if pooling else (1, 1),
                depthwise=op.kind == "DEPTHWISE_CONV_2D",
                average=pooling is not None and pooling.kind == "AVERAGE_POOL_2D",
            )
            settings.geometries.append(numbers)
            fixed = None if layers.OPEN else numbers
            steps.append(Step("CONV_2D", relu, normalize, dropout > 0, l2 > 0, fixed=fixed))
            if pooling is not None and _averages_all(pooling, graph):
                # Changes nothing, one number being its average; so a network with another pooling before has this form.
                steps.append(Step(pooling.kind))
        elif op.kind in POOLINGS:
            assert op.options["padding"] == "VALID"
            assert op.options["stride"] == op.options["filter"]
            steps.append(Step(op.kind, window=None if _averages_all(op, graph) else op.options["filter"]))
        elif op.kind == "FULLY_CONNECTED":
            # A search tries many dense layers with L2 and without it; a penalty of 0 is little work.
            steps.append(Step(op.kind, relu, normalize, dropout > 0, l2=True))
        elif op.kind != "SOFTMAX":
            raise KeyError(op.kind)
    shape = graph.tensors[graph.inputs[0]].shape[1:]
    return Form(shape, graph.tensors[graph.outputs[0]].shape[-1], tuple(steps)), settings


def _averages_all(op: Op, graph: Graph) -> bool:
    """Return whether a pooling makes one number of a channel's map, its average."""
    return op.kind == "AVERAGE_POOL_2D" and op.options["filter"] == graph.tensors[op.inputs[0]].shape[1:3]


def _with_poolings(ops: Sequence[Op]) -> Iterator[tuple[Op, Op | None]]:
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


def _maps(
    x: Any, kernel: Any, scale: Any, offset: Any, step: Step, geometry: Any, channels_last: bool
) -> tuple[Any, Any, Any]:
    """Call a convolution with the pooling behind it; see `layers.layer`. No scale, no normalization."""
    return layers.layer(
        x,
        kernel,
        tf.ones_like(offset) if scale is None else scale,
        offset,
        step.fixed or geometry,
        channels_last=channels_last,
        normalize=scale is not None,
        relu=step.relu,
        epsilon=EPSILON,
    )


def _train_maps(x: Any, weights: Weights, step: Step, geometry: Any, channels_last: bool) -> Any:
    scale = weights.norm.scale if weights.norm else None
    y, mean, variance = _maps(x, weights.kernel, scale, weights.bias, step, geometry, channels_last)
    _follow(weights.norm, mean, variance)
    return y


def _train_dense(x: Any, weights: Weights, step: Step) -> Any:
    """Return the outputs [n, units] of a dense layer."""
    x, norm = tf.matmul(x, weights.kernel), weights.norm
    if norm is None:
        return _activate(tf.nn.bias_add(x, weights.bias), step)
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
    return _activate(y[:, 0, 0, :], step)


def _follow(norm: Norm | None, mean: Any, variance: Any) -> None:
    """Let the moving statistics follow a batch's own."""
    for moving, value in ((norm.mean, mean), (norm.variance, variance)) if norm else ():
        moving.assign_add((value - moving) * (1 - _MOMENTUM))


def _pool(x: Any, step: Step, channels_last: bool) -> Any:
    """Return pooled maps in the layout that they came in."""
    if step.window is None:
        return tf.reduce_mean(x, (1, 2) if channels_last else (2, 3), keepdims=True)
    pool = tf.nn.avg_pool2d if step.kind == "AVERAGE_POOL_2D" else tf.nn.max_pool2d
    if channels_last:
        return pool(x, step.window, step.window, "VALID")
    return tf.transpose(pool(tf.transpose(x, (0, 2, 3, 1)), step.window, step.window, "VALID"), (0, 3, 1, 2))


def _flatten(x: Any, channels_last: bool) -> Any:
    """Return rows [n, values] of maps, in the order of height, width and channels."""
    if len(x.shape) == 2:
        return x
    x = x if channels_last else tf.transpose(x, (0, 2, 3, 1))
    return tf.reshape(x, (tf.shape(x)[0] if x.shape[0] is None else x.shape[0], -1))


def _drop(x: Any, rate: float, seed: Any) -> Any:
    return tf.nn.experimental.stateless_dropout(x, rate, seed)


def _activate(x: Any, step: Step) -> Any:
    return tf.nn.relu(x) if step.relu else x
