"""A trained network with the rounding of int8: the network that is deployed, and that QAT trains further.

QAT is quantization-aware training. Weights and activations pass through fake-quantization operators (Jacob et al.,
arXiv:1712.05877), whose gradient is 1 within the range. Normalization is folded into the weights already, as on the
device. The converter takes the ranges of activations from these operators, so what is measured here is deployed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, ClassVar, TypeAlias

import numpy as np

from nas.arrays import Floats
from nas.graph.graph import LSTM, Graph
from nas.graph.scales import FIXED_SCALE, SAME_SCALE, find_scales
from nas.model.deploy.hard_swish_range import fit_hard_swish
from nas.model.losses import LOSSES
from nas.model.network.network import Network
from nas.model.network.operators import WEIGHTED, apply, apply_weighted
from nas.model.network.plain_layers import spread
from nas.model.network.recurrent import lstm_states
from nas.model.network.topology import Deployed, LayerNumbers, Trainable, Trained
from nas.model.network.variables import Weights
from nas.model.runtime import tf

Range: TypeAlias = tuple[float, float]

# Operators that give values of their input, which are rounded already, or zeros.
_COPYING = frozenset(("MAX_POOL_2D", "CONCATENATION", "PAD", "RESHAPE", "SLICE"))

# Percentiles at which a range may end: values beyond it are clipped, and all others are quantized in finer steps.
# 99.9 and 99.99 are what Wu et al., arXiv:2004.09602, found best for convolutions. Long training produces rare peaks
# of activations; with the full range they cost two points of accuracy on UCI HAR.
PERCENTILES = (100.0, 99.99, 99.9, 99.5)
# The least upper end of a range, of a layer that gives zeros only. The converter widens those below 1e-6 on both sides.
_LEAST = 1e-5


class FakeQuantizedNetwork(Network):
    """A network that rounds weights and activations as its int8 model does.

    Life cycle: made from a trained network, which is left unchanged; optionally trained further, like any network;
    quantized. Its weights have the normalization folded in. It has no dropout, which would only add noise to QAT.

    Args:
        network: provides the initial weights.
        ranges: of the values that each scale stands for, see `nas.graph.scales.find_scales`; if empty, only kernels
            are rounded.

    Attributes:
        cells: the greatest size of the cells of each LSTM, on the rows that the ranges were measured on; 0 before.
    """

    topology: "_FakeQuantizedTopology"

    def __init__(self, network: Network, ranges: Sequence[Range]) -> None:
        self.graph, self.seed = network.graph, network.seed
        self.cells: Sequence[float] = [0.0 for op in network.graph.ops if op.kind == LSTM]
        self.topology = _FakeQuantizedTopology(network.topology, network.graph, ranges)
        self.numbers = network.numbers
        self.layers = [Weights(tf.Variable(kernel), tf.Variable(bias), None) for kernel, bias in network.fold()]

    def __call__(self, x: Any, deployed: Deployed | None = None, *, probabilities: bool = False) -> Any:
        outputs, last = self.topology.evaluate(x, deployed or self.fold(), self.numbers), self.graph.ops[-1]
        return apply(last, [outputs]) if probabilities and self.graph.gives_probabilities(last) else outputs

    def values(self, x: Any) -> dict[int, Any]:
        """Return the rounded values of each tensor that is not constant, by its index; probabilities are left out."""
        return self.topology.values(x, self.fold())

    def in_place(self, graph: Graph, deployed: Deployed) -> "FakeQuantizedNetwork":
        """Return a network of another graph with the same scales, and with these weights."""
        other = copy(self)
        other.graph, other.topology = graph, self.topology.of(graph)
        other.layers = [Weights(kernel, bias, None) for kernel, bias in deployed]
        return other

    def greatest_cells(self, x: Any) -> list[float]:
        """Return the greatest size of the cells of each LSTM on rows."""
        values, weighted = self.values(x), [op for op in self.graph.ops if op.kind in WEIGHTED]
        recurrent = [(op, weights) for op, weights in zip(weighted, self.fold(), strict=True) if op.kind == LSTM]
        return [float(tf.reduce_max(tf.abs(lstm_states(values[op.inputs[0]], *w)[1]))) for op, w in recurrent]


class _FakeQuantizedTopology:
    """The topology of one fake-quantized network; its ranges are its own, so no other network shares its graphs."""

    shared: ClassVar[bool] = False

    def __init__(self, topology: Trainable, graph: Graph, ranges: Sequence[Range]) -> None:
        self.input_shape, self.outputs = topology.input_shape, topology.outputs
        self._graph, self._ranges, self._scales = graph, ranges, find_scales(graph)
        self._rounding = [_ROUNDING.get(op.kind, _rounded) for op in graph.ops if op.kind in WEIGHTED]

    def of(self, graph: Graph) -> "_FakeQuantizedTopology":
        """Return the topology of another graph with the same scales."""
        return _FakeQuantizedTopology(self, graph, self._ranges)

    def train(self, x: Any, weights: Sequence[Weights], numbers: LayerNumbers, step: Any, seed: Any) -> Trained:
        return self.values(x, self.fold(weights), training=True)[self._graph.outputs[0]], ()

    def fold(self, weights: Sequence[Weights]) -> Deployed:
        """Return rounded kernels, and biases; rounding twice changes nothing."""
        folded = (layer.fold() for layer in weights)
        return [(rounded(kernel), bias) for rounded, (kernel, bias) in zip(self._rounding, folded, strict=True)]

    def evaluate(self, x: Any, deployed: Deployed, numbers: LayerNumbers) -> Any:
        return self.values(x, deployed)[self._graph.outputs[0]]

    def penalty(self, weights: Sequence[Weights], numbers: LayerNumbers) -> Any:
        return tf.constant(0.0)

    def values(self, x: Any, deployed: Deployed, *, training: bool = False) -> dict[int, Any]:
        """Return the rounded values of each tensor that is not constant, by its index; probabilities are left out.

        In training, kernels with a dilation are computed in a way that has a gradient.
        """
        layers, graph = iter(deployed), self._graph
        values = {graph.inputs[0]: self._round(x, graph.inputs[0])}
        for op in graph.ops:
            inputs, output = [values[i] for i in graph.data_inputs(op)], op.outputs[0]
            if op.kind in WEIGHTED:
                kernel, bias = next(layers)
                if training and op.options.get("dilation", (1, 1)) != (1, 1):
                    kernel = spread(kernel, op.options["dilation"])
                    op = replace(op, options={**op.options, "dilation": (1, 1)})
                values[output] = self._round(apply_weighted(op, inputs[0], kernel, bias), output)
            elif graph.gives_probabilities(op):
                values[output] = inputs[0]
            elif op.kind in _COPYING:
                values[output] = apply(op, inputs)
            else:
                # An average lies between the steps of its input, whose scale it has, and is rounded to them.
                values[output] = self._round(apply(op, inputs), output, FIXED_SCALE.get(op.kind))
        return values

    def _round(self, x: Any, tensor: int, fixed: Range | None = None) -> Any:
        if not self._ranges:
            return x
        return tf.quantization.fake_quant_with_min_max_args(x, *(fixed or self._ranges[self._scales[tensor]]))


def fake_quantize(
    network: Network,
    rows: Floats,
    loss: str = "cross_entropy",
    input_range: Range | None = None,
    span: Range | None = None,
    margin: float = 0.0,
    reconstructs: bool = False,
) -> FakeQuantizedNetwork:
    """Return the fake-quantized network, with the ranges out of `PERCENTILES` that change its outputs least.

    Args:
        network: a trained one.
        rows: scaled training rows [n, ...]; see `nas.model.deploy.convert.calibration_rows`.
        loss: name of the loss in `nas.model.losses` that measures how much the answers change.
        input_range: of the network's input; None to measure it too.
        span: outputs that int8 must be able to represent, beside those for these rows; None for no others.
        margin: the share of a range by which it is widened at each end, for values of other rows.
        reconstructs: whether outputs have the range of inputs, so that their difference is one of whole steps.
    """
    x = tf.constant(rows.reshape(-1, *network.input_shape))
    observed = _observe(network, x)
    expected = LOSSES[loss].targets(network(x))

    def change(one: FakeQuantizedNetwork) -> float:
        return float(tf.reduce_mean(LOSSES[loss].rows(one(x), expected)))

    measured = [_ranges(one, margin) for one in observed]
    if input_range is not None:
        measured[0] = [input_range] * len(PERCENTILES)
    if reconstructs:
        scales = find_scales(network.graph)
        measured[scales[network.graph.outputs[0]]] = measured[scales[network.graph.inputs[0]]]
    choices: Iterable[Sequence[Range]] = (fit_hard_swish(network.graph, one) for one in zip(*measured, strict=True))
    if span is not None:
        place = find_scales(network.graph)[network.graph.ops[-1].outputs[0]]
        choices = (_widened(ranges, place, span) for ranges in choices)
    found = min((FakeQuantizedNetwork(network, _distinct(ranges)) for ranges in choices), key=change)
    if found.cells:
        found.cells = found.greatest_cells(x)
    return found


def _widened(ranges: Sequence[Range], place: int, span: Range) -> list[Range]:
    """Return ranges of which the one at `place` also holds `span`."""
    low, high = ranges[place]
    return [*ranges[:place], (min(span[0], low), max(span[1], high)), *ranges[place + 1 :]]


def _observe(network: Network, x: Any) -> list[Floats]:
    """Return the values that each scale of a network's graph stands for."""
    values, scales = FakeQuantizedNetwork(network, ()).values(x), find_scales(network.graph)
    copied = {op.outputs[0] for op in network.graph.ops if op.kind in SAME_SCALE}
    observed: list[list[Floats]] = [[] for _ in set(scales.values())]
    for tensor, scale in scales.items():
        if tensor not in copied:
            observed[scale].append(np.ravel(values[tensor]))
    return [np.concatenate(parts) if len(parts) > 1 else parts[0] for parts in observed]


def _distinct(ranges: Sequence[Range]) -> list[Range]:
    """Return ranges of which no two give the same scale, as several do that reach the 6 of a ReLU6.

    Equal scales would be stored once, so that the size of the file would depend on data. They are told apart by less
    than a thousandth of a step.
    """
    found: dict[np.float32, Range] = {}
    for low, high in ranges:
        while (scale := np.float32(high - low)) in found:
            high *= 1 + 2**-20
        found[scale] = low, high
    return list(found.values())


def _ranges(x: Floats, margin: float = 0.0) -> list[Range]:
    """Return the range of values for each of `PERCENTILES`; it contains 0, which int8 must be able to represent.

    An end at 0, such as that of values behind a ReLU, has no margin.
    """
    ends = np.percentile(x, [*(100 - percentile for percentile in PERCENTILES), *PERCENTILES]).tolist()
    lows, highs = ends[: len(PERCENTILES)], ends[len(PERCENTILES) :]
    ends = ((min(0.0, low), max(_LEAST, high)) for low, high in zip(lows, highs, strict=True))
    return [(low - margin * (high - low) * (low < 0), high + margin * (high - low)) for low, high in ends]


def _round_depthwise(kernel: Any) -> Any:
    """Round each output channel of a depthwise kernel [h, w, channels, 1]."""
    return _rounded(kernel[..., 0])[..., tf.newaxis]


def _round_gates(kernel: Any) -> Any:
    """Round the eight matrices of an LSTM as `_rounded` rounds channels; see `nas.model.network.recurrent`."""
    rows, columns = kernel.shape
    units = columns // 4
    parts = []
    for part in tf.split(kernel, [rows - units, units]):
        gates = tf.transpose(tf.reshape(part, (-1, 4, units)), (0, 2, 1))
        parts.append(tf.reshape(tf.transpose(_rounded(gates), (0, 2, 1)), part.shape))
    return tf.concat(parts, 0)


def _rounded(channels: Any) -> Any:
    """Round each output channel of a kernel, an entry of its last axis, to 255 steps, symmetric around 0."""
    most = tf.stop_gradient(tf.reduce_max(tf.abs(channels), range(len(channels.shape) - 1)))
    most = tf.maximum(most, 1e-6)
    return tf.quantization.fake_quant_with_min_max_vars_per_channel(channels, -most, most, narrow_range=True)


# How the kernels of an operator are rounded, where the last axis does not hold its output channels.
_ROUNDING: Mapping[str, Callable[[Any], Any]] = {"DEPTHWISE_CONV_2D": _round_depthwise, LSTM: _round_gates}
